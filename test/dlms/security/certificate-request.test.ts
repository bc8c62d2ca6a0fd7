import { expect } from "chai";
import { toHex } from "../../../src/bytes/hex.ts";
import { createCertificateRequest, parseCertificateRequest } from "../../../src/dlms/security/certificate-request.ts";
import { deviceTitle, newKey } from "./certificate-samples.ts";
import { expectNoDamageAccepted } from "./samples.ts";

describe("Certificate requests", () => {
  for (const curve of ["P-256", "P-384"] as const)
    for (const purpose of ["digital-signature", "key-agreement", "tls"] as const)
      it(`of ${curve} say for whom the key is, and that it is for ${purpose}`, () => {
        const key = newKey(curve);
        const request = parseCertificateRequest(createCertificateRequest(key, deviceTitle, purpose));
        expect(toHex(request.systemTitle ?? new Uint8Array())).to.equal("4D4D4D0000BC614E");
        expect(request.publicKey.equals(key.publicKey)).to.equal(true);
        expect(request.purpose).to.equal(purpose);
      });

  it("are refused with any bit inverted, and cut off anywhere", function () {
    this.timeout(20_000);
    expectNoDamageAccepted(createCertificateRequest(newKey(), deviceTitle, "digital-signature"), parseCertificateRequest);
  });
});
