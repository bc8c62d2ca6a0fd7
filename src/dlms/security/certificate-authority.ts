import { InvariantError } from "../../errors.ts";
import { Certificate } from "./certificate.ts";
import { der, derTags, derTime, derUnsigned } from "./certificate-der.ts";
import {
  authorityExtension,
  type CertificatePurpose,
  keyIdentifierExtensions,
  keyUsageExtension,
  usageOfAuthority,
  usageOfPurpose,
} from "./certificate-extensions.ts";
import { nameOf, nameOfDevice } from "./certificate-name.ts";
import { subjectPublicKeyInfo } from "./certificate-request.ts";
import { signatureAlgorithm, signDer } from "./certificate-signature.ts";
import type { PrivateKey } from "./private-key.ts";
import type { PublicKey } from "./public-key.ts";
import type { RandomSource } from "./secure-random.ts";
import type { SystemTitle } from "./system-title.ts";

/** The end of certificates that do not expire (RFC 5280 4.1.2.5): 9999-12-31 23:59:59 UTC. */
export const neverExpires = Date.UTC(9999, 11, 31, 23, 59, 59);

/** Octets of serial numbers: more than enough not to meet by chance. */
const serialNumberLength = 16;

/** From when until when certificates are good, in milliseconds since 1970. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A certificate for a device. */
export interface DeviceCertificateOptions extends Validity {
  readonly systemTitle: SystemTitle;
  readonly publicKey: PublicKey;
  readonly purpose: CertificatePurpose;
}

/** An authority below another one. */
export interface AuthorityOptions extends Validity {
  readonly name: string;
  readonly privateKey: PrivateKey;
  /** How many authorities may follow before the device; no limit by default. */
  readonly pathLength?: number;
}

/** A certificate authority of one's own, for installations without a public key infrastructure, and for tests. */
export class CertificateAuthority {
  readonly certificate: Certificate;
  readonly #privateKey: PrivateKey;
  readonly #random: RandomSource;

  /**
   * @param random for serial numbers
   * @throws InvariantError when the key is not that of the certificate
   */
  constructor(certificate: Certificate, privateKey: PrivateKey, random: RandomSource) {
    if (!privateKey.publicKey.equals(certificate.fields.publicKey)) throw new InvariantError("the key of an authority is not its own");
    this.certificate = certificate;
    this.#privateKey = privateKey;
    this.#random = random;
  }

  /** A root: an authority that vouches for itself. */
  static createRoot(options: AuthorityOptions, random: RandomSource): CertificateAuthority {
    const name = nameOf(options.name);
    const certificate = issue({ ...authorityContent(options), issuer: name, issuerKey: options.privateKey }, random);
    return new CertificateAuthority(certificate, options.privateKey, random);
  }

  /** An authority that this one vouches for. */
  createAuthority(options: AuthorityOptions): CertificateAuthority {
    return new CertificateAuthority(this.#issue(authorityContent(options)), options.privateKey, this.#random);
  }

  /** A certificate for a device, with its system title as common name (Green Book 9.2.6.4). */
  issue({ systemTitle, publicKey, purpose, notBefore, notAfter }: DeviceCertificateOptions): Certificate {
    const extensions = [keyUsageExtension(usageOfPurpose[purpose])];
    return this.#issue({ subject: nameOfDevice(systemTitle), publicKey, extensions, notBefore, notAfter });
  }

  #issue(content: CertificateContent): Certificate {
    const { subject } = this.certificate.fields;
    return issue({ ...content, issuer: subject, issuerKey: this.#privateKey }, this.#random);
  }
}

interface CertificateContent extends Validity {
  /** Name in DER. */
  readonly subject: Uint8Array;
  readonly publicKey: PublicKey;
  readonly extensions: readonly Uint8Array[];
}

function authorityContent({ name, privateKey, pathLength, notBefore, notAfter }: AuthorityOptions): CertificateContent {
  const extensions = [authorityExtension(pathLength), keyUsageExtension(usageOfAuthority)];
  return { subject: nameOf(name), publicKey: privateKey.publicKey, extensions, notBefore, notAfter };
}

function issue(
  content: CertificateContent & { readonly issuer: Uint8Array; readonly issuerKey: PrivateKey },
  random: RandomSource,
): Certificate {
  const { issuer, issuerKey, subject, publicKey, notBefore, notAfter } = content;
  const extensions = [...content.extensions, ...keyIdentifierExtensions(publicKey, issuerKey.publicKey)];
  const toBeSigned = der(
    derTags.sequence,
    der(derTags.context0, derUnsigned(Uint8Array.of(2))),
    derUnsigned(random(serialNumberLength)),
    signatureAlgorithm(issuerKey.curve),
    issuer,
    der(derTags.sequence, derTime(notBefore), derTime(notAfter)),
    subject,
    subjectPublicKeyInfo(publicKey),
    der(derTags.context3, der(derTags.sequence, ...extensions)),
  );
  return Certificate.parse(signDer(issuerKey, toBeSigned));
}
