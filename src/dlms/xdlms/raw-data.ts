import { skipData } from "../axdr/data.ts";
import { dataTag } from "../axdr/data-type.ts";
import type { Schema } from "../axdr/schema.ts";

/**
 * One tagged value, kept as the octets it came in. Services carry data they do not look into: decoding is left to
 * whoever knows the type, and blocks can be joined before anything is decoded.
 */
export const rawData: Schema<Uint8Array> = {
  type: { name: "Data" },
  read: (reader) => {
    const start = reader.offset;
    skipData(reader);
    return reader.slice(start, reader.offset);
  },
  write: (writer, value) => writer.bytes(value),
};

/** The octets of null-data. */
export const rawNullData: Uint8Array = Uint8Array.of(dataTag["null-data"]);
