import { ByteReader } from "../bytes/byte-reader.ts";
import { berHeader, readBerFields, readBerLength } from "../dlms/acse/ber.ts";

/** A field of an ACSE APDU by its tag, and all it holds; undefined leaves it out. */
export type AcseFields = Readonly<Record<number, Uint8Array | undefined>>;

const numberOf = (tag: number): number => tag & 0x1f;

/**
 * The APDU with these fields put in, replaced or left out, in the order of their numbers, as ACSE wants them: what no
 * well-behaved client sends.
 */
export function withAcseFields(apdu: Uint8Array, changes: AcseFields): Uint8Array {
  const reader = new ByteReader(apdu);
  const tag = reader.u8("ACSE APDU");
  const fields = readBerFields(reader.sub(readBerLength(reader, "ACSE APDU"), "ACSE APDU"), "ACSE APDU");
  const changed = new Set(Object.keys(changes).map(Number).map(numberOf));
  const kept = fields.filter((field) => !changed.has(numberOf(field.tag))).map(({ tag: number, octets }) => ({ tag: number, octets }));
  const added = Object.entries(changes).flatMap(([number, content]) =>
    content === undefined ? [] : [{ tag: Number(number), octets: Uint8Array.of(...berHeader(Number(number), content.length), ...content) }],
  );
  const content = [...kept, ...added].sort((a, b) => numberOf(a.tag) - numberOf(b.tag)).flatMap(({ octets }) => [...octets]);
  return Uint8Array.of(...berHeader(tag, content.length), ...content);
}

/** Tags of the fields of AARQ that tests put in or leave out (Green Book 9.4.2.2). */
export const aarqTags = {
  protocolVersion: 0x80,
  calledApTitle: 0xa2,
  calledAeQualifier: 0xa3,
  calledApInvocationId: 0xa4,
  calledAeInvocationId: 0xa5,
  callingApTitle: 0xa6,
  callingAeQualifier: 0xa7,
  callingApInvocationId: 0xa8,
  callingAeInvocationId: 0xa9,
  acseRequirements: 0x8a,
  mechanismName: 0x8b,
  authenticationValue: 0xac,
  implementationInformation: 0x9d,
} as const;

/** A BER octet string, short. */
export const berOctets = (...octets: readonly number[]): Uint8Array => Uint8Array.of(0x04, octets.length, ...octets);

/** A BER integer of one octet. */
export const berInteger = (value: number): Uint8Array => Uint8Array.of(0x02, 1, value);
