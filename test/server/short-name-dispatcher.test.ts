import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { ObjectRight } from "../../src/cosem-objects/access.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { attribute, defineClass, method } from "../../src/cosem-objects/define.ts";
import { LogicalDevice } from "../../src/cosem-objects/logical-device.ts";
import { type LogicalName, logicalName as logicalNameSchema, logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import { bind, refuse } from "../../src/cosem-objects/object.ts";
import { attributeOffset, ShortNames } from "../../src/cosem-objects/short-names.ts";
import { type NegotiatedContext, supportedFor } from "../../src/dlms/association/negotiation.ts";
import type { ServiceRequest, ServiceResult, VariableRequest } from "../../src/dlms/association/services.ts";
import { integer, unsigned } from "../../src/dlms/axdr/data-schemas.ts";
import { Dispatcher } from "../../src/server/dispatcher.ts";
import { RequestScope } from "../../src/server/request-scope.ts";
import { ShortNameDispatcher } from "../../src/server/short-name-dispatcher.ts";
import { associationObjects } from "../../src/virtual-meter/mapping/association.ts";
import { meterAccess, meterShortNames } from "../../src/virtual-meter/roles.ts";
import { meterObjects } from "../../src/virtual-meter/virtual-meter.ts";
import { identity, sampleMeter } from "../support/sample-meter.ts";

/** Counts, and can be told to double, to fail, or to take its time. */
const Counter = defineClass({
  classId: 8002,
  version: 0,
  name: "Counter",
  attributes: {
    logicalName: attribute(1, logicalNameSchema, "r", "identifies the object"),
    count: attribute(2, unsigned, "rw", "what was counted"),
    secret: attribute(3, unsigned, "w", "never read"),
  },
  methods: {
    add: method(1, unsigned, "adds to the count"),
    double: method(2, unsigned, "doubles a number", unsigned),
    fail: method(3, integer, "is long and fails", unsigned),
    absent: method(4, integer, "is not bound"),
  },
  firstMethodOffset: 0x20,
});

const association: NegotiatedContext = {
  clientSap: 16,
  serverSap: 1,
  applicationContext: "short-name",
  referencing: "short-name",
  mechanism: "none",
  conformance: supportedFor("short-name"),
  clientMaxReceivePduSize: 0xffff,
  serverMaxReceivePduSize: 0xffff,
};

const names = { counter: "0.0.96.50.0.255", register: "1.0.1.8.0.255", hidden: "0.0.96.51.0.255" } as const satisfies Readonly<
  Record<string, LogicalName>
>;
const shortNames = new ShortNames(Object.values(names).map((logicalName, index) => ({ classId: index === 1 ? 3 : 8002, logicalName })));
const base = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, shortNames.baseName(name)])) as Record<
  keyof typeof names,
  number
>;

function served(right: ObjectRight = { read: true, write: true, invoke: true }) {
  let count = 5;
  const counter = (logicalName: LogicalName) =>
    bind(Counter, {
      logicalName,
      attributes: {
        count: {
          get: () => count,
          set: (value) => {
            count = value;
            return undefined;
          },
        },
        secret: 0,
      },
      methods: {
        add: async (value) => {
          count += value;
          return undefined;
        },
        double: (value) => value * 2,
        fail: () => refuse("long-action-aborted"),
      },
    });
  const device = new LogicalDevice({
    sap: 1,
    name: "counter",
    objects: [
      counter(names.counter),
      bind(Register, {
        logicalName: names.register,
        attributes: { value: { type: "unsigned", value: 7 }, scalerUnit: { scaler: 0, unit: 30 } },
      }),
      counter(names.hidden),
    ],
    access: (_, logicalName) => (logicalName === names.hidden ? undefined : right),
  });
  const view = device.view("any", () => []);
  const dispatcher = new ShortNameDispatcher(new Dispatcher(view, { association }), view, shortNames);
  return {
    handle: async (request: ServiceRequest): Promise<ServiceResult> => dispatcher.handle(request),
    /** Data in hex, or the refusal. */
    read: async (...variables: readonly (number | VariableRequest)[]) => {
      const result = await dispatcher.handle({ service: "read", variables: variables.map(asVariable) });
      return result.service === "read" ? result.results.map(({ data, error }) => (data === undefined ? String(error) : toHex(data))) : [];
    },
    write: async (...pairs: readonly (readonly [number | VariableRequest, string])[]) => {
      const variables = pairs.map(([variable]) => asVariable(variable));
      const result = await dispatcher.handle({ service: "write", variables, values: pairs.map(([, hex]) => fromHex(hex)) });
      return result.service === "write" ? result.results : [];
    },
  };
}

const asVariable = (variable: number | VariableRequest): VariableRequest =>
  typeof variable === "number" ? { variableName: variable, selection: undefined } : variable;
const selected = (variableName: number, selector: number, hex: string): VariableRequest => ({
  variableName,
  selection: { selector, parameters: fromHex(hex) },
});

