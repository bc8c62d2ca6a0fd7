import { createHash } from "node:crypto";
import type { ByteReader } from "../../bytes/byte-reader.ts";
import {
  der,
  derObjectIdentifier,
  derTags,
  derUnsigned,
  readDer,
  readObjectIdentifier,
  readOptionalDer,
  readWholeDer,
} from "./certificate-der.ts";
import type { PublicKey } from "./public-key.ts";

/** Bits of KeyUsage that certificates of DLMS/COSEM have (RFC 5280 4.2.1.3). */
const keyUsageBits = { digitalSignature: 0, keyAgreement: 4, keyCertSign: 5, cRLSign: 6 } as const;

/** What the key of a certificate may be used for. */
export type KeyUsage = keyof typeof keyUsageBits;

/** What a device's key pair and its certificate are for (Green Book 9.2.6.4, Blue Book certificate_type). */
export type CertificatePurpose = "digital-signature" | "key-agreement" | "tls";

/** The key usage of each purpose. */
export const usageOfPurpose = {
  "digital-signature": ["digitalSignature"],
  "key-agreement": ["keyAgreement"],
  tls: ["digitalSignature", "keyAgreement"],
} as const satisfies Record<CertificatePurpose, readonly KeyUsage[]>;

/** Of a certificate authority. */
export const usageOfAuthority = ["keyCertSign", "cRLSign"] as const satisfies readonly KeyUsage[];

/** The purpose that has exactly this usage, or undefined. */
export function purposeOfUsage(usage: ReadonlySet<KeyUsage>): CertificatePurpose | undefined {
  return (Object.keys(usageOfPurpose) as CertificatePurpose[]).find((purpose) => {
    const wanted: readonly KeyUsage[] = usageOfPurpose[purpose];
    return wanted.length === usage.size && wanted.every((bit) => usage.has(bit));
  });
}

/** The extensions that matter to DLMS/COSEM. */
export interface CertificateExtensions {
  readonly keyUsage: ReadonlySet<KeyUsage>;
  /** cA of BasicConstraints. */
  readonly authority: boolean;
  /** How many authorities may follow between this one and the device; undefined where there is no limit. */
  readonly pathLength: number | undefined;
  /** subjectAltName in DER; empty where there is none. */
  readonly subjectAltName: Uint8Array;
  /** There is a critical extension that is not understood: the certificate may not be used (RFC 5280 4.2). */
  readonly unknownCritical: boolean;
}

/** Object identifiers below id-ce, 2.5.29, as content octets in hex. */
const identifiers = {
  subjectKeyIdentifier: "551D0E",
  keyUsage: "551D0F",
  subjectAltName: "551D11",
  basicConstraints: "551D13",
  authorityKeyIdentifier: "551D23",
} as const;

const known: ReadonlySet<string> = new Set(Object.values(identifiers));

/**
 * The extensions in a SEQUENCE of them.
 * @throws DecodeError, `out-of-range` for one that is there twice
 */
export function readExtensions(octets: Uint8Array): CertificateExtensions {
  const values = new Map<string, Uint8Array>();
  let unknownCritical = false;
  const { content } = readWholeDer(octets, "extensions", derTags.sequence);
  while (content.remaining > 0) {
    const { content: extension, offset } = readDer(content, "extension", derTags.sequence);
    const identifier = readObjectIdentifier(extension, "extension");
    const critical = readOptionalDer(extension, "critical", derTags.boolean)?.content.u8("critical") === 0xff;
    const value = readDer(extension, "value of an extension", derTags.octetString).content.rest();
    extension.expectEnd("extension");
    if (values.has(identifier)) throw content.error("out-of-range", "extension", "it is there twice", offset);
    values.set(identifier, value);
    unknownCritical ||= critical && !known.has(identifier);
  }
  const constraints = values.get(identifiers.basicConstraints);
  const usage = values.get(identifiers.keyUsage);
  return {
    ...(constraints === undefined ? { authority: false, pathLength: undefined } : readBasicConstraints(constraints)),
    keyUsage: usage === undefined ? new Set() : readKeyUsage(usage),
    subjectAltName: values.get(identifiers.subjectAltName)?.slice() ?? new Uint8Array(),
    unknownCritical,
  };
}

function readBasicConstraints(octets: Uint8Array): Pick<CertificateExtensions, "authority" | "pathLength"> {
  const { content } = readWholeDer(octets, "basicConstraints", derTags.sequence);
  const authority = readOptionalDer(content, "cA", derTags.boolean)?.content.u8("cA") === 0xff;
  const length = readOptionalDer(content, "pathLenConstraint", derTags.integer)?.content;
  const pathLength = length === undefined ? undefined : readPathLength(length);
  content.expectEnd("basicConstraints");
  return { authority, pathLength };
}

function readPathLength(reader: ByteReader): number {
  const length = reader.u8("pathLenConstraint");
  if (length >= 0x80 || reader.remaining > 0) throw reader.error("out-of-range", "pathLenConstraint");
  return length;
}

function readKeyUsage(octets: Uint8Array): ReadonlySet<KeyUsage> {
  const { content } = readWholeDer(octets, "keyUsage", derTags.bitString);
  content.skip(1, "unused bits of keyUsage");
  const first = content.remaining === 0 ? 0 : content.u8("keyUsage");
  const names = Object.keys(keyUsageBits) as KeyUsage[];
  return new Set(names.filter((name) => (first & (0x80 >> keyUsageBits[name])) !== 0));
}

/** KeyUsage as an extension, critical as the Green Book has it. */
export function keyUsageExtension(usage: readonly KeyUsage[]): Uint8Array {
  const octet = usage.reduce((sum, name) => sum | (0x80 >> keyUsageBits[name]), 0);
  const unused = 7 - Math.max(...usage.map((name) => keyUsageBits[name]));
  return extension(identifiers.keyUsage, true, der(derTags.bitString, Uint8Array.of(unused, octet)));
}

/** BasicConstraints of an authority as an extension. */
export function authorityExtension(pathLength: number | undefined): Uint8Array {
  const limit = pathLength === undefined ? [] : [derUnsigned(Uint8Array.of(pathLength))];
  const constraints = der(derTags.sequence, der(derTags.boolean, Uint8Array.of(0xff)), ...limit);
  return extension(identifiers.basicConstraints, true, constraints);
}

/** The identifiers of a certificate's key and of its issuer's, as extensions (RFC 5280 4.2.1.1 and 4.2.1.2). */
export function keyIdentifierExtensions(subject: PublicKey, issuer: PublicKey): readonly Uint8Array[] {
  return [
    extension(identifiers.subjectKeyIdentifier, false, der(derTags.octetString, keyIdentifier(subject))),
    extension(identifiers.authorityKeyIdentifier, false, der(derTags.sequence, der(derTags.primitive0, keyIdentifier(issuer)))),
  ];
}

/** The leftmost 160 bits of SHA-256 of the point (RFC 7093 2, method 1). */
function keyIdentifier(key: PublicKey): Uint8Array {
  return createHash("sha256").update(Uint8Array.of(0x04)).update(key.octets).digest().subarray(0, 20);
}

function extension(identifier: string, critical: boolean, value: Uint8Array): Uint8Array {
  const mark = critical ? [der(derTags.boolean, Uint8Array.of(0xff))] : [];
  return der(derTags.sequence, derObjectIdentifier(identifier), ...mark, der(derTags.octetString, value));
}
