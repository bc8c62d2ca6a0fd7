import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import { encodeData } from "../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { ConfigError } from "../../src/errors.ts";
import { type ParameterStep, planParameters, type SetStep } from "../../src/field/parameter-set.ts";
import { StoredAttributes } from "./stored-attributes.ts";

const sag: LogicalName = "1.0.12.31.0.255";
const period: LogicalName = "1.0.0.8.0.255";
const clock: LogicalName = "0.0.1.0.0.255";
const association: LogicalName = "0.0.40.0.1.255";
const calendar: LogicalName = "0.0.13.0.0.255";

const unsigned = (value: number): DlmsData => ({ type: "long-unsigned", value });

const meter = (): StoredAttributes =>
  new StoredAttributes(
    {
      [`${sag}:2`]: unsigned(2000),
      [`${sag}:3`]: {
        type: "structure",
        value: [
          { type: "integer", value: -1 },
          { type: "enum", value: 35 },
        ],
      },
      [`${period}:2`]: unsigned(900),
      [`${clock}:2`]: { type: "octet-string", value: new Uint8Array(12) },
      [`${association}:7`]: { type: "octet-string", value: new TextEncoder().encode("12345678") },
    },
    { [sag]: 3, [period]: 1, [clock]: 8, [association]: 15, [calendar]: 20 },
  );

const set = (logicalName: LogicalName, value: DlmsData, more: Partial<SetStep> = {}): SetStep => ({
  kind: "set",
  logicalName,
  attribute: 2,
  wanted: () => value,
  blind: false,
  secret: false,
  ...more,
});

const activate: ParameterStep = {
  kind: "invoke",
  classId: 20,
  logicalName: calendar,
  method: 1,
  parameter: encodeData({ type: "integer", value: 0 }),
};

describe("the plan of a parameter set", () => {
  const states = async (device: StoredAttributes, steps: readonly ParameterStep[]) =>
    (await planParameters(device.reader, steps)).map((planned) => (planned.kind === "set" ? planned.state : planned.kind));

  it("tells what is so already from what differs, in the order of the set, and writes nothing", async () => {
    const device = meter();
    expect(await states(device, [set(sag, unsigned(2070)), activate, set(period, unsigned(900))])).to.deep.equal([
      "differs",
      "invoke",
      "same",
    ]);
    expect(device.done).to.deep.equal([]);
  });

  it("takes the same number in another type for another value", async () => {
    expect(await states(meter(), [set(period, { type: "double-long-unsigned", value: 900 })])).to.deep.equal(["differs"]);
  });

  it("knows scaler and unit of what it compares", async () => {
    const [planned] = await planParameters(meter().reader, [set(sag, unsigned(2070))]);
    expect(planned).to.have.nested.property("reading.scalerUnit").that.deep.equals({ scaler: -1, unit: 35 });
  });

  it("hands the value that is there to who makes the new one", async () => {
    let seen: DlmsData | undefined;
    const wanted = (present: DlmsData | undefined): DlmsData => {
      seen = present;
      return unsigned(1);
    };
    const [planned] = await planParameters(meter().reader, [set(period, unsigned(0), { wanted })]);
    expect(seen).to.deep.equal(unsigned(900));
    expect(planned).to.have.property("kind", "set");
    expect(planned?.kind === "set" && planned.wanted && toHex(encodeData(planned.wanted))).to.equal("120001");
  });

  it("does not know about what cannot be read, unless it is to be written blind", async () => {
    const device = meter();
    device.unreadable.add(`${period}:2`);
    expect(await states(device, [set(period, unsigned(1))])).to.deep.equal(["unreadable"]);
    expect(await states(device, [set(period, unsigned(1), { blind: true })])).to.deep.equal(["blind"]);
    expect(await states(meter(), [set(period, unsigned(900), { blind: true })])).to.deep.equal(["same"]);
  });

  it("takes attributes that their class has for writing only for secrets", async () => {
    const secret: DlmsData = { type: "octet-string", value: new TextEncoder().encode("87654321") };
    const plan = await planParameters(meter().reader, [set(association, secret, { attribute: 7 }), set(period, unsigned(1))]);
    expect(plan.map((planned) => planned.kind === "set" && planned.step.secret)).to.deep.equal([true, false]);
  });

  it("does not repeat a secret that does not fit", async () => {
    const wanted = (): DlmsData => {
      throw new ConfigError("VALUE", 'expected a number, got "hush-hush"');
    };
    const error = await planParameters(meter().reader, [set(association, unsigned(0), { attribute: 7, wanted })]).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ConfigError);
    expect(String((error as ConfigError).stack)).not.to.include("hush-hush");
    expect((error as ConfigError).cause).to.equal(undefined);
    const open = await planParameters(meter().reader, [set(period, unsigned(0), { wanted })]).catch((thrown: unknown) => thrown);
    expect(String(open)).to.include("hush-hush");
  });

  it("refuses two values for one attribute, and the time of a clock", async () => {
    for (const steps of [
      [set(period, unsigned(1)), activate, set(period, unsigned(2))],
      [set(clock, { type: "octet-string", value: new Uint8Array(12) })],
    ]) {
      const device = meter();
      const error = await planParameters(device.reader, steps).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(ConfigError);
      expect(device.done).to.deep.equal([]);
    }
  });
});
