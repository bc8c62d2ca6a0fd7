import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";
import type { DlmsData } from "./data.ts";

export interface CompactArray {
  readonly element: unknown;
  readonly rows: readonly DlmsData[];
}
export declare function readCompactArray(reader: ByteReader, depth: number): CompactArray;
export declare function writeCompactArray(writer: ByteWriter, value: CompactArray): void;
