import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { protectApdu } from "../../../src/dlms/security/ciphered-apdu.ts";
import { signGeneral, verifyGeneral } from "../../../src/dlms/security/general-signing.ts";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../../src/dlms/security/public-key.ts";
import { securityControl } from "../../../src/dlms/security/security-control.ts";
import { client, counting, expectNoDamageAccepted, getRequest, options, refusalOf, server, vector } from "./samples.ts";
import { newKeyPair, verifyEcdsa } from "./web-crypto.ts";

const none = new Uint8Array();
const header = {
  transactionId: fromHex("0102030405060708"),
  originatorSystemTitle: server,
  recipientSystemTitle: client,
  dateTime: none,
  otherInformation: none,
};
const example = vector("general-signing-computed");
const signingKey = PrivateKey.from(vector("ka-2e0s-client-signature").key("sign_sk_c"));
const checks = {
  systemTitle: client,
  verificationKeyOf: (originator: Uint8Array) =>
    toHex(originator) === toHex(server) ? PublicKey.from(example.key("sign_pk_c")) : undefined,
};

describe("General signing", () => {
  it("verifies the example and gives its content", () => {
    const verified = verifyGeneral(checks, example.bytes);
    expect(toHex(verified.content)).to.equal(toHex(getRequest));
    expect(toHex(verified.header.recipientSystemTitle)).to.equal(toHex(client));
  });

  it("signs header and content with their lengths, and lays them out as in the example", () => {
    const made = signGeneral(header, signingKey, getRequest);
    expect(toHex(made.subarray(0, -64))).to.equal(toHex(example.bytes.subarray(0, -64)));
    expect(toHex(made.subarray(1, -65))).to.equal(toHex(example.result("signed_data")));
    expect(toHex(verifyGeneral(checks, made).content)).to.equal(toHex(getRequest));
  });

  it("is refused with any bit inverted, cut anywhere, or with an octet too many", () => {
    expectNoDamageAccepted(example.bytes, (damaged) => verifyGeneral(checks, damaged));
  }).timeout(10_000);

  it("carries a ciphered APDU of any length", () => {
    const content = protectApdu("global", options, securityControl(0, "both"), 1, Uint8Array.of(0xc0, ...new Uint8Array(400)));
    expect(toHex(verifyGeneral(checks, signGeneral(header, signingKey, content)).content)).to.equal(toHex(content));
  });

  it("is understood by a second implementation in suite 2", async () => {
    const pair = await newKeyPair("P-384");
    const made = signGeneral(header, PrivateKey.from(pair.privateKey), getRequest);
    expect(await verifyEcdsa(pair, example.result("signed_data"), made.subarray(-96))).to.equal(true);
    const other = { ...checks, verificationKeyOf: () => PublicKey.from(pair.publicKey) };
    expect(toHex(verifyGeneral(other, made).content)).to.equal(toHex(getRequest));
  });

  it("is refused under another key, without a key, for another recipient, and from the recipient itself", () => {
    const refused = (changes: Partial<typeof checks>, bytes = example.bytes) =>
      refusalOf(() => verifyGeneral({ ...checks, ...changes }, bytes));
    const { publicKey } = PrivateKey.generate("P-256", counting());
    expect(refused({ verificationKeyOf: () => publicKey })).to.equal("signature-invalid");
    expect(refused({ verificationKeyOf: () => undefined })).to.equal("unknown-key");
    expect(refused({ systemTitle: fromHex("4D4D4D0000000002") })).to.equal("policy");
    const mirrored = signGeneral({ ...header, originatorSystemTitle: client, recipientSystemTitle: none }, signingKey, getRequest);
    expect(refused({ verificationKeyOf: () => signingKey.publicKey }, mirrored)).to.equal("policy");
  });
});
