import { expect } from "chai";
import fc from "fast-check";
import { bitString } from "../../../src/bytes/bit-string.ts";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { cosemClasses } from "../../../src/cosem-objects/catalogue.ts";
import { DisconnectControl } from "../../../src/cosem-objects/classes/disconnect-control.ts";
import { ImageTransfer } from "../../../src/cosem-objects/classes/image-transfer.ts";
import { ParameterMonitorV0 } from "../../../src/cosem-objects/classes/parameter-monitor.ts";
import { RegisterActivation } from "../../../src/cosem-objects/classes/register-activation.ts";
import { ScriptTable } from "../../../src/cosem-objects/classes/script-table.ts";
import { SingleActionSchedule } from "../../../src/cosem-objects/classes/single-action-schedule.ts";
import type { CosemClass } from "../../../src/cosem-objects/define.ts";
import { encodeData } from "../../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../../src/dlms/axdr/dlms-data.ts";
import type { Schema, TypeDescription } from "../../../src/dlms/axdr/schema.ts";
import { DecodeError, InvariantError } from "../../../src/errors.ts";

const setupClassIds = new Set([6, 10, 18, 19, 21, 22, 23, 26, 27, 28, 29, 40, 41, 42, 43, 45, 47, 62, 63, 65, 71, 100, 122, 124]);
const setupClasses = cosemClasses.filter(({ classId }) => setupClassIds.has(classId));

function schemasOf({ attributes, methods }: CosemClass): readonly (readonly [string, Schema<unknown>])[] {
  return [
    ...Object.entries(attributes).map(([name, { schema }]) => [name, schema] as const),
    ...Object.entries(methods).map(([name, { parameter }]) => [`${name}()`, parameter] as const),
  ];
}

const integers: Readonly<Record<string, readonly [number, number]>> = {
  enum: [0, 0xff],
  unsigned: [0, 0xff],
  integer: [-0x80, 0x7f],
  "long-unsigned": [0, 0xffff],
  "double-long-unsigned": [0, 0xffff_ffff],
};

const octets = (length: fc.IntArrayConstraints | undefined): fc.Arbitrary<DlmsData> =>
  fc.uint8Array(length).map((value) => ({ type: "octet-string", value }));
const fixed = (length: number) => octets({ minLength: length, maxLength: length });

/** Lengths of the octet-strings that have a name of their own. */
const fixedLengths: Readonly<Record<string, number>> = { "logical-name": 6, time: 4, date: 5 };

/** Any value that a type describes, as a tree. */
function arbitraryOf(type: TypeDescription): fc.Arbitrary<DlmsData> {
  const { name, fields, element } = type;
  if (fields !== undefined)
    return fc.tuple(...Object.values(fields).map(arbitraryOf)).map((value) => ({ type: "structure", value }) satisfies DlmsData);
  if (name === "array" && element !== undefined)
    return fc.array(arbitraryOf(element), { maxLength: 3 }).map((value) => ({ type: "array", value }) satisfies DlmsData);
  const range = integers[name];
  if (range !== undefined) return fc.integer({ min: range[0], max: range[1] }).map((value) => ({ type: name as "unsigned", value }));
  const length = fixedLengths[name];
  if (length !== undefined) return fixed(length);
  switch (name) {
    case "date-time":
      return fc.constant({ type: "octet-string", value: fromHex("07EA0B1607142D00FFFFC400") });
    case "bare date-time":
      return fc.constant({ type: "date-time", value: fromHex("07EA0B1607142D00FFFFC400") });
    case "octet-string":
      return octets({ maxLength: 20 });
    case "any":
      return fc.constantFrom<DlmsData>({ type: "null-data", value: null }, { type: "long", value: -2 });
    case "boolean":
      return fc.boolean().map((value) => ({ type: "boolean", value }));
    case "visible-string":
      return fc.constantFrom("", "net").map((value) => ({ type: "visible-string", value }));
    case "bit-string":
      return fc.integer({ min: 0, max: 20 }).map((bits) => ({ type: "bit-string", value: bitString(bits, [0, 9]) }));
    default:
      throw new InvariantError(`no generator for ${name}`);
  }
}

