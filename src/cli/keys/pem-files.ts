import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Certificate } from "../../dlms/security/certificate.ts";
import { verifyChain } from "../../dlms/security/certificate-chain.ts";
import { PrivateKey } from "../../dlms/security/private-key.ts";
import type { PublicKey } from "../../dlms/security/public-key.ts";
import { type SystemTitle, sameSystemTitle } from "../../dlms/security/system-title.ts";
import { ConfigError, DlmsError } from "../../errors.ts";

const block = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

/** The blocks of a PEM text with this label (RFC 7468), as DER. */
function blocksOf(text: string, label: string): readonly Uint8Array[] {
  return [...text.matchAll(block)].flatMap(([, found, body]) =>
    found === label ? [Uint8Array.from(Buffer.from((body as string).replace(/\s/g, ""), "base64"))] : [],
  );
}

/** DER as a PEM text (RFC 7468). */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** The private key in a PEM text, PKCS #8. @throws ConfigError naming `path`, never the key */
export function privateKeyIn(text: Uint8Array, path: string): PrivateKey {
  const [der] = blocksOf(new TextDecoder().decode(text), "PRIVATE KEY");
  if (der === undefined) throw new ConfigError(path, "expected a private key in PEM (BEGIN PRIVATE KEY), got something else");
  try {
    return PrivateKey.fromPkcs8(der);
  } catch (error) {
    if (error instanceof DlmsError) throw new ConfigError(path, "expected a private key of P-256 or P-384, got another");
    throw error;
  }
}

/** Certificates that were configured: the authorities among them are trusted, the others have to lead to one. */
export class CertificateBundle {
  readonly anchors: readonly Certificate[];
  readonly others: readonly Certificate[];

  constructor(certificates: readonly Certificate[]) {
    this.anchors = certificates.filter(({ fields }) => fields.authority);
    this.others = certificates.filter(({ fields }) => !fields.authority);
  }

  /** The certificates in a PEM file, one after the other. @throws ConfigError naming `path` */
  static read(file: string, directory: string, path: string): CertificateBundle {
    let text: string;
    try {
      text = readFileSync(resolve(directory, file), "utf8");
    } catch (cause) {
      throw new ConfigError(path, `cannot read ${file}: ${(cause as NodeJS.ErrnoException).code ?? "unknown failure"}`, { cause });
    }
    const found = blocksOf(text, "CERTIFICATE");
    if (found.length === 0) throw new ConfigError(path, `expected certificates in PEM (BEGIN CERTIFICATE), got none in ${file}`);
    try {
      return new CertificateBundle(found.map((der) => Certificate.parse(der)));
    } catch (cause) {
      if (cause instanceof DlmsError) throw new ConfigError(path, `${file}: ${cause.message}`, { cause });
      throw cause;
    }
  }

  /** What a device signs with, by a certificate that leads to a trusted authority and is valid at `now` (ms since 1970). */
  verificationKey(device: SystemTitle, now: number): PublicKey | undefined {
    const certificate = this.others.find(
      ({ fields, purpose }) =>
        purpose === "digital-signature" && fields.systemTitle !== undefined && sameSystemTitle(fields.systemTitle, device),
    );
    if (certificate === undefined) return undefined;
    try {
      verifyChain(certificate, { anchors: this.anchors, intermediates: this.others, now });
      return certificate.fields.publicKey;
    } catch (error) {
      if (error instanceof DlmsError) return undefined;
      throw error;
    }
  }
}
