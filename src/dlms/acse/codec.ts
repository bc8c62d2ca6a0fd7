import type { Entity } from "asn1.js";
import { ByteReader } from "../../bytes/byte-reader.ts";
import { DecodeError, DlmsError } from "../../errors.ts";
import { apduTags } from "../xdlms/tags.ts";
import {
  type Aare,
  type Aarq,
  type Abrt,
  type AssociateDiagnostic,
  associationResults,
  providerDiagnostics,
  type Release,
  userDiagnostics,
} from "./apdus.ts";
import { type BerField, berHeader, readBerFields, readBerLength } from "./ber.ts";
import { arcsOfContext, arcsOfMechanism, contextOfArcs, mechanismOfArcs } from "./object-identifiers.ts";
import { aareSchema, aarqSchema, abrtSchema, releaseSchema } from "./schema.ts";

/*
 * The strict shell around asn1.js, which accepts a wrong class of the outer tag and trailing octets, insists on the
 * order of fields, and speaks of errors in its own words. Here tag and length are checked, unknown fields are left
 * out, the rest is put into the declared order, and numbers and errors become ours.
 */

/** bn.js as far as asn1.js hands it out. */
interface BigNumber {
  bitLength(): number;
  toNumber(): number;
}

interface Bits {
  readonly unused: number;
  readonly data: Uint8Array;
}

interface Decoded {
  readonly protocolVersion?: Bits;
  readonly applicationContextName: readonly number[];
  readonly callingApTitle?: Uint8Array;
  readonly callingAeQualifier?: Uint8Array;
  readonly callingAeInvocationId?: BigNumber;
  readonly senderAcseRequirements?: Bits;
  readonly responderAcseRequirements?: Bits;
  readonly mechanismName?: readonly number[];
  readonly callingAuthenticationValue?: { readonly value: Uint8Array | Bits };
  readonly respondingAuthenticationValue?: { readonly value: Uint8Array | Bits };
  readonly userInformation?: Uint8Array;
  readonly result: BigNumber;
  readonly resultSourceDiagnostic: { readonly type: "user" | "provider"; readonly value: BigNumber };
  readonly respondingApTitle?: Uint8Array;
  readonly respondingAeQualifier?: Uint8Array;
  readonly reason?: BigNumber;
  readonly abortSource: BigNumber;
}

/** Bit 0: authentication; bit 0 of a protocol version: version 1. */
const firstBit: Bits = { unused: 7, data: Buffer.of(0x80) };

/** @throws DecodeError */
export function decodeAarq(bytes: Uint8Array): Aarq {
  const value = decode(aarqSchema, "AARQ", apduTags.aarq.plain, bytes);
  return {
    applicationContext: contextOfArcs(value.applicationContextName),
    ...(value.protocolVersion === undefined ? {} : { protocolVersion1: hasFirstBit(value.protocolVersion) }),
    callingApTitle: value.callingApTitle,
    callingAeQualifier: value.callingAeQualifier,
    callingAeInvocationId: value.callingAeInvocationId && numberOfInteger(value.callingAeInvocationId, "AARQ"),
    authenticationRequired: hasFirstBit(value.senderAcseRequirements),
    mechanism: value.mechanismName && mechanismOfArcs(value.mechanismName),
    authenticationValue: octetsOf(value.callingAuthenticationValue),
    userInformation: value.userInformation,
  };
}

export function encodeAarq(aarq: Aarq): Uint8Array {
  return encode(aarqSchema, apduTags.aarq.plain, {
    protocolVersion: aarq.protocolVersion1 === true ? firstBit : undefined,
    applicationContextName: arcsOfContext(aarq.applicationContext),
    callingApTitle: aarq.callingApTitle,
    callingAeQualifier: aarq.callingAeQualifier,
    callingAeInvocationId: aarq.callingAeInvocationId,
    senderAcseRequirements: aarq.authenticationRequired ? firstBit : undefined,
    mechanismName: aarq.mechanism && arcsOfMechanism(aarq.mechanism),
    callingAuthenticationValue: aarq.authenticationValue && { type: "charstring", value: Buffer.from(aarq.authenticationValue) },
    userInformation: aarq.userInformation,
  });
}

