import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { DlmsClient } from "../../src/client/dlms-client.ts";
import { type DeviceView, ObjectReader } from "../../src/client/object-reader.ts";
import { type LogicalName, logicalNameFromBytes } from "../../src/cosem-objects/logical-name.ts";
import { Unit } from "../../src/cosem-objects/unit.ts";
import type { GetResult } from "../../src/dlms/association/services.ts";
import { encodeData } from "../../src/dlms/axdr/data.ts";
import { ScriptedAssociation } from "./scripted-association.ts";

const energy: LogicalName = "1.0.1.8.0.255";
const demand: LogicalName = "1.0.1.4.0.255";
const name: LogicalName = "0.0.42.0.0.255";

/** Attributes of the meter by `logical name:attribute`; the rest is refused. */
const attributes: Readonly<Record<string, string>> = {
  [`${energy}:2`]: "06 00 00 03 E8",
  [`${energy}:3`]: "02 02 0F 00 16 1E",
  [`${demand}:2`]: "06 00 00 00 64",
  [`${demand}:3`]: "06 00 00 00 65",
  [`${demand}:4`]: "02 02 0F FF 16 1B",
  [`${name}:2`]: "09 03 44 47 57",
};

const wattHours = { scaler: 0, unit: Unit.wattHour };
const tenthsOfWatts = { scaler: -1, unit: Unit.watt };

function reader(): { readonly reader: ObjectReader; readonly asked: () => readonly (readonly string[])[] } {
  const meter = new ScriptedAssociation((wanted) =>
    wanted.map(({ attribute }): GetResult => {
      const hex = attributes[`${logicalNameFromBytes(attribute.logicalName)}:${attribute.attributeId}`];
      return hex === undefined ? { error: "read-write-denied" } : { data: fromHex(hex) };
    }),
  );
  const objects = Object.entries({ [energy]: 3, [demand]: 5, [name]: 1, "1.0.2.8.0.255": 3 }).map(([logicalName, classId]) => ({
    classId,
    version: 0,
    logicalName: logicalName as LogicalName,
    accessRights: { attributeAccess: [], methodAccess: [] },
  }));
  const view: DeviceView = { objects, scalers: new Map() };
  const asked = () =>
    meter.requests
      .splice(0)
      .map((request) =>
        request.attributes.map(({ attribute }) => `${logicalNameFromBytes(attribute.logicalName)}:${attribute.attributeId}`),
      );
  return { reader: new ObjectReader(new DlmsClient(meter), view), asked };
}

describe("Reading objects of a meter", () => {
  it("asks for values and the scalers it does not know in one request, and for the values alone from then on", async () => {
    const { reader: objects, asked } = reader();
    const items = [energy, demand, name].map((logicalName) => ({ logicalName, attribute: 2 }));
    const first = await objects.read(items);
    expect(asked()).to.deep.equal([[`${energy}:3`, `${demand}:4`, `${energy}:2`, `${demand}:2`, `${name}:2`]]);
    expect(first.map(({ scalerUnit }) => scalerUnit)).to.deep.equal([wattHours, tenthsOfWatts, undefined]);
    expect(first.map(({ value }) => value && encodeData(value)).map((bytes) => bytes && toHex(bytes))).to.deep.equal([
      "06000003E8",
      "0600000064",
      "0903444757",
    ]);
    expect(await objects.read(items)).to.deep.equal(first);
    expect(asked()).to.deep.equal([[`${energy}:2`, `${demand}:2`, `${name}:2`]]);
  });

  it("asks once for a scaler that two values of an object share", async () => {
    const { reader: objects, asked } = reader();
    const averages = await objects.read([2, 3].map((attribute) => ({ logicalName: demand, attribute })));
    expect(averages.map(({ scalerUnit }) => scalerUnit)).to.deep.equal([tenthsOfWatts, tenthsOfWatts]);
    expect(asked()).to.deep.equal([[`${demand}:4`, `${demand}:2`, `${demand}:3`]]);
  });

  it("knows the scaler of a value when it has read that of another value of the object", async () => {
    const { reader: objects, asked } = reader();
    expect(await objects.scalersOf([{ classId: 5, logicalName: demand, attribute: 2 }])).to.deep.equal([tenthsOfWatts]);
    expect(await objects.scalersOf([{ classId: 5, logicalName: demand, attribute: 3 }])).to.deep.equal([tenthsOfWatts]);
    expect(await objects.scalersOf([{ classId: 5, logicalName: demand, attribute: 5 }])).to.deep.equal([undefined]);
    expect(asked()).to.deep.equal([[`${demand}:4`]]);
  });

  it("keeps the order and tells refusals from objects that are not visible", async () => {
    const { reader: objects, asked } = reader();
    const items = ["1.0.9.9.9.255", "1.0.2.8.0.255", energy].map((logicalName) => ({
      logicalName: logicalName as LogicalName,
      attribute: 2,
    }));
    const readings = await objects.read(items);
    expect(readings.map(({ logicalName, error, scalerUnit }) => [logicalName, error, scalerUnit])).to.deep.equal([
      ["1.0.9.9.9.255", "object-undefined", undefined],
      ["1.0.2.8.0.255", "read-write-denied", undefined],
      [energy, undefined, wattHours],
    ]);
    expect(asked()).to.have.lengthOf(1);
  });
});
