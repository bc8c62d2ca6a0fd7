import { expect } from "chai";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { attributeRight } from "../../src/cosem-objects/access.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import type { CosemObject } from "../../src/cosem-objects/object.ts";
import { DlmsError } from "../../src/errors.ts";
import { stateCodec } from "../../src/meter-model/index.ts";
import { invocationCounterObjects } from "../../src/virtual-meter/mapping/invocation-counters.ts";
import { securityObjects } from "../../src/virtual-meter/mapping/security.ts";
import { associationNames, type MeterRole, meterAccess } from "../../src/virtual-meter/roles.ts";
import { meterObjects } from "../../src/virtual-meter/virtual-meter.ts";
import { inMemory } from "../support/in-memory.ts";
import { asReader, identity } from "../support/sample-meter.ts";
import { asClient, clients, SecuredMeter } from "../support/secured-meter.ts";

/** What a client that may not is told: that there is no such thing, or that it may not. */
const refusals = {
  get: { hidden: "object-undefined", visible: "read-write-denied" },
  set: { hidden: "object-undefined", visible: "read-write-denied" },
  action: { hidden: "object-undefined", visible: "read-write-denied" },
} as const;

/** Of a type that no attribute has alone, so that a SET that is allowed fails for its type and changes nothing. */
const unlikely = Uint8Array.of(0x16, 0xee);

const roles = ["public", "reader", "technician", "management", "vending", "firmware"] as const satisfies readonly MeterRole[];

describe("S7: what each role may do with each object", function () {
  this.timeout(60_000);
  const world = inMemory();
  const device = new SecuredMeter();
  const setups = [...device.setups.values()];
  const objects: readonly CosemObject[] = [
    ...meterObjects(device.meter, identity),
    ...securityObjects(setups),
    ...invocationCounterObjects([]),
  ];
  const state = () =>
    JSON.stringify(stateCodec.core(device.meter.state)) + JSON.stringify(setups.map(({ pending, latest }) => [pending, latest.policy]));

  const connect = (role: MeterRole): Promise<DlmsClient> => {
    const options = role === "public" ? { clientSap: clients.public } : role === "reader" ? asReader : asClient(role, 0);
    return world.connect(device.server, "wrapper", { ...options, timeout: 60_000 });
  };
  const outcome = async (promise: Promise<unknown>): Promise<string> => {
    try {
      await world.settle(promise);
      return "success";
    } catch (error) {
      if (error instanceof DlmsError) return error.code;
      throw error;
    }
  };

  for (const role of roles)
    it(`${role}: every attribute and method of all objects, read, written and invoked`, async () => {
      const client = await connect(role);
      const before = state();
      const seen = { granted: 0, refused: 0 };
      const wrong: string[] = [];
      const check = (what: string, verb: keyof typeof refusals, visible: boolean, granted: boolean, result: string): void => {
        const { hidden, visible: denied } = refusals[verb];
        const right = granted ? result !== denied && result !== hidden : result === (visible ? denied : hidden);
        if (!right) wrong.push(`${what} ${verb}: ${result}${granted ? ", though it is granted" : ""}`);
        if (granted) seen.granted += 1;
        else seen.refused += 1;
      };
      for (const { cosemClass, logicalName } of objects) {
        const right = meterAccess(role, logicalName);
        const place = { classId: cosemClass.classId, logicalName };
        for (const definition of Object.values(cosemClass.attributes)) {
          const address = { ...place, attribute: definition.id };
          const may = right === undefined ? { read: false, write: false } : attributeRight(definition, right);
          const what = `${logicalName}:${definition.id}`;
          check(what, "get", right !== undefined, may.read, await outcome(client.getRaw(address)));
          if (may.write) continue;
          check(what, "set", right !== undefined, false, await outcome(client.setRaw(address, unlikely)));
        }
        for (const definition of Object.values(cosemClass.methods)) {
          if (right?.invoke === true) continue;
          const address = { ...place, method: definition.id };
          check(
            `${logicalName} method ${definition.id}`,
            "action",
            right !== undefined,
            false,
            await outcome(client.invokeRaw(address, Uint8Array.of(0x0f, 0))),
          );
        }
      }
      expect(wrong).to.deep.equal([]);
      expect(state(), "nothing was changed").to.equal(before);
      expect(seen.refused).to.be.greaterThan(50);
      expect(seen.granted).to.be.greaterThan(0);
      await world.settle(client.close());
    });

  for (const role of roles)
    it(`${role}: the object list says what the table says`, async () => {
      const client = await connect(role);
      const granted = objects
        .filter(({ logicalName }) => meterAccess(role, logicalName) !== undefined)
        .map(({ logicalName }) => logicalName);
      const list = await world.settle(client.get(AssociationLn, "0.0.40.0.0.255", "objectList"));
      const names = new Set(list.map(({ logicalName }) => logicalName));
      expect(granted.filter((name) => !names.has(name))).to.deep.equal([]);
      const own = new Set([associationNames[role], "0.0.40.0.0.255", "0.0.42.0.0.255", "0.0.41.0.0.255"]);
      const more = [...names].filter((name) => !own.has(name) && meterAccess(role, name) === undefined);
      expect(more).to.deep.equal([]);
      await world.settle(client.close());
    });
});
