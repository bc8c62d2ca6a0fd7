import { InvariantError, LocalProtocolError, SecurityError } from "../../errors.ts";
import { lastInvocationCounter } from "./apdu-cipher.ts";

/** Where a sender's counter survives restarts. */
export interface CounterReservation {
  /**
   * Stores that every value below `upTo` may have been used; returns, or resolves, when that is durable. A sender that is
   * made after a restart begins at the value stored last.
   */
  reserve(upTo: number): void | Promise<void>;
}

/** Where a receiver's counter survives restarts. */
export interface CounterStore {
  /** Stores the lowest value to be accepted from now on; returns, or resolves, when that is durable. */
  store(lowestAcceptable: number): void | Promise<void>;
}

/** One more than the last value that may be used. */
const end = lastInvocationCounter + 1;

/** How many values a sender reserves at a time when its options do not say. */
const defaultBlockSize = 1000;

/**
 * Invocation counter of the sending side for one encryption key. Strictly increasing: a value is given out once, and only
 * after it has been reserved durably, so that a crash at any moment skips values and never repeats one. GCM under the same
 * key and counter twice would reveal what both messages say, and let anybody forge tags (NIST SP 800-38D, appendix A).
 */
export class InvocationCounterSender {
  readonly #reservation: CounterReservation | undefined;
  readonly #blockSize: number;
  #next: number;
  #bound: number;
  #pending: Promise<void> | undefined;

  /**
   * @param options.next the value reserved last, 0 for a new key
   * @param options.reservation none for a key that does not outlive the process, a dedicated key for example
   */
  constructor(options: { readonly next?: number; readonly reservation?: CounterReservation; readonly blockSize?: number } = {}) {
    const { next = 0, reservation, blockSize = defaultBlockSize } = options;
    if (!isCounter(next) || !Number.isInteger(blockSize) || blockSize < 1) throw new InvariantError("an impossible invocation counter");
    this.#next = next;
    this.#bound = reservation === undefined ? end : next;
    this.#reservation = reservation;
    this.#blockSize = blockSize;
  }

  /** The value that {@link take} gives next; FFFFFFFF when there is none any more. */
  get next(): number {
    return this.#next;
  }

  /**
   * A value for one use.
   * @throws SecurityError `counter-exhausted`: the key has to be replaced
   * @throws LocalProtocolError when the port works asynchronously and {@link ready} was not awaited
   */
  take(): number {
    if (this.#next === this.#bound && this.ready() !== undefined) {
      throw new LocalProtocolError("no invocation counter is reserved: await ready() before protecting");
    }
    return this.#next++;
  }

  /**
   * Makes sure that `count` values can be taken; a promise only where the port gives one.
   * @throws SecurityError `counter-exhausted` when so many are not left; as a rejection when an earlier reservation is awaited
   */
  ready(count = 1): void | Promise<void> {
    if (this.#next + count > end) throw new SecurityError("counter-exhausted", "the invocation counter of this key is used up");
    if (this.#bound - this.#next >= count) return undefined;
    if (this.#pending !== undefined) return this.#pending.then(() => this.ready(count));
    const bound = Math.min(this.#next + Math.max(count, this.#blockSize), end);
    const stored = this.#reservation?.reserve(bound);
    if (stored === undefined) {
      this.#bound = bound;
      return undefined;
    }
    this.#pending = stored.then(
      () => {
        this.#pending = undefined;
        this.#bound = bound;
      },
      (error: unknown) => {
        this.#pending = undefined;
        throw error;
      },
    );
    return this.#pending;
  }
}

/**
 * Invocation counter of the receiving side for one encryption key and one originator: accepts each value at most once, and
 * none below the highest seen.
 */
export class InvocationCounterReceiver {
  readonly #store: CounterStore | undefined;
  #lowest: number;

  /**
   * @param options.lowestAcceptable the value stored last, 0 for a new key
   * @param options.store none for a key that does not outlive the process
   */
  constructor(options: { readonly lowestAcceptable?: number; readonly store?: CounterStore } = {}) {
    const { lowestAcceptable = 0, store } = options;
    if (!isCounter(lowestAcceptable)) throw new InvariantError("an impossible invocation counter");
    this.#lowest = lowestAcceptable;
    this.#store = store;
  }

  /** What an exception-response tells the sender. */
  get lowestAcceptable(): number {
    return this.#lowest;
  }

  /**
   * Refuses a value before any work is done; changes nothing, since the tag has not been verified yet.
   * @throws SecurityError `replayed`, with `received` and `lowestAcceptable` in its details; `counter-exhausted` for FFFFFFFF
   */
  check(invocationCounter: number): void {
    if (invocationCounter > lastInvocationCounter)
      throw new SecurityError("counter-exhausted", "the invocation counter FFFFFFFF is not valid");
    if (invocationCounter < this.#lowest) {
      throw new SecurityError("replayed", `the invocation counter ${invocationCounter} is below ${this.#lowest}`, {
        details: { received: invocationCounter, lowestAcceptable: this.#lowest },
      });
    }
  }

  /**
   * Takes note of a value whose tag was right. Nothing may be carried out for it before this has returned, or resolved.
   * @throws SecurityError as {@link check}
   */
  accept(invocationCounter: number): void | Promise<void> {
    this.check(invocationCounter);
    this.#lowest = invocationCounter + 1;
    return this.#store?.store(this.#lowest);
  }
}

function isCounter(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= end;
}
