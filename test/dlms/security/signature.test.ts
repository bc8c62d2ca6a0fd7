import { createPrivateKey, sign as signClassically } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../../src/dlms/security/public-key.ts";
import { sign, signatureLength, verifySignature } from "../../../src/dlms/security/signature.ts";
import { counting, vector } from "./samples.ts";
import { newKeyPair, signEcdsa, verifyEcdsa } from "./web-crypto.ts";

const message = vector("ecdsa-p384-plain-signature").result("message");

const examples = [
  ["ecdsa-p384-plain-signature", "pub", "message"],
  ["ka-2e0s-client-signature", "sign_pk_c", "signed_data"],
  ["ka-1e1s-client-epk-signature", "sign_pk_c", "signed_data"],
  ["ka-1e1s-server-epk-signature", "sign_pk_s", "signed_data"],
  ["general-signing-computed", "sign_pk_c", "signed_data"],
] as const;

describe("Signature", () => {
  for (const [name, publicKey, data] of examples) {
    it(`of ${name} verifies, and with any bit inverted it does not`, () => {
      const key = PublicKey.from(vector(name).key(publicKey));
      const signature = vector(name).bytes.slice(-signatureLength(key));
      const signed = vector(name).result(data);
      expect(verifySignature(key, signed, signature)).to.equal(true);
      for (const octets of [signature, signed]) {
        for (let index = 0; index < octets.length; index++) {
          octets[index] = (octets[index] as number) ^ (1 << (index & 7));
          expect(verifySignature(key, signed, signature), `octet ${index}`).to.equal(false);
          octets[index] = (octets[index] as number) ^ (1 << (index & 7));
        }
      }
    });
  }

  it("is made with the client's key of the example as well as verified", () => {
    const example = vector("ka-2e0s-client-signature");
    const key = PrivateKey.from(example.key("sign_sk_c"));
    expect(verifySignature(PublicKey.from(example.key("sign_pk_c")), message, sign(key, message))).to.equal(true);
  });

  for (const curve of ["P-256", "P-384"] as const) {
    it(`is understood by a second implementation, and the other way round, with ${curve}`, async () => {
      const pair = await newKeyPair(curve);
      const signature = sign(PrivateKey.from(pair.privateKey), message);
      expect(signature).to.have.lengthOf(2 * pair.privateKey.length);
      expect(await verifyEcdsa(pair, message, signature)).to.equal(true);
      expect(verifySignature(PublicKey.from(pair.publicKey), message, await signEcdsa(pair, message))).to.equal(true);
    });

    it(`is understood in DER too with ${curve}`, () => {
      const key = PrivateKey.generate(curve, counting());
      const { octets } = key.publicKey;
      const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
      const half = octets.length / 2;
      const jwk = { kty: "EC", crv: curve, x: text(octets.subarray(0, half)), y: text(octets.subarray(half)), d: text(key.exposeSecret()) };
      const hash = curve === "P-256" ? "sha256" : "sha384";
      const der = signClassically(hash, message, { key: createPrivateKey({ key: jwk, format: "jwk" }), dsaEncoding: "der" });
      expect(der[0]).to.equal(0x30);
      expect(verifySignature(key.publicKey, message, der)).to.equal(true);
      expect(verifySignature(key.publicKey, message, der.subarray(0, -1))).to.equal(false);
      expect(verifySignature(key.publicKey, message, Uint8Array.of(...der, 0))).to.equal(false);
      expect(verifySignature(key.publicKey, message.subarray(1), der)).to.equal(false);
    });

    it(`of zeros never verifies with ${curve}`, () => {
      const { publicKey } = PrivateKey.generate(curve, counting());
      expect(verifySignature(publicKey, message, new Uint8Array(signatureLength(publicKey)))).to.equal(false);
      expect(verifySignature(publicKey, message, Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0))).to.equal(false);
    });
  }

  it("is false for whatever octets a peer sends", () => {
    const { publicKey } = PrivateKey.generate("P-256", counting());
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 110 }), (signature) => {
        expect(verifySignature(publicKey, message, signature)).to.equal(false);
      }),
      { numRuns: 200 },
    );
  });
});
