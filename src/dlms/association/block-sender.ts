import { lengthSize } from "../axdr/length.ts";

/** One block of a payload. */
export interface Block {
  readonly lastBlock: boolean;
  readonly blockNumber: number;
  readonly raw: Uint8Array;
}

/** Octets of raw data that fit into `room` octets together with their length; less than 1 where none do. */
export function rawCapacity(room: number): number {
  return room - lengthSize(Math.max(0, room));
}

/** Cuts a payload into numbered blocks (Green Book 9.4.6.12); the first has number 1. */
export class BlockSender {
  readonly #size: number;
  #payload: Uint8Array | undefined;
  #offset = 0;
  #number = 0;

  /** @param size octets of raw data in a block, at least 1 */
  constructor(payload: Uint8Array, size: number) {
    this.#payload = payload;
    this.#size = size;
  }

  /** Number of the block last cut. */
  get blockNumber(): number {
    return this.#number;
  }

  get ended(): boolean {
    return this.#payload === undefined;
  }

  /** Octets of the payload, as long as it is kept. */
  get held(): number {
    return this.#payload?.length ?? 0;
  }

  /** The next block; the last one, empty, once all are cut. */
  next(): Block {
    const payload = this.#payload ?? new Uint8Array();
    const start = this.#offset;
    this.#offset = Math.min(start + this.#size, payload.length);
    this.#number += 1;
    if (this.#offset < payload.length) {
      return { lastBlock: false, blockNumber: this.#number, raw: payload.subarray(start, this.#offset) };
    }
    // The last block may be kept for a client that misses it; the payload need not be kept with it.
    this.#payload = undefined;
    return { lastBlock: true, blockNumber: this.#number, raw: payload.slice(start) };
  }
}
