import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { isComplete } from "../../src/decode/explanation.ts";
import type { DecipheringKeys } from "../../src/decode/key-ring.ts";
import { fromLosslessJson, toLosslessJson } from "../../src/decode/lossless-json.ts";
import { encodeAare, encodeAarq } from "../../src/dlms/acse/codec.ts";
import { protectApdu } from "../../src/dlms/security/ciphered-apdu.ts";
import { protectGeneral } from "../../src/dlms/security/general-ciphering.ts";
import { signGeneral } from "../../src/dlms/security/general-signing.ts";
import { PrivateKey } from "../../src/dlms/security/private-key.ts";
import { SecretKey } from "../../src/dlms/security/secret-key.ts";
import { securityControl } from "../../src/dlms/security/security-control.ts";
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
import { answer, cipher, explain, header, shell, typesOf } from "./ciphered-samples.ts";

const keys = { encryptionKey, authenticationKey };

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

    const untagged = cipher("global", getRequest, { control: securityControl(0, "encrypted") });
    const { items } = explain(Buffer.concat([untagged, flipped(untagged, 7)]), given);
    expect(items[2]).to.include({
      error: "changed on the way: no APDU comes out",
      hint: "the same keys open other APDUs of MMM0000BC614E, if that is the sender",
    });
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
