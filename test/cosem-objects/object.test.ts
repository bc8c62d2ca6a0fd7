import { expect } from "chai";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import { Clock } from "../../src/cosem-objects/classes/clock.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { attribute, attributeById, defineClass, method, methodById } from "../../src/cosem-objects/define.ts";
import { logicalName } from "../../src/cosem-objects/logical-name.ts";
import { bind, type CosemObject, type ObjectContext, refuse, unreadable } from "../../src/cosem-objects/object.ts";
import { Unit } from "../../src/cosem-objects/unit.ts";
import { supportedConformance } from "../../src/dlms/association/negotiation.ts";
import { anyData } from "../../src/dlms/axdr/data.ts";
import { integer, nullData, octetString, unsigned } from "../../src/dlms/axdr/data-schemas.ts";
import { unspecifiedDateTime } from "../../src/dlms/axdr/date-time.ts";
import type { AccessSelection } from "../../src/dlms/xdlms/selective-access.ts";

const context: ObjectContext = {
  association: {
    clientSap: 3,
    serverSap: 1,
    applicationContext: "logical-name",
    referencing: "logical-name",
    mechanism: "none",
    conformance: supportedConformance,
    clientMaxReceivePduSize: 0xffff,
    serverMaxReceivePduSize: 0xffff,
  },
};

/** What is read, or why nothing is; the writer has held one octet before. */
function read(object: CosemObject, attributeId: number, selection?: AccessSelection): string {
  const writer = new ByteWriter();
  writer.u8(0xee);
  const result = object.read(attributeId, writer, selection, context);
  const octets = toHex(writer.finish());
  expect(octets.startsWith("EE")).to.equal(true);
  if (result === "success") return octets.slice(2);
  expect(octets, "a refusal leaves the writer as it was").to.equal("EE");
  return String(result);
}

const write = (object: CosemObject, attributeId: number, hex: string) => object.write(attributeId, fromHex(hex), context);

async function invoke(object: CosemObject, methodId: number, parameter?: string): Promise<[string | number, string]> {
  const writer = new ByteWriter();
  const result = await object.invoke(methodId, parameter === undefined ? undefined : fromHex(parameter), writer, context);
  return [result, toHex(writer.finish())];
}

const energy = "1.0.1.8.0.255";

/** A class of every kind of member. */
const Sample = defineClass({
  classId: 9000,
  version: 0,
  name: "Sample",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    constant: attribute(2, unsigned, "r", "constant"),
    computed: attribute(3, unsigned, "r", "computed"),
    stored: attribute(4, unsigned, "rw", "stored"),
    secret: attribute(5, octetString, "w", "secret"),
    large: attribute(6, anyData, "r", "large", { selectors: [1] }),
  },
  methods: {
    add: method(1, unsigned, "adds and returns", unsigned),
    reset: method(2, integer, "resets"),
    clear: method(3, nullData, "clears"),
  },
});

function sample(overrides: { readonly stored?: (value: number) => void } = {}): CosemObject {
  let stored = 1;
  let secret = "";
  return bind(Sample, {
    logicalName: energy,
    attributes: {
      constant: 5,
      computed: ({ association }) => (association.clientSap === 3 ? 7 : refuse("read-write-denied")),
      stored: {
        get: () => stored,
        set: (value) => {
          if (value > 100) return refuse("other-reason");
          stored = value;
          overrides.stored?.(value);
          return undefined;
        },
      },
      secret: {
        get: () => refuse("read-write-denied"),
        set: async (value: Uint8Array) => {
          secret = toHex(value);
          return secret === "" ? refuse("temporary-failure") : undefined;
        },
      },
      large: {
        encode: (writer, selection) => {
          if (selection !== undefined && selection.selector !== 1) return "scope-of-access-violated";
          writer.bytes(selection?.parameters ?? fromHex("0100"));
          return "success";
        },
      },
    },
    methods: {
      add: async (value) => (value === 0 ? refuse("temporary-failure") : stored + value),
      reset: (value) => (value === 0 ? undefined : refuse("other-reason")),
    },
  });
}

