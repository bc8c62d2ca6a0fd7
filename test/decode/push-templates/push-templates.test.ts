import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { fromHex } from "../../../src/bytes/hex.ts";
import { unitSymbol } from "../../../src/cosem-objects/unit.ts";
import type { ExplainedReading } from "../../../src/decode/explanation.ts";
import {
  type MatchOptions,
  matchTemplate,
  type PushElement,
  type PushItem,
  type PushTemplate,
  pushTemplates,
  readingsByObjectList,
} from "../../../src/decode/push-templates/index.ts";
import { readData } from "../../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../../src/dlms/axdr/dlms-data.ts";
import { loadVectors, refusal, type Vector } from "../../support/vectors.ts";

interface BodyVector extends Vector {
  /** The template that fits; null for a push that says itself what it holds. */
  readonly template: string | null;
  readonly make?: string;
  /** "logical name value unit", or "#position value". */
  readonly readings: readonly string[] | null;
  /** The same for a push that begins with the definitions of what it holds. */
  readonly objectList?: readonly string[];
}

const vectors = loadVectors<BodyVector>("push-templates.json");

const bodyOf = (bytes: Uint8Array) => readData(new ByteReader(bytes));
const short = ({ logicalName, position, value, unit }: ExplainedReading) =>
  [logicalName ?? `#${position}`, String(value), unit].filter((part) => part !== undefined).join(" ");
const options = ({ make }: BodyVector): MatchOptions => (make === undefined ? {} : { make });

/** A body with the signature of the template, empty but for what the template asks of it. */
function bodyWith(items: readonly PushElement[]): DlmsData {
  return { type: "structure", value: items.map(valueWith) };
}

function valueWith(item: PushElement): DlmsData {
  if ("items" in item) return { type: item.type, value: item.items.map(valueWith) };
  switch (item.type) {
    case "octet-string":
      return { type: item.type, value: octetsWith(item) };
    case "boolean":
      return { type: item.type, value: false };
    default:
      return { type: item.type, value: 0 } as DlmsData;
  }
}

function octetsWith({ content, startsWith, length }: PushItem): Uint8Array {
  if (content === "date-time") return fromHex("07E40119060E000AFF800000");
  if (content === "text") return fromHex("3132");
  return startsWith === undefined ? new Uint8Array(length ?? 3) : Buffer.from(startsWith);
}

describe("matchTemplate", () => {
  for (const vector of vectors) {
    if (vector.template === null) {
      it(`leaves ${vector.name} alone, which says itself what it holds`, () => {
        expect(matchTemplate(bodyOf(fromHex(vector.hex)))).to.equal(undefined);
      });
      continue;
    }
    it(`reads ${vector.name}`, () => {
      const match = matchTemplate(bodyOf(fromHex(vector.hex)), options(vector));
      expect(match?.template.id).to.equal(vector.template);
      expect(match?.readings.map(short)).to.deep.equal(vector.readings);
    });
  }

  it("gives readings or nothing for every truncation and every octet changed, or the data are refused", () => {
    for (const vector of vectors) {
      const bytes = fromHex(vector.hex);
      const attempt = (body: Uint8Array) => refusal(() => matchTemplate(bodyOf(body), options(vector)));
      for (let end = 0; end < bytes.length; end++) expect(attempt(bytes.slice(0, end)), `${vector.name} ${end}`).to.be.a("string");
      for (let at = 0; at < bytes.length; at++) {
        const octet = bytes[at] as number;
        for (const change of [0x01, 0x80, 0xff]) {
          bytes[at] = octet ^ change;
          attempt(bytes);
        }
        bytes[at] = octet;
      }
    }
  });

  it("wants the make where the signature fits anything", () => {
    const body = bodyOf(fromHex("02 01 06 000016DC"));
    expect(matchTemplate(body)).to.equal(undefined);
    expect(matchTemplate(body, { make: "Kamstrup" })).to.equal(undefined);
    expect(matchTemplate(body, { make: "Kaifa" })?.template.id).to.equal("kaifa-kfm-001-list-1");
  });

  it("wants types, count, list identifier and kind of octets to be those of the template", () => {
    const vector = vectors.find(({ name }) => name === "kaifa-list-2") as BodyVector;
    const body = vector.hex;
    for (const [change, hex] of [
      ["another type", body.replace("0600002611", "0500002611")],
      ["an element less", body.replace(/^020D/, "020C").replace(/060000088C$/, "")],
      ["an element more", body.replace(/^020D/, "020E").concat("0600000000")],
      ["an array", body.replace(/^02/, "01")],
      ["another list", body.replace("4B464D5F303031", "4B464D5F303032")],
    ] as const) {
      expect(hex, change).not.to.equal(body);
      expect(matchTemplate(bodyOf(fromHex(hex))), change).to.equal(undefined);
    }
    expect(matchTemplate(bodyOf(fromHex(`0209 090C${"31".repeat(12)}${"0600000000".repeat(8)}`)))).to.equal(undefined);
  });

  it("gives quantities that a named list has and the template has not as they are", () => {
    const body = bodyOf(fromHex(`0203 0A0E${Buffer.from("Kamstrup_V0001").toString("hex")} 0906 0101630700FF 06 00000010`));
    expect(matchTemplate(body)?.readings.map(short)).to.deep.equal(["1.1.0.2.129.255 Kamstrup_V0001", "1.1.99.7.0.255 16"]);
  });

  it("does not take a named list with anything else between its names", () => {
    const id = `0A0E${Buffer.from("Kamstrup_V0001").toString("hex")}`;
    for (const rest of ["0906 0101010700FF", "0600000001 0600000001", "0906 0101010700FF 0600000001 09050101010700"]) {
      const count = 1 + rest.split(" ").filter((part) => part !== "0906").length;
      const body = bodyOf(fromHex(`02 0${count} ${id} ${rest}`));
      expect(matchTemplate(body), rest).to.equal(undefined);
    }
  });

  it("takes templates of the user, read from JSON", () => {
    const own: PushTemplate = {
      id: "own",
      make: "Own",
      description: "a list of our own",
      source: "self",
      layout: "positional",
      items: [{ type: "structure", items: [{ type: "long", logicalName: "1.0.16.7.0.255", scaler: 1, unit: 27 }, { type: "unsigned" }] }],
    };
    const templates = [JSON.parse(JSON.stringify(own)) as PushTemplate];
    const body = bodyOf(fromHex("0201 0202 10FFFE 1107"));
    expect(matchTemplate(body, { templates })?.readings.map(short)).to.deep.equal(["1.0.16.7.0.255 -20 W", "#2 7"]);
    expect(matchTemplate(body)).to.equal(undefined);
  });

  it("answers any data with readings or nothing", () => {
    const leaf = fc.constantFrom(
      "00",
      "0600000001",
      "120001",
      "0907 4B464D5F303031",
      "0906 0100010700FF",
      "0A0A4B616D73747275705F56",
      "0300",
    );
    const list = (items: readonly string[]) => `02${items.length.toString(16).padStart(2, "0")}${items.join("")}`;
    fc.assert(
      fc.property(fc.array(fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }).map(list)), { maxLength: 20 }), (items) => {
        const body = bodyOf(fromHex(list(items)));
        const match = matchTemplate(body, { make: "Kaifa" });
        if (match?.template.layout === "positional") expect(match.readings.length).to.be.at.least(items.length);
      }),
    );
  });
});

