import type { Infer, Schema } from "../axdr/schema.ts";
import { octetString, sequence, u8, u16 } from "../axdr/untagged.ts";

/** Largest window that the block control can announce. */
export const maxGbtWindow = 63;

/** Octets of a general-block-transfer APDU before the length of its block data: tag, control and the two numbers. */
export const gbtHeaderLength = 6;

/** General-Block-Transfer (E0), one block of any APDU (Green Book 9.4.6.13). */
export interface GeneralBlockTransfer {
  /** No block of this side follows. */
  readonly lastBlock: boolean;
  /** The next block of this side follows at once; an answer is not awaited. */
  readonly streaming: boolean;
  /** Blocks that the sender of this APDU can take in a row, 0..63; 0 in an unconfirmed transfer. */
  readonly window: number;
  readonly blockNumber: number;
  /** Highest number up to which all blocks have come in. */
  readonly blockNumberAck: number;
  /** Part of the APDU, empty in a mere acknowledgement. */
  readonly raw: Uint8Array;
}

const fields = sequence("General-Block-Transfer", { control: u8, blockNumber: u16, blockNumberAck: u16, raw: octetString });
type Fields = Infer<typeof fields>;

export const generalBlockTransfer: Schema<GeneralBlockTransfer> = {
  type: fields.type,
  read: (reader) => {
    const { control, blockNumber, blockNumberAck, raw }: Fields = fields.read(reader);
    return {
      lastBlock: (control & 0x80) !== 0,
      streaming: (control & 0x40) !== 0,
      window: control & 0x3f,
      blockNumber,
      blockNumberAck,
      raw,
    };
  },
  write: (writer, { lastBlock, streaming, window, blockNumber, blockNumberAck, raw }) =>
    fields.write(writer, {
      control: (lastBlock ? 0x80 : 0) | (streaming ? 0x40 : 0) | (window & 0x3f),
      blockNumber,
      blockNumberAck,
      raw,
    }),
};
