import { toHex } from "../../bytes/hex.ts";
import type {
  CertificateEntity,
  CertificateIdentification,
  CertificateInfo,
  CertificateType,
} from "../../cosem-objects/classes/security-setup.ts";
import { Certificate } from "../../dlms/security/certificate.ts";
import { verifyChain } from "../../dlms/security/certificate-chain.ts";
import type { CertificatePurpose } from "../../dlms/security/certificate-extensions.ts";
import { type SystemTitle, sameSystemTitle } from "../../dlms/security/system-title.ts";
import { DecodeError, SecurityError } from "../../errors.ts";
import { type Outcome, refused } from "./refusal.ts";

/** Certificates that a meter keeps at most, trust anchors apart. */
const capacity = 32;

/** Whom a certificate is for, as the device with this system title sees it. */
export function entityOf({ fields }: Certificate, serverSystemTitle: SystemTitle): CertificateEntity {
  if (fields.authority) return "authority";
  if (fields.systemTitle === undefined) return "other";
  return sameSystemTitle(fields.systemTitle, serverSystemTitle) ? "server" : "client";
}

/** certificate_type of a certificate. */
export function typeOf(certificate: Certificate): CertificateType {
  return certificate.purpose ?? "other";
}

/** certificate_info of a certificate. */
export function infoOf(certificate: Certificate, serverSystemTitle: SystemTitle): CertificateInfo {
  const { serialNumber, issuer, subject, subjectAltName } = certificate.fields;
  return {
    certificateEntity: entityOf(certificate, serverSystemTitle),
    certificateType: typeOf(certificate),
    serialNumber,
    issuer,
    subject,
    subjectAltName,
  };
}

/** The certificate that is meant; of an entity's several the newest. */
export function findCertificate(
  certificates: readonly Certificate[],
  { by, options }: CertificateIdentification,
  serverSystemTitle: SystemTitle,
): Certificate | undefined {
  if (by === "serial-number") {
    return certificates.find(({ fields }) => same(fields.serialNumber, options.serialNumber) && same(fields.issuer, options.issuer));
  }
  return certificates.findLast(
    (certificate) =>
      entityOf(certificate, serverSystemTitle) === options.certificateEntity &&
      typeOf(certificate) === options.certificateType &&
      (certificate.fields.authority || isTitle(certificate, options.systemTitle)),
  );
}

/** The certificate of a device for a purpose; one for TLS does not stand in for others. */
export function certificateOf(
  certificates: readonly Certificate[],
  systemTitle: SystemTitle,
  purpose: CertificatePurpose,
): Certificate | undefined {
  return certificates.findLast((certificate) => certificate.purpose === purpose && isTitle(certificate, systemTitle));
}

/** What a certificate is checked against when it comes. */
export interface ImportContext {
  readonly anchors: readonly Certificate[];
  readonly certificates: readonly Certificate[];
  /** In milliseconds since 1970; undefined where validity is not checked. */
  readonly now: number | undefined;
}

/** A certificate that leads to a trust anchor, and names a device or is an authority. */
export function openCertificate(octets: Uint8Array, { anchors, certificates, now }: ImportContext): Outcome<Certificate> {
  try {
    const certificate = Certificate.parse(octets);
    if (anchors.some((anchor) => anchor.equals(certificate)) || certificate.selfIssued) return refused("trust-anchor");
    verifyChain(certificate, { anchors, intermediates: certificates.filter(({ fields }) => fields.authority), now });
    if (!certificate.fields.authority && (certificate.purpose === undefined || certificate.fields.systemTitle === undefined))
      return refused("unsuitable-certificate");
    return { value: certificate };
  } catch (error) {
    if (error instanceof DecodeError) return refused("malformed");
    if (error instanceof SecurityError) return refused("untrusted");
    throw error;
  }
}

/** The certificates with one more, which takes the place of the same entity's for the same purpose. */
export function withCertificate(certificates: readonly Certificate[], added: Certificate): Outcome<readonly Certificate[]> {
  const others = certificates.filter((certificate) => !replaces(added, certificate));
  return others.length < capacity ? { value: [...others, added] } : refused("too-many-certificates");
}

function replaces(added: Certificate, certificate: Certificate): boolean {
  const { systemTitle } = added.fields;
  if (systemTitle === undefined) return added.equals(certificate);
  return certificate.purpose === added.purpose && isTitle(certificate, systemTitle);
}

function isTitle({ fields: { systemTitle } }: Certificate, wanted: Uint8Array): boolean {
  return systemTitle !== undefined && sameSystemTitle(systemTitle, wanted);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return toHex(a) === toHex(b);
}
