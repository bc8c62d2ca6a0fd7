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
  readonly #payload: Uint8Array;
  readonly #size: number;
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
    return this.#number > 0 && this.#offset >= this.#payload.length;
  }

  next(): Block {
    const end = Math.min(this.#offset + this.#size, this.#payload.length);
    const raw = this.#payload.subarray(this.#offset, end);
    this.#offset = end;
    this.#number += 1;
    return { lastBlock: end === this.#payload.length, blockNumber: this.#number, raw };
  }
}
