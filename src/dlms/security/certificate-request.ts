import { toHex } from "../../bytes/hex.ts";
import { SecurityError } from "../../errors.ts";
import { der, derObjectIdentifier, derTags, derUnsigned, readDer, readObjectIdentifier, readOptionalDer } from "./certificate-der.ts";
import { type CertificatePurpose, keyUsageExtension, purposeOfUsage, readExtensions, usageOfPurpose } from "./certificate-extensions.ts";
import { nameOfDevice, systemTitleIn } from "./certificate-name.ts";
import { isSignedBy, readSigned, signDer } from "./certificate-signature.ts";
import { keyObjectOf } from "./key-object.ts";
import type { PrivateKey } from "./private-key.ts";
import { PublicKey } from "./public-key.ts";
import type { SystemTitle } from "./system-title.ts";

/** extensionRequest, 1.2.840.113549.1.9.14 (RFC 2985 5.4.2). */
const extensionRequest = "2A864886F70D01090E";

/** What a device asks an authority for. */
export interface CertificateRequest {
  readonly systemTitle: SystemTitle | undefined;
  readonly publicKey: PublicKey;
  /** What the key is for; undefined where the request does not say. */
  readonly purpose: CertificatePurpose | undefined;
}

/** SubjectPublicKeyInfo of a key, in DER. */
export function subjectPublicKeyInfo(key: PublicKey): Uint8Array {
  return Uint8Array.from(keyObjectOf(key).export({ format: "der", type: "spki" }));
}

/**
 * A request (PKCS #10, RFC 2986) in DER, signed by the key itself, which proves that the device has it: keys of key agreement
 * sign this once and nothing else.
 */
export function createCertificateRequest(key: PrivateKey, systemTitle: SystemTitle, purpose: CertificatePurpose): Uint8Array {
  const extensions = der(derTags.sequence, keyUsageExtension(usageOfPurpose[purpose]));
  const attribute = der(derTags.sequence, derObjectIdentifier(extensionRequest), der(derTags.set, extensions));
  const version = derUnsigned(Uint8Array.of(0));
  const spki = subjectPublicKeyInfo(key.publicKey);
  return signDer(key, der(derTags.sequence, version, nameOfDevice(systemTitle), spki, der(derTags.context0, attribute)));
}

/**
 * What a request asks for.
 * @throws DecodeError, SecurityError `signature-invalid` when it was not signed by its own key
 */
export function parseCertificateRequest(octets: Uint8Array): CertificateRequest {
  const signed = readSigned(octets, "certificate request");
  const { content: reader } = signed.content;
  const version = readDer(reader, "version", derTags.integer).content;
  if (toHex(version.rest()) !== "00") throw version.error("out-of-range", "version", "no PKCS #10 version 1");
  const subject = readDer(reader, "subject", derTags.sequence).octets;
  const publicKey = PublicKey.fromSpki(readDer(reader, "public key", derTags.sequence).octets);
  const attributes = readOptionalDer(reader, "attributes", derTags.context0)?.content;
  reader.expectEnd("certificate request");
  let purpose: CertificatePurpose | undefined;
  while (attributes !== undefined && attributes.remaining > 0) {
    const { content: attribute } = readDer(attributes, "attribute", derTags.sequence);
    const type = readObjectIdentifier(attribute, "attribute");
    const { content: values } = readDer(attribute, "values of an attribute", derTags.set);
    attribute.expectEnd("attribute");
    if (type === extensionRequest) purpose = purposeOfUsage(readExtensions(values.rest()).keyUsage);
  }
  if (!isSignedBy(signed, publicKey)) {
    throw new SecurityError("signature-invalid", "the certificate request was not signed by its own key");
  }
  return { systemTitle: systemTitleIn(subject, new Uint8Array()), publicKey, purpose };
}
