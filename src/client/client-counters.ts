import type { AssociationSecurity } from "../dlms/association/protection.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../dlms/security/invocation-counter.ts";
import { formatSystemTitle, type SystemTitle } from "../dlms/security/system-title.ts";

/** Where a client's counters outlive the process; `src/store` keeps them in LMDB. Throws `StoreError`. */
export interface CounterBook {
  /** The number stored under a name, 0 for a new one. */
  read(name: string): number;
  /** Sets `count` values aside that nobody was given before; answers the first, which is not below `least`. Durable on return. */
  allot(name: string, count: number, least?: number): number;
  /** Sets more values aside after those up to `from`; fails where somebody else was given values since. Durable on return. */
  extend(name: string, from: number, upTo: number): void;
  /** Stores a number unless a lower one; durable soon. */
  note(name: string, value: number): void;
  /** Stores a number; durable on return. */
  write(name: string, value: number): void;
}

/** Values set aside at a time: a session seldom needs more, and four million sessions use up a key. */
const blockSize = 1024;

/** One more than the highest counter (Green Book 9.2.7.2.4). */
const end = 0xffff_ffff;

/**
 * Invocation counters of one encryption key at the client. They belong to the system title and the key alone, whatever meter
 * they are used with: an initialisation vector is made of no more, so that a key that several meters share, or a meter that
 * is reached by another address, repeats none.
 */
export class ClientCounters implements Pick<AssociationSecurity, "sendCounter" | "receiveCounter"> {
  readonly #book: CounterBook;
  readonly #name: string;
  readonly #receivers = new Map<string, InvocationCounterReceiver>();
  #sender: InvocationCounterSender;

  /** @param keyId tells the key from others without saying what it is, a hash of it for example */
  constructor(book: CounterBook, systemTitle: SystemTitle, keyId: string) {
    this.#book = book;
    this.#name = `${formatSystemTitle(systemTitle)}/${keyId}`;
    this.#sender = this.#senderFrom(0);
  }

  get sendCounter(): InvocationCounterSender {
    return this.#sender;
  }

  /**
   * The lowest counter of a meter, as noted when its first answer came and soon after every other. It is not reserved ahead:
   * nobody could tell a meter to count on. Nothing recorded before can be played back after a crash, as an association
   * begins with an AARE, whose counter is stored before it is used.
   */
  readonly receiveCounter = (originator: SystemTitle): InvocationCounterReceiver => {
    const name = `${this.#name}/from/${formatSystemTitle(originator)}`;
    let receiver = this.#receivers.get(name);
    if (receiver === undefined) {
      receiver = new InvocationCounterReceiver({ lowestAcceptable: this.#book.read(name), store: this.#storing(name) });
      this.#receivers.set(name, receiver);
    }
    return receiver;
  };

  /** Begins an association: the first counter that is accepted in it is stored at once. */
  begin(): void {
    this.#receivers.clear();
  }

  /**
   * Goes on at `next`, which a meter asks for.
   * @returns false where that is no higher, or so high that a stranger on the line may have said it to use the key up
   */
  raise(next: number): boolean {
    const own = this.#sender.next;
    if (next <= own || next - own > (end - own) / 2) return false;
    this.#sender = this.#senderFrom(next);
    return true;
  }

  #senderFrom(least: number): InvocationCounterSender {
    const name = `${this.#name}/sent`;
    const next = this.#book.allot(name, blockSize, least);
    let reserved = Math.min(next + blockSize, end);
    const reserve = (upTo: number): void => {
      if (upTo <= reserved) return;
      this.#book.extend(name, reserved, upTo);
      reserved = upTo;
    };
    return new InvocationCounterSender({ next, blockSize, reservation: { reserve } });
  }

  #storing(name: string) {
    let stored = false;
    return {
      store: (lowestAcceptable: number): void => {
        if (stored) this.#book.note(name, lowestAcceptable);
        else this.#book.write(name, lowestAcceptable);
        stored = true;
      },
    };
  }
}
