import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM texts: an authority, and a certificate for 127.0.0.1 that it signed. */
export interface TestCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Fresh P-256 certificates, good for a day; undefined when there is no openssl program. */
export function testCertificates(): TestCertificates | undefined {
  const folder = mkdtempSync(join(tmpdir(), "dlms-gateway-certificates-"));
  const openssl = (...words: string[]) => execFileSync("openssl", words, { cwd: folder, stdio: "ignore", timeout: 10_000 });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  try {
    openssl("req", "-x509", ...curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "1", "-subj", "/CN=test authority");
    openssl("req", ...curve, "-keyout", "broker.key", "-out", "broker.csr", "-subj", "/CN=broker");
    writeFileSync(join(folder, "names"), "subjectAltName=IP:127.0.0.1\n");
    const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "1"];
    openssl("x509", "-req", "-in", "broker.csr", ...signing, "-out", "broker.pem");
    const [ca = "", cert = "", key = ""] = ["ca.pem", "broker.pem", "broker.key"].map((name) => readFileSync(join(folder, name), "utf8"));
    return { ca, cert, key };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A certificate with its key. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** An authority with a broker and clients, good and bad; all of them for a day. */
export interface ClientCertificates {
  readonly ca: string;
  readonly broker: KeyPair;
  /** A broker's certificate for another name. */
  readonly elsewhere: KeyPair;
  readonly client: KeyPair;
  /** Not valid any more. */
  readonly expired: KeyPair;
  /** Of an authority that nobody knows. */
  readonly stranger: KeyPair & { readonly ca: string };
}

/** Undefined when there is no openssl program. */
export function clientCertificates(): ClientCertificates | undefined {
  const folder = mkdtempSync(join(tmpdir(), "dlms-gateway-certificates-"));
  const openssl = (...words: string[]) => execFileSync("openssl", words, { cwd: folder, stdio: "ignore", timeout: 10_000 });
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const authority = (name: string): void => {
    openssl("req", "-x509", ...curve, "-keyout", `${name}.key`, "-out", `${name}.pem`, "-days", "1", "-subj", `/CN=${name}`);
  };
  const pair = (name: string, by: string, extension: string, days = "1"): KeyPair => {
    writeFileSync(join(folder, "extension"), `${extension}\n`);
    openssl("req", ...curve, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const signing = ["-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-CAcreateserial", "-extfile", "extension", "-days", days];
    openssl("x509", "-req", "-in", `${name}.csr`, ...signing, "-out", `${name}.pem`);
    return { cert: read(`${name}.pem`), key: read(`${name}.key`) };
  };
  try {
    authority("authority");
    authority("stranger-authority");
    const client = "extendedKeyUsage=clientAuth";
    return {
      ca: read("authority.pem"),
      broker: pair("broker", "authority", "subjectAltName=IP:127.0.0.1"),
      elsewhere: pair("elsewhere", "authority", "subjectAltName=DNS:broker.example"),
      client: pair("client", "authority", client),
      expired: pair("expired", "authority", client, "-1"),
      stranger: { ...pair("stranger", "stranger-authority", client), ca: read("stranger-authority.pem") },
    };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
