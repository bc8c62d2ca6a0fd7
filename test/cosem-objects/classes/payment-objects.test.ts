import { expect } from "chai";
import { bitString } from "../../../src/bytes/bit-string.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { Charge, type UnitChargeData } from "../../../src/cosem-objects/classes/charge.ts";
import { Credit } from "../../../src/cosem-objects/classes/credit.ts";
import { TokenGateway, tokenText } from "../../../src/cosem-objects/classes/token-gateway.ts";
import { bind, type CosemObject, type ObjectContext, refuse } from "../../../src/cosem-objects/object.ts";
import { supportedConformance } from "../../../src/dlms/association/negotiation.ts";
import { unspecifiedDateTime } from "../../../src/dlms/axdr/date-time.ts";

const context: ObjectContext = {
  association: {
    clientSap: 1,
    serverSap: 1,
    applicationContext: "logical-name",
    referencing: "logical-name",
    mechanism: "none",
    conformance: supportedConformance,
    clientMaxReceivePduSize: 0xffff,
    serverMaxReceivePduSize: 0xffff,
  },
};

function read(object: CosemObject, attributeId: number): string {
  const writer = new ByteWriter();
  const result = object.read(attributeId, writer, undefined, context);
  return result === "success" ? toHex(writer.finish(), " ") : String(result);
}

const write = (object: CosemObject, attributeId: number, hex: string) => object.write(attributeId, fromHex(hex), context);

/** The result of a method, and what it returns. */
async function invoke(object: CosemObject, methodId: number, parameter?: string): Promise<readonly [string | number, string]> {
  const writer = new ByteWriter();
  const result = await object.invoke(methodId, parameter === undefined ? undefined : fromHex(parameter), writer, context);
  return [result, toHex(writer.finish(), " ")];
}

/** A credit that takes what it is told, up to 1000. */
function emergencyCredit() {
  const state = { amount: 300, invoked: false };
  const set = (amount: number) => {
    if (amount > 1000) return refuse("other-reason");
    state.amount = amount;
    return undefined;
  };
  const object = bind(Credit, {
    logicalName: "0.0.19.10.1.255",
    attributes: {
      currentCreditAmount: () => state.amount,
      creditType: "emergency",
      priority: 2,
      warningThreshold: 50,
      limit: { get: () => 0, set: () => refuse("other-reason") },
      creditConfiguration: bitString(5, [0, 1, 2]),
      creditStatus: () => (state.invoked ? "selected" : "selectable"),
      presetCreditAmount: 300,
      creditAvailableThreshold: 100,
      period: unspecifiedDateTime,
    },
    methods: {
      updateAmount: (change) => set(state.amount + change),
      setAmountToValue: (amount) => {
        const before = state.amount;
        return set(amount) ?? before;
      },
      invokeCredit: () => {
        state.invoked = true;
      },
    },
  });
  return { state, object };
}

describe("Credit object", () => {
  it("adds to its amount, and refuses what is no double-long", async () => {
    const { state, object } = emergencyCredit();
    expect(await invoke(object, 1, "05 FF FF FF 9C")).to.deep.equal(["success", ""]);
    expect(state.amount).to.equal(200);
    expect(await invoke(object, 1, "10 00 01")).to.deep.equal(["type-unmatched", ""]);
    expect(await invoke(object, 1)).to.deep.equal(["type-unmatched", ""]);
    expect(await invoke(object, 1, "05 00 00 00 01 00")).to.deep.equal(["type-unmatched", ""]);
    expect(state.amount).to.equal(200);
  });

  it("answers the previous amount when it is set, and nothing when that is refused", async () => {
    const { state, object } = emergencyCredit();
    expect(await invoke(object, 2, "05 00 00 03 E8")).to.deep.equal(["success", "05 00 00 01 2C"]);
    expect(await invoke(object, 2, "05 00 00 03 E9")).to.deep.equal(["other-reason", ""]);
    expect(state.amount).to.equal(1000);
  });

  it("is selected with or without the conventional 0", async () => {
    for (const parameter of ["0F 00", undefined]) {
      const { object } = emergencyCredit();
      expect(read(object, 8)).to.equal("16 01");
      expect(await invoke(object, 3, parameter)).to.deep.equal(["success", ""]);
      expect(read(object, 8)).to.equal("16 02");
    }
  });

  it("denies writing what has no setter, and passes on the refusal of one that has", async () => {
    const { object } = emergencyCredit();
    expect(await write(object, 5, "05 00 00 00 00")).to.equal("read-write-denied");
    expect(await write(object, 6, "05 00 00 00 00")).to.equal("other-reason");
    expect(await write(object, 6, "06 00 00 00 00")).to.equal("type-unmatched");
    expect(await write(object, 6, "05 00 00 00 00 00")).to.equal("type-unmatched");
    expect([...object.offers.writable]).to.deep.equal([6]);
  });
});