describe("the templates of the product", () => {
  it("have identifiers of their own, in kebab case, and name their source", () => {
    expect(new Set(pushTemplates.map(({ id }) => id)).size).to.equal(pushTemplates.length);
    for (const { id, source } of pushTemplates) {
      expect(id).to.match(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(source).not.to.equal("");
    }
  });

  it("are plain JSON", () => {
    expect(JSON.parse(JSON.stringify(pushTemplates))).to.deep.equal(pushTemplates);
  });

  it("name each quantity once, and units that have a symbol", () => {
    for (const { id, items } of pushTemplates) {
      const named = items.flatMap((item) => ("logicalName" in item ? [item] : []));
      const names = named.map(({ logicalName }) => logicalName);
      expect(new Set(names).size, id).to.equal(names.length);
      for (const { unit, scaler } of named) {
        expect(unit === undefined, id).to.equal(scaler === undefined);
        if (unit !== undefined && unit !== 255) expect(unitSymbol(unit), id).to.be.a("string");
      }
    }
  });

  it("hide none behind another", () => {
    for (const template of pushTemplates) {
      if (template.layout !== "positional") continue;
      expect(matchTemplate(bodyWith(template.items), { make: template.make })?.template.id).to.equal(template.id);
    }
  });
});

describe("readingsByObjectList", () => {
  for (const vector of vectors) {
    it(`${vector.objectList === undefined ? "finds no definitions in" : "reads"} ${vector.name}`, () => {
      expect(readingsByObjectList(bodyOf(fromHex(vector.hex)))?.map(short)).to.deep.equal(vector.objectList);
    });
  }

  it("wants as many values as definitions, each of them whole", () => {
    const list = "020412000109060000600101FF0F02120000";
    const cases: readonly (readonly [string, boolean])[] = [
      [`0202 0102 ${list} ${list} 1101`, true],
      [`0203 0102 ${list} ${list} 1101 1102`, false],
      [`0201 0101 ${list}`, false],
      [`0202 0102 ${list} 020412000109060000600101FF1102120000 1101`, false],
      [`0202 0102 ${list} 0204120001090500006001010F02120000 1101`, false],
      [`0202 0102 ${list} 020312000109060000600101FF0F02 1101`, false],
    ];
    for (const [hex, read] of cases) expect(readingsByObjectList(bodyOf(fromHex(hex))) !== undefined, hex).to.equal(read);
  });
});
