/** What Home Assistant is told about one key of the state. Absent members are left out of the configuration. */
export interface Entity {
  /** Key within `cmps` of a device's configuration. */
  readonly component: string;
  /** What follows the device's id in `unique_id`; it never changes once released. */
  readonly uniqueSuffix: string;
  readonly platform: "sensor" | "binary_sensor";
  readonly name: string;
  readonly deviceClass?: string;
  readonly stateClass?: "measurement" | "total" | "total_increasing";
  readonly unit?: string;
  readonly precision?: number;
  readonly options?: readonly string[];
  readonly category?: "diagnostic";
  /** False: present, but the user has to switch it on. */
  readonly enabledByDefault?: false;
  readonly payloadOn?: string;
  readonly payloadOff?: string;
  /** Jinja expression instead of plain `value_json.<key>`. */
  readonly expression?: string;
}

/** A value as it stands in the state's JSON. */
export type StateValue = number | string | boolean | readonly string[];

/** One key of a meter's state and where its value comes from. */
export interface StateField {
  readonly key: string;
  /** Converts a reading's value; undefined when it says nothing that can be published. */
  readonly convert: (value: unknown) => StateValue | null | undefined;
  readonly entity: Entity;
  /** A register that only counts up: guarded against decreases. */
  readonly counter: boolean;
  /** A momentary value: worthless once it is older than a few polls. */
  readonly momentary: boolean;
}
