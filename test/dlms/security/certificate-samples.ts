import { fromHex } from "../../../src/bytes/hex.ts";
import type { Certificate } from "../../../src/dlms/security/certificate.ts";
import { CertificateAuthority, neverExpires } from "../../../src/dlms/security/certificate-authority.ts";
import type { CertificatePurpose } from "../../../src/dlms/security/certificate-extensions.ts";
import type { Curve } from "../../../src/dlms/security/curve.ts";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { secureRandom } from "../../../src/dlms/security/secure-random.ts";

/** 2024-01-01 00:00 UTC, and a year later: the validity of certificates that expire. */
export const opening = Date.UTC(2024, 0, 1);
export const closing = Date.UTC(2025, 0, 1);

export const always = { notBefore: opening, notAfter: neverExpires } as const;
export const oneYear = { notBefore: opening, notAfter: closing } as const;

export const deviceTitle = fromHex("4D4D4D0000BC614E");

export const newKey = (curve: Curve = "P-256") => PrivateKey.generate(curve, secureRandom);

/** A root of one's own. */
export function root(curve: Curve = "P-256", name = "test root", options: { readonly pathLength?: number } = {}): CertificateAuthority {
  return CertificateAuthority.createRoot({ name, privateKey: newKey(curve), ...always, ...options }, secureRandom);
}

/** A certificate of a device with a key of its own. */
export function deviceCertificate(
  authority: CertificateAuthority,
  purpose: CertificatePurpose = "digital-signature",
  key: PrivateKey = newKey(authority.certificate.fields.publicKey.curve),
  systemTitle: Uint8Array = deviceTitle,
): Certificate {
  return authority.issue({ systemTitle, publicKey: key.publicKey, purpose, ...always });
}
