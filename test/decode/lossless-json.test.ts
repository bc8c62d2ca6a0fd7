import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { dataFromLossless, losslessData } from "../../src/decode/data-json.ts";
import { explainFully } from "../../src/decode/explain.ts";
import type { Json } from "../../src/decode/explanation.ts";
import { fromLosslessJson, type LosslessApdu, toLosslessJson } from "../../src/decode/lossless-json.ts";
import { encodeAare, encodeAarq } from "../../src/dlms/acse/codec.ts";
import { decodeData, encodeData } from "../../src/dlms/axdr/data.ts";
import { encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { aare, aarq, apdu, dlmsData } from "../support/arbitraries.ts";
import { recordings, written } from "../support/recordings.ts";
import { loadVectors, refusal } from "../support/vectors.ts";

/** As it comes back from a file. */
const throughText = (json: unknown): Json => JSON.parse(JSON.stringify(json)) as Json;

function expectSame(octets: Uint8Array, what: string): LosslessApdu {
  const json = toLosslessJson(octets);
  expect(toHex(fromLosslessJson(throughText(json))), what).to.equal(toHex(octets));
  return json;
}

describe("lossless JSON", () => {
  for (const file of ["acse", "xdlms"]) {
    it(`gives back every APDU of ${file}.json, malformed ones too`, () => {
      for (const { name, hex, canonical, error } of loadVectors(`${file}.json`)) {
        const json = expectSame(fromHex(hex), name);
        if (canonical === true && error === undefined) expect(json, name).to.not.have.property("octets");
      }
    });
  }

  for (const recording of recordings()) {
    it(`gives back every APDU of ${recording.name}`, () => {
      for (const side of ["client", "server"] as const) {
        for (const { octets } of explainFully(written(recording, side)).apdus) expectSame(octets, toHex(octets));
      }
    });
  }

  it("gives back any APDU from its fields alone", () => {
    fc.assert(
      fc.property(apdu, (value) => {
        expect(expectSame(encodeApdu(value), value.type).octets).to.equal(undefined);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives back any association", () => {
    fc.assert(
      fc.property(aarq, (value) => void expectSame(encodeAarq(value), "AARQ")),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(aare, (value) => void expectSame(encodeAare(value), "AARE")),
      { numRuns: 200 },
    );
  });

  it("gives back any data, floats that are no numbers included", () => {
    const same = (octets: Uint8Array): void => {
      expect(toHex(encodeData(dataFromLossless(throughText(losslessData(decodeData(octets))))))).to.equal(toHex(octets));
    };
    fc.assert(
      fc.property(dlmsData, (data) => same(encodeData(data))),
      { numRuns: 500 },
    );
    for (const hex of ["17FF800000", "1780000000", "177FC00000", "18FFF0000000000000", "188000000000000000", "15FFFFFFFFFFFFFFFF"])
      same(fromHex(hex));
  });

  it("is readable, and encodes what was changed in it", () => {
    const json = throughText(toLosslessJson(fromHex("C401C1000600012345"))) as Record<string, Json>;
    expect(json).to.deep.equal({
      type: "get-response-normal",
      invoke: { invokeId: 1, confirmed: true, highPriority: true, reserved: 0 },
      result: { data: { $data: { type: "double-long-unsigned", value: 74565 } } },
    });
    json["result"] = { data: { $data: { type: "unsigned", value: 7 } } };
    expect(toHex(fromLosslessJson(json))).to.equal("C401C1001107");
  });

  it("carries the octets where they were encoded otherwise, and lets them count", () => {
    const json = toLosslessJson(fromHex("C401C100098101AA"));
    expect(json).to.deep.include({ type: "get-response-normal", result: { data: { $octets: "098101AA" } } });
    expect(toLosslessJson(fromHex("0FF1000005090C07E50B020215330000FFC40000"))).to.include({
      octets: "0FF1000005090C07E50B020215330000FFC40000",
    });
  });

  it("refuses JSON that is no APDU", () => {
    const wrong: readonly Json[] = [
      null,
      [],
      "C001",
      {},
      { type: "nothing" },
      { type: "get-request-normal" },
      { type: "get-response-normal", invoke: 1, result: 2 },
      { type: "get-request-normal", octets: 5 },
      { type: "get-request-normal", octets: "C0G" },
      { type: "data-notification", body: { $data: { type: "unsigned", value: 300 } } },
      { type: "data-notification", body: { $data: { type: "unsigned", value: "7" } } },
      { type: "data-notification", body: { $data: { type: "integer", value: 1.5 } } },
      { type: "data-notification", body: { $data: { type: "long64", value: "9223372036854775808" } } },
      { type: "data-notification", body: { $data: { type: "bit-string", length: 9, value: "AA" } } },
      { type: "data-notification", body: { $data: { type: "constructor", value: [] } } },
      { type: "data-notification", body: { $data: { type: "compact-array", value: [] } } },
      { type: "aarq" },
    ];
    for (const json of wrong)
      expect(
        refusal(() => fromLosslessJson(json)),
        JSON.stringify(json),
      ).to.be.a("string");
  });
});
