import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { explainFully } from "../../src/decode/explain.ts";
import { type ApduItem, allItems, isComplete } from "../../src/decode/explanation.ts";
import type { DecipheringKeys } from "../../src/decode/key-ring.ts";
import { fromLosslessJson, toLosslessJson } from "../../src/decode/lossless-json.ts";
import { encodeAare, encodeAarq } from "../../src/dlms/acse/codec.ts";
import { type CipheringForm, protectApdu } from "../../src/dlms/security/ciphered-apdu.ts";
import { type OriginatorKey, protectGeneral } from "../../src/dlms/security/general-ciphering.ts";
import { signGeneral } from "../../src/dlms/security/general-signing.ts";
import { PrivateKey } from "../../src/dlms/security/private-key.ts";
import { PublicKey } from "../../src/dlms/security/public-key.ts";
import { SecretKey } from "../../src/dlms/security/secret-key.ts";
import { type SecurityControl, securityControl } from "../../src/dlms/security/security-control.ts";
import { encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import {
  authenticationKey,
  client,
  counting,
  encryptionKey,
  getRequest,
  longAuthenticationKey,
  longKey,
  otherKey,
  server,
  vector,
} from "../dlms/security/samples.ts";

const keys = { encryptionKey, authenticationKey };
const answer = fromHex("C401C1000600012345");
const header = {
  transactionId: fromHex("0102030405060708"),
  originatorSystemTitle: server,
  recipientSystemTitle: client,
  dateTime: new Uint8Array(),
  otherInformation: new Uint8Array(),
};

function explain(bytes: Uint8Array, given: DecipheringKeys = {}) {
  const explained = explainFully(bytes, { annotate: true, keys: given });
  // Whatever the keys, every octet of the input and of what was deciphered is in exactly one annotation.
  for (const [octets, annotations] of [
    [bytes, explained.annotations] as const,
    ...explained.sections.map((section) => [section.octets, section.annotations] as const),
  ]) {
    expect(annotations.reduce((sum, { offset, length }) => (offset === sum ? sum + length : Number.NaN), 0)).to.equal(octets.length);
  }
  const { explanation, apdus: kept, annotations, sections } = explained;
  return { explanation, ...explanation, kept, annotations, sections, items: [...allItems(explanation.apdus)] };
}

/** The first item, without what is inside it. */
function shell(bytes: Uint8Array, given: DecipheringKeys): ApduItem {
  return explain(bytes, given).items[0] as ApduItem;
}

function typesOf(bytes: Uint8Array, given: DecipheringKeys): readonly string[] {
  return explain(bytes, given).items.map(({ type }) => type);
}

function cipher(
  form: CipheringForm,
  plain: Uint8Array,
  { control = securityControl(0, "both"), key = encryptionKey, systemTitle = server }: Partial<Cipher> = {},
): Uint8Array {
  return protectApdu(form, { key, authenticationKey, systemTitle }, control, 7, plain);
}

interface Cipher {
  readonly control: SecurityControl;
  readonly key: SecretKey;
  readonly systemTitle: Uint8Array;
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((octet, index) => (index === (at + bytes.length) % bytes.length ? octet ^ 1 : octet));
}

describe("deciphering", () => {
  const given = { ...keys, systemTitles: [server] };

  for (const name of ["glo-initiate-request", "glo-initiate-response", "glo-get-auth-only", "glo-get-auth-enc", "glo-get-enc-only"]) {
    it(`opens ${name}`, () => {
      const { bytes, result } = vector(name);
      const { items, kept } = explain(bytes, given);
      expect(items).to.have.lengthOf(2);
      expect(items[0]).to.include({ authenticated: name !== "glo-get-enc-only", key: "encryption key" });
      expect(toHex(kept[0]?.plain ?? new Uint8Array())).to.equal(toHex(result("plaintext")));
    });
  }

  it("opens APDUs of suite 2 with keys of its length, and refuses others by the length", () => {
    const { bytes } = vector("glo-get-suite2-computed");
    const long = { encryptionKey: longKey, authenticationKey: longAuthenticationKey, systemTitles: [server] };
    expect(typesOf(bytes, long)).to.deep.equal(["get-request", "get-request-normal"]);
    expect(shell(bytes, given)).to.include({
      error: "security suite 2 takes keys of 32 octets, and the authentication key has 16",
      layer: "security",
    });
    expect(shell(bytes, { encryptionKey, systemTitles: [server] })["error"]).to.contain("the encryption key has 16");
    expect(shell(Uint8Array.of(0xc8, 5, 0x37, 0, 0, 0, 1), given)).to.include({ error: "security suite 7 is not defined" });
  });

  it("takes the system title of a general APDU, and of one without a title what it was given", () => {
    expect(typesOf(vector("general-glo-ciphering-get").bytes, keys)).to.deep.equal(["general-glo-ciphering", "get-request-normal"]);
    const untitled = cipher("general-global", answer, { systemTitle: new Uint8Array(8) });
    const empty = Uint8Array.of(untitled[0] as number, 0, ...untitled.subarray(10));
    expect(shell(empty, keys)).to.include({ note: "ciphered: needs the system title of the sender" });
    expect(typesOf(empty, { ...keys, systemTitles: [client, new Uint8Array(8)] })).to.include("get-response-normal");
  });

  it("learns the titles of both sides from AARQ and AARE, and gives the answer its attribute", () => {
    const context = { applicationContext: "logical-name-ciphered", authenticationRequired: false } as const;
    const initiate = cipher("global", vector("glo-initiate-request").result("plaintext"), { systemTitle: client });
    const aarq = encodeAarq({ ...context, callingApTitle: client, userInformation: initiate });
    const diagnostic = { source: "acse-service-user", value: "null" } as const;
    const aare = encodeAare({ ...context, result: "accepted", diagnostic, respondingApTitle: server });
    const get = cipher("global", fromHex("C001C100030100010800FF0200"), { systemTitle: client });
    const input = Buffer.concat([aarq, aare, get, cipher("global", answer)]);
    const { readings, items, kept } = explain(input, keys);
    expect(items.filter(({ authenticated }) => authenticated === true)).to.have.lengthOf(3);
    expect(readings).to.have.lengthOf(1);
    expect(readings[0]).to.include({ logicalName: "1.0.1.8.0.255", attribute: 2, value: 74565 });
    // An AARQ is no plain APDU in a shell: it stays what it is.
    expect(kept.map(({ plain }) => (plain === undefined ? "" : toHex(plain)))).to.deep.equal([
      "",
      "",
      "C001C100030100010800FF0200",
      toHex(answer),
    ]);
  });

  for (const [what, initiate] of [
    ["in the open", vector("glo-initiate-request").result("plaintext")],
    ["ciphered", vector("glo-initiate-request").bytes],
  ] as const) {
    it(`learns the dedicated key of an Initiate request that came ${what}, and shows its length alone`, () => {
      const dedicated = SecretKey.from(fromHex("00112233445566778899AABBCCDDEEFF"));
      const forms = (["dedicated", "general-dedicated"] as const).map((form) => cipher(form, answer, { key: dedicated }));
      const explained = explain(Buffer.concat([initiate, ...forms]), given);
      const opened = explained.items.filter(({ key }) => key === "dedicated key");
      expect(opened).to.have.lengthOf(2);
      expect(explained.readings).to.have.lengthOf(2);
      expect(explained.items.find(({ type, dedicatedKey }) => type === "initiate-request" && dedicatedKey !== undefined)).to.include({
        dedicatedKey: "(16 octets)",
      });
      const { sections, kept: _, ...shown } = explained;
      const text = JSON.stringify([shown, sections.map(({ annotations }) => annotations)]).toUpperCase();
      expect(text).to.not.contain("00112233445566778899AABBCCDDEEFF");
      expect(shell(forms[0] as Uint8Array, given)).to.include({ note: "ciphered: needs the dedicated key" });
      expect(shell(forms[0] as Uint8Array, { ...given, dedicatedKey: dedicated })).to.include({ authenticated: true });
    });
  }

  it("opens what the broadcast bit marks with the broadcast key alone", () => {
    const push = cipher("general-global", answer, { control: { ...securityControl(0, "both"), broadcast: true }, key: otherKey });
    expect(shell(push, keys)).to.deep.include({ note: "ciphered: needs the broadcast key" });
    expect(shell(push, { ...keys, broadcastKey: otherKey })).to.include({ authenticated: true, key: "broadcast key" });
    expect(shell(push, keys)["securityControl"]).to.include({ broadcast: true, encrypted: true });
  });

  it("names the compression bit", () => {
    const compressed = cipher("global", getRequest).map((octet, index) => (index === 2 ? octet | 0x80 : octet));
    expect(shell(compressed, given)).to.include({ error: "compressed (V.44), which is not supported" });
    expect(explain(compressed, given).annotations.find(({ field }) => field === "securityControl")?.meaning).to.contain("compressed");
  });

  it("deciphers with the encryption key alone, and says that nothing is authenticated", () => {
    const { items, readings, sections } = explain(cipher("general-global", answer), { encryptionKey });
    expect(items[0]).to.include({ authenticated: false, note: "not authenticated: needs the authentication key" });
    expect(readings).to.have.lengthOf(1);
    expect(sections.map(({ authenticated }) => authenticated)).to.deep.equal([false]);
    const withoutKey = protectApdu(
      "general-global",
      { key: encryptionKey, authenticationKey: undefined, systemTitle: server },
      securityControl(0, "both"),
      1,
      answer,
    );
    expect(shell(withoutKey, { encryptionKey })).to.include({ authenticated: true });
  });

  it("reads what is authenticated only without any key, where it stands", () => {
    const bytes = vector("glo-get-auth-only").bytes;
    const { items, sections, annotations } = explain(bytes);
    expect(items[0]).to.include({ authenticated: false, note: "not authenticated: needs the encryption key" });
    expect(items[1]).to.include({ type: "get-request-normal" });
    expect(sections).to.deep.equal([]);
    expect(annotations.find(({ field }) => field === "attribute.logicalName")).to.include({ offset: 7 + 5, length: 6 });
  });

  it("tells a wrong key from a wrong authentication key, from damage, and from the want of a key", () => {
    const bytes = cipher("global", getRequest);
    const outcome = (input: Uint8Array, more: DecipheringKeys): unknown => shell(input, { systemTitles: [server], ...more })["error"];
    const wrong = "wrong key, or changed on the way: no APDU comes out";
    expect(outcome(bytes, { encryptionKey: otherKey, authenticationKey })).to.equal(wrong);
    expect(outcome(bytes, { encryptionKey: otherKey })).to.equal(wrong);
    expect(shell(bytes, { ...keys, systemTitles: [client] })["error"]).to.equal(wrong);
    expect(shell(bytes, { ...keys, systemTitles: [client] })["hint"]).to.contain("MMM0000000001");
    const other = "wrong authentication key, or changed on the way: the tag does not match";
    expect(outcome(bytes, { encryptionKey, authenticationKey: otherKey })).to.equal(other);
    expect(outcome(flipped(bytes, -1), keys)).to.equal(other);
    expect(outcome(Buffer.concat([bytes]).subarray(0, 9), keys)).to.be.a("string");
    expect(shell(bytes, {})).to.include({ note: "ciphered: needs the encryption key" });
    expect(shell(bytes, keys)).to.include({ note: "ciphered: needs the system title of the sender" });
    expect(shell(bytes.subarray(0, bytes.length - 1), keys)).to.include({ layer: "xdlms" });
    const { explanation } = explain(vector("glo-get-auth-tampered").bytes, given);
    expect(isComplete(explanation)).to.equal(false);
    expect(explanation.apdus[0]).to.include({ error: "wrong key, or changed on the way: the tag does not match", layer: "security" });
    expect(explanation.readings).to.deep.equal([]);
  });

  it("says that an APDU was changed on the way where the same keys open others of the sender", () => {
    const bytes = cipher("general-global", answer);
    for (const at of [-1, -15]) {
      const { items } = explain(Buffer.concat([bytes, flipped(bytes, at)]), keys);
      expect(items[2]).to.include({
        error: "changed on the way: the tag does not match",
        hint: "the same keys open other APDUs of this sender",
      });
    }
  });

  it("explains ciphered APDUs that came in blocks of general block transfer", () => {
    const whole = cipher("general-global", fromHex(`0F00000001000203120001${"06000123450600012345"}`));
    const cut = [whole.subarray(0, 20), whole.subarray(20, 33), whole.subarray(33)];
    const blocks = cut.map((raw, index) =>
      encodeApdu({
        type: "general-block-transfer",
        lastBlock: index === cut.length - 1,
        streaming: index < cut.length - 1,
        window: 0,
        blockNumber: index + 1,
        blockNumberAck: 0,
        raw,
      }),
    );
    const { items, readings, kept, sections } = explain(Buffer.concat(blocks), keys);
    expect(items.map(({ type }) => type)).to.deep.equal([
      ...blocks.map(() => "general-block-transfer"),
      "general-glo-ciphering",
      "data-notification",
    ]);
    expect(readings.map(({ value }) => value)).to.deep.equal([1, 74565, 74565]);
    expect(kept.map(({ plain }) => plain?.[0])).to.deep.equal([undefined, undefined, 0x0f]);
    expect(sections[0]?.from).to.deep.equal({ section: 0, offset: 7 });
  });

  it("joins blocks that came in ciphered APDUs, and shows their values in the plain texts", () => {
    const block = (number: number, last: boolean, raw: string): Uint8Array =>
      cipher("general-global", fromHex(`C402C1${last ? "01" : "00"}0000000${number}00${toHex(Uint8Array.of(raw.length / 2))}${raw}`));
    const { readings, sections } = explain(Buffer.concat([block(1, false, "060001"), block(2, true, "2345")]), keys);
    expect(readings.map(({ value }) => value)).to.deep.equal([74565]);
    const joined = sections.map(({ annotations }) => annotations.filter(({ field }) => field.startsWith("joined")));
    expect(joined.map(([first]) => first?.field)).to.deep.equal(["joined", "joined, continued"]);
  });

  it("keeps the octets of ciphered APDUs in lossless JSON, and adds the plain one", () => {
    const bytes = cipher("general-global", answer);
    const { octets, plain } = explain(bytes, keys).kept[0] ?? { octets: new Uint8Array() };
    const json = toLosslessJson(octets, plain);
    expect(json["plain"]).to.include({ type: "get-response-normal" });
    expect(toHex(fromLosslessJson(json))).to.equal(toHex(bytes));
  });

  it("warns of a tag that promises another service than comes out", () => {
    const bytes = cipher("global", getRequest).map((octet, index) => (index === 0 ? 0xc9 : octet));
    expect(explain(bytes, given).warnings).to.deep.equal(["set-request: what it protects is no set-request but get-request"]);
  });

  it("never throws and accounts for every octet, whatever is changed and whatever the keys", () => {
    const samples = [
      cipher("global", getRequest),
      cipher("general-global", answer),
      protectGeneral(
        { header, key: { type: "wrapped", masterKey: otherKey, key: encryptionKey }, authenticationKey },
        securityControl(0, "both"),
        0,
        answer,
      ),
      signGeneral(header, PrivateKey.generate("P-256", counting()), cipher("general-global", answer)),
      vector("general-ciphering-1e1s-full").bytes,
    ];
    const all = { ...given, broadcastKey: otherKey, dedicatedKey: otherKey, masterKey: otherKey };
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(1000),
        fc.nat(255),
        fc.constantFrom<DecipheringKeys>({}, { encryptionKey }, all),
        (sample, at, value, some) => {
          const bytes = Uint8Array.from(sample);
          bytes[at % bytes.length] = value;
          explain(bytes, some);
          explain(bytes.subarray(0, at % bytes.length), some);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("does not take noise for an APDU, as a wrong key makes it", () => {
    const random = counting();
    let believed = 0;
    for (let run = 0; run < 2000; run++) {
      const wrong = SecretKey.from(Buffer.from(`${run}`.padStart(16, "0")));
      const push = cipher("general-global", random(40), { control: securityControl(0, "encrypted") });
      if (!("error" in shell(push, { encryptionKey: wrong }))) believed++;
    }
    expect(believed).to.be.lessThan(3);
  });
});

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
    const { items, kept } = explain(signed, { ...keys, verificationKey: signingKey.publicKey });
    expect(items.map(({ type }) => type)).to.deep.equal(["general-signing", "general-glo-ciphering", "get-response-normal"]);
    expect(toHex(kept[0]?.plain ?? new Uint8Array())).to.equal(toHex(answer));
  });
});