/** @throws DecodeError */
export function decodeAare(bytes: Uint8Array): Aare {
  const value = decode(aareSchema, "AARE", apduTags.aare.plain, bytes);
  return {
    applicationContext: contextOfArcs(value.applicationContextName),
    ...(value.protocolVersion === undefined ? {} : { protocolVersion1: hasFirstBit(value.protocolVersion) }),
    result: nameOf(associationResults, numberOfInteger(value.result, "AARE")),
    diagnostic: diagnosticOf(value.resultSourceDiagnostic),
    respondingApTitle: value.respondingApTitle,
    respondingAeQualifier: value.respondingAeQualifier,
    authenticationRequired: hasFirstBit(value.responderAcseRequirements),
    mechanism: value.mechanismName && mechanismOfArcs(value.mechanismName),
    authenticationValue: octetsOf(value.respondingAuthenticationValue),
    userInformation: value.userInformation,
  };
}

export function encodeAare(aare: Aare): Uint8Array {
  const { source, value } = aare.diagnostic;
  const [type, names] =
    source === "acse-service-user" ? (["user", userDiagnostics] as const) : (["provider", providerDiagnostics] as const);
  return encode(aareSchema, apduTags.aare.plain, {
    protocolVersion: aare.protocolVersion1 === true ? firstBit : undefined,
    applicationContextName: arcsOfContext(aare.applicationContext),
    result: numberOf(associationResults, aare.result),
    resultSourceDiagnostic: { type, value: numberOf(names, value) },
    respondingApTitle: aare.respondingApTitle,
    respondingAeQualifier: aare.respondingAeQualifier,
    responderAcseRequirements: aare.authenticationRequired ? firstBit : undefined,
    mechanismName: aare.mechanism && arcsOfMechanism(aare.mechanism),
    respondingAuthenticationValue: aare.authenticationValue && { type: "charstring", value: Buffer.from(aare.authenticationValue) },
    userInformation: aare.userInformation,
  });
}

/** @throws DecodeError */
export function decodeRlrq(bytes: Uint8Array): Release {
  return decodeRelease("RLRQ", apduTags.rlrq.plain, bytes);
}

export function encodeRlrq(release: Release): Uint8Array {
  return encode(releaseSchema, apduTags.rlrq.plain, release);
}

/**
 * The reason is all that matters of an RLRE, and the lengths behind it are often wrong (both Gurux servers), so what
 * cannot be made sense of behind the tag is left out instead of being refused.
 * @throws DecodeError for another tag
 */
export function decodeRlre(bytes: Uint8Array): Release {
  try {
    return decodeRelease("RLRE", apduTags.rlre.plain, bytes);
  } catch (error) {
    if (!(error instanceof DecodeError) || bytes[0] !== apduTags.rlre.plain || bytes.length < 2) throw error;
    const [, , tag, length, reason] = bytes;
    return tag === 0x80 && length === 1 && reason !== undefined ? { reason } : {};
  }
}

export function encodeRlre(release: Release): Uint8Array {
  return encode(releaseSchema, apduTags.rlre.plain, release);
}

/** @throws DecodeError */
export function decodeAbrt(bytes: Uint8Array): Abrt {
  const value = decode(abrtSchema, "ABRT", apduTags.abrt.plain, bytes);
  return { source: numberOfInteger(value.abortSource, "ABRT"), userInformation: value.userInformation };
}

export function encodeAbrt(abrt: Abrt): Uint8Array {
  return encode(abrtSchema, apduTags.abrt.plain, { abortSource: abrt.source, userInformation: abrt.userInformation });
}

function decodeRelease(what: string, tag: number, bytes: Uint8Array): Release {
  const value = decode(releaseSchema, what, tag, bytes);
  return {
    ...(value.reason === undefined ? {} : { reason: numberOfInteger(value.reason, what) }),
    ...(value.userInformation === undefined ? {} : { userInformation: value.userInformation }),
  };
}

