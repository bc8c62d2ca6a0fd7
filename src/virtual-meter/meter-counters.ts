import type { AssociationSecurity } from "../dlms/association/protection.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../dlms/security/invocation-counter.ts";
import { formatSystemTitle, type SystemTitle } from "../dlms/security/system-title.ts";
import type { CounterBook } from "./store.ts";

/** Values stored ahead of those in use, so that a write is seldom; after a crash so many are skipped. */
const blockSize = 1000;

/** One more than the highest counter (Green Book 9.2.7.2.4). */
const end = 0xffff_ffff;

/** The invocation counters of one encryption key: the meter's own, and that of each client that has proved to have it. */
interface KeyCounters {
  readonly sender: InvocationCounterSender;
  readonly receivers: Map<string, InvocationCounterReceiver>;
}

/**
 * Invocation counters of the meter's keys. Both directions are stored ahead: after a crash the meter repeats nothing it has
 * sent, and takes nothing it has taken before. A client that counts on below what was stored is told where to go on.
 */
export class MeterCounters {
  readonly #book: CounterBook | undefined;
  readonly #first: number;
  readonly #keys = new Map<string, KeyCounters>();

  /**
   * @param book none for a meter that forgets everything when it ends
   * @param first where a new key begins to count; a meter that forgets begins higher each time, or clients would take it for
   * a recording of itself
   */
  constructor(book: CounterBook | undefined, first = 0) {
    this.#book = book;
    this.#first = Math.min(first, end);
  }

  /** What an association needs of the counters. @param keyId tells the key from others without saying what it is */
  of(keyId: string, broadcastKeyId: string | undefined): Pick<AssociationSecurity, "sendCounter" | "receiveCounter"> {
    return {
      sendCounter: this.#key(keyId).sender,
      receiveCounter: (originator, key) => this.#receiver(key === "unicast" ? keyId : (broadcastKeyId ?? keyId), originator),
    };
  }

  /** The lowest counter that the meter takes from every client that has this key. */
  lowestAcceptable(keyId: string): number {
    const received = [...this.#key(keyId).receivers.values()].map((receiver) => receiver.lowestAcceptable);
    return Math.max(0, this.#read(highestName(keyId)), ...received);
  }

  /** Gives back what was stored ahead, when nothing is received any more. */
  settle(): void {
    for (const [keyId, { receivers }] of this.#keys) {
      for (const [name, receiver] of receivers) this.#book?.write(name, receiver.lowestAcceptable);
      const highest = Math.max(0, ...[...receivers.values()].map((receiver) => receiver.lowestAcceptable));
      if (highest > this.#settled(keyId)) this.#book?.write(highestName(keyId), highest);
    }
  }

  #key(keyId: string): KeyCounters {
    let key = this.#keys.get(keyId);
    if (key === undefined) {
      const name = `${keyId}/sent`;
      const reservation = this.#book && { reserve: (upTo: number): void => this.#book?.write(name, upTo) };
      const next = Math.max(this.#read(name), this.#first);
      key = { sender: new InvocationCounterSender({ next, blockSize, ...(reservation && { reservation }) }), receivers: new Map() };
      this.#keys.set(keyId, key);
    }
    return key;
  }
}
