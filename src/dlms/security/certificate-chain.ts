import { SecurityError } from "../../errors.ts";
import type { Certificate } from "./certificate.ts";
import { curves } from "./curve.ts";

/** What a certificate is checked against. */
export interface Trust {
  /** Authorities that are trusted as they are, installed by other means than COSEM. */
  readonly anchors: readonly Certificate[];
  /** Authorities that have to be proven. */
  readonly intermediates?: readonly Certificate[];
  /** The moment in milliseconds since 1970 at which all must be valid; undefined for a device without a clock to trust. */
  readonly now?: number | undefined;
}

/** Authorities between a device and an anchor, at most. */
const longestPath = 4;

/**
 * The way from a certificate to an anchor, both included (RFC 5280 6.1, without revocation and policies, which DLMS/COSEM
 * does not have).
 * @throws SecurityError `unknown-key` without an issuer that is known, `signature-invalid` when its key did not sign, `policy`
 *   for what the certificates themselves do not allow
 */
export function verifyChain(certificate: Certificate, trust: Trust): readonly Certificate[] {
  checkUsable(certificate, trust.now);
  return pathFrom(certificate, trust, []);
}

/** @param below the certificates already on the way, the device's first */
function pathFrom(certificate: Certificate, trust: Trust, below: readonly Certificate[]): readonly Certificate[] {
  if (trust.anchors.some((anchor) => anchor.equals(certificate))) return [certificate];
  const way = [...below, certificate];
  const candidates = [...trust.anchors, ...(trust.intermediates ?? [])].filter(
    (candidate) => certificate.names(candidate) && !way.some((one) => one.equals(candidate)),
  );
  let failure = new SecurityError("unknown-key", "the issuer of the certificate is not known", { hint: "import its authority first" });
  for (const issuer of candidates) {
    try {
      checkIssuer(issuer, certificate, way, trust.now);
      return [certificate, ...pathFrom(issuer, trust, way)];
    } catch (error) {
      if (!(error instanceof SecurityError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

function checkIssuer(issuer: Certificate, certificate: Certificate, way: readonly Certificate[], now: number | undefined): void {
  const { authority, keyUsage, pathLength, publicKey } = issuer.fields;
  if (!certificate.isIssuedBy(issuer)) throw new SecurityError("signature-invalid", "the signature of the certificate does not verify");
  checkUsable(issuer, now);
  if (!authority || !keyUsage.has("keyCertSign")) throw policy("the issuer of the certificate is no authority");
  // Green Book 9.2.6.4: a key of P-384 is not vouched for by a weaker one.
  if (curves[certificate.fields.publicKey.curve].coordinateLength > curves[publicKey.curve].coordinateLength)
    throw policy("the key of the authority is weaker than that of the certificate");
  const authoritiesBelow = way.slice(1).filter((one) => !one.selfIssued).length;
  if (way.length > longestPath || authoritiesBelow > (pathLength ?? longestPath)) throw policy("the chain of certificates is too long");
}

function checkUsable({ fields }: Certificate, now: number | undefined): void {
  if (fields.unknownCritical) throw policy("the certificate has a critical extension that is not understood");
  if (now === undefined) return;
  if (now < fields.notBefore) throw policy("the certificate is not valid yet");
  if (now > fields.notAfter) throw policy("the certificate has expired");
}

function policy(message: string): SecurityError {
  return new SecurityError("policy", message);
}
