import type { AssociationSecurity } from "../dlms/association/protection.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../dlms/security/invocation-counter.ts";
import { formatSystemTitle, type SystemTitle } from "../dlms/security/system-title.ts";
import type { CounterBook } from "./store.ts";

/** Values stored ahead of those in use, so that writes are seldom; after a crash up to so many are skipped. */
const blockSize = 1000;

/** One more than the highest counter (Green Book 9.2.7.2.4). */
const end = 0xffff_ffff;

/**
 * Invocation counters of the meter's keys: the meter's own, and one of each client that has proved to have the key. Both
 * directions are stored ahead: after a crash the meter repeats nothing it has sent, and takes nothing it has taken before.
 * A client that counts on below what was stored is told where to go on.
 */
export class MeterCounters {
  readonly #book: CounterBook | undefined;
  readonly #first: number;
  readonly #keys = new Map<string, KeyCounters>();

  /**
   * @param book none for a meter that forgets everything when it ends
   * @param first where a new key begins to count, at 1 or above: clients that have heard nothing yet have 0, and take what is
   *   higher. A meter that forgets begins higher each time, or its clients would take it for a recording of itself
   */
  constructor(book: CounterBook | undefined, first = 1) {
    this.#book = book;
    this.#first = Math.min(Math.max(first, 1), end);
  }

  /**
   * What an association needs of the counters.
   * @param keyId name of the encryption key, which does not say what it is; likewise `broadcastKeyId`
   */
  of(keyId: string, broadcastKeyId = keyId): Pick<AssociationSecurity, "sendCounter" | "receiveCounter"> {
    return {
      sendCounter: this.#key(keyId).sender,
      receiveCounter: (originator, key) => this.#key(key === "unicast" ? keyId : broadcastKeyId).receiver(originator),
    };
  }

  /** A counter that the meter takes from every client with this key: the lowest that is above all it has taken. */
  lowestAcceptable(keyId: string): number {
    return this.#key(keyId).lowestAcceptable;
  }

  /** Gives back what was stored ahead and not used, once nothing is sent and received any more. */
  settle(): void {
    for (const key of this.#keys.values()) key.settle();
  }

  #key(keyId: string): KeyCounters {
    const known = this.#keys.get(keyId);
    if (known !== undefined) return known;
    const key = new KeyCounters(this.#book, keyId, this.#first);
    this.#keys.set(keyId, key);
    return key;
  }
}

/** The counters of one key. */
class KeyCounters {
  readonly sender: InvocationCounterSender;
  readonly #book: CounterBook | undefined;
  readonly #keyId: string;
  readonly #receivers = new Map<string, InvocationCounterReceiver>();
  #highest: number;
  #highestStored: number;

  constructor(book: CounterBook | undefined, keyId: string, first: number) {
    this.#book = book;
    this.#keyId = keyId;
    this.sender = new InvocationCounterSender({
      next: Math.max(book?.read(`${keyId}/sent`) ?? 0, first),
      blockSize,
      ...(book === undefined ? {} : { reservation: { reserve: (upTo) => book.write(`${keyId}/sent`, upTo) } }),
    });
    this.#highest = this.#highestStored = book?.read(`${keyId}/received`) ?? 0;
  }

  get lowestAcceptable(): number {
    return this.#highest;
  }

  receiver(originator: SystemTitle): InvocationCounterReceiver {
    const name = `${this.#keyId}/from/${formatSystemTitle(originator)}`;
    const known = this.#receivers.get(name);
    if (known !== undefined) return known;
    let stored = this.#book?.read(name) ?? 0;
    const receiver = new InvocationCounterReceiver({
      lowestAcceptable: stored,
      store: {
        store: (lowestAcceptable) => {
          // Before its first APDU with a right tag anybody may claim any name: it is not remembered.
          this.#receivers.set(name, receiver);
          this.#highest = Math.max(this.#highest, lowestAcceptable);
          if (lowestAcceptable <= stored) return;
          stored = Math.min(lowestAcceptable + blockSize, end);
          this.#book?.write(name, stored);
          if (stored <= this.#highestStored) return;
          this.#highestStored = stored;
          this.#book?.write(`${this.#keyId}/received`, stored);
        },
      },
    });
    return receiver;
  }

  settle(): void {
    this.#book?.write(`${this.#keyId}/sent`, this.sender.next);
    this.#book?.write(`${this.#keyId}/received`, this.#highest);
    for (const [name, receiver] of this.#receivers) this.#book?.write(name, receiver.lowestAcceptable);
  }
}