describe("A server of short names", () => {
  it("reads the attributes that the names mean, each with its own result", async () => {
    const { read } = served();
    expect(await read(base.counter, base.counter + 8, base.register + 0x10)).to.deep.equal(["09060000603200FF", "1105", "02020F00161E"]);
    expect(await read(base.counter + 0x10, base.register + 8)).to.deep.equal(["read-write-denied", "1107"]);
  });

  it("knows nothing at names between members, behind them, before all others, and of objects not in view", async () => {
    const { read, write } = served();
    const nowhere = [base.counter + 4, base.counter + 0x18, base.counter + 0x40, 0, 0xffff, 0xfa08, base.hidden + 8];
    expect(await read(...nowhere)).to.deep.equal(nowhere.map(() => "object-undefined"));
    expect(await write(...nowhere.map((name) => [name, "1101"] as const))).to.deep.equal(nowhere.map(() => "object-undefined"));
  });

  it("writes attributes, one after the other", async () => {
    const { read, write } = served();
    expect(await write([base.counter + 8, "1109"], [base.register + 8, "1109"], [base.counter + 8, "0109"])).to.deep.equal([
      "success",
      "read-write-denied",
      "type-unmatched",
    ]);
    expect(await read(base.counter + 8)).to.deep.equal(["1109"]);
  });

  it("takes a selection on attributes that have one, and no others", async () => {
    const { read, write } = served();
    expect(await read(selected(base.counter + 8, 1, "00"))).to.deep.equal(["scope-of-access-violated"]);
    expect(await write([selected(base.counter + 8, 1, "00"), "1109"])).to.deep.equal(["scope-of-access-violated"]);
  });

  it("invokes a method when its parameter is written", async () => {
    const { read, write } = served();
    expect(await write([base.counter + 0x20, "1103"], [base.counter + 0x20, "1102"])).to.deep.equal(["success", "success"]);
    expect(await read(base.counter + 8)).to.deep.equal(["110A"]);
  });

  it("gives what a method returns when it is read with its parameter, by whichever selector", async () => {
    const { read } = served();
    expect(await read(selected(base.counter + 0x28, 0, "1104"), selected(base.counter + 0x28, 1, "1105"))).to.deep.equal(["1108", "110A"]);
    expect(await read(selected(base.counter + 0x20, 0, "1101"), base.counter + 8)).to.deep.equal(["00", "1106"]);
  });

  it("invokes nothing when a method is read without parameter, or written with a selection", async () => {
    const { read, write } = served();
    expect(await read(base.counter + 0x20)).to.deep.equal(["scope-of-access-violated"]);
    expect(await write([selected(base.counter + 0x20, 0, "1101"), "1101"])).to.deep.equal(["scope-of-access-violated"]);
    expect(await read(base.counter + 8)).to.deep.equal(["1105"]);
  });

  it("tells why a method failed in the words of data access", async () => {
    const { read, write } = served();
    expect(await read(selected(base.counter + 0x30, 0, "0F00"))).to.deep.equal(["other-reason"]);
    expect(await write([base.counter + 0x30, "0F00"], [base.counter + 0x38, "0F00"], [base.counter + 0x20, "0900"])).to.deep.equal([
      "other-reason",
      "object-unavailable",
      "type-unmatched",
    ]);
  });

  it("takes null-data for no parameter", async () => {
    const { write } = served();
    expect(await write([base.counter + 0x20, "00"], [base.counter + 0x38, "00"])).to.deep.equal(["type-unmatched", "object-unavailable"]);
  });

  it("denies what the role may not do", async () => {
    const { read, write } = served({ read: false, write: false, invoke: false });
    expect(await read(base.counter + 8, selected(base.counter + 0x28, 0, "1104"))).to.deep.equal([
      "read-write-denied",
      "read-write-denied",
    ]);
    expect(await write([base.counter + 8, "1101"], [base.counter + 0x20, "1101"])).to.deep.equal([
      "read-write-denied",
      "read-write-denied",
    ]);
  });

  it("has no services with logical names", async () => {
    const { handle } = served();
    const logicalName = logicalNameToBytes(names.counter);
    const attributes = [{ attribute: { classId: 8002, logicalName, attributeId: 2 }, selection: undefined }];
    expect(await handle({ service: "get", list: false, attributes })).to.deep.equal({
      service: "get",
      results: [{ error: "object-undefined" }],
    });
  });

  it("answers any name, with any selection, with as many results as were asked for", async () => {
    const { read, write } = served();
    const octets = fc.uint8Array({ maxLength: 8 }).map((bytes) => toHex(bytes));
    const variable = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc
        .tuple(fc.constantFrom(...Object.values(base)), fc.integer({ min: 0, max: 0x48 }), fc.nat(255), octets)
        .map(([start, offset, selector, hex]) => selected(start + offset, selector, hex)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(variable, octets), { maxLength: 5 }), async (pairs) => {
        expect(await read(...pairs.map(([name]) => name))).to.have.length(pairs.length);
        expect(await write(...pairs)).to.have.length(pairs.length);
      }),
    );
  });
});

describe("Short names of the virtual meter", () => {
  const device = new LogicalDevice({
    sap: 1,
    name: "meter",
    objects: meterObjects(sampleMeter(86_400_000), identity),
    access: meterAccess,
    shortNames: meterShortNames,
  });

  for (const role of ["public", "reader", "technician", "management", "vending"] as const) {
    it(`read for ${role} what the logical names read, attribute by attribute`, async () => {
      const view = device.view(role, (built) => associationObjects("0.0.40.0.1.255", built));
      const byLogicalName = new Dispatcher(view, { association });
      const byShortName = new ShortNameDispatcher(byLogicalName, view, meterShortNames);
      let compared = 0;
      for (const { object } of view.objects) {
        const { classId, attributes } = object.cosemClass;
        const baseName = meterShortNames.baseName(object.logicalName) as number;
        for (const { id } of Object.values(attributes)) {
          const where = { classId, logicalName: logicalNameToBytes(object.logicalName), attributeId: id };
          const variableName = baseName + attributeOffset(id);
          const result = await byShortName.handle({ service: "read", variables: [{ variableName, selection: undefined }] });
          const expected = byLogicalName.get({ attribute: where, selection: undefined }, new RequestScope());
          expect(result, `${object.logicalName}:${id}`).to.deep.equal({ service: "read", results: [expected] });
          compared += 1;
        }
      }
      expect(compared).to.be.greaterThan(30);
    });
  }
});
