import { expect } from "chai";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { attributeRight } from "../../src/cosem-objects/access.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import { type LogicalName, logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import type { CosemObject } from "../../src/cosem-objects/object.ts";
import type { AccessElement, AccessOutcome, ActionOutcome, GetResult, ServiceRequest } from "../../src/dlms/association/services.ts";
import { encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { DlmsError } from "../../src/errors.ts";
import { stateCodec } from "../../src/meter-model/index.ts";
import { invocationCounterObjects } from "../../src/virtual-meter/mapping/invocation-counters.ts";
import { securityObjects } from "../../src/virtual-meter/mapping/security.ts";
import { associationNames, type MeterRole, meterAccess } from "../../src/virtual-meter/roles.ts";
import { meterObjects } from "../../src/virtual-meter/virtual-meter.ts";
import type { DirectClient } from "../support/direct-client.ts";
import { roleClient } from "../support/role-client.ts";
import { identity } from "../support/sample-meter.ts";
import { SecuredMeter } from "../support/secured-meter.ts";

/*
 * Generated from the table of rights and the classes: the matrix grows with the objects of the meter.
 */

type Verb = "get" | "set" | "action";

/** One thing that somebody might do to one attribute or method. */
interface Cell {
  readonly what: string;
  readonly verb: Verb;
  readonly granted: boolean;
  /** The role sees the object at all. */
  readonly visible: boolean;
  readonly element: AccessElement;
}

/** Of a type that no attribute has alone, and no parameter that any method takes. */
const unlikely = Uint8Array.of(0x16, 0xee);

/** A number that no member of any class has. */
const noMember = 120;

const roles = [
  "public",
  "reader",
  "technician",
  "management",
  "vending",
  "firmware",
  "pre-established",
] as const satisfies readonly MeterRole[];

const canRead = (role: MeterRole): boolean => role !== "pre-established";

/** What a client that may not is told: that there is no such thing, or that it may not. */
const refusalOf = (visible: boolean): string => (visible ? "read-write-denied" : "object-undefined");

const accessRefusals: ReadonlySet<string> = new Set([
  "read-write-denied",
  "object-undefined",
  "object-class-inconsistent",
  "scope-of-access-violated",
]);

function cellsOf(role: MeterRole, { cosemClass, logicalName, offers }: CosemObject): readonly Cell[] {
  const granted = meterAccess(role, logicalName);
  const right = granted && { ...granted, offers };
  const visible = right !== undefined;
  const place = { classId: cosemClass.classId, logicalName: logicalNameToBytes(logicalName) };
  const attributes = Object.values(cosemClass.attributes).flatMap((definition): readonly Cell[] => {
    const may = right === undefined ? { read: false, write: false } : attributeRight(definition, right);
    const attribute = { ...place, attributeId: definition.id };
    const what = `${logicalName}:${definition.id}`;
    return [
      { what, verb: "get", visible, granted: may.read, element: { service: "get", attribute, selection: undefined } },
      { what, verb: "set", visible, granted: may.write, element: { service: "set", attribute, selection: undefined, value: unlikely } },
    ];
  });
  const methods = Object.values(cosemClass.methods).map(
    ({ id }): Cell => ({
      what: `${logicalName} method ${id}`,
      verb: "action",
      visible,
      granted: right?.invoke === true,
      element: { service: "action", method: { ...place, methodId: id }, parameter: unlikely },
    }),
  );
  return [...attributes, ...methods];
}

/** The elements as requests of one service each, alone or in lists, or through ACCESS. */
const ways: Readonly<Record<string, (cells: readonly Cell[]) => readonly (readonly Cell[])[]>> = {
  "one by one": (cells) => cells.map((cell) => [cell]),
  "in lists": (cells) => (["get", "set", "action"] as const).flatMap((verb) => chunks(cells.filter((cell) => cell.verb === verb))),
  "through ACCESS": (cells) => chunks(cells),
};

const longestList = 40;

function chunks(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  return Array.from({ length: Math.ceil(cells.length / longestList) }, (_, index) =>
    cells.slice(index * longestList, (index + 1) * longestList),
  );
}

function requestOf(cells: readonly Cell[], way: string): ServiceRequest {
  const elements = cells.map(({ element }) => element);
  const list = way === "in lists";
  const [first] = elements;
  if (way === "through ACCESS" || first === undefined) return { service: "access", elements };
  switch (first.service) {
    case "get":
      return { service: "get", list, attributes: elements as (AccessElement & { service: "get" })[] };
    case "set": {
      const attributes = elements as (AccessElement & { service: "set" })[];
      return { service: "set", list, attributes, values: attributes.map(({ value }) => value) };
    }
    case "action":
      return { service: "action", list, methods: elements as (AccessElement & { service: "action" })[] };
  }
}

/** The name of a result, whatever the service. */
function wordOf(result: string | number | GetResult | ActionOutcome | AccessOutcome): string {
  if (typeof result !== "object") return String(result);
  return String("result" in result ? result.result : (result.error ?? "success"));
}

class World {
  readonly device = new SecuredMeter();
  readonly #setups = [...this.device.setups.values()];

  /** Everything that any request could change. */
  get state(): string {
    return JSON.stringify([stateCodec.core(this.device.meter.state), this.#setups.map(({ pending, latest }) => [pending, latest.policy])]);
  }

  get objects(): readonly CosemObject[] {
    return [...meterObjects(this.device.meter, identity), ...securityObjects(this.#setups), ...invocationCounterObjects([])];
  }

  client(role: MeterRole): DirectClient {
    return roleClient(this.device, role);
  }
}

/** Asks for everything, and gives each cell its result. */
async function ask(client: DirectClient, cells: readonly Cell[], way: string): Promise<readonly (readonly [Cell, string])[]> {
  const outcomes: (readonly [Cell, string])[] = [];
  for (const some of ways[way]?.(cells) ?? []) {
    const results = await client.request(requestOf(some, way));
    for (const [index, cell] of some.entries()) {
      outcomes.push([cell, results instanceof DlmsError ? results.code : wordOf(results[index] as Parameters<typeof wordOf>[0])]);
    }
  }
  return outcomes;
}

const described = (outcomes: readonly (readonly [Cell, string])[]): readonly string[] =>
  outcomes.map(([{ what, verb }, result]) => `${verb} ${what}: ${result}`);

describe("S7: what each role may do with each object", function () {
  this.timeout(60_000);

  for (const role of roles) {
    describe(role, () => {
      const world = new World();
      const cells = world.objects.flatMap((object) => cellsOf(role, object)).filter(({ verb }) => verb !== "get" || canRead(role));
      const refused = cells.filter(({ granted }) => !granted);
      const granted = cells.filter((cell) => cell.granted);

      for (const way of Object.keys(ways).filter((name) => name !== "in lists" || canRead(role))) {
        it(`is refused what it may not, ${way}, and nothing changes`, async () => {
          const client = world.client(role).associate();
          const before = world.state;
          const outcomes = await ask(client, refused, way);
          expect(described(outcomes.filter(([{ visible }, result]) => result !== refusalOf(visible)))).to.deep.equal([]);
          expect(world.state).to.equal(before);
          expect(outcomes.length).to.be.greaterThan(50);
          client.close();
        });

        it(`is not refused what it may, ${way}`, async () => {
          const client = world.client(role).associate();
          const outcomes = await ask(client, granted, way);
          expect(described(outcomes.filter(([, result]) => accessRefusals.has(result)))).to.deep.equal([]);
          expect(outcomes.length).to.be.greaterThan(0);
          client.close();
        });
      }

      it("cannot tell what it does not see from what there is not", async () => {
        const client = world.client(role).associate();
        const told = async (element: AccessElement) => [
          await client.request({ service: "access", elements: [element] }),
          client.answers.at(-1)?.length,
        ];
        const hidden = refused.filter(({ visible }) => !visible);
        // Management sees everything.
        if (role !== "management") expect(hidden.length).to.be.greaterThan(0);
        const nowhere = new Map<Verb, Awaited<ReturnType<typeof told>>>();
        for (const { element, verb, what } of hidden) {
          if (!nowhere.has(verb)) nowhere.set(verb, await told(elsewhere(element, "9.9.99.99.99.255")));
          expect(await told(element), what).to.deep.equal(nowhere.get(verb));
        }
        client.close();
      });

      it("finds no members but those of the class", async () => {
        const client = world.client(role).associate();
        const strangers = cells.map((cell) => ({ ...cell, element: member(cell.element, noMember) }));
        const outcomes = await ask(client, strangers, "through ACCESS");
        expect(described(outcomes.filter(([, result]) => result !== "object-undefined"))).to.deep.equal([]);
        client.close();
      });

      if (!canRead(role)) return;
      it("has an object list that says what the table says", async () => {
        const client = world.client(role).associate();
        const seen = world.objects.map(({ logicalName }) => logicalName).filter((name) => meterAccess(role, name) !== undefined);
        const attribute = { classId: AssociationLn.classId, logicalName: logicalNameToBytes("0.0.40.0.0.255"), attributeId: 2 };
        const results = await client.request({ service: "get", list: false, attributes: [{ attribute, selection: undefined }] });
        const data = results instanceof DlmsError ? undefined : (results[0] as GetResult).data;
        const names = new Set(namesIn(data as Uint8Array));
        expect(seen.filter((name) => !names.has(name))).to.deep.equal([]);
        const own = new Set<string>([associationNames[role], "0.0.40.0.0.255", "0.0.42.0.0.255", "0.0.41.0.0.255"]);
        expect([...names].filter((name) => !own.has(name) && meterAccess(role, name as LogicalName) === undefined)).to.deep.equal([]);
        client.close();
      });
    });
  }

  it("nobody is told or does anything before the association stands", () => {
    for (const role of roles.filter(canRead)) {
      const world = new World();
      const client = world.client(role);
      const before = world.state;
      const exchanged: string[] = [];
      for (const { element } of world.objects.flatMap((object) => cellsOf("management", object))) {
        exchanged.push(...client.send(encodeApdu(apduOf(element))));
      }
      expect(new Set(exchanged), role).to.deep.equal(new Set(["D80101"]));
      expect(world.state).to.equal(before);
      client.close();
    }
  });
});

function elsewhere(element: AccessElement, logicalName: LogicalName): AccessElement {
  const octets = logicalNameToBytes(logicalName);
  return element.service === "action"
    ? { ...element, method: { ...element.method, logicalName: octets } }
    : { ...element, attribute: { ...element.attribute, logicalName: octets } };
}

function member(element: AccessElement, id: number): AccessElement {
  return element.service === "action"
    ? { ...element, method: { ...element.method, methodId: id } }
    : { ...element, attribute: { ...element.attribute, attributeId: id } };
}

/** The request of one element alone. */
function apduOf(element: AccessElement): Parameters<typeof encodeApdu>[0] {
  const invoke = { invokeId: 1, confirmed: true, highPriority: false, reserved: 0 };
  switch (element.service) {
    case "get":
      return { type: "get-request-normal", invoke, attribute: element.attribute, selection: undefined };
    case "set":
      return { type: "set-request-normal", invoke, attribute: element.attribute, selection: undefined, value: element.value };
    case "action":
      return { type: "action-request-normal", invoke, method: element.method, parameter: element.parameter };
  }
}

/** Logical names of the elements of an object list. */
function namesIn(data: Uint8Array): readonly string[] {
  const list = AssociationLn.attributes.objectList.schema;
  return list.read(new ByteReader(data)).map(({ logicalName }) => logicalName);
}
