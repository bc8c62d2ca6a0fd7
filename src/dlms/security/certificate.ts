import { toHex } from "../../bytes/hex.ts";
import { DecodeError } from "../../errors.ts";
import { type DerElement, derTags, readDer, readOptionalDer, readTime } from "./certificate-der.ts";
import { type CertificatePurpose, type KeyUsage, purposeOfUsage, readExtensions } from "./certificate-extensions.ts";
import { systemTitleIn } from "./certificate-name.ts";
import { isSignedBy, readSigned, type SignedDer } from "./certificate-signature.ts";
import { PublicKey } from "./public-key.ts";
import type { SystemTitle } from "./system-title.ts";

/** Octets of a serial number at most (RFC 5280 4.1.2.2). */
const longestSerialNumber = 20;

/** Longest certificate that is looked at; those of DLMS/COSEM have some 500 octets. */
const longestCertificate = 8192;

/** What a certificate says (RFC 5280, as the Green Book 9.2.6.4 profiles it); that it is true is for `verifyChain`. */
interface CertificateFields {
  /** The content octets of the INTEGER. */
  readonly serialNumber: Uint8Array;
  /** Name in DER. */
  readonly issuer: Uint8Array;
  /** Name in DER. */
  readonly subject: Uint8Array;
  /** In DER; empty where there is none. */
  readonly subjectAltName: Uint8Array;
  /** Of the device; undefined for authorities and others. */
  readonly systemTitle: SystemTitle | undefined;
  readonly publicKey: PublicKey;
  /** First and last moment of validity in milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyUsage: ReadonlySet<KeyUsage>;
  readonly authority: boolean;
  readonly pathLength: number | undefined;
  readonly unknownCritical: boolean;
}

/** A certificate, X.509 version 3 with a key of P-256 or P-384. */
export class Certificate {
  /** DER. */
  readonly octets: Uint8Array;
  readonly fields: CertificateFields;
  readonly #signed: SignedDer;

  private constructor(octets: Uint8Array, fields: CertificateFields, signed: SignedDer) {
    this.octets = octets;
    this.fields = fields;
    this.#signed = signed;
  }

  /**
   * The certificate in these octets, which are copied.
   * @throws DecodeError, `limit` for more octets than any device has use for
   */
  static parse(octets: Uint8Array): Certificate {
    if (octets.length > longestCertificate) throw new DecodeError("limit", "certificate", 0);
    const copy = octets.slice();
    const signed = readSigned(copy, "certificate");
    return new Certificate(copy, readFields(signed), signed);
  }

  /** What the key of a device is for; undefined for authorities and unusual combinations. */
  get purpose(): CertificatePurpose | undefined {
    return this.fields.authority ? undefined : purposeOfUsage(this.fields.keyUsage);
  }

  /** The certificate is its own issuer by name, as a root is. */
  get selfIssued(): boolean {
    return toHex(this.fields.issuer) === toHex(this.fields.subject);
  }

  /** True where `issuer` has the name of the issuer and its key made the signature. */
  isIssuedBy(issuer: Certificate): boolean {
    return this.names(issuer) && isSignedBy(this.#signed, issuer.fields.publicKey);
  }

  /** True where `issuer` has the name of the issuer. */
  names(issuer: Certificate): boolean {
    return toHex(this.fields.issuer) === toHex(issuer.fields.subject);
  }

  /** Whether both are the same octets. */
  equals(other: Certificate): boolean {
    return toHex(this.octets) === toHex(other.octets);
  }

  toString(): string {
    return `Certificate(${toHex(this.fields.serialNumber)})`;
  }
}

function readFields({ content: { content: reader }, algorithm }: SignedDer): CertificateFields {
  const version = readDer(reader, "version", derTags.context0).content;
  const number = readDer(version, "version", derTags.integer).content;
  if (toHex(number.rest()) !== "02") throw number.error("out-of-range", "version", "no X.509 version 3");
  const serialNumber = readSerialNumber(readDer(reader, "serial number", derTags.integer));
  const inner = readDer(reader, "signature algorithm", derTags.sequence);
  if (toHex(inner.octets) !== toHex(algorithm)) throw reader.error("out-of-range", "signature algorithm", "two different", inner.offset);
  const issuer = readDer(reader, "issuer", derTags.sequence).octets.slice();
  const { content: validity } = readDer(reader, "validity", derTags.sequence);
  const notBefore = readTime(validity, "notBefore");
  const notAfter = readTime(validity, "notAfter");
  validity.expectEnd("validity");
  const subject = readDer(reader, "subject", derTags.sequence).octets.slice();
  const publicKey = PublicKey.fromSpki(readDer(reader, "public key", derTags.sequence).octets);
  const explicit = readOptionalDer(reader, "extensions", derTags.context3)?.content;
  reader.expectEnd("certificate");
  const sequence = explicit === undefined ? Uint8Array.of(derTags.sequence, 0) : explicit.rest();
  const extensions = readExtensions(sequence);
  const systemTitle = extensions.authority ? undefined : systemTitleIn(subject, extensions.subjectAltName);
  return { serialNumber, issuer, subject, publicKey, notBefore, notAfter, ...extensions, systemTitle };
}

function readSerialNumber({ content, offset }: DerElement): Uint8Array {
  if (content.remaining === 0 || content.remaining > longestSerialNumber) {
    throw content.error("bad-length", "serial number", `1 to ${longestSerialNumber} octets`, offset);
  }
  return content.rest().slice();
}