/** A charge that takes prices, and no debt. */
function energyCharge() {
  const prices: UnitChargeData = {
    scaling: { commodityScale: 3, priceScale: -2 },
    commodity: { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 },
    chargeTable: [{ index: new Uint8Array(), chargePerUnit: 125 }],
  };
  const state = { active: prices, passive: prices };
  const object = bind(Charge, {
    logicalName: "0.0.19.20.0.255",
    attributes: {
      totalAmountPaid: 0,
      chargeType: "consumption",
      priority: 1,
      unitChargeActive: () => state.active,
      unitChargePassive: {
        get: () => state.passive,
        set: (passive) => {
          state.passive = passive;
          return undefined;
        },
      },
      unitChargeActivationTime: unspecifiedDateTime,
      period: 0,
      chargeConfiguration: bitString(2, [1]),
      lastCollectionTime: unspecifiedDateTime,
      lastCollectionAmount: 0,
      totalAmountRemaining: 0,
      proportion: 0,
    },
    methods: {
      updateUnitCharge: (chargeTable) => {
        state.passive = { ...state.passive, chargeTable };
      },
      activatePassiveUnitCharge: () => {
        state.active = state.passive;
      },
    },
  });
  return { object };
}

describe("Charge object", () => {
  const oneAt = (price: string) => `02 03 02 02 0F 03 0F FE 02 03 12 00 03 09 06 01 00 01 08 00 FF 0F 02 01 01 02 02 09 00 10 ${price}`;

  it("changes prices to come alone, until they are put in force", async () => {
    const { object } = energyCharge();
    expect(await invoke(object, 1, "01 01 02 02 09 00 10 00 D2")).to.deep.equal(["success", ""]);
    expect(read(object, 5)).to.equal(oneAt("00 7D"));
    expect(read(object, 6)).to.equal(oneAt("00 D2"));
    expect(await invoke(object, 2, "0F 00")).to.deep.equal(["success", ""]);
    expect(read(object, 5)).to.equal(oneAt("00 D2"));
  });

  it("takes prices to come as a whole, with prices of sixteen bits only", async () => {
    const { object } = energyCharge();
    expect(await write(object, 6, oneAt("7F FF"))).to.equal("success");
    expect(read(object, 6)).to.equal(oneAt("7F FF"));
    expect(await write(object, 6, oneAt("7F FF").replace("10 7F FF", "12 7F FF"))).to.equal("type-unmatched");
    expect(await write(object, 5, oneAt("7F FF"))).to.equal("read-write-denied");
  });

  it("has no method that nothing stands behind", async () => {
    const { object } = energyCharge();
    expect([...object.offers.methods]).to.deep.equal([1, 2]);
    for (const [methodId, parameter] of [
      [3, "0F 00"],
      [4, "05 00 00 00 01"],
      [5, "05 00 00 00 01"],
    ] as const)
      expect(await invoke(object, methodId, parameter)).to.deep.equal(["object-unavailable", ""]);
  });
});

describe("Token gateway object", () => {
  const entered: string[] = [];
  const object = bind(TokenGateway, {
    logicalName: "0.0.19.40.0.255",
    attributes: {
      token: () => new Uint8Array(),
      tokenTime: unspecifiedDateTime,
      tokenDescription: [],
      tokenDeliveryMethod: "remote",
      tokenStatus: { statusCode: "format-ok", dataValue: bitString(16) },
    },
    methods: {
      enter: (octets) => {
        entered.push(tokenText(octets));
      },
    },
  });
  beforeEach(() => entered.splice(0));

  it("takes octets, returns nothing, and hands on what they say", async () => {
    expect(await invoke(object, 1, "09 0A 12 34 56 78 90 12 34 56 78 90")).to.deep.equal(["success", ""]);
    expect(entered).to.deep.equal(["12345678901234567890"]);
  });

  it("refuses what is no octet-string, and a token that is missing", async () => {
    for (const parameter of ["0A 02 31 32", "0F 00", "09 02 31", "09 01 31 00", undefined])
      expect(await invoke(object, 1, parameter)).to.deep.equal(["type-unmatched", ""]);
    expect(entered).to.deep.equal([]);
  });

  it("lets nothing be written", async () => {
    expect(await write(object, 2, "09 01 31")).to.equal("read-write-denied");
    expect(object.offers.writable.size).to.equal(0);
  });
});