describe("CosemObject", () => {
  describe("read", () => {
    it("gives its logical name as attribute 1, whatever it is", () => {
      expect(read(sample(), 1)).to.equal("09060100010800FF");
    });

    it("gives constants, computed and stored values, and what writes itself", () => {
      expect([read(sample(), 2), read(sample(), 3), read(sample(), 4), read(sample(), 6)]).to.deep.equal(["1105", "1107", "1101", "0100"]);
    });

    it("gives what the handler refuses as its result", () => {
      expect(read(sample(), 5)).to.equal("read-write-denied");
    });

    it("knows no attribute beyond its class", () => {
      for (const id of [0, 7, -1, 127]) expect(read(sample(), id)).to.equal("object-undefined");
    });

    it("leaves selection to the attributes that understand it", () => {
      const selection = { selector: 1, parameters: fromHex("1109") };
      expect(read(sample(), 6, selection)).to.equal("1109");
      expect(read(sample(), 6, { ...selection, selector: 2 })).to.equal("scope-of-access-violated");
      for (const id of [2, 3, 4]) expect(read(sample(), id, selection)).to.equal("scope-of-access-violated");
    });

    it("has nothing to show of what is unreadable", () => {
      const association = bind(AssociationLn, {
        logicalName: "0.0.40.0.0.255",
        attributes: {
          objectList: [],
          associatedPartnersId: { clientSap: 16, serverSap: 1 },
          applicationContextName: fromHex("60857405080101"),
          xdlmsContextInfo: {
            conformance: { length: 24, bytes: fromHex("005E1F") },
            maxReceivePduSize: 1024,
            maxSendPduSize: 1024,
            dlmsVersionNumber: 6,
            qualityOfService: 0,
            cypheringInfo: new Uint8Array(),
          },
          authenticationMechanismName: fromHex("60857405080200"),
          secret: unreadable,
          associationStatus: "associated",
          securitySetupReference: "0.0.43.0.0.255",
        },
      });
      expect(read(association, 7)).to.equal("read-write-denied");
      expect(read(association, 2)).to.equal("0100");
      expect(read(association, 5)).to.equal("0206 0418005E1F 120400 120400 1106 0F00 0900".replaceAll(" ", ""));
      expect(read(association, 8)).to.equal("1602");
    });
  });

  describe("written", () => {
    it("stores what its setter takes", async () => {
      const object = sample();
      expect(await write(object, 4, "110A")).to.equal("success");
      expect(read(object, 4)).to.equal("110A");
    });

    it("answers what its setter refuses, at once or later", async () => {
      const object = sample();
      expect(await write(object, 4, "11FF")).to.equal("other-reason");
      expect(read(object, 4)).to.equal("1101");
      expect(await write(object, 5, "0900")).to.equal("temporary-failure");
      expect(await write(object, 5, "0901AA")).to.equal("success");
    });

    it("does not reach its setter with another type, or with more than one value", async () => {
      const object = sample({ stored: () => expect.fail("the setter was called") });
      for (const hex of ["120001", "00", "110A00", "11", "", "08"]) expect(await write(object, 4, hex), hex).to.equal("type-unmatched");
    });

    it("is denied without a setter", async () => {
      for (const id of [1, 2, 3, 6]) expect(await write(sample(), id, "1101")).to.equal("read-write-denied");
    });

    it("knows no attribute beyond its class", async () => {
      expect(await write(sample(), 7, "1101")).to.equal("object-undefined");
    });

    it("stays synchronous where its setter is", () => {
      expect(write(sample(), 4, "110A")).to.equal("success");
    });
  });

  describe("invoked", () => {
    it("returns what the method returns, as tagged data", async () => {
      expect(await invoke(sample(), 1, "1105")).to.deep.equal(["success", "1106"]);
    });

    it("returns nothing from a method without a result", async () => {
      expect(await invoke(sample(), 2, "0F00")).to.deep.equal(["success", ""]);
    });

    it("answers what the method refuses, at once or later", async () => {
      expect(await invoke(sample(), 1, "1100")).to.deep.equal(["temporary-failure", ""]);
      expect(await invoke(sample(), 2, "0F01")).to.deep.equal(["other-reason", ""]);
    });

    it("takes a missing parameter for the conventional integer 0, and for nothing else", async () => {
      expect(await invoke(sample(), 2)).to.deep.equal(["success", ""]);
      expect(await invoke(sample(), 2, "00")).to.deep.equal(["success", ""]);
      expect(await invoke(sample(), 1)).to.deep.equal(["type-unmatched", ""]);
      expect(await invoke(sample(), 1, "00")).to.deep.equal(["type-unmatched", ""]);
    });

    it("refuses a parameter of another type", async () => {
      for (const hex of ["1200", "120005", "110500", ""]) expect(await invoke(sample(), 1, hex), hex).to.deep.equal(["type-unmatched", ""]);
    });

    it("tells a method nobody bound from one that does not exist", async () => {
      expect(await invoke(sample(), 3, "00")).to.deep.equal(["object-unavailable", ""]);
      expect(await invoke(sample(), 4, "00")).to.deep.equal(["object-undefined", ""]);
    });
  });

  it("finds attributes and methods by their index", () => {
    expect(attributeById(Register, 3)).to.deep.equal({ name: "scalerUnit", definition: Register.attributes.scalerUnit });
    expect(methodById(Register, 1)?.name).to.equal("reset");
    expect([attributeById(Register, 4), methodById(Register, 2), methodById(Data, 1)]).to.deep.equal([undefined, undefined, undefined]);
  });
});

