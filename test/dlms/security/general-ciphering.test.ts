import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import {
  type GeneralCipheringOptions,
  type OriginatorKey,
  protectGeneral,
  type RecipientKeys,
  unprotectGeneral,
} from "../../../src/dlms/security/general-ciphering.ts";
import { PrivateKey } from "../../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../../src/dlms/security/public-key.ts";
import { decodeSecurityControl, securityControl } from "../../../src/dlms/security/security-control.ts";
import type { GeneralHeader } from "../../../src/dlms/xdlms/ciphering.ts";
import {
  authenticationKey,
  client,
  counting,
  encryptionKey,
  expectNoDamageAccepted,
  getRequest,
  longAuthenticationKey,
  longKey,
  otherKey,
  refusalOf,
  server,
  vector,
} from "./samples.ts";

const none = new Uint8Array();
const header = {
  transactionId: fromHex("0102030405060708"),
  originatorSystemTitle: server,
  recipientSystemTitle: client,
  dateTime: none,
  otherInformation: none,
};

const full = vector("general-ciphering-1e1s-full");
const accessRequest = vector("general-ciphering-1e1s-ciphertext").result("plaintext");
const oneSided = vector("ka-1e1s-client-to-server");
const twoSided = vector("ka-0e2s-key");

/** The keys of the example; what it calls the client is the originator. */
const exampleKeys: RecipientKeys = {
  systemTitle: client,
  authenticationKey,
  agreementKey: PrivateKey.from(oneSided.key("ka_sk_s")),
  originator: () => ({
    verificationKey: PublicKey.from(vector("ka-1e1s-client-epk-signature").key("sign_pk_c")),
    agreementKey: PublicKey.from(twoSided.key("ka_pk_c")),
  }),
};

type Choice = readonly [key: OriginatorKey, recipient: RecipientKeys];

/** Every choice of key-info for a suite, and what the recipient needs for it. */
function choices(suite: 1 | 2): readonly Choice[] {
  const curve = suite === 1 ? "P-256" : "P-384";
  const [ephemeralKey, signingKey, ownKey, peerKey] = [1, 2, 3, 4].map((seed) => PrivateKey.generate(curve, counting(seed))) as [
    PrivateKey,
    PrivateKey,
    PrivateKey,
    PrivateKey,
  ];
  const key = suite === 1 ? encryptionKey : longKey;
  const recipient = { systemTitle: client, authenticationKey: suite === 1 ? authenticationKey : longAuthenticationKey };
  const agreeing = {
    ...recipient,
    agreementKey: peerKey,
    originator: (title: Uint8Array) =>
      toHex(title) === toHex(server) ? { verificationKey: signingKey.publicKey, agreementKey: ownKey.publicKey } : undefined,
  };
  return [
    [
      { type: "absent", key },
      { ...recipient, presentKey: key },
    ],
    [
      { type: "identified", keyId: "global-unicast", key },
      { ...recipient, keyOf: (id) => (id === "global-unicast" ? key : undefined) },
    ],
    [
      { type: "identified", keyId: "global-broadcast", key },
      { ...recipient, keyOf: (id) => (id === "global-broadcast" ? key : undefined) },
    ],
    [
      { type: "wrapped", masterKey: key, key: suite === 1 ? otherKey : longAuthenticationKey },
      { ...recipient, masterKey: key },
    ],
    [{ type: "1e1s", ephemeralKey, signingKey, recipientKey: peerKey.publicKey }, agreeing],
    [{ type: "0e2s", agreementKey: ownKey, recipientKey: peerKey.publicKey }, agreeing],
  ];
}

