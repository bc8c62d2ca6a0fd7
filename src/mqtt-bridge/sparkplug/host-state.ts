/** What a host application says of itself; `timestamp` is in milliseconds since the epoch. */
export interface HostState {
  readonly online: boolean;
  readonly timestamp: number;
}

/** Larger than any STATE payload. */
const longestState = 1024;

/** Reads a STATE payload; undefined for anything but the JSON of Sparkplug 3.0 (6.4.25). */
export function hostStateOf(octets: Uint8Array): HostState | undefined {
  if (octets.length > longestState) return undefined;
  try {
    const state: unknown = JSON.parse(new TextDecoder().decode(octets));
    if (typeof state !== "object" || state === null || !("online" in state) || !("timestamp" in state)) return undefined;
    const { online, timestamp } = state;
    return typeof online === "boolean" && typeof timestamp === "number" && Number.isFinite(timestamp) ? { online, timestamp } : undefined;
  } catch {
    return undefined;
  }
}

/** Watches a primary host within one MQTT session: what is older than the latest STATE is ignored. */
export class HostWatch {
  #latest: HostState | undefined;

  /** Takes a STATE in; undefined when it is malformed or stale (`message-flow-edge-node-birth-publish-phid-wait-timestamp`). */
  receive(octets: Uint8Array): HostState | undefined {
    const state = hostStateOf(octets);
    if (state === undefined || state.timestamp < (this.#latest?.timestamp ?? Number.NEGATIVE_INFINITY)) return undefined;
    this.#latest = state;
    return state;
  }
}
