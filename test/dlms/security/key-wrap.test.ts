import { expect } from "chai";
import { toHex } from "../../../src/bytes/hex.ts";
import { unwrapKey, wrapKey } from "../../../src/dlms/security/key-wrap.ts";
import { SecretKey } from "../../../src/dlms/security/secret-key.ts";
import { encryptionKey, expectNoDamageAccepted, longKey, otherKey, refusalOf, vector } from "./samples.ts";

describe("Key wrap", () => {
  for (const name of ["key-wrap-128", "key-wrap-128-under-256", "key-wrap-256"]) {
    const kek = SecretKey.from(vector(name).key("kek"));
    const { bytes } = vector(name);

    it(`wraps and unwraps ${name} as RFC 3394 does`, () => {
      expect(toHex(wrapKey(kek, SecretKey.from(vector(name).result("plain"))))).to.equal(toHex(bytes));
      expect(toHex(unwrapKey(kek, bytes).exposeSecret())).to.equal(toHex(vector(name).result("plain")));
    });

    it(`refuses ${name} with any bit inverted, cut anywhere, or with an octet too many`, () => {
      expectNoDamageAccepted(bytes, (wrapped) => unwrapKey(kek, wrapped));
    });
  }

  it("refuses a key that was wrapped under another one", () => {
    expect(refusalOf(() => unwrapKey(otherKey, wrapKey(encryptionKey, otherKey)))).to.equal("deciphering-failed");
    expect(refusalOf(() => unwrapKey(longKey, wrapKey(encryptionKey, otherKey)))).to.equal("deciphering-failed");
  });
});
