/** A value as a client returns it; a list is the names of the flags that are set. */
export type ReadingValue = number | bigint | string | boolean | readonly string[];

/** What a reading is of: enough to give it a key and to describe it before the first value is there. */
export interface ReadingIdentity {
  /** Six decimal groups: "1.0.1.8.0.255". */
  readonly logicalName: string;
  readonly attribute: number;
  /** The object's name for people, from the catalogue. */
  readonly name: string;
  /** Symbol of the COSEM base unit (Wh, W, V, A, var, VA, Hz), or an ISO 4217 code for money; absent when unitless. */
  readonly unit?: string;
}

/** One attribute of one meter, already scaled to `unit`. */
export interface Reading extends ReadingIdentity {
  readonly meterId: string;
  readonly value: ReadingValue;
}

/** How far readings can be trusted. */
export type Quality = "good" | "doubtful" | "stale";

/** How readings came in. */
export type ReadingSource = "poll" | "push" | "profile";

/** The readings of one exchange with a meter. */
export interface MeterSnapshot {
  readonly meterId: string;
  readonly readings: readonly Reading[];
  /** The meter's own clock, ISO 8601 with offset. */
  readonly meterTime?: string;
  /** Meter time minus true time. */
  readonly clockDriftSeconds?: number;
  /** Milliseconds since the epoch at which the gateway had the readings. */
  readonly readTime: number;
  readonly quality: Quality;
  readonly source: ReadingSource;
}

/** What is known of a meter besides its readings. */
export interface DeviceDescription {
  /** The meter's id in the configuration. */
  readonly meterId: string;
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly firmware?: string;
  readonly serialNumber?: string;
  /** How the meter is reached, free of secrets: "tcp", "optical". */
  readonly transport?: string;
  /** The template or quirk profile in use. */
  readonly profile?: string;
  /** A page about this meter, for people. */
  readonly configurationUrl?: string;
  /** Seconds between polls of the fast values; they expire after three of them. */
  readonly pollPeriod?: number;
}

/** Something that happened at a meter: an event or alarm, tamper, a relay change, a token's result. */
export interface MeterEvent {
  readonly meterId: string;
  /** Kebab-case or snake_case name of the kind. */
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** ISO 8601 with offset. */
  readonly meterTime?: string;
  readonly data?: Readonly<Record<string, ReadingValue | undefined>>;
  /** It is told later than it might have been: the gateway, the meter or the broker was away. */
  readonly historical?: boolean;
}

/** A decoded push as it was received. */
export interface PushRecord {
  readonly meterId: string;
  /** Milliseconds since the epoch. */
  readonly receivedTime: number;
  readonly readings: readonly Reading[];
  /** Whether it came under the meter's keys; left out where nobody looked. */
  readonly ciphered?: boolean;
  /** The raw bytes; left out unless the operator asked for them. */
  readonly rawHex?: string;
}

/** Consecutive rows of a profile; `undefined` cells are unknown. */
export interface ProfileChunk {
  readonly meterId: string;
  readonly logicalName: string;
  /** Names of the columns, in the order of the cells. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (ReadingValue | undefined)[])[];
  /** ISO 8601 with offset: the range that was asked for. */
  readonly from: string;
  readonly to: string;
  /** True for the last chunk of the range. */
  readonly final: boolean;
  /** The rows are told later than they might have been: back-fill after an outage. */
  readonly historical?: boolean;
}

/** Whether a meter can be reached. */
export type AvailabilityState = "online" | "offline";
