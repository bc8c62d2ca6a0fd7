import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../../src/bytes/hex.ts";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../../src/dlms/security/public-key.ts";
import { InvariantError } from "../../../src/errors.ts";
import { counting, refusalOf, vector } from "./samples.ts";
import { newKeyPair } from "./web-crypto.ts";

const point = vector("ka-1e1s-client-to-server").key("ka_pk_s");
const scalar = vector("ka-1e1s-client-to-server").key("ka_sk_s");

describe("Public key", () => {
  it("belongs to the private key of the example", () => {
    expect(toHex(PrivateKey.from(scalar).publicKey.octets)).to.equal(toHex(point));
    expect(PublicKey.from(point).equals(PrivateKey.from(scalar).publicKey)).to.equal(true);
    expect(PublicKey.from(point).equals(PrivateKey.generate("P-256", counting()).publicKey)).to.equal(false);
  });

  it("is refused where it is no point of its curve", () => {
    for (let bit = 0; bit < point.length * 8; bit += 7) {
      const beside = point.slice();
      beside[bit >> 3] = (beside[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(
        refusalOf(() => PublicKey.from(beside)),
        `bit ${bit}`,
      ).to.equal("out-of-range");
    }
    for (const octet of [0, 0xff]) {
      for (const length of [64, 96]) expect(refusalOf(() => PublicKey.from(new Uint8Array(length).fill(octet)))).to.equal("out-of-range");
    }
  });

  it("is refused with any length but 64 and 96 octets", () => {
    for (const length of [0, 1, 32, 63, 65, 95, 97, 132])
      expect(refusalOf(() => PublicKey.from(new Uint8Array(length)))).to.equal("bad-length");
  });

  it("is a copy of the octets", () => {
    const octets = point.slice();
    const key = PublicKey.from(octets);
    octets.fill(0);
    expect(toHex(key.octets)).to.equal(toHex(point));
  });

  for (const [curve, name] of [
    ["P-256", "prime256v1"],
    ["P-384", "secp384r1"],
  ] as const) {
    it(`is read from a certificate's DER, and its private key from a key file's, with ${curve}`, () => {
      const pair = generateKeyPairSync("ec", { namedCurve: name });
      const publicKey = PublicKey.fromSpki(pair.publicKey.export({ type: "spki", format: "der" }));
      const privateKey = PrivateKey.fromPkcs8(pair.privateKey.export({ type: "pkcs8", format: "der" }));
      expect(publicKey.curve).to.equal(curve);
      expect(privateKey.publicKey.equals(publicKey)).to.equal(true);
      expect(PrivateKey.from(privateKey.exposeSecret()).publicKey.equals(publicKey)).to.equal(true);
    });

    it(`is the one that a second implementation computes, with ${curve}`, async () => {
      const pair = await newKeyPair(curve);
      expect(toHex(PrivateKey.from(pair.privateKey).publicKey.octets)).to.equal(toHex(pair.publicKey));
    });
  }

  it("is refused with another curve or another algorithm", () => {
    const others = [generateKeyPairSync("ec", { namedCurve: "secp256k1" }), generateKeyPairSync("ed25519"), generateKeyPairSync("x25519")];
    for (const { publicKey, privateKey } of others) {
      expect(refusalOf(() => PublicKey.fromSpki(publicKey.export({ type: "spki", format: "der" })))).to.equal("out-of-range");
      expect(refusalOf(() => PrivateKey.fromPkcs8(privateKey.export({ type: "pkcs8", format: "der" })))).to.equal("out-of-range");
    }
  });

  it("throws nothing but refusals, whatever octets it is made from", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 140 }), (octets) => {
        for (const read of [PublicKey.from, PublicKey.fromSpki, PrivateKey.from, PrivateKey.fromPkcs8]) refusalOf(() => read(octets));
      }),
      { numRuns: 300 },
    );
  });
});

describe("Private key", () => {
  it("is refused where it is 0 or not below the order of its curve", () => {
    const order = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
    const ofP256 = order("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    const ofP384 = order("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973");
    for (const n of [ofP256, ofP384]) {
      expect(refusalOf(() => PrivateKey.from(n))).to.equal("out-of-range");
      expect(refusalOf(() => PrivateKey.from(new Uint8Array(n.length)))).to.equal("out-of-range");
      const last = n.slice();
      last[n.length - 1] = (last[n.length - 1] as number) - 1;
      expect(toHex(PrivateKey.from(last).exposeSecret())).to.equal(toHex(last));
    }
    for (const length of [0, 31, 33, 49]) expect(refusalOf(() => PrivateKey.from(new Uint8Array(length)))).to.equal("bad-length");
  });

  it("is drawn again where the draw is no key", () => {
    const draws = [new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(31).fill(1), scalar];
    expect(toHex(PrivateKey.generate("P-256", () => draws.shift() as Uint8Array).exposeSecret())).to.equal(toHex(scalar));
    expect(draws).to.have.lengthOf(0);
  });

  it("is not drawn for ever", () => {
    expect(() => PrivateKey.generate("P-384", (length) => new Uint8Array(length))).to.throw(InvariantError);
  });
});