describe("General ciphering", () => {
  it("opens the example of one-pass Diffie-Hellman", () => {
    const { plain, header: found, invocationCounter, control, key } = unprotectGeneral(exampleKeys, full.bytes);
    expect(toHex(plain)).to.equal(toHex(accessRequest));
    expect(toHex(found.transactionId)).to.equal("0102030405060708");
    expect(toHex(found.originatorSystemTitle)).to.equal(toHex(server));
    expect(invocationCounter).to.equal(0);
    expect(control).to.deep.equal(securityControl(1, "both"));
    expect(toHex(key.exposeSecret())).to.equal(toHex(full.key("key")));
  });

  it("makes the same but for the signature, which differs each time", () => {
    const key: OriginatorKey = {
      type: "1e1s",
      ephemeralKey: PrivateKey.from(oneSided.key("op_esk_c")),
      signingKey: PrivateKey.from(vector("ka-2e0s-client-signature").key("sign_sk_c")),
      recipientKey: PublicKey.from(oneSided.key("ka_pk_s")),
    };
    const made = protectGeneral({ header, key, authenticationKey }, securityControl(1, "both"), 0, accessRequest);
    const signatureAt = toHex(full.bytes).indexOf(toHex(vector("ka-1e1s-client-epk-signature").bytes)) / 2;
    const without = (bytes: Uint8Array) => toHex(bytes.subarray(0, signatureAt)) + toHex(bytes.subarray(signatureAt + 64));
    expect(signatureAt).to.be.greaterThan(0);
    expect(without(made)).to.equal(without(full.bytes));
    expect(toHex(unprotectGeneral(exampleKeys, made).plain)).to.equal(toHex(accessRequest));
  });

  it("makes the cipher text that the Green Book prints for static keys", () => {
    const key: OriginatorKey = {
      type: "0e2s",
      agreementKey: PrivateKey.from(twoSided.key("ka_sk_c")),
      recipientKey: PublicKey.from(twoSided.key("ka_pk_s")),
    };
    const made = protectGeneral({ header, key, authenticationKey }, securityControl(1, "both"), 0, accessRequest);
    const { bytes, result } = vector("general-ciphering-0e2s-ciphertext");
    expect(toHex(made)).to.match(new RegExp(`^DD.*010201020081EB3100000000${toHex(bytes)}${toHex(result("computed_tag_sc31"))}$`));
    expect(toHex(unprotectGeneral(exampleKeys, made).plain)).to.equal(toHex(accessRequest));
  });

  for (const suite of [1, 2] as const) {
    for (const [key, recipient] of choices(suite)) {
      const title = `${key.type}${key.type === "identified" ? ` as ${key.keyId}` : ""}, suite ${suite}`;
      const options: GeneralCipheringOptions = { header, key, authenticationKey: recipient.authenticationKey };

      it(`carries an APDU with a key that is ${title}`, () => {
        for (const protection of ["both", "authenticated"] as const) {
          const bytes = protectGeneral(options, securityControl(suite, protection), 5, getRequest);
          const opened = unprotectGeneral(recipient, bytes);
          expect(toHex(opened.plain)).to.equal(toHex(getRequest));
          expect(opened.invocationCounter).to.equal(5);
        }
      });

      it(`is refused with any bit inverted, cut anywhere, or with an octet too many: ${title}`, () => {
        const bytes = protectGeneral(options, securityControl(suite, "both"), 5, getRequest);
        expectNoDamageAccepted(bytes, (damaged) => unprotectGeneral(recipient, damaged));
      }).timeout(20_000);

      it(`is refused by a recipient without the key: ${title}`, () => {
        const bytes = protectGeneral(options, securityControl(suite, "both"), 5, getRequest);
        const { systemTitle } = recipient;
        expect(refusalOf(() => unprotectGeneral({ systemTitle, authenticationKey: recipient.authenticationKey }, bytes))).to.equal(
          "unknown-key",
        );
      });
    }
  }

  it("agrees on a key under the misprinted AlgorithmID where both are told to", () => {
    for (const [key, recipient] of choices(1).slice(4)) {
      const options = { header, key, authenticationKey, legacyAlgorithmId: true };
      const bytes = protectGeneral(options, securityControl(1, "both"), 0, getRequest);
      expect(toHex(unprotectGeneral({ ...recipient, legacyAlgorithmId: true }, bytes).plain)).to.equal(toHex(getRequest));
      expect(refusalOf(() => unprotectGeneral(recipient, bytes))).to.equal("deciphering-failed");
    }
  });

  it("carries no key with static keys of both, and refuses one that does", () => {
    const [key, recipient] = choices(1)[5] as Choice;
    const bytes = protectGeneral({ header, key, authenticationKey }, securityControl(1, "both"), 0, getRequest);
    const at = toHex(bytes).indexOf("0102010200") / 2 + 4;
    const laden = Uint8Array.of(...bytes.subarray(0, at), 1, 0xaa, ...bytes.subarray(at + 1));
    expect(refusalOf(() => unprotectGeneral(recipient, laden))).to.equal("trailing-data");
  });

  it("has no key agreement in suite 0", () => {
    for (const [key] of choices(1).slice(4)) {
      expect(refusalOf(() => protectGeneral({ header, key, authenticationKey }, securityControl(0, "both"), 0, getRequest))).to.equal(
        "suite-mismatch",
      );
    }
    const suite0 = Uint8Array.from(full.bytes);
    suite0[toHex(suite0).indexOf("81EB31") / 2 + 2] = 0x30;
    expect(refusalOf(() => unprotectGeneral(exampleKeys, suite0))).to.equal("suite-mismatch");
  });

  const [present, presentRecipient] = choices(1)[0] as Choice;
  const sealed = (changes: Partial<GeneralHeader>, control = securityControl(1, "both")) =>
    protectGeneral({ header: { ...header, ...changes }, key: present, authenticationKey }, control, 1, getRequest);

  it("is for its recipient or for everybody, and never from the recipient itself", () => {
    const open = (bytes: Uint8Array) => refusalOf(() => unprotectGeneral(presentRecipient, bytes));
    expect(open(sealed({ recipientSystemTitle: none }))).to.equal(undefined);
    expect(open(sealed({ recipientSystemTitle: fromHex("4D4D4D0000000002") }))).to.equal("policy");
    expect(open(sealed({ originatorSystemTitle: client }))).to.equal("policy");
  });

  it("authenticates every field of its header, date and other information included", () => {
    const bytes = sealed({ dateTime: fromHex("07E40101030A0000000000FF"), otherInformation: fromHex("AABB") });
    expect(toHex(unprotectGeneral(presentRecipient, bytes).header.otherInformation)).to.equal("AABB");
    expectNoDamageAccepted(bytes, (damaged) => unprotectGeneral(presentRecipient, damaged));
  });

  it("authenticates the header as its originator wrote it", () => {
    const bytes = sealed({});
    // The length of the transaction id in two octets, which nobody signed.
    const longer = Uint8Array.of(0xdd, 0x81, ...bytes.subarray(1));
    expect(refusalOf(() => unprotectGeneral(presentRecipient, longer))).to.equal("deciphering-failed");
  });

  it("refuses the bit of the broadcast key both ways", () => {
    expect(refusalOf(() => sealed({}, decodeSecurityControl(0x71)))).to.equal("policy");
    const bytes = sealed({});
    const at = toHex(bytes).lastIndexOf("3100000001") / 2;
    bytes[at] = 0x71;
    expect(refusalOf(() => unprotectGeneral(presentRecipient, bytes))).to.equal("policy");
  });

  it("carries a layer without protection only to who takes what is not authenticated", () => {
    const bytes = sealed({}, decodeSecurityControl(0x01));
    expect(refusalOf(() => unprotectGeneral(presentRecipient, bytes))).to.equal("policy");
    expect(toHex(unprotectGeneral({ ...presentRecipient, acceptUnauthenticated: true }, bytes).plain)).to.equal(toHex(getRequest));
  });

  it("is of the suite in force", () => {
    expect(refusalOf(() => unprotectGeneral({ ...presentRecipient, suite: 0 }, sealed({})))).to.equal("suite-mismatch");
    expect(refusalOf(() => unprotectGeneral({ ...presentRecipient, suite: 1 }, sealed({})))).to.equal(undefined);
  });

  it("throws nothing but refusals, whatever octets come", () => {
    fc.assert(
      fc.property(fc.nat(full.bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }), (place, octets) => {
        const damaged = full.bytes.slice();
        damaged.set(octets.subarray(0, damaged.length - place), place);
        if (toHex(damaged) === toHex(full.bytes)) return;
        expect(refusalOf(() => unprotectGeneral(exampleKeys, damaged))).to.be.a("string");
      }),
      { numRuns: 300 },
    );
  });
});
