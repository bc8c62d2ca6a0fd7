import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createCertificateRequest } from "../../../src/dlms/security/certificate-request.ts";
import { always, deviceCertificate, deviceTitle, newKey, root } from "./certificate-samples.ts";

/** PEM of DER. */
function pem(label: string, octets: Uint8Array): string {
  const lines =
    Buffer.from(octets)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

describe("The openssl program", () => {
  let folder = "";
  const openssl = (...words: string[]) => execFileSync("openssl", words, { cwd: folder, timeout: 10_000, stdio: "pipe" }).toString();

  before(function () {
    folder = mkdtempSync(join(tmpdir(), "dlms-gateway-x509-"));
    try {
      openssl("version");
    } catch {
      this.skip();
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const curve of ["P-256", "P-384"] as const) {
    it(`verifies a certificate request of ${curve}, and shows its subject and key usage`, () => {
      writeFileSync(
        join(folder, "request.pem"),
        pem("CERTIFICATE REQUEST", createCertificateRequest(newKey(curve), deviceTitle, "key-agreement")),
      );
      const text = openssl("req", "-in", "request.pem", "-noout", "-text", "-verify");
      expect(text).to.match(/CN ?= ?4D4D4D0000BC614E/);
      expect(text).to.include("Key Agreement");
      expect(text).to.include(curve === "P-256" ? "prime256v1" : "secp384r1");
    });

    it(`verifies a chain of ${curve} strictly, and refuses that of another root`, () => {
      const anchor = root(curve, "anchor");
      const between = anchor.createAuthority({ name: "between", privateKey: newKey(curve), pathLength: 0, ...always });
      writeFileSync(join(folder, "root.pem"), pem("CERTIFICATE", anchor.certificate.octets));
      writeFileSync(join(folder, "other.pem"), pem("CERTIFICATE", root(curve, "anchor").certificate.octets));
      writeFileSync(join(folder, "between.pem"), pem("CERTIFICATE", between.certificate.octets));
      writeFileSync(join(folder, "device.pem"), pem("CERTIFICATE", deviceCertificate(between).octets));
      const verify = (file: string) => openssl("verify", "-x509_strict", "-CAfile", file, "-untrusted", "between.pem", "device.pem");
      expect(verify("root.pem").trim()).to.equal("device.pem: OK");
      expect(() => verify("other.pem")).to.throw();
    });
  }
});
