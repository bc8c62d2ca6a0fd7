import { expect } from "chai";
import { DlmsClient } from "../../src/client/dlms-client.ts";
import { ObjectReader, readDeviceView } from "../../src/client/object-reader.ts";
import { ShortNameAssociation } from "../../src/client/short-name-association.ts";
import type { ObjectListElement } from "../../src/cosem-objects/classes/association-ln.ts";
import type { ShortNameListElement } from "../../src/cosem-objects/classes/association-sn.ts";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import type { ServiceRequest } from "../../src/dlms/association/services.ts";
import { TransportError } from "../../src/errors.ts";
import { type Behind, objectListHex, ShortNameMeter } from "./short-name-meter.ts";

const energy: LogicalName = "1.0.1.8.0.255";
const current: LogicalName = "0.0.40.0.0.255";

function connect(list: readonly ShortNameListElement[], more: Readonly<Record<number, Behind>> = {}) {
  const meter = new ShortNameMeter({ 64008: { hex: objectListHex(list) }, ...more });
  return { meter, client: new DlmsClient(new ShortNameAssociation(meter)) };
}

const listOf = (version: number): readonly ShortNameListElement[] => [
  { baseName: 0xfa00 - 0x10000, classId: 12, version, logicalName: current },
  { baseName: 0x1000, classId: 3, version: 0, logicalName: energy },
  { baseName: 0x2000, classId: 9999, version: 0, logicalName: "0.0.96.50.0.255" },
];

const rightsTo = (objects: readonly ObjectListElement[], wanted: LogicalName) => {
  const { accessRights } = objects.find(({ logicalName }) => logicalName === wanted) as ObjectListElement;
  const attributes = accessRights.attributeAccess.map(({ attributeId, accessMode }) => `${attributeId} ${accessMode}`);
  return [...attributes, ...accessRights.methodAccess.map(({ methodId, accessMode }) => `m${methodId} ${accessMode}`)];
};

/** What a reader may do where the meter does not say. */
const usual = ["1 read-only", "2 read-only", "3 read-only", "m1 no-access"];

describe("What an association with short names shows", () => {
  it("joins the list of objects and their rights by base name", async () => {
    const rights = "01 01 02 03 10 1000 01 01 02 03 0F 02 16 03 00 01 01 02 02 0F 01 16 01";
    const { client } = connect(listOf(2), { 64016: { hex: rights } });
    const { objects } = await readDeviceView(client);
    expect(rightsTo(objects, energy)).to.deep.equal(["2 read-and-write", "m1 access"]);
  });

  it("has the base names of all objects, without sign", async () => {
    const { baseNames } = await readDeviceView(connect(listOf(2)).client);
    expect([...(baseNames ?? [])]).to.deep.equal([
      [current, 0xfa00],
      [energy, 0x1000],
      ["0.0.96.50.0.255", 0x2000],
    ]);
  });

  it("is taken to be read only where the association object is too old to tell, without asking it", async () => {
    for (const version of [0, 1]) {
      const { meter, client } = connect(listOf(version));
      const { objects } = await readDeviceView(client);
      expect(rightsTo(objects, energy)).to.deep.equal(usual);
      expect(rightsTo(objects, "0.0.96.50.0.255"), "of a class nobody knows").to.deep.equal([]);
      expect(meter.asked).not.to.include("read FA10");
    }
  });

  it("is taken to be read only where the meter refuses to tell, or tells in a type of its own", async () => {
    // jDLMS 1.7 numbers the attributes with a long.
    const ofJdlms = "01 01 02 03 10 1000 01 01 02 03 10 0002 16 01 00 01 00";
    for (const behind of [{ refusal: "object-undefined" }, { hex: ofJdlms }] as const) {
      const { objects } = await readDeviceView(connect(listOf(2), { 64016: behind }).client);
      expect(rightsTo(objects, energy), JSON.stringify(behind)).to.deep.equal(usual);
    }
  });

  it("fails where the line does", async () => {
    const { meter } = connect(listOf(2));
    const failing = {
      context: meter.context,
      request: (request: ServiceRequest) =>
        meter.asked.length > 0 ? Promise.reject(new TransportError("timeout", "no answer")) : meter.request(request),
      close: () => Promise.resolve(),
    };
    const error = await readDeviceView(new DlmsClient(new ShortNameAssociation(failing))).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(TransportError);
    expect(meter.asked).to.deep.equal(["read FA08"]);
  });

  it("leaves the list of objects out of what is worth reading", async () => {
    const { client } = connect(listOf(2));
    const view = await readDeviceView(client);
    const readable = new ObjectReader(client, view).readable().filter(({ logicalName }) => logicalName === current);
    expect(readable.map(({ attribute }) => attribute)).to.deep.equal([1, 3, 4]);
  });
});
