import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { ObjectRight } from "../../src/cosem-objects/access.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { attribute, defineClass } from "../../src/cosem-objects/define.ts";
import { LogicalDevice } from "../../src/cosem-objects/logical-device.ts";
import { type LogicalName, logicalName as logicalNameSchema, logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import { bind, refuse } from "../../src/cosem-objects/object.ts";
import type { NegotiatedContext } from "../../src/dlms/association/negotiation.ts";
import { supportedConformance } from "../../src/dlms/association/negotiation.ts";
import type { AccessElement, ServiceRequest, ServiceResult, ServiceResultOf } from "../../src/dlms/association/services.ts";
import { unsigned } from "../../src/dlms/axdr/data-schemas.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import type { ConformanceName } from "../../src/dlms/xdlms/conformance.ts";
import { Dispatcher } from "../../src/server/dispatcher.ts";

/** A class with two attributes that can be written. */
const Limits = defineClass({
  classId: 8001,
  version: 0,
  name: "Limits",
  attributes: {
    logicalName: attribute(1, logicalNameSchema, "r", "identifies the object"),
    low: attribute(2, unsigned, "rw", "lowest value"),
    high: attribute(3, unsigned, "rw", "highest value"),
    secret: attribute(4, unsigned, "w", "never read"),
  },
  methods: {},
});

const names = {
  register: "1.0.1.8.0.255",
  limits: "0.0.96.50.0.255",
  data: "0.0.96.51.0.255",
  gone: "0.0.96.52.0.255",
} as const satisfies Readonly<Record<string, LogicalName>>;

function context(without: readonly ConformanceName[] = []): NegotiatedContext {
  return {
    clientSap: 1,
    serverSap: 1,
    applicationContext: "logical-name",
    referencing: "logical-name",
    mechanism: "none",
    conformance: new Set([...supportedConformance].filter((name) => !without.includes(name))),
    clientMaxReceivePduSize: 0xffff,
    serverMaxReceivePduSize: 0xffff,
  };
}

/** A device whose objects write down what is done to them. */
function device(right: ObjectRight = { read: true, write: true, invoke: true }, without: readonly ConformanceName[] = []) {
  const done: string[] = [];
  const written = (name: string) => (value: unknown) => {
    done.push(`${name}=${JSON.stringify(value)}`);
    return undefined;
  };
  const objects = [
    bind(Register, {
      logicalName: names.register,
      attributes: {
        value: (): DlmsData => ({ type: "double-long-unsigned", value: 1234 }),
        scalerUnit: { scaler: -1, unit: 30 },
      },
      methods: {
        reset: () => {
          done.push("reset");
          return Promise.resolve(undefined);
        },
      },
    }),
    bind(Limits, {
      logicalName: names.limits,
      attributes: {
        low: { get: () => 10, set: written("low") },
        high: { get: () => refuse("temporary-failure"), set: written("high") },
        secret: { get: () => 0, set: written("secret") },
      },
    }),
    bind(Data, {
      logicalName: names.data,
      attributes: { value: { get: (): DlmsData => ({ type: "unsigned", value: 5 }), set: written("data") } },
    }),
  ];
  const view = new LogicalDevice({ sap: 1, name: "TST0000000000001", objects, access: () => right }).view("all", () => []);
  return { done, dispatcher: new Dispatcher(view, { association: context(without) }) };
}

const attributeOf = (classId: number, name: LogicalName, attributeId: number) => ({
  attribute: { classId, logicalName: logicalNameToBytes(name), attributeId },
  selection: undefined,
});

const allOf = (classId: number, name: LogicalName): ServiceRequest => ({
  service: "get",
  list: false,
  attributes: [attributeOf(classId, name, 0)],
});

const setAll = (value: string): ServiceRequest => ({
  service: "set",
  list: false,
  attributes: [attributeOf(8001, names.limits, 0)],
  values: [fromHex(value)],
});

async function handled<S extends ServiceResult["service"]>(dispatcher: Dispatcher, request: ServiceRequest & { service: S }) {
  return (await dispatcher.handle(request)) as ServiceResultOf<S>;
}

async function firstOf(dispatcher: Dispatcher, request: ServiceRequest): Promise<unknown> {
  const [result] = (await dispatcher.handle(request)).results;
  return typeof result === "object" && "data" in result && result.data !== undefined ? toHex(result.data) : result;
}

describe("Dispatcher", () => {
  describe("asked for attribute 0", () => {
    it("answers a structure of every attribute that may be read", async () => {
      const { dispatcher } = device();
      expect(await firstOf(dispatcher, allOf(3, names.register))).to.equal("0203" + "09060100010800FF" + "06000004D2" + "02020FFF161E");
    });

    it("puts null-data for one that cannot be read now, and leaves out those that are never read", async () => {
      const { dispatcher } = device();
      expect(await firstOf(dispatcher, allOf(8001, names.limits))).to.equal("0203" + "09060000603200FF" + "110A" + "00");
    });

    it("is undefined where it was not negotiated", async () => {
      const { dispatcher } = device(undefined, ["attribute0-supported-with-get", "attribute0-supported-with-set"]);
      expect(await firstOf(dispatcher, allOf(3, names.register))).to.deep.equal({ error: "object-undefined" });
      expect(await firstOf(dispatcher, setAll("0203 1101 1102 1103"))).to.equal("object-undefined");
    });

    it("is denied to those who may read nothing", async () => {
      const { dispatcher } = device({ read: false, write: true, invoke: false });
      expect(await firstOf(dispatcher, allOf(3, names.register))).to.deep.equal({ error: "read-write-denied" });
    });

    it("takes no selection", async () => {
      const { dispatcher } = device();
      const selected = { ...attributeOf(3, names.register, 0), selection: { selector: 1, parameters: fromHex("00") } };
      const request: ServiceRequest = { service: "get", list: false, attributes: [selected] };
      expect(await firstOf(dispatcher, request)).to.deep.equal({ error: "scope-of-access-violated" });
    });
  });

  describe("asked to set attribute 0", () => {
    it("sets every attribute that may be written, but where there is null-data", async () => {
      const { dispatcher, done } = device();
      expect(await firstOf(dispatcher, setAll("0203 1101 00 1103"))).to.equal("success");
      expect(done).to.deep.equal(["low=1", "secret=3"]);
    });

    it("tells the first refusal", async () => {
      const { dispatcher, done } = device();
      expect(await firstOf(dispatcher, setAll("0203 1101 0900 1103"))).to.equal("type-unmatched");
      expect(done).to.deep.equal(["low=1", "secret=3"]);
    });

    it("refuses what is no structure of as many values, and writes nothing", async () => {
      const { dispatcher, done } = device();
      for (const value of ["1101", "0202 1101 1102", "0204 00 00 00 00", "0103 1101 1102 1103"]) {
        expect(await firstOf(dispatcher, setAll(value)), value).to.equal("type-unmatched");
      }
      expect(done).to.deep.equal([]);
    });
  });

  describe("asked for ACCESS", () => {
    const elements: readonly AccessElement[] = [
      { service: "get", ...attributeOf(3, names.register, 2) },
      { service: "set", ...attributeOf(1, names.data, 2), value: fromHex("1107") },
      { service: "get", ...attributeOf(3, names.gone, 2) },
      {
        service: "action",
        method: { classId: 3, logicalName: logicalNameToBytes(names.register), methodId: 1 },
        parameter: fromHex("0F00"),
      },
      { service: "get", ...attributeOf(1, names.data, 2) },
    ];

    it("carries out a mix in order, each with its own result", async () => {
      const { dispatcher, done } = device();
      const { results } = await handled(dispatcher, { service: "access", elements });
      expect(results).to.deep.equal([
        { service: "get", data: fromHex("06000004D2") },
        { service: "set", result: "success" },
        { service: "get", error: "object-undefined" },
        { service: "action", result: "success", returned: undefined },
        { service: "get", data: fromHex("1105") },
      ]);
      expect(done).to.deep.equal(['data={"type":"unsigned","value":7}', "reset"]);
    });

    it("stops behind an element that fails where the client wants it so", async () => {
      const { dispatcher, done } = device();
      const { results } = await handled(dispatcher, { service: "access", elements, breakOnError: true });
      expect(results.slice(2)).to.deep.equal([
        { service: "get", error: "object-undefined" },
        { service: "action", result: "other-reason", returned: undefined },
        { service: "get", error: "other-reason" },
      ]);
      expect(done).to.deep.equal(['data={"type":"unsigned","value":7}']);
    });
  });
});
