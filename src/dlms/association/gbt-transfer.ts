import { encodeApdu } from "../xdlms/apdu.ts";
import { type GeneralBlockTransfer, gbtHeaderLength, maxGbtWindow } from "../xdlms/general-block-transfer.ts";
import { rawCapacity } from "./block-sender.ts";
import { GbtReceiver } from "./gbt-receiver.ts";

export interface GbtOptions {
  /** Longest APDU the peer takes, in octets. */
  readonly maxPduSize: number;
  /** Blocks this side takes in a row, 1..63. */
  readonly window: number;
  /** Blocks the peer takes in a row, as far as it has said: one, before it has. */
  readonly peerWindow: number;
  /** Octets that the peer's APDU may have. */
  readonly maxLength: number;
  /** True at the server, whose answer is still to follow when it acknowledges. */
  readonly answers: boolean;
}

/** What one block leads to. */
export type GbtStep =
  | { readonly type: "waiting" }
  | { readonly type: "progress"; readonly receivedBytes: number }
  /** The peer's APDU is complete. */
  | { readonly type: "apdu"; readonly bytes: Uint8Array }
  | { readonly type: "aborted"; readonly reason: "by-peer" | "too-long" | "nested" };

const nothing = new Uint8Array();
const maxBlockNumber = 0xffff;
/** Blocks that an APDU may take; as many numbers are left for what else a transfer sends. */
const maxBlocks = maxBlockNumber >> 1;

/** Octets of block data that fit into an APDU of the given size; less than 1 where none do. */
export function gbtBlockSize(maxPduSize: number): number {
  return rawCapacity(maxPduSize - gbtHeaderLength);
}

/** True where the blocks of an APDU can be counted. */
export function gbtCarries(length: number, maxPduSize: number): boolean {
  const size = gbtBlockSize(maxPduSize);
  return size > 0 && Math.ceil(length / size) <= maxBlocks;
}

/**
 * One confirmed general block transfer: a request and its answer, of which at least one takes blocks (Green Book
 * 9.4.6.13). Blocks go out in windows, the last of each asks for an acknowledgement, and what is not acknowledged goes
 * out again. Numbers count all blocks of one side, mere acknowledgements among them.
 */
export class GbtTransfer {
  readonly #options: GbtOptions;
  readonly #emit: (apdu: Uint8Array) => void;
  readonly #receiver: GbtReceiver;
  readonly #blockSize: number;
  #payload: Uint8Array | undefined;
  /** Number of the first block of the payload; smaller ones were acknowledgements. */
  #first = 1;
  #last = 0;
  /** Highest number in use. */
  #number = 0;
  /** Highest number the peer has everything up to. */
  #acknowledged = 0;
  /** Our acknowledgement that the peer has seen last acknowledged this much; another needs no number of its own. */
  #told = -1;
  #peerWindow: number;
  #delivered = false;

  constructor(options: GbtOptions, emit: (apdu: Uint8Array) => void) {
    this.#options = options;
    this.#emit = emit;
    this.#receiver = new GbtReceiver(options.maxLength, maxGbtWindow);
    this.#blockSize = gbtBlockSize(options.maxPduSize);
    this.#peerWindow = options.peerWindow;
  }

  /** Blocks the peer takes in a row, as it said last. */
  get peerWindow(): number {
    return this.#peerWindow;
  }

  /** True while blocks of our APDU are out that the peer has not acknowledged. */
  get sending(): boolean {
    return this.#payload !== undefined && this.#acknowledged < this.#last;
  }

  /** True once the peer's APDU has come in. */
  get delivered(): boolean {
    return this.#delivered;
  }

  /** True while the peer's APDU is here and ours has not been given. */
  get awaitsAnswer(): boolean {
    return this.#delivered && this.#payload === undefined;
  }

  /** Sends an APDU: its first window goes out. */
  send(apdu: Uint8Array): void {
    this.#payload = apdu;
    this.#first = this.#number + 1;
    this.#last = this.#number + Math.max(1, Math.ceil(apdu.length / this.#blockSize));
    this.#sendFrom(this.#first);
  }

  receive(block: GeneralBlockTransfer): GbtStep {
    const { blockNumber, blockNumberAck, lastBlock, streaming, window, raw } = block;
    if (lastBlock && !streaming && blockNumber === 0 && raw.length === 0) return { type: "aborted", reason: "by-peer" };
    if (window > 0) this.#peerWindow = window;
    if (blockNumberAck <= this.#number) this.#acknowledged = Math.max(this.#acknowledged, blockNumberAck);
    const outcome = this.#receiver.accept(block);
    if (outcome === "too-long") return this.#abortFor("too-long");
    if (!streaming) this.#takeTurn(blockNumberAck);
    if (this.#receiver.complete && !this.#delivered) {
      this.#delivered = true;
      const bytes = this.#receiver.apdu();
      return bytes === undefined ? this.#abortFor("nested") : { type: "apdu", bytes };
    }
    return outcome === "new" && raw.length > 0 ? { type: "progress", receivedBytes: this.#receiver.length } : { type: "waiting" };
  }

  /** Nothing has come for too long: what the peer may have missed goes out again. */
  repeat(): void {
    if (this.sending) this.#sendFrom(this.#acknowledged + 1);
    else this.#acknowledge();
  }

  /** Tells the peer that nothing follows. */
  abort(): void {
    this.#emitBlock({ lastBlock: true, streaming: false, window: 0, blockNumber: 0, blockNumberAck: 0, raw: nothing });
  }

  #abortFor(reason: "too-long" | "nested"): GbtStep {
    this.abort();
    return { type: "aborted", reason };
  }

  /** The peer has sent what it wanted and waits: for more of our blocks, or to hear what has come of its own. */
  #takeTurn(acknowledged: number): void {
    if (this.#payload !== undefined && acknowledged < this.#last) this.#sendFrom(acknowledged + 1);
    else if (!this.#receiver.complete && !(this.#options.answers && this.#payload !== undefined)) this.#acknowledge();
  }

  #sendFrom(start: number): void {
    const end = Math.min(start + Math.max(1, this.#peerWindow) - 1, this.#last);
    for (let number = start; number <= end; number++) {
      this.#emitBlock({
        lastBlock: number === this.#last,
        streaming: number < end,
        window: this.#options.window,
        blockNumber: number,
        blockNumberAck: this.#receiver.received,
        raw: this.#rawOf(number),
      });
    }
    this.#number = Math.max(this.#number, end);
    this.#told = this.#receiver.received;
  }

  /** Nothing, for the number of an acknowledgement that the peer missed. */
  #rawOf(number: number): Uint8Array {
    const offset = (number - this.#first) * this.#blockSize;
    return offset < 0 ? nothing : (this.#payload ?? nothing).subarray(offset, offset + this.#blockSize);
  }

  #acknowledge(): void {
    const { received, gap } = this.#receiver;
    if (this.#told !== received) this.#number = Math.max(this.#number, Math.min(this.#number + 1, maxBlockNumber - maxBlocks));
    this.#told = received;
    this.#emitBlock({
      lastBlock: !this.#options.answers,
      streaming: false,
      // Just what is missing: the blocks behind it are here.
      window: gap > 0 ? Math.min(gap, this.#options.window) : this.#options.window,
      blockNumber: this.#number,
      blockNumberAck: received,
      raw: nothing,
    });
  }

  #emitBlock(block: GeneralBlockTransfer): void {
    this.#emit(encodeApdu({ type: "general-block-transfer", ...block }));
  }
}
