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
