import { ConfigError } from "../errors.ts";

const longestSegment = 64;

/** What a level of a topic may consist of; everything else, wildcards and `$` included, becomes "_". */
const forbidden = /[^A-Za-z0-9_.-]/g;

/** Any text as one level of a topic, never empty. */
export function topicSegment(text: string): string {
  return text.slice(0, longestSegment).replace(forbidden, "_") || "_";
}

/** Home Assistant allows no dots in its object ids: levels that differ in a dot alone would meet there. */
function ownerKey(segment: string): string {
  return objectId(segment).toLowerCase();
}

/** A level as Home Assistant's object id: letters, digits, "_" and "-". */
export function objectId(segment: string): string {
  return segment.replaceAll(".", "_");
}

/**
 * The topic tree of mqtt.md 2.1. Meter ids become levels of their own, unique whatever the case: brokers tell `House` from
 * `house`, people and Windows folders do not.
 */
export class TopicTree {
  readonly base: string;
  readonly #segments = new Map<string, string>();
  /** `bridge` is ours. */
  readonly #owners = new Map<string, string>([["bridge", "the bridge itself"]]);

  /** @throws ConfigError when nothing is left of `base`. */
  constructor(base: string) {
    const levels = base.split("/").filter((level) => level !== "");
    if (levels.length === 0 || levels.length > 8)
      throw new ConfigError("mqtt.base", "expected one to eight levels such as dlms or site/dlms");
    this.base = levels.map(topicSegment).join("/");
  }

  /**
   * The level for a meter, the same at every call.
   * @throws ConfigError when another meter, or the bridge, has it already.
   */
  segment(meterId: string): string {
    const known = this.#segments.get(meterId);
    if (known !== undefined) return known;
    const segment = topicSegment(meterId);
    const owner = this.#owners.get(ownerKey(segment));
    if (owner !== undefined) {
      const hint = "give one of them an id that differs in more than case and special characters";
      const id = meterId.slice(0, longestSegment);
      throw new ConfigError("meters", `${JSON.stringify(id)} needs the MQTT topic ${this.base}/${segment}, which belongs to ${owner}`, {
        hint,
      });
    }
    this.#owners.set(ownerKey(segment), JSON.stringify(meterId.slice(0, longestSegment)));
    this.#segments.set(meterId, segment);
    return segment;
  }

  /** The meter of a level, of those known by now. */
  meterOf(segment: string): string | undefined {
    for (const [meterId, known] of this.#segments) if (known === segment) return meterId;
    return undefined;
  }

  /** Gives a meter's level back. */
  release(meterId: string): void {
    const segment = this.#segments.get(meterId);
    if (segment === undefined) return;
    this.#segments.delete(meterId);
    this.#owners.delete(ownerKey(segment));
  }

  bridge(leaf: "state" | "info" | "devices" | "health" | "event" | "logging"): string {
    return `${this.base}/bridge/${leaf}`;
  }

  meter(meterId: string, leaf: "state" | "availability" | "event" | "push"): string {
    return `${this.base}/${this.segment(meterId)}/${leaf}`;
  }

  profile(meterId: string, logicalName: string): string {
    return `${this.base}/${this.segment(meterId)}/profile/${topicSegment(logicalName)}`;
  }

  /** True for `<base>/<meter>/state` and `<base>/<meter>/availability` of any meter, configured or not. */
  isMeterTopic(topic: string): boolean {
    if (!topic.startsWith(`${this.base}/`)) return false;
    const [segment = "", leaf, ...rest] = topic.slice(this.base.length + 1).split("/");
    if (rest.length > 0 || segment.toLowerCase() === "bridge" || segment === "" || topicSegment(segment) !== segment) return false;
    return leaf === "state" || leaf === "availability";
  }
}
