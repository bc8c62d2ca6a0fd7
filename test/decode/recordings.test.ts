import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { explainFully } from "../../src/decode/explain.ts";
import { allItems, isComplete } from "../../src/decode/explanation.ts";
import type { DecipheringKeys } from "../../src/decode/key-ring.ts";
import { fromLosslessJson, toLosslessJson } from "../../src/decode/lossless-json.ts";
import { SecretKey } from "../../src/dlms/security/secret-key.ts";

interface RecordingFile {
  readonly keys?: { readonly ek: string; readonly ak: string };
  readonly chunks: readonly { readonly from: "client" | "server"; readonly hex: string }[];
}

/** All transcripts, where they lie beside the repository or DLMS_RECORDINGS names them; six are part of it. */
const folder = process.env["DLMS_RECORDINGS"] ?? fileURLToPath(new URL("../../../shared/data/recordings/", import.meta.url));
const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];

function octetsOf(name: string, side?: "client" | "server"): Uint8Array {
  const { chunks } = JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as RecordingFile;
  return Buffer.concat(chunks.filter(({ from }) => side === undefined || from === side).map(({ hex }) => fromHex(hex)));
}

/** What a stack does wrong in a transcript, as the README beside them has it, and nothing else. */
const unlawful: readonly { readonly names: RegExp; readonly warning: RegExp }[] = [
  { names: /_gurux-(?:c|java)_/, warning: /^rlre: its lengths are wrong: \d+ octets claimed, \d+ present$/ },
  // The C server sends its clock with octets of another value behind it.
  { names: /_gurux-c_/, warning: /^18 octets behind the get-response-normal: 090F090C/ },
  { names: /gurux-c_gurux-c_\w+_low_readall/, warning: /^11 octets behind the get-response-with-datablock: 00C402/ },
  { names: /u9n_gurux-c_hdlc_low_association-view/, warning: /^the (?:segments of 1>17|blocks of the last answer) have no end$/ },
];

/** The keys a transcript was ciphered with. */
function keysOf(name: string): DecipheringKeys & { readonly encryptionKey: SecretKey; readonly authenticationKey: SecretKey } {
  const { keys } = JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as RecordingFile;
  const [encryptionKey, authenticationKey] = [keys?.ek ?? "", keys?.ak ?? ""].map((hex) => SecretKey.from(fromHex(hex)));
  return { encryptionKey: encryptionKey as SecretKey, authenticationKey: authenticationKey as SecretKey };
}

function warningsOf(name: string): readonly string[] {
  return explainFully(octetsOf(name, "server")).explanation.warnings;
}

describe("explain, all recordings", function () {
  this.timeout(20_000);

  before(function () {
    if (names.length === 0) {
      console.log(`skipped: there are no recordings in ${folder}`);
      this.skip();
    }
  });

  for (const name of names) {
    it(`decodes ${name} to the last octet, either way`, () => {
      for (const side of ["client", "server", undefined] as const) {
        const bytes = octetsOf(name, side);
        const { explanation, annotations, apdus } = explainFully(bytes, { annotate: true });
        expect(isComplete(explanation), JSON.stringify([explanation.link, explanation.apdus])).to.equal(true);
        expect(annotations.reduce((sum, { offset, length }) => (offset === sum ? sum + length : Number.NaN), 0)).to.equal(bytes.length);
        for (const warning of explanation.warnings) {
          expect(
            unlawful.some((entry) => entry.names.test(name) && entry.warning.test(warning)),
            warning,
          ).to.equal(true);
        }
        if (side !== undefined)
          for (const { octets } of apdus) expect(toHex(fromLosslessJson(toLosslessJson(octets)))).to.equal(toHex(octets));
      }
    });
  }

  it("warns of every unlawful spot", () => {
    for (const link of ["hdlc", "wrapper"]) {
      const behind = warningsOf(`gurux-c_gurux-c_${link}_low_readall.json`).filter((warning) => /^11 octets behind/.test(warning));
      expect(behind, link).to.have.lengthOf(3);
    }
    expect(warningsOf("gurux-c_gurux-java_wrapper_low_few.json")).to.deep.equal([
      "rlre: its lengths are wrong: 17 octets claimed, 21 present",
    ]);
    expect(warningsOf("gurux-c_gurux-c_wrapper_gmac_5objects.json")).to.deep.equal([
      "rlre: its lengths are wrong: 36 octets claimed, 40 present",
    ]);
    expect(warningsOf("u9n_gurux-c_hdlc_low_association-view.json")).to.include("the blocks of the last answer have no end");
  });

  for (const name of names.filter((each) => /_gmac_?\w*\.json$/.test(each) && !each.includes("wrong-ak"))) {
    it(`deciphers ${name} to the last plain APDU, either way`, () => {
      const keys = keysOf(name);
      for (const side of ["client", "server", undefined] as const) {
        const { explanation, apdus, sections } = explainFully(octetsOf(name, side), { annotate: true, keys });
        const items = [...allItems(explanation.apdus)];
        const ciphered = items.filter(({ securityControl }) => securityControl !== undefined);
        expect(ciphered.every(({ authenticated }) => authenticated === true)).to.equal(true);
        expect(sections).to.have.lengthOf(ciphered.length);
        for (const { octets, annotations } of sections)
          expect(annotations.reduce((sum, { offset, length }) => (offset === sum ? sum + length : Number.NaN), 0)).to.equal(octets.length);
        const errors = items.flatMap(({ error }) => error ?? []);
        // One server ends a long answer with five octets of an APDU.
        expect(errors).to.have.lengthOf(name.includes("c_wrapper_gmac_profile-range") && side !== "client" ? 1 : 0);
        for (const { octets, plain } of apdus) expect(toHex(fromLosslessJson(toLosslessJson(octets, plain)))).to.equal(toHex(octets));
      }
    });
  }

  it("gives the values of ciphered answers their attributes", function () {
    const name = "jdlms_gurux-c_wrapper_gmac.json";
    if (!names.includes(name)) this.skip();
    const { readings } = explainFully(octetsOf(name), { keys: keysOf(name) }).explanation;
    // The answer to the challenge is the only value that is no attribute.
    expect(readings.filter(({ logicalName }) => logicalName === undefined)).to.have.lengthOf(1);
    expect(readings.filter(({ logicalName, attribute }) => logicalName !== undefined && attribute !== undefined)).to.have.length.above(2);
  });

  it("says of a client with a wrong authentication key which key is wrong", function () {
    const name = "gurux-c_gurux-c_wrapper_gmac_wrong-ak.json";
    if (!names.includes(name)) this.skip();
    const { encryptionKey, ...keys } = keysOf(name);
    const errorOf = (given: DecipheringKeys) =>
      [...allItems(explainFully(octetsOf(name), { keys: given }).explanation.apdus)].flatMap(({ error }) => error ?? []);
    expect(errorOf({ encryptionKey, ...keys })).to.deep.equal(["wrong authentication key, or changed on the way: the tag does not match"]);
    expect(errorOf({ encryptionKey: keys.authenticationKey, ...keys })).to.deep.equal([
      "wrong key, or changed on the way: no APDU comes out",
    ]);
    expect(errorOf({ encryptionKey, authenticationKey: SecretKey.from(new Uint8Array(16).fill(0xff)) })).to.deep.equal([]);
  });
});
