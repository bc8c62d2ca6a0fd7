import { type DlmsError, TransportError } from "../errors.ts";
import type { BridgeTimers } from "./bridge-timers.ts";
import type { BrokerLink } from "./broker-link.ts";
import type { OutgoingMessage } from "./message.ts";
import type { RetainedTree } from "./retained-tree.ts";

/** Bounds of what waits and what is under way. */
export interface QueueLimits {
  /** Messages that are not retained and wait for the broker. */
  readonly waiting: number;
  /** Messages sent and not yet acknowledged. */
  readonly inFlight: number;
  /** Milliseconds the broker has for an acknowledgement before the connection counts as dead. */
  readonly acknowledgeTimeout: number;
}

/** What the queue tells its owner. */
export interface QueueListener {
  /** The oldest waiting message had to make room. */
  dropped(message: OutgoingMessage): void;
  /** The broker said no to a message; it is not sent again before the next connection. */
  refused(message: OutgoingMessage, error: unknown): void;
  /** The broker stopped acknowledging. */
  stalled(): void;
}

interface Waiting {
  readonly message: OutgoingMessage;
  /** Set for a sender who waits for the outcome and repeats the message itself. */
  readonly settle?: (error?: DlmsError) => void;
  /** Comes back with the retained tree by itself. */
  readonly fromTree?: true;
}

/**
 * Sends what waits, in order and a bounded number at a time: first the messages that are not retained, then the retained
 * tree. Retained messages coalesce in the tree; the others wait in a line that drops its oldest when full.
 */
export class PublishQueue {
  readonly #tree: RetainedTree;
  readonly #limits: QueueLimits;
  readonly #timers: BridgeTimers;
  readonly #listener: QueueListener;
  #link: BrokerLink | undefined;
  #window = 0;
  #waiting: Waiting[] = [];
  /** Message -> stops the watch for its acknowledgement. */
  readonly #underWay = new Map<Waiting, () => void>();
  #idleCallbacks: (() => void)[] = [];

  constructor(tree: RetainedTree, limits: QueueLimits, timers: BridgeTimers, listener: QueueListener) {
    this.#tree = tree;
    this.#limits = limits;
    this.#timers = timers;
    this.#listener = listener;
  }

  /** Messages waiting that are not retained. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** True when the broker has acknowledged everything. */
  get idle(): boolean {
    return this.#waiting.length === 0 && this.#underWay.size === 0 && this.#tree.settled;
  }

  /** A connection is there: sends everything that waits, and everything retained again. */
  attach(link: BrokerLink, receiveMaximum: number): void {
    this.#link = link;
    this.#window = Math.max(1, Math.min(this.#limits.inFlight, receiveMaximum));
    this.#tree.resend();
    this.pump();
  }

  /** The connection is gone: what was not acknowledged waits again, in its old place. */
  detach(): void {
    this.#link = undefined;
    const interrupted = [...this.#underWay];
    this.#underWay.clear();
    for (const [, stopWatch] of interrupted) stopWatch();
    const unfinished = [...interrupted.map(([waiting]) => waiting), ...this.#waiting];
    this.#waiting = [];
    for (const waiting of unfinished) {
      if (waiting.settle !== undefined) waiting.settle(notConnected("the connection closed before the broker acknowledged"));
      else if (waiting.fromTree === undefined) this.#wait(waiting);
    }
  }

  /** Lines up a message that is sent as soon as possible, or dropped when too many newer ones come after it. */
  enqueue(message: OutgoingMessage): void {
    this.#wait({ message });
    this.pump();
  }

  /**
   * Sends a message that the caller keeps until this resolves: when the broker has it.
   * @throws TransportError `closed` without a connection or when too much waits already, `link-failed` when refused
   */
  deliver(message: OutgoingMessage): Promise<void> {
    if (this.#link === undefined) return Promise.reject(notConnected("there is no connection to the broker"));
    if (this.#waiting.length >= this.#limits.waiting) return Promise.reject(notConnected("too many messages wait for the broker"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, settle: (error) => (error === undefined ? resolve() : reject(error)) });
      this.pump();
    });
  }

  /** Calls back once, when the broker has acknowledged everything; at once if it has. */
  whenIdle(callback: () => void): void {
    if (this.idle) callback();
    else this.#idleCallbacks.push(callback);
  }

  /** Sends as much as the window allows. */
  pump(): void {
    while (this.#link !== undefined && this.#underWay.size < this.#window) {
      const next = this.#waiting.shift() ?? this.#fromTree();
      if (next === undefined) break;
      this.#send(this.#link, next);
    }
    if (!this.idle) return;
    const callbacks = this.#idleCallbacks;
    this.#idleCallbacks = [];
    for (const callback of callbacks) callback();
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#waiting.length <= this.#limits.waiting) return;
    const oldest = this.#waiting.shift();
    if (oldest?.settle !== undefined) oldest.settle(notConnected("too many messages wait for the broker"));
    else if (oldest !== undefined) this.#listener.dropped(oldest.message);
  }

  #fromTree(): Waiting | undefined {
    const message = this.#tree.take();
    return message && { message, fromTree: true };
  }

  #send(link: BrokerLink, waiting: Waiting): void {
    const { message, settle } = waiting;
    const stopWatch = this.#timers.schedule(this.#limits.acknowledgeTimeout, () => this.#listener.stalled());
    this.#underWay.set(waiting, stopWatch);
    const done = (refusal?: { readonly error: unknown }) => {
      // After a detach the outcome has been decided already.
      if (!this.#underWay.delete(waiting)) return;
      stopWatch();
      if (refusal === undefined) {
        this.#tree.delivered(message);
        settle?.();
      } else {
        this.#listener.refused(message, refusal.error);
        settle?.(
          new TransportError("link-failed", `the broker refused a message to ${message.topic}`, { layer: "mqtt", cause: refusal.error }),
        );
      }
      this.pump();
    };
    link.publish(message).then(
      () => done(),
      (error: unknown) => done({ error }),
    );
  }
}

function notConnected(reason: string): TransportError {
  return new TransportError("closed", reason, { layer: "mqtt", hint: "it may be sent again once the broker is back" });
}
