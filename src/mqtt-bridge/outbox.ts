import type { BridgeTimers } from "./bridge-timers.ts";
import type { OutgoingMessage } from "./message.ts";

/** Something that cannot be read again and has to reach the broker: a body for a topic of a meter. */
export interface OutboxMessage {
  readonly meterId: string;
  readonly leaf: "event" | "push";
  /** Members of the payload, fit for JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A message with the number it keeps for ever: what consumers know it by when it comes twice. */
export interface NumberedMessage extends OutboxMessage {
  readonly number: number;
}

/** Where messages wait. What `append` has resolved for survives the process. */
export interface OutboxStore {
  /** @returns how many of the oldest had to make room */
  append(messages: readonly OutboxMessage[]): Promise<number>;
  /** Messages in order of their numbers, beginning behind `number`. */
  after(number: number, count: number): readonly NumberedMessage[];
  remove(numbers: readonly number[]): Promise<void>;
  readonly size: number;
}

/** How the outbox is emptied. */
export interface OutboxOptions {
  readonly store: OutboxStore;
  readonly timers: BridgeTimers;
  /** Resolves when the broker has the message, rejects when it has not; a closed connection rejects everything under way. */
  readonly deliver: (message: OutgoingMessage) => Promise<void>;
  readonly outgoing: (message: NumberedMessage) => OutgoingMessage;
  /** The store failed; what waits is tried again. */
  readonly failed: (error: unknown) => void;
}

const window = 16;
/**
 * Milliseconds for which an acknowledgement is not trusted yet: brokers acknowledge before subscribers have a message, and one
 * that dies in between takes it along. What comes twice for that is known by its number, or its stamp.
 */
export const brokerSettling = 250;
/** Milliseconds before a message is tried again that the broker refused, as one does that is full or throttles. */
const refusalPause = 10_000;

/** Sends what waits in a store, in order, and forgets what has arrived. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #underWay = new Set<number>();
  /** Arrived since the last sweep, and before it. */
  #young: number[] = [];
  #old: number[] = [];
  /** Everything up to this number has been sent over the present connection. */
  #cursor = 0;
  #attached = false;
  #cancelSweep: (() => void) | undefined;
  #cancelPause: (() => void) | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** A connection is there: what was not known to have arrived is sent, the oldest first. */
  attach(): void {
    this.#attached = true;
    this.#cursor = 0;
    this.#young = [];
    this.#old = [];
    this.#resume();
    this.pump();
  }

  /** The connection is gone. */
  detach(): void {
    this.#attached = false;
    this.#underWay.clear();
  }

  /** Forgets what has arrived by now; for the end of the process. */
  async close(): Promise<void> {
    this.#cancelSweep?.();
    this.#cancelPause?.();
    await this.#remove([...this.#old.splice(0), ...this.#young.splice(0)]);
  }

  /** Sends as much as may be under way at once. */
  pump(): void {
    if (!this.#attached || this.#cancelPause !== undefined) return;
    const room = window - this.#underWay.size;
    if (room <= 0) return;
    for (const message of this.#options.store.after(this.#cursor, room)) {
      this.#cursor = message.number;
      this.#send(message);
    }
  }

  #send(message: NumberedMessage): void {
    const { number } = message;
    this.#underWay.add(number);
    this.#options.deliver(this.#options.outgoing(message)).then(
      () => {
        if (!this.#underWay.delete(number)) return;
        this.#young.push(number);
        this.#sweepLater();
        this.pump();
      },
      () => {
        if (this.#underWay.delete(number) && this.#attached) this.#pause();
      },
    );
  }

  /** The order is kept: behind a message that was refused nothing is sent before it. */
  #pause(): void {
    this.#cancelPause ??= this.#options.timers.schedule(refusalPause, () => {
      this.#resume();
      this.#cursor = 0;
      this.#underWay.clear();
      this.pump();
    });
  }

  #resume(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
  }

  #sweepLater(): void {
    this.#cancelSweep ??= this.#options.timers.schedule(brokerSettling, () => {
      this.#cancelSweep = undefined;
      void this.#remove(this.#old);
      this.#old = this.#young;
      this.#young = [];
      if (this.#old.length > 0) this.#sweepLater();
    });
  }

  async #remove(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return;
    try {
      await this.#options.store.remove(numbers);
    } catch (error) {
      this.#options.failed(error);
    }
  }
}

/** An outbox of a process that keeps nothing: bounded, the oldest giving way. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #limit: number;
  readonly #messages = new Map<number, NumberedMessage>();
  #next = 1;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#messages.size;
  }

  append(messages: readonly OutboxMessage[]): Promise<number> {
    for (const message of messages) {
      this.#messages.set(this.#next, { ...message, number: this.#next });
      this.#next += 1;
    }
    let dropped = 0;
    for (const number of this.#messages.keys()) {
      if (this.#messages.size <= this.#limit) break;
      this.#messages.delete(number);
      dropped += 1;
    }
    return Promise.resolve(dropped);
  }

  after(number: number, count: number): readonly NumberedMessage[] {
    const found: NumberedMessage[] = [];
    for (const message of this.#messages.values()) {
      if (found.length >= count) break;
      if (message.number > number) found.push(message);
    }
    return found;
  }

  remove(numbers: readonly number[]): Promise<void> {
    for (const number of numbers) this.#messages.delete(number);
    return Promise.resolve();
  }
}
