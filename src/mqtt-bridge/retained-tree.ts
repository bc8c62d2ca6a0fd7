import type { OutgoingMessage } from "./message.ts";

/** Where a retained message belongs when everything is sent again: those who read the later ones rely on the earlier. */
export const retainedOrder = ["bridge", "discovery", "availability", "state"] as const;

/** One of the groups of `retainedOrder`. */
export type RetainedGroup = (typeof retainedOrder)[number];

/** A message the broker is to hold, without the flag that says so. */
export type RetainedMessage = Omit<OutgoingMessage, "retain">;

interface Entry {
  readonly message: RetainedMessage;
  readonly group: RetainedGroup;
}

/**
 * What the broker is meant to hold for us, and which of it still has to be sent. A topic is there once, whatever happens
 * while the broker is away: the latest message wins, so the memory is bounded by the number of topics.
 */
export class RetainedTree {
  readonly #entries = new Map<string, Entry>();
  readonly #unsent: Readonly<Record<RetainedGroup, Set<string>>> = {
    bridge: new Set(),
    discovery: new Set(),
    availability: new Set(),
    state: new Set(),
  };

  /** True when the broker has been sent everything. */
  get settled(): boolean {
    return retainedOrder.every((group) => this.#unsent[group].size === 0);
  }

  /** The payload meant for a topic. */
  get(topic: string): string | undefined {
    return this.#entries.get(topic)?.message.payload;
  }

  /** Has the broker hold a message from now on. */
  set(group: RetainedGroup, message: RetainedMessage): void {
    this.#entries.set(message.topic, { message, group });
    this.#unsent[group].add(message.topic);
  }

  /** Has the broker forget a topic. */
  remove(group: RetainedGroup, topic: string): void {
    this.set(group, { topic, payload: "" });
  }

  /** Marks what is to be sent again. */
  resend(groups: readonly RetainedGroup[] = retainedOrder): void {
    for (const [topic, { group }] of this.#entries) if (groups.includes(group)) this.#unsent[group].add(topic);
  }

  /** The next message to send, which then counts as sent. */
  take(): OutgoingMessage | undefined {
    for (const group of retainedOrder) {
      const [topic] = this.#unsent[group];
      if (topic === undefined) continue;
      this.#unsent[group].delete(topic);
      const entry = this.#entries.get(topic);
      if (entry !== undefined) return { ...entry.message, retain: true };
    }
    return undefined;
  }

  /** The broker has the message: a removal is done with. */
  delivered(message: OutgoingMessage): void {
    if (message.payload === "" && this.get(message.topic) === "") this.#entries.delete(message.topic);
  }
}
