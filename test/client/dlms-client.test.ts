import { expect } from "chai";
import fc from "fast-check";
import { type AttributeAddress, type AttributeOutcome, DlmsClient } from "../../src/client/dlms-client.ts";
import { supportedConformance } from "../../src/dlms/association/negotiation.ts";
import type { AttributeRequest, GetResult } from "../../src/dlms/association/services.ts";
import { encodeData } from "../../src/dlms/axdr/data.ts";
import { encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import type { ConformanceName } from "../../src/dlms/xdlms/conformance.ts";
import { ExceptionResponseError } from "../../src/errors.ts";
import { ScriptedAssociation } from "./scripted-association.ts";

const without = (...names: readonly ConformanceName[]) => new Set([...supportedConformance].filter((name) => !names.includes(name)));

const withoutBlocks = without("block-transfer-with-get-or-read", "general-block-transfer");

/** Registers by number. */
const registers = (count: number): AttributeAddress[] =>
  Array.from({ length: count }, (_, index) => ({ classId: 3, logicalName: `1.0.${index}.8.0.255`, attribute: 2 }));

/** The number of each register, as its value. */
const numbers = (attributes: readonly AttributeRequest[]): readonly GetResult[] =>
  attributes.map(({ attribute }) => ({ data: encodeData({ type: "unsigned", value: attribute.logicalName[2] as number }) }));

const expected = (count: number): readonly AttributeOutcome[] =>
  Array.from({ length: count }, (_, value) => ({ value: { type: "unsigned", value } }));

describe("Reading many attributes", () => {
  it("asks for them in one request where the meter takes lists", async () => {
    const meter = new ScriptedAssociation(numbers);
    expect(await new DlmsClient(meter).getMany(registers(40))).to.deep.equal(expected(40));
    expect(meter.requests.map(({ list, attributes }) => [list, attributes.length])).to.deep.equal([[true, 40]]);
  });

  it("asks for nothing where nothing is wanted", async () => {
    const meter = new ScriptedAssociation(numbers);
    expect(await new DlmsClient(meter).getMany([])).to.deep.equal([]);
    expect(meter.requests).to.deep.equal([]);
  });

  it("asks one by one, and not in lists of one, where the meter takes no lists", async () => {
    const meter = new ScriptedAssociation(numbers, { conformance: without("multiple-references") });
    expect(await new DlmsClient(meter).getMany(registers(3))).to.deep.equal(expected(3));
    expect(meter.requests.map(({ list }) => list)).to.deep.equal([false, false, false]);
  });

  it("makes no request longer than the meter takes, and none shorter than it need be", async () => {
    const selection = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.array(selection, { maxLength: 100 }), fc.integer({ min: 64, max: 600 }), async (selections, size) => {
        const meter = new ScriptedAssociation(numbers, { serverMaxReceivePduSize: size });
        const addresses = registers(selections.length).map((address, index) => {
          const parameters = selections[index];
          return parameters === undefined ? address : { ...address, selection: { selector: 1, parameters } };
        });
        expect(await new DlmsClient(meter).getMany(addresses)).to.deep.equal(expected(selections.length));
        const invoke = { invokeId: 1, confirmed: true, highPriority: true, reserved: 0 };
        const lengths = meter.requests.map(({ attributes }) => encodeApdu({ type: "get-request-with-list", invoke, attributes }).length);
        for (const length of lengths) expect(length).to.be.at.most(size);
        // The first of the next list would not have fitted any more; a header takes 4 octets of the 8 set aside for it.
        meter.requests.slice(1).forEach(({ attributes: [first] }, index) => {
          const next = 10 + (first?.selection === undefined ? 0 : first.selection.parameters.length + 1);
          expect((lengths[index] as number) + next > size - 4 || meter.lengths[index] === 64).to.equal(true);
        });
      }),
    );
  });

  it("asks for no more than one answer can hold where answers do not come in blocks", async () => {
    const meter = new ScriptedAssociation(numbers, { conformance: withoutBlocks, serverMaxReceivePduSize: 128 });
    expect(await new DlmsClient(meter).getMany(registers(14))).to.deep.equal(expected(14));
    expect(meter.lengths).to.deep.equal([6, 6, 2]);
  });

  it("asks one by one where not even one answer of the usual length fits", async () => {
    const meter = new ScriptedAssociation(numbers, { conformance: withoutBlocks, clientMaxReceivePduSize: 20 });
    expect(await new DlmsClient(meter).getMany(registers(2))).to.deep.equal(expected(2));
    expect(meter.lengths).to.deep.equal([1, 1]);
  });

  it("takes the refusal of some elements as it is", async () => {
    const results: readonly GetResult[] = [{ error: "other-reason" }, { error: "read-write-denied" }, { error: "object-undefined" }];
    const meter = new ScriptedAssociation(() => results);
    expect(await new DlmsClient(meter).getMany(registers(3))).to.deep.equal(results);
    expect(meter.lengths).to.deep.equal([3]);
  });

  for (const [how, refuse] of [
    ["every element", (attributes: readonly AttributeRequest[]) => attributes.map(() => ({ error: "other-reason" }) as const)],
    [
      "the request",
      () => {
        throw new ExceptionResponseError("service-not-allowed, pdu-too-long");
      },
    ],
  ] as const) {
    it(`halves lists until the meter takes them, where it refuses ${how}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 1, max: 70 }), async (count, most) => {
          const meter = new ScriptedAssociation((attributes) => (attributes.length > most ? refuse(attributes) : numbers(attributes)));
          expect(await new DlmsClient(meter).getMany(registers(count))).to.deep.equal(expected(count));
          // Six halvings lead from the longest list to one attribute.
          const refused = meter.lengths.filter((length) => length > most).length;
          expect(refused).to.be.at.most(6);
          expect(meter.requests.length - refused).to.be.at.most(Math.ceil(count / Math.ceil(most / 2)));
        }),
      );
    });
  }

  it("gives the refusal of an attribute that was asked for by itself", async () => {
    const meter = new ScriptedAssociation((attributes) => attributes.map(() => ({ error: "other-reason" })));
    expect(await new DlmsClient(meter).getMany(registers(2))).to.deep.equal([{ error: "other-reason" }, { error: "other-reason" }]);
    expect(meter.lengths).to.deep.equal([2, 1, 1]);
  });

  it("fails where the meter refuses even a single attribute as a whole", async () => {
    const meter = new ScriptedAssociation(() => {
      throw new ExceptionResponseError("service-not-allowed, operation-not-possible");
    });
    const error = await new DlmsClient(meter).getMany(registers(4)).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ExceptionResponseError);
    expect(meter.lengths).to.deep.equal([4, 2, 1]);
  });
});
