import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import type { DecipheringKeys } from "../../src/decode/key-ring.ts";
import { type OriginatorKey, protectGeneral } from "../../src/dlms/security/general-ciphering.ts";
import { signGeneral } from "../../src/dlms/security/general-signing.ts";
import { PrivateKey } from "../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../src/dlms/security/public-key.ts";
import { SecretKey } from "../../src/dlms/security/secret-key.ts";
import { securityControl } from "../../src/dlms/security/security-control.ts";
import { authenticationKey, counting, encryptionKey, otherKey, vector } from "../dlms/security/samples.ts";
import { answer, cipher, explain, header, shell, typesOf } from "./ciphered-samples.ts";

describe("deciphering general-ciphering and general-signing", () => {
  const control = securityControl(1, "both");
  const [ephemeralKey, signingKey, ownKey, peerKey] = [1, 2, 3, 4].map((seed) => PrivateKey.generate("P-256", counting(seed))) as [
    PrivateKey,
    PrivateKey,
    PrivateKey,
    PrivateKey,
  ];
  const agreement = { agreementKey: peerKey, verificationKey: signingKey.publicKey, peerAgreementKey: ownKey.publicKey };

  const cases: readonly (readonly [title: string, key: OriginatorKey, recipient: DecipheringKeys, name: string, want: string])[] = [
    ["absent", { type: "absent", key: encryptionKey }, { encryptionKey }, "encryption key", "needs the encryption key"],
    [
      "identified as unicast",
      { type: "identified", keyId: "global-unicast", key: encryptionKey },
      { encryptionKey },
      "encryption key",
      "there is no key global-unicast",
    ],
    [
      "identified as broadcast",
      { type: "identified", keyId: "global-broadcast", key: otherKey },
      { broadcastKey: otherKey },
      "broadcast key",
      "there is no key global-broadcast",
    ],
    [
      "wrapped",
      { type: "wrapped", masterKey: otherKey, key: encryptionKey },
      { masterKey: otherKey },
      "master key",
      "there is no key master-key",
    ],
    [
      "agreed with an ephemeral key",
      { type: "1e1s", ephemeralKey, signingKey, recipientKey: peerKey.publicKey },
      agreement,
      "agreement key",
      "there is no key of key agreement",
    ],
    [
      "agreed with static keys",
      { type: "0e2s", agreementKey: ownKey, recipientKey: peerKey.publicKey },
      agreement,
      "agreement key",
      "there is no key of key agreement",
    ],
  ];

  for (const [title, key, recipient, name, want] of cases) {
    const bytes = protectGeneral({ header, key, authenticationKey }, control, 0, answer);

    it(`opens an APDU with a key that is ${title}`, () => {
      expect(shell(bytes, { ...recipient, authenticationKey })).to.include({ type: "general-ciphering", authenticated: true, key: name });
      expect(explain(bytes, { ...recipient, authenticationKey }).readings).to.have.lengthOf(1);
    });

    it(`deciphers it without the authentication key, names a wrong one, and says what is missing: ${title}`, () => {
      expect(shell(bytes, recipient)).to.include({ authenticated: false, note: "not authenticated: needs the authentication key" });
      expect(explain(bytes, recipient).readings).to.have.lengthOf(1);
      expect(shell(bytes, { ...recipient, authenticationKey: otherKey })["error"]).to.match(/^wrong authentication key/);
      expect(shell(bytes, { authenticationKey })).to.include({ note: `ciphered: ${want}` });
    });
  }

  it("opens the Green Book's example, whatever AlgorithmID the key was agreed with", () => {
    const { bytes } = vector("general-ciphering-1e1s-full");
    const recipient = {
      authenticationKey,
      agreementKey: PrivateKey.from(vector("ka-1e1s-client-to-server").key("ka_sk_s")),
      verificationKey: PublicKey.from(vector("ka-1e1s-client-epk-signature").key("sign_pk_c")),
    };
    expect(typesOf(bytes, recipient)).to.deep.equal(["general-ciphering", "access-request"]);
    expect(shell(bytes, recipient)).to.not.have.property("note");
    const legacy = protectGeneral(
      { header, key: { type: "0e2s", agreementKey: ownKey, recipientKey: peerKey.publicKey }, authenticationKey, legacyAlgorithmId: true },
      control,
      0,
      answer,
    );
    expect(shell(legacy, { ...agreement, authenticationKey })["note"]).to.contain("edition 8");
  });

  it("opens what leaves the key unnamed with the one that the sender had sent before", () => {
    const fresh = { type: "wrapped", masterKey: otherKey, key: SecretKey.from(counting(9)(16)) } as const;
    const input = Buffer.concat([
      protectGeneral({ header, key: fresh, authenticationKey }, control, 0, answer),
      protectGeneral({ header, key: { type: "absent", key: fresh.key }, authenticationKey }, control, 1, answer),
    ]);
    const { items } = explain(input, { masterKey: otherKey, authenticationKey });
    expect(items.map(({ key }) => key)).to.deep.equal(["master key", undefined, "key used before", undefined]);
  });

  it("names a master key that does not unwrap", () => {
    const bytes = protectGeneral(
      { header, key: { type: "wrapped", masterKey: otherKey, key: encryptionKey }, authenticationKey },
      control,
      0,
      answer,
    );
    expect(shell(bytes, { masterKey: encryptionKey, authenticationKey })["hint"]).to.contain("check the master key");
  });

  it("annotates the header and the key-info field by field", () => {
    const bytes = protectGeneral({ header, key: cases[3]?.[1] as OriginatorKey, authenticationKey }, control, 5, answer);
    const fields = explain(bytes, { masterKey: otherKey, authenticationKey }).annotations.map(
      ({ field, meaning }) => `${field}: ${meaning}`,
    );
    expect(fields).to.include("originatorSystemTitle: 4D4D4D0000BC614E");
    expect(fields.join("\n")).to.match(/^keyInfo: present\nkeyInfo: wrapped-key$/m);
    expect(fields).to.include("invocationCounter: 5");
    expect(fields.slice(-2)).to.deep.equal(["ciphertext: undefined", "tag: undefined"]);
  });

  it("verifies signatures, explains what is signed, and what is ciphered in it", () => {
    const { bytes, key } = vector("general-signing-computed");
    const verificationKey = PublicKey.from(key("sign_pk_c"));
    expect(typesOf(bytes, { verificationKey })).to.deep.equal(["general-signing", "get-request-normal"]);
    expect(shell(bytes, { verificationKey })).to.include({ authenticated: true });
    expect(shell(bytes, {})).to.include({ authenticated: false, note: "the signature is not verified: needs the verification key" });
    const wrong = shell(bytes, { verificationKey: ownKey.publicKey });
    expect(wrong).to.include({ error: "the signature does not verify: wrong key, or changed on the way", layer: "security" });
    expect(wrong["hint"]).to.contain("MMM0000BC614E");
    const signed = signGeneral(header, signingKey, cipher("general-global", answer));
    const { items, kept } = explain(signed, { encryptionKey, authenticationKey, verificationKey: signingKey.publicKey });
    expect(items.map(({ type }) => type)).to.deep.equal(["general-signing", "general-glo-ciphering", "get-response-normal"]);
    expect(toHex(kept[0]?.plain ?? new Uint8Array())).to.equal(toHex(answer));
  });
});