/** Context tags of ACSE fields that the declarations know; the class and the constructed bit may differ by encoding. */
const knownFields: Readonly<Record<string, ReadonlySet<number>>> = {
  AARQ: new Set([0x80, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0x8a, 0x8b, 0xac, 0xbe]),
  AARE: new Set([0x80, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0x88, 0x89, 0xaa, 0xbe]),
  RLRQ: new Set([0x80, 0xbe]),
  RLRE: new Set([0x80, 0xbe]),
  ABRT: new Set([0x80, 0xbe]),
};

const sequenceTag = 0x30;

function decode(schema: Entity, what: string, tag: number, bytes: Uint8Array): Decoded {
  const reader = new ByteReader(bytes);
  if (reader.u8(what) !== tag) throw reader.error("bad-tag", what, `tag ${tag.toString(16)} expected`, 0);
  const length = readBerLength(reader, what);
  const fields = readBerFields(reader.sub(length, what), what);
  reader.expectEnd(what);
  const known = fields.filter((field) => knownFields[what]?.has(field.tag));
  known.sort((a, b) => (a.tag & 0x1f) - (b.tag & 0x1f));
  refuseDoubled(known, what);
  const content = Buffer.concat(known.map((field) => field.octets));
  try {
    return schema.decode(Buffer.concat([Uint8Array.from(berHeader(sequenceTag, content.length)), content]), "der") as Decoded;
  } catch (cause) {
    if (cause instanceof DlmsError) throw cause;
    throw new DecodeError("bad-tag", what, 0, `${what}: ${cause instanceof Error ? cause.message : "not decodable"}`, {
      cause,
      layer: "acse",
    });
  }
}

function refuseDoubled(fields: readonly BerField[], what: string): void {
  const doubled = fields.find((field, index) => field.tag === fields[index + 1]?.tag);
  if (doubled !== undefined)
    throw new DecodeError("bad-tag", what, 0, `${what}: field ${doubled.tag.toString(16)} twice`, { layer: "acse" });
}

/** Octet strings have to be Buffers for asn1.js. */
function encode(schema: Entity, tag: number, value: object): Uint8Array {
  const prepared = Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, member instanceof Uint8Array ? Buffer.from(member) : member]),
  );
  const bytes = schema.encode(prepared, "der");
  bytes[0] = tag;
  return Uint8Array.from(bytes);
}

/** An INTEGER may be of any length; no field of ACSE needs more than 32 bits. */
function numberOfInteger(value: BigNumber, what: string): number {
  if (value.bitLength() > 32)
    throw new DecodeError("out-of-range", what, 0, `${what}: INTEGER of ${value.bitLength()} bits`, { layer: "acse" });
  return value.toNumber();
}

function octetsOf(choice: { readonly value: Uint8Array | Bits } | undefined): Uint8Array | undefined {
  if (choice === undefined) return undefined;
  return choice.value instanceof Uint8Array ? choice.value : choice.value.data;
}

function hasFirstBit(bits: Bits | undefined): boolean {
  return bits !== undefined && ((bits.data[0] ?? 0) & 0x80) !== 0;
}

function diagnosticOf(choice: Decoded["resultSourceDiagnostic"]): AssociateDiagnostic {
  const value = numberOfInteger(choice.value, "AARE");
  return choice.type === "user"
    ? { source: "acse-service-user", value: nameOf(userDiagnostics, value) }
    : { source: "acse-service-provider", value: nameOf(providerDiagnostics, value) };
}

function nameOf<Names extends Readonly<Record<string, number>>>(names: Names, value: number): (keyof Names & string) | number {
  return Object.keys(names).find((name) => names[name] === value) ?? value;
}

function numberOf(names: Readonly<Record<string, number>>, value: string | number): number {
  return typeof value === "number" ? value : (names[value] as number);
}
