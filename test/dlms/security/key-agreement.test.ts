import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { protect } from "../../../src/dlms/security/apdu-cipher.ts";
import { agreeKey, type KeyAgreement, openEphemeralKey, signEphemeralKey } from "../../../src/dlms/security/key-agreement.ts";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../../src/dlms/security/public-key.ts";
import { SecretKey } from "../../../src/dlms/security/secret-key.ts";
import { securityControl } from "../../../src/dlms/security/security-control.ts";
import { authenticationKey, client, counting, expectNoDamageAccepted, refusalOf, server, vector } from "./samples.ts";
import { deriveKey, newKeyPair } from "./web-crypto.ts";

const keyOf = (agreement: KeyAgreement) => toHex(agreeKey(agreement).exposeSecret());

interface Side {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** The names of the keys, in the vector, of every side whose private key is published. */
const examples: readonly (readonly [name: string, scheme: KeyAgreement["scheme"], sides: readonly Side[]])[] = [
  ["ka-2e0s-guek", "2e0s", [{ privateKey: "esk_s", publicKey: "epk_c" }]],
  [
    "ka-1e1s-client-to-server",
    "1e1s",
    [
      { privateKey: "op_esk_c", publicKey: "ka_pk_s" },
      { privateKey: "ka_sk_s", publicKey: "op_epk_c" },
    ],
  ],
  ["ka-1e1s-server-to-client", "1e1s", [{ privateKey: "ka_sk_c", publicKey: "op_epk_s" }]],
  [
    "ka-0e2s-key",
    "0e2s",
    [
      { privateKey: "ka_sk_c", publicKey: "ka_pk_s" },
      { privateKey: "ka_sk_s", publicKey: "ka_pk_c" },
    ],
  ],
];

function agreementOf(name: string, scheme: KeyAgreement["scheme"], side: Side): KeyAgreement {
  const { key, result } = vector(name);
  const party = result("party_u");
  const common = {
    suite: 1,
    privateKey: PrivateKey.from(key(side.privateKey)),
    publicKey: PublicKey.from(key(side.publicKey)),
    systemTitleU: party.subarray(0, 8),
    systemTitleV: result("party_v"),
  } as const;
  // Behind the system title stand the length of the transaction id and the id.
  return scheme === "0e2s" ? { ...common, scheme, transactionId: party.subarray(9) } : { ...common, scheme };
}

describe("Key agreement", () => {
  for (const [name, scheme, sides] of examples) {
    for (const side of sides) {
      it(`gives the key of ${name} to the side with ${side.privateKey}`, () => {
        expect(keyOf(agreementOf(name, scheme, side))).to.equal(toHex(vector(name).bytes));
      });

      if (scheme !== "0e2s") {
        it(`gives the key of ${name} with the misprinted AlgorithmID to the side with ${side.privateKey}`, () => {
          const agreement = { ...agreementOf(name, scheme, side), legacyAlgorithmId: true };
          expect(keyOf(agreement)).to.equal(toHex(vector(name).result("legacy_ed8_key")));
        });
      }
    }
  }

  it("depends on everything that goes in", () => {
    const base = agreementOf("ka-0e2s-key", "0e2s", { privateKey: "ka_sk_c", publicKey: "ka_pk_s" }) as KeyAgreement & { scheme: "0e2s" };
    const changed: KeyAgreement[] = [
      base,
      { ...base, purpose: "aes-wrap" },
      { ...base, legacyAlgorithmId: true },
      { ...base, systemTitleU: client },
      { ...base, systemTitleV: server },
      { ...base, transactionId: new Uint8Array() },
      { ...base, transactionId: Uint8Array.of(...base.transactionId, 0) },
      { ...base, scheme: "1e1s" },
      { ...base, publicKey: PrivateKey.generate("P-256", counting()).publicKey },
      { ...base, privateKey: PrivateKey.generate("P-256", counting()) },
    ];
    expect(new Set(changed.map(keyOf)).size).to.equal(changed.length);
  });

  for (const [suite, curve, length] of [
    [1, "P-256", 16],
    [2, "P-384", 32],
  ] as const) {
    it(`gives the key that a second implementation derives, in every scheme of suite ${suite}`, async () => {
      const [a, b] = [await newKeyPair(curve), await newKeyPair(curve)];
      const sides = [
        { privateKey: PrivateKey.from(a.privateKey), publicKey: PublicKey.from(b.publicKey) },
        { privateKey: PrivateKey.from(b.privateKey), publicKey: PublicKey.from(a.publicKey) },
      ];
      const transactionId = fromHex("0102030405060708");
      for (const [purpose, last] of [
        ["aes-gcm", suite - 1],
        ["aes-wrap", suite + 1],
      ] as const) {
        const id = fromHex(`608574050803${last.toString().padStart(2, "0")}`);
        for (const side of sides) {
          const common = { suite, systemTitleU: client, systemTitleV: server, purpose, ...side };
          const plain = await deriveKey(a, b, Uint8Array.of(...id, ...client, ...server), length);
          expect(keyOf({ ...common, scheme: "2e0s" })).to.equal(plain);
          expect(keyOf({ ...common, scheme: "1e1s" })).to.equal(plain);
          const withTransaction = await deriveKey(a, b, Uint8Array.of(...id, ...client, 8, ...transactionId, ...server), length);
          expect(keyOf({ ...common, scheme: "0e2s", transactionId })).to.equal(withTransaction);
        }
      }
    });
  }

  it("refuses keys of the other suite's curve, and names that cannot be", () => {
    const [p256, p384] = [PrivateKey.generate("P-256", counting()), PrivateKey.generate("P-384", counting())];
    const base = {
      scheme: "2e0s",
      suite: 1,
      privateKey: p256,
      publicKey: p256.publicKey,
      systemTitleU: client,
      systemTitleV: server,
    } as const;
    expect(refusalOf(() => agreeKey({ ...base, publicKey: p384.publicKey }))).to.equal("suite-mismatch");
    expect(refusalOf(() => agreeKey({ ...base, privateKey: p384 }))).to.equal("suite-mismatch");
    expect(refusalOf(() => agreeKey({ ...base, suite: 2 }))).to.equal("suite-mismatch");
    expect(refusalOf(() => agreeKey({ ...base, systemTitleU: new Uint8Array() }))).to.equal("bad-length");
    expect(refusalOf(() => agreeKey({ ...base, systemTitleV: new Uint8Array(9) }))).to.equal("bad-length");
    expect(refusalOf(() => agreeKey({ ...base, scheme: "0e2s", transactionId: new Uint8Array(256) }))).to.equal("bad-length");
  });

  for (const name of ["general-ciphering-1e1s-ciphertext", "general-ciphering-0e2s-ciphertext"]) {
    it(`gives keys that encipher ${name} as the Green Book prints it, with the tag of our own computation`, () => {
      const { bytes, key, result } = vector(name);
      const options = { key: SecretKey.from(key("key")), authenticationKey, systemTitle: result("iv").subarray(0, 8) };
      const enciphered = protect(options, securityControl(1, "encrypted"), 0, result("plaintext"));
      expect(toHex(enciphered.subarray(5))).to.equal(toHex(bytes));
      const transaction = fromHex("080102030405060708");
      const additionalData = Uint8Array.of(...transaction, 8, ...server, 8, ...client, 0, 0);
      const whole = protect({ ...options, additionalData }, securityControl(1, "both"), 0, result("plaintext"));
      expect(toHex(whole.subarray(-12))).to.equal(toHex(result("computed_tag_sc31")));
    });
  }
});

describe("Ephemeral key", () => {
  const signer = vector("ka-2e0s-client-signature");
  const signingKey = PrivateKey.from(signer.key("sign_sk_c"));
  const verificationKey = PublicKey.from(signer.key("sign_pk_c"));

  it("of key_agreement is signed with the id of the key, as in the example", () => {
    const ephemeral = signer.result("signed_data").subarray(1);
    const data = Uint8Array.of(...ephemeral, ...signer.bytes);
    expect(toHex(openEphemeralKey(verificationKey, data, 0).octets)).to.equal(toHex(ephemeral));
    expect(refusalOf(() => openEphemeralKey(verificationKey, data, 1))).to.equal("signature-invalid");
    expect(refusalOf(() => openEphemeralKey(verificationKey, data))).to.equal("signature-invalid");
  });

  it("of general-ciphering is signed alone, as in the example", () => {
    const { bytes, result } = vector("ka-1e1s-client-epk-signature");
    const data = Uint8Array.of(...result("signed_data"), ...bytes);
    expect(toHex(openEphemeralKey(verificationKey, data).octets)).to.equal(toHex(result("signed_data")));
    expect(refusalOf(() => openEphemeralKey(verificationKey, data, 0))).to.equal("signature-invalid");
  });

  it("that was signed is opened, and with any damage it is not", () => {
    const ephemeral = PrivateKey.generate("P-256", counting()).publicKey;
    for (const keyId of [undefined, 0, 2]) {
      const data = signEphemeralKey(signingKey, ephemeral, keyId);
      expect(data).to.have.lengthOf(128);
      expect(openEphemeralKey(verificationKey, data, keyId).equals(ephemeral)).to.equal(true);
    }
    expectNoDamageAccepted(signEphemeralKey(signingKey, ephemeral), (data) => openEphemeralKey(verificationKey, data));
  }).timeout(10_000);
});
