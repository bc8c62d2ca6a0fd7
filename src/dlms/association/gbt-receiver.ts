import { ByteWriter } from "../../bytes/byte-writer.ts";
import type { GeneralBlockTransfer } from "../xdlms/general-block-transfer.ts";
import { apduTags } from "../xdlms/tags.ts";

interface EarlyBlock {
  readonly raw: Uint8Array;
  readonly lastBlock: boolean;
}

/**
 * Joins the blocks of a general block transfer in whatever order they come (Green Book 9.4.6.13). Blocks behind a gap
 * are kept, within the window that was granted; all of them together are never longer than `limit`.
 */
export class GbtReceiver {
  readonly #limit: number;
  readonly #window: number;
  readonly #early = new Map<number, EarlyBlock>();
  /** One buffer for all: an object for each of 65 535 blocks would take a hundred times what they carry. */
  readonly #joined = new ByteWriter(0);
  #heldLength = 0;
  #received = 0;
  #complete = false;

  /**
   * @param limit octets of the joined APDU
   * @param window blocks that may come behind the last one in order
   */
  constructor(limit: number, window: number) {
    this.#limit = limit;
    this.#window = window;
  }

  /** Highest number up to which every block has come. */
  get received(): number {
    return this.#received;
  }

  /** Octets in order so far. */
  get length(): number {
    return this.#joined.length;
  }

  get complete(): boolean {
    return this.#complete;
  }

  /** Blocks that are missing before those that came early, or 0. */
  get gap(): number {
    return this.#early.size === 0 ? 0 : Math.min(...this.#early.keys()) - this.#received - 1;
  }

  /** `new` where the block added something; a mere acknowledgement counts by its number alone. */
  accept({ blockNumber, lastBlock, raw }: GeneralBlockTransfer): "new" | "old" | "too-long" {
    if (this.#complete || blockNumber <= this.#received || this.#early.has(blockNumber)) return "old";
    if (raw.length === 0 && this.#joined.length === 0 && this.#early.size === 0) {
      // Acknowledgements that were lost are never asked for again.
      this.#received = blockNumber;
      return "new";
    }
    if (blockNumber > this.#received + this.#window) return "old";
    if (this.#joined.length + this.#heldLength + raw.length > this.#limit) return "too-long";
    this.#early.set(blockNumber, { raw: raw.slice(), lastBlock });
    this.#heldLength += raw.length;
    this.#join();
    return "new";
  }

  /** The APDU, once complete; undefined where it is a block itself, which could hold the next one without end. */
  apdu(): Uint8Array | undefined {
    const joined = this.#joined.finish();
    return joined[0] === apduTags["general-block-transfer"].plain ? undefined : joined;
  }

  #join(): void {
    for (let block = this.#next(); block !== undefined && !this.#complete; block = this.#next()) {
      this.#received += 1;
      this.#early.delete(this.#received);
      this.#heldLength -= block.raw.length;
      this.#joined.bytes(block.raw);
      this.#complete = block.lastBlock;
    }
  }

  #next(): EarlyBlock | undefined {
    return this.#early.get(this.#received + 1);
  }
}
