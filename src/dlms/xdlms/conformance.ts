import { type BitString, bitString, bitsToNames } from "../../bytes/bit-string.ts";
import type { Schema } from "../axdr/schema.ts";

/** Conformance bits in order; bit 0 is the most significant of the first octet (Green Book 9.4.6.1). */
export const conformanceNames = [
  "reserved-zero",
  "general-protection",
  "general-block-transfer",
  "read",
  "write",
  "unconfirmed-write",
  "delta-value-encoding",
  "reserved-seven",
  "attribute0-supported-with-set",
  "priority-mgmt-supported",
  "attribute0-supported-with-get",
  "block-transfer-with-get-or-read",
  "block-transfer-with-set-or-write",
  "block-transfer-with-action",
  "multiple-references",
  "information-report",
  "data-notification",
  "access",
  "parameterized-access",
  "get",
  "set",
  "selective-access",
  "event-notification",
  "action",
] as const;

export type ConformanceName = (typeof conformanceNames)[number];

/** A conformance block as the set of its bits. */
export type Conformance = ReadonlySet<ConformanceName>;

const indexOf = new Map<string, number>(conformanceNames.map((name, index) => [name, index]));

/** The conformance block as a bit string of 24 bits. */
export function conformanceBits(conformance: Conformance): BitString {
  return bitString(
    conformanceNames.length,
    [...conformance].map((name) => indexOf.get(name) as number),
  );
}

/** Application tag 31 in two octets, length 4, no unused bits. */
const tag = [0x5f, 0x1f, 0x04, 0x00];

/**
 * [APPLICATION 31] IMPLICIT BIT STRING (SIZE(24)), the one BER-encoded field of the Initiate APDUs. Old SN meters leave
 * out the second tag octet (Green Book pitfall 9).
 */
export const conformance: Schema<Conformance> = {
  type: { name: "Conformance" },
  read: (reader) => {
    const start = reader.offset;
    if (reader.u8("Conformance") !== tag[0]) throw reader.error("bad-tag", "Conformance", "application tag 31 expected", start);
    if (reader.peek() === tag[1]) reader.skip(1);
    if (reader.u8("Conformance") !== tag[2]) throw reader.error("bad-length", "Conformance", "length 4 expected", start);
    if (reader.u8("Conformance") !== tag[3]) throw reader.error("out-of-range", "Conformance", "unused bits", start);
    return bitsToNames<ConformanceName>({ length: conformanceNames.length, bytes: reader.bytes(3, "Conformance") }, conformanceNames);
  },
  write: (writer, value) => {
    for (const octet of tag) writer.u8(octet);
    writer.bytes(conformanceBits(value).bytes);
  },
};

/** What both sides can do. */
export function intersect(a: Conformance, b: Conformance): Conformance {
  return new Set([...a].filter((name) => b.has(name)));
}