describe("Types of bind", () => {
  const wattHours = { scaler: 0, unit: Unit.wattHour };
  const value = { type: "double-long-unsigned", value: 5 } as const;

  it("take what the class declares", () => {
    const object = bind(Register, {
      logicalName: energy,
      attributes: { value, scalerUnit: wattHours },
      methods: { reset: () => undefined },
    });
    expect([read(object, 2), read(object, 3)]).to.deep.equal(["0600000005", "02020F00161E"]);
  });

  it("refuse what the class does not declare", () => {
    const mistakes = () => {
      // @ts-expect-error: an attribute is missing
      bind(Register, { logicalName: energy, attributes: { value } });
      // @ts-expect-error: no such attribute
      bind(Register, { logicalName: energy, attributes: { value, scalerUnit: wattHours, scalar: wattHours } });
      // @ts-expect-error: not a scaler_unit
      bind(Register, { logicalName: energy, attributes: { value, scalerUnit: 5 } });
      // @ts-expect-error: the getter returns something else
      bind(Register, { logicalName: energy, attributes: { value, scalerUnit: () => "Wh" } });
      // @ts-expect-error: not a logical name
      bind(Register, { logicalName: "energy", attributes: { value, scalerUnit: wattHours } });
      // @ts-expect-error: no such method
      bind(Register, { logicalName: energy, attributes: { value, scalerUnit: wattHours }, methods: { rest: () => undefined } });
      const methods = { reset: (text: string) => void text };
      // @ts-expect-error: the parameter is a number
      bind(Register, { logicalName: energy, attributes: { value, scalerUnit: wattHours }, methods });
      // @ts-expect-error: not a name of the enumeration
      bind(Clock, { logicalName: "0.0.1.0.0.255", attributes: { ...clockAttributes, clockBase: "sundial" } });
      // @ts-expect-error: not a result
      refuse("not-today");
    };
    expect(mistakes).to.be.a("function");
  });

  const clockAttributes = {
    time: unspecifiedDateTime,
    timeZone: -60,
    status: 0,
    daylightSavingsBegin: unspecifiedDateTime,
    daylightSavingsEnd: unspecifiedDateTime,
    daylightSavingsDeviation: 60,
    daylightSavingsEnabled: false,
  } as const;
});
