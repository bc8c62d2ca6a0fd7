import type { Infer } from "../axdr/schema.ts";
import { boolean, octetString, sequence, u32 } from "../axdr/untagged.ts";

/** DataBlock-SA: one block of a SET or ACTION. */
export const dataBlock = sequence("DataBlock-SA", { lastBlock: boolean, blockNumber: u32, raw: octetString });
export type DataBlock = Infer<typeof dataBlock>;
