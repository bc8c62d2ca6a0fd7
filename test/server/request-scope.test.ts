import { expect } from "chai";
import { type ObjectRight, parseRight } from "../../src/cosem-objects/access.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { attribute, defineClass, method } from "../../src/cosem-objects/define.ts";
import { LogicalDevice } from "../../src/cosem-objects/logical-device.ts";
import { type LogicalName, logicalName as logicalNameSchema, logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import { bind } from "../../src/cosem-objects/object.ts";
import { noProtection } from "../../src/cosem-objects/required-protection.ts";
import { type NegotiatedContext, supportedConformance } from "../../src/dlms/association/negotiation.ts";
import type { ProtectionLevel } from "../../src/dlms/association/protection.ts";
import type { ActionOutcome, GetResult, ServiceRequest, ServiceResultOf } from "../../src/dlms/association/services.ts";
import { integer, octetString } from "../../src/dlms/axdr/data-schemas.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { Dispatcher } from "../../src/server/dispatcher.ts";
import { RequestScope } from "../../src/server/request-scope.ts";

const association: NegotiatedContext = {
  clientSap: 1,
  serverSap: 1,
  applicationContext: "logical-name-ciphered",
  referencing: "logical-name",
  mechanism: "hls-gmac",
  conformance: supportedConformance,
  clientMaxReceivePduSize: 0xffff,
  serverMaxReceivePduSize: 0xffff,
};

const large: LogicalName = "0.0.96.50.0.255";
const register: LogicalName = "1.0.1.8.0.255";
const valueLength = 10_000;

/** A device with a large value and a register, which count what is done to them. */
function device(right: ObjectRight = { read: true, write: true, invoke: true }) {
  const done = { reads: 0, writes: 0, resets: 0 };
  const value: DlmsData = { type: "octet-string", value: new Uint8Array(valueLength) };
  const objects = [
    bind(Data, {
      logicalName: large,
      attributes: {
        value: {
          get: () => {
            done.reads += 1;
            return value;
          },
          set: () => {
            done.writes += 1;
            return undefined;
          },
        },
      },
    }),
    bind(Register, {
      logicalName: register,
      attributes: { value: (): DlmsData => ({ type: "unsigned", value: 1 }), scalerUnit: { scaler: 0, unit: 30 } },
      methods: {
        reset: () => {
          done.resets += 1;
          return undefined;
        },
      },
    }),
  ];
  const view = new LogicalDevice({ sap: 1, name: "TST0000000000001", objects, access: () => right }).view("all", () => []);
  return { done, dispatcher: new Dispatcher(view, { association }) };
}

const Vault = defineClass({
  classId: 8003,
  version: 0,
  name: "Vault",
  attributes: { logicalName: attribute(1, logicalNameSchema, "r", "identifies the object") },
  methods: { open: method(1, integer, "gives what is inside", octetString) },
});

const openVault = {
  method: { classId: Vault.classId, logicalName: logicalNameToBytes(large), methodId: 1 },
  parameter: Uint8Array.of(0x0f, 0),
};

/** A device with a method that returns so many octets, at once or later. */
function deviceThatReturns(octets: number, waits: boolean) {
  const done = { opened: 0 };
  const object = bind(Vault, {
    logicalName: large,
    attributes: {},
    methods: {
      open: () => {
        done.opened += 1;
        const content = new Uint8Array(octets);
        return waits ? Promise.resolve(content) : content;
      },
    },
  });
  const right = parseRight("rx") as ObjectRight;
  const view = new LogicalDevice({ sap: 1, name: "TST0000000000001", objects: [object], access: () => right }).view("all", () => []);
  return { done, dispatcher: new Dispatcher(view, { association }) };
}

const attributeOf = (classId: number, name: LogicalName, attributeId: number) => ({
  attribute: { classId, logicalName: logicalNameToBytes(name), attributeId },
  selection: undefined,
});

const resetRegister = { method: { classId: 3, logicalName: logicalNameToBytes(register), methodId: 1 }, parameter: undefined };

async function results(dispatcher: Dispatcher, request: ServiceRequest, scope: RequestScope) {
  return (await dispatcher.handle(request, scope)).results;
}

const outcome = (result: unknown): unknown => {
  if (typeof result !== "object" || result === null) return result;
  if ("error" in result && result.error !== undefined) return result.error;
  if ("data" in result) return "data";
  return "result" in result ? result.result : result;
};

describe("The answer to one request", () => {
  it("stops growing at its limit, and what is asked beyond costs nothing", async () => {
    const { dispatcher, done } = device();
    const attributes = Array.from({ length: 1000 }, () => attributeOf(1, large, 2));
    const scope = new RequestScope({ maxAnswerLength: 3.5 * valueLength });
    const answers = await results(dispatcher, { service: "get", list: true, attributes }, scope);
    expect(answers.slice(0, 4).map(outcome)).to.deep.equal(["data", "data", "data", "other-reason"]);
    expect(new Set(answers.slice(4).map(outcome))).to.deep.equal(new Set(["other-reason"]));
    expect(done.reads, "the fourth is tried, none behind it").to.equal(4);
  });

  it("is limited through ACCESS too, and what is behind is not carried out", async () => {
    const { dispatcher, done } = device();
    const scope = new RequestScope({ maxAnswerLength: 1.5 * valueLength });
    const get = { service: "get" as const, ...attributeOf(1, large, 2) };
    const request: ServiceRequest = { service: "access", elements: [get, get, get, { service: "action", ...resetRegister }] };
    expect((await results(dispatcher, request, scope)).map(outcome)).to.deep.equal([
      "data",
      "other-reason",
      "other-reason",
      "other-reason",
    ]);
    expect(done).to.deep.equal({ reads: 2, writes: 0, resets: 0 });
  });

  it("is limited for attribute 0 too", async () => {
    const { dispatcher } = device();
    const all: ServiceRequest = { service: "get", list: false, attributes: [attributeOf(1, large, 0)] };
    expect((await results(dispatcher, all, new RequestScope({ maxAnswerLength: valueLength }))).map(outcome)).to.deep.equal([
      "other-reason",
    ]);
    expect((await results(dispatcher, all, new RequestScope())).map(outcome)).to.deep.equal(["data"]);
  });

  for (const waits of [false, true])
    it(`leaves out what a method returns beyond it, though the method has succeeded${waits ? " later" : ""}`, async () => {
      const { dispatcher, done } = deviceThatReturns(valueLength, waits);
      const scope = new RequestScope({ maxAnswerLength: 1.5 * valueLength });
      const request: ServiceRequest = { service: "action", list: true, methods: Array.from({ length: 3 }, () => openVault) };
      const [first, ...others] = (await dispatcher.handle(request, scope)).results as readonly ActionOutcome[];
      expect(first?.returned?.data?.length).to.equal(valueLength + 4);
      expect(others).to.deep.equal([
        { result: "success", returned: { error: "other-reason" } },
        { result: "other-reason", returned: undefined },
      ]);
      expect(done.opened, "the third is not carried out").to.equal(2);
    });

  it("leaves the next request all of its room", async () => {
    const { dispatcher } = device();
    const one: ServiceRequest = { service: "get", list: false, attributes: [attributeOf(1, large, 2)] };
    for (let round = 0; round < 3; round++) {
      const scope = new RequestScope({ maxAnswerLength: valueLength + 10 });
      const [answer] = (await results(dispatcher, one, scope)) as readonly GetResult[];
      expect(answer && "data" in answer ? answer.data?.length : answer).to.equal(valueLength + 4);
    }
  });
});

describe("Protection that an object asks for", () => {
  const levels: Readonly<Record<string, ProtectionLevel | undefined>> = {
    "in clear": undefined,
    authenticated: { authenticated: true, encrypted: false },
    encrypted: { authenticated: false, encrypted: true },
    "authenticated and encrypted": { authenticated: true, encrypted: true },
    signed: { authenticated: true, encrypted: true, signed: true },
  };
  const table = [
    ["rwx", ["in clear", "authenticated", "encrypted", "authenticated and encrypted", "signed"]],
    ["rwx:a", ["authenticated", "authenticated and encrypted", "signed"]],
    ["rwx:e", ["encrypted", "authenticated and encrypted", "signed"]],
    ["rwx:ae", ["authenticated and encrypted", "signed"]],
    ["rwx:aes", ["signed"]],
  ] as const;
  const requests: Readonly<Record<string, ServiceRequest>> = {
    get: { service: "get", list: false, attributes: [attributeOf(1, large, 2)] },
    set: { service: "set", list: false, attributes: [attributeOf(1, large, 2)], values: [Uint8Array.of(0x11, 1)] },
    action: { service: "action", list: false, methods: [resetRegister] },
    "access to get": { service: "access", elements: [{ service: "get", ...attributeOf(1, large, 2) }] },
    "access to set": { service: "access", elements: [{ service: "set", ...attributeOf(1, large, 2), value: Uint8Array.of(0x11, 1) }] },
    "access to act": { service: "access", elements: [{ service: "action", ...resetRegister }] },
    "set of all": { service: "set", list: false, attributes: [attributeOf(1, large, 0)], values: [Uint8Array.of(2, 1, 0x11, 1)] },
  };
  for (const [right, sufficient] of table)
    for (const [name, request] of Object.entries(requests))
      it(`"${right}" decides about ${name}, and less is not carried out`, async () => {
        for (const [how, protection] of Object.entries(levels)) {
          const { dispatcher, done } = device(parseRight(right) as ObjectRight);
          const [answer] = await results(dispatcher, request, new RequestScope({ protection }));
          const enough = (sufficient as readonly string[]).includes(how);
          expect(outcome(answer), how).to.equal(!enough ? "scope-of-access-violated" : name.endsWith("get") ? "data" : "success");
          expect(done.reads + done.writes + done.resets, how).to.equal(enough ? 1 : 0);
        }
      });

  it("leaves attributes that ask for more out of attribute 0", async () => {
    const right: ObjectRight = {
      ...(parseRight("rwx") as ObjectRight),
      attributeProtection: { 2: { ...noProtection, request: { authenticated: true, encrypted: false, signed: false } } },
    };
    const { dispatcher, done } = device(right);
    const all: ServiceRequest = { service: "get", list: false, attributes: [attributeOf(1, large, 0)] };
    const { results: answers } = (await dispatcher.handle(all, new RequestScope())) as ServiceResultOf<"get">;
    expect(answers[0])
      .to.have.property("data")
      .with.length(2 + 8 + 1);
    expect(done.reads).to.equal(0);
  });

  it("of the answer adds up over a request", async () => {
    const { dispatcher } = device(parseRight("rx:/ae") as ObjectRight);
    const scope = new RequestScope({ protects: true });
    expect(scope.answerProtection).to.deep.equal({ authenticated: false, encrypted: false });
    await results(dispatcher, requests["get"] as ServiceRequest, scope);
    expect(scope.answerProtection).to.include({ authenticated: true, encrypted: true });
  });

  it("of the answer is refused where there are no keys", () => {
    const scope = new RequestScope({ protection: levels["signed"], protects: false });
    expect(scope.admits(parseRight("r:/a")?.protection ?? noProtection)).to.equal(false);
    expect(scope.admits(noProtection)).to.equal(true);
  });
});
