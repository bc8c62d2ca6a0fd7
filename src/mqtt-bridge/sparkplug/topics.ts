const longestId = 64;

/** What a message is about: N for the edge node, D for a device. */
export type MessageType = "NBIRTH" | "NDEATH" | "NCMD" | "DBIRTH" | "DDEATH" | "DDATA" | "DCMD";

/** Text as a Sparkplug id: without what MQTT keeps for topics (`topic-structure-namespace-valid-*`), never empty. */
export function sparkplugId(text: string): string {
  return text.slice(0, longestId).replace(/[+#/\p{Cc}\p{Cs}]/gu, "_") || "_";
}

/** The topics of one edge node, and its device ids, which differ in more than case. */
export class SparkplugTopics {
  readonly #group: string;
  readonly #edge: string;
  readonly #ids = new Map<string, string>();
  /** Lower-case id -> meter. */
  readonly #owners = new Map<string, string>();

  constructor(group: string, edge: string) {
    this.#group = sparkplugId(group);
    this.#edge = sparkplugId(edge);
  }

  /** The device id of a meter, given at the first call: `wanted`, or with the meter's id where another has that already. */
  deviceId(meterId: string, wanted = meterId): string {
    const known = this.#ids.get(meterId);
    if (known !== undefined) return known;
    let id = sparkplugId(wanted);
    for (let attempt = 1; this.#owners.has(id.toLowerCase()); attempt += 1) {
      id = `${sparkplugId(wanted)}_${attempt === 1 ? sparkplugId(meterId) : attempt}`;
    }
    this.#ids.set(meterId, id);
    this.#owners.set(id.toLowerCase(), meterId);
    return id;
  }

  /** Gives a meter's device id back. */
  release(meterId: string): void {
    const id = this.#ids.get(meterId);
    if (id === undefined) return;
    this.#ids.delete(meterId);
    this.#owners.delete(id.toLowerCase());
  }

  /** The meter whose device id this is, in the same case. */
  meterOf(deviceId: string): string | undefined {
    const meterId = this.#owners.get(deviceId.toLowerCase());
    return meterId !== undefined && this.#ids.get(meterId) === deviceId ? meterId : undefined;
  }

  /** `spBv1.0/<group>/<type>/<edge>`, with the device where one is given; "+" stands for all of them. */
  topic(type: MessageType, deviceId?: string): string {
    const node = `spBv1.0/${this.#group}/${type}/${this.#edge}`;
    return deviceId === undefined ? node : `${node}/${deviceId}`;
  }
}

/** Where a host application says whether it is there (`topics-STATE` of 3.0). */
export function hostTopic(host: string): string {
  return `spBv1.0/STATE/${sparkplugId(host)}`;
}