function encoded<T>(schema: Schema<T>, value: T): string {
  const writer = new ByteWriter();
  schema.write(writer, value);
  return toHex(writer.finish());
}

describe("Setup classes", () => {
  it("are in the catalogue, each with its members numbered from one without a gap", () => {
    expect(new Set(setupClasses.map(({ classId }) => classId))).to.deep.equal(setupClassIds);
    for (const { name, version, attributes, methods } of setupClasses) {
      for (const members of [attributes, methods]) {
        const ids = Object.values(members).map(({ id }) => id);
        expect(ids, `${name} ${version}`).to.deep.equal(ids.map((_, index) => index + 1));
      }
    }
  });

  it("give short names to methods behind those of all attributes", () => {
    for (const { name, attributes, firstMethodOffset } of setupClasses)
      if (firstMethodOffset !== undefined) expect(firstMethodOffset, name).to.be.at.least(8 * Object.keys(attributes).length);
  });

  for (const cosemClass of setupClasses) {
    const title = `${cosemClass.name} (class ${cosemClass.classId} version ${cosemClass.version})`;
    it(`${title} takes values of its types and writes the same octets`, () => {
      for (const [name, schema] of schemasOf(cosemClass)) {
        fc.assert(
          fc.property(arbitraryOf(schema.type), (value) => {
            const bytes = encodeData(value);
            const reader = new ByteReader(bytes);
            expect(encoded(schema, schema.read(reader)), name).to.equal(toHex(bytes));
            reader.expectEnd(name);
          }),
          { numRuns: 20 },
        );
      }
    });

    it(`${title} refuses values that end too early, whatever their type says`, () => {
      for (const [name, schema] of schemasOf(cosemClass)) {
        fc.assert(
          fc.property(arbitraryOf(schema.type), fc.nat(), (value, at) => {
            const bytes = encodeData(value);
            const cut = bytes.subarray(0, at % bytes.length);
            expect(() => schema.read(new ByteReader(cut)), name).to.throw(DecodeError);
          }),
          { numRuns: 20 },
        );
      }
    });
  }

  it("answer octets of any kind with a value or a decode error", () => {
    const schemas = setupClasses.flatMap(schemasOf);
    fc.assert(
      fc.property(fc.constantFrom(...schemas), fc.uint8Array({ maxLength: 60 }), ([name, schema], bytes) => {
        try {
          encoded(schema, schema.read(new ByteReader(bytes)));
        } catch (error) {
          expect(error, name).to.be.instanceOf(DecodeError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("have the octets of the worked encodings", () => {
    expect(encoded(ScriptTable.methods.execute.parameter, 2)).to.equal("120002");
    expect(encoded(DisconnectControl.attributes.controlState.schema, "ready-for-reconnection")).to.equal("1602");
  });

  it("have the octets of their tables", () => {
    expect(
      encoded(RegisterActivation.methods.addMask.parameter, { name: Uint8Array.of(0x31), indexes: [1, 2] }),
      "mask_name, index_list",
    ).to.equal("0202090131010211011102");
    expect(
      encoded(SingleActionSchedule.attributes.executionTime.schema, [{ time: fromHex("00000000"), date: fromHex("FFFFFF01FF") }]),
      "midnight of the first day of every month",
    ).to.equal("010102020904000000000905FFFFFF01FF");
    expect(encoded(ImageTransfer.methods.transferBlock.parameter, { number: 1, value: Uint8Array.of(7) })).to.equal("02020600000001090107");
  });

  it("write a capture time of data type 25, and take it as octet-string too", () => {
    const schema = ParameterMonitorV0.attributes.captureTime.schema;
    for (const hex of ["090C07EA0B1607142D00FFFFC400", "1907EA0B1607142D00FFFFC400"])
      expect(encoded(schema, schema.read(new ByteReader(fromHex(hex))))).to.equal("1907EA0B1607142D00FFFFC400");
  });
});
