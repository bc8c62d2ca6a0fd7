import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { annotatedView } from "../../src/decode/annotated-view.ts";
import { explainFully } from "../../src/decode/explain.ts";
import type { Annotation } from "../../src/decode/explanation.ts";
import { encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { apdu as anyApdu } from "../support/arbitraries.ts";
import { recordings, written } from "../support/recordings.ts";
import { loadVectors } from "../support/vectors.ts";

function annotate(bytes: Uint8Array): readonly Annotation[] {
  return explainFully(bytes, { annotate: true }).annotations;
}

function lines(hex: string): readonly string[] {
  const bytes = fromHex(hex);
  return annotatedView(bytes, annotate(bytes));
}

/** Asserts that the annotations are the input, each octet once and in order. */
function expectCovered(bytes: Uint8Array, what: string): void {
  let offset = 0;
  for (const annotation of annotate(bytes)) {
    expect(annotation.offset, `${what}: ${annotation.field}`).to.equal(offset);
    offset += annotation.length;
  }
  expect(offset, what).to.equal(bytes.length);
}

describe("annotations", () => {
  for (const file of ["acse", "xdlms", "hdlc", "wrapper", "axdr", "crc", "hdlc-address"]) {
    it(`cover every octet of ${file}.json once, whatever it is`, () => {
      for (const { name, hex } of loadVectors(`${file}.json`)) expectCovered(fromHex(hex), name);
    });
  }

  for (const recording of recordings()) {
    it(`cover every octet of ${recording.name} once`, () => {
      for (const side of ["client", "server", undefined] as const) expectCovered(written(recording, side), recording.name);
    });
  }

  it("cover every octet of any APDU once", () => {
    fc.assert(
      fc.property(anyApdu, (apdu) => expectCovered(encodeApdu(apdu), apdu.type)),
      { numRuns: 500 },
    );
  });

  it("name the fields of any APDU, and leave no octets over", () => {
    fc.assert(
      fc.property(anyApdu, (apdu) => {
        const fields = annotate(encodeApdu(apdu)).map(({ field }) => field);
        expect(fields).to.not.include("other octets");
        expect(fields).to.not.include("fields");
      }),
      { numRuns: 500 },
    );
  });

  it("cover every octet of rubbish once", () => {
    const likely = fc.constantFrom(...fromHex("7EA00001020306C4C0682FE6E7E0101609DB60BE0F"));
    const octets = fc.array(fc.oneof(likely, fc.nat(255)), { maxLength: 300 }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(octets, (bytes) => expectCovered(bytes, toHex(bytes))),
      { numRuns: 2000 },
    );
  });

  it("say field by field what an APDU means", () => {
    expect(lines("C001C100030100010800FF0200")).to.deep.equal([
      "0000  C0                       APDU                     get-request",
      "0001  01                       choice                   get-request-normal",
      "0002  C1                         invoke                 invoke id 1, confirmed, high priority",
      "0003  00 03                      attribute.classId      3",
      "0005  01 00 01 08 00 FF          attribute.logicalName  1.0.1.8.0.255 Active energy import (+A)",
      "000b  02                         attribute.attributeId  2",
      "000c  00                         selection              absent",
    ]);
  });

  it("know the forms in which meters write the return parameters of a method (pitfall 25)", () => {
    const returned = (hex: string) =>
      lines(`C701C100${hex}`)
        .slice(4)
        .map((line) => line.replaceAll(/ {2,}/g, "  "));
    const [present, data] = ["0004  01  returned  present", "09 02 01 02  returned  octet-string 0102"];
    expect(returned("01 00 09020102")).to.deep.equal([present, "0005  00  returned  Data", `0006  ${data}`]);
    expect(returned("01 09020102")).to.deep.equal([present, `0005  ${data}`]);
    expect(returned("09020102")).to.deep.equal([`0004  ${data}`]);
    expect(returned("01 01 FA")).to.deep.equal([
      present,
      "0005  01  returned  Data-Access-Result",
      "0006  FA  returned  other-reason (250)",
    ]);
    expect(returned("00")).to.deep.equal(["0004  00  returned  absent"]);
    expect(returned("")).to.deep.equal([]);
  });

  it("show values at their places, though blocks and segments lie between", () => {
    const block = (number: number, last: boolean, raw: string) =>
      `C402C1${last ? "01" : "00"}0000000${number}00${(raw.length / 2).toString(16).padStart(2, "0")}${raw}`;
    const bytes = fromHex(block(1, false, "0202110106") + block(2, true, "00012345"));
    const values = annotate(bytes).filter(({ field }) => /^joined|^\[/.test(field));
    expect(values.map(({ offset, length, field, meaning }) => ({ offset, length, field, meaning }))).to.deep.equal([
      { offset: 10, length: 2, field: "joined", meaning: "structure of 2" },
      { offset: 12, length: 2, field: "[0]", meaning: "unsigned 1" },
      { offset: 14, length: 1, field: "[1]", meaning: "double-long-unsigned 74565" },
      { offset: 25, length: 4, field: "[1], continued", meaning: undefined },
    ]);
  });

  it("hide passwords", () => {
    const aarq = loadVectors("acse.json").find(({ name }) => name === "aarq-ln-lls")?.hex ?? "";
    const view = lines(aarq).join("\n");
    expect(view).to.contain("calling-authentication-value");
    expect(view.replaceAll(" ", "")).to.not.contain("3132333435363738");
  });
});
