import { encodeApdu } from "../xdlms/apdu.ts";
import { type GeneralBlockTransfer, maxGbtWindow } from "../xdlms/general-block-transfer.ts";
import { GbtReceiver } from "./gbt-receiver.ts";
import { gbtBlockSize } from "./gbt-transfer.ts";

/** An APDU as the blocks of an unconfirmed transfer: window 0, every block streaming, none acknowledged (as meters push). */
export function* unconfirmedBlocks(apdu: Uint8Array, maxPduSize: number): Generator<Uint8Array> {
  const size = gbtBlockSize(maxPduSize);
  for (let offset = 0, blockNumber = 1; offset < apdu.length; offset += size, blockNumber++) {
    yield encodeApdu({
      type: "general-block-transfer",
      lastBlock: offset + size >= apdu.length,
      streaming: true,
      window: 0,
      blockNumber,
      blockNumberAck: 0,
      raw: apdu.subarray(offset, offset + size),
    });
  }
}

/** Joins unconfirmed transfers. Nothing can be asked for again: a gap is the end of the transfer. */
export class UnconfirmedBlocks {
  readonly #limit: number;
  #receiver: GbtReceiver | undefined;

  /** @param limit octets of the joined APDU */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The whole APDU after its last block; `lost` when the transfer ends without some of it, or holds another. */
  accept(block: GeneralBlockTransfer): Uint8Array | "lost" | undefined {
    if (block.blockNumber === 1) this.#receiver = new GbtReceiver(this.#limit, maxGbtWindow);
    const receiver = this.#receiver;
    if (receiver === undefined) return block.lastBlock ? "lost" : undefined;
    const tooLong = receiver.accept(block) === "too-long";
    if (receiver.complete) {
      this.#receiver = undefined;
      return receiver.apdu() ?? "lost";
    }
    if (!tooLong && !block.lastBlock) return undefined;
    this.#receiver = undefined;
    return "lost";
  }
}
