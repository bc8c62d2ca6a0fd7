import { expect } from "chai";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { AssociationSn } from "../../../src/cosem-objects/classes/association-sn.ts";
import { Data } from "../../../src/cosem-objects/classes/data.ts";
import { LogicalDevice } from "../../../src/cosem-objects/logical-device.ts";
import { bind, type CosemObject, refuse } from "../../../src/cosem-objects/object.ts";
import { ShortNames } from "../../../src/cosem-objects/short-names.ts";
import { type NegotiatedContext, supportedFor } from "../../../src/dlms/association/negotiation.ts";
import { shortNameAssociationObjects } from "../../../src/virtual-meter/mapping/association.ts";

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

const data = (logicalName: "0.0.42.0.0.255" | "0.0.96.1.1.255") =>
  bind(Data, { logicalName, attributes: { value: { type: "unsigned", value: 7 } } });

/** The association object of a role that sees a device name, a serial number that can be set, and one that fails; a third is not named. */
function associationObject(): CosemObject {
  const serialNumber = bind(Data, {
    logicalName: "0.0.96.1.0.255",
    attributes: { value: { get: () => ({ type: "unsigned" as const, value: 7 }), set: () => undefined } },
  });
  const failing = bind(Data, { logicalName: "0.0.96.1.2.255", attributes: { value: () => refuse("temporary-failure") } });
  const device = new LogicalDevice({
    sap: 1,
    name: "sample",
    objects: [data("0.0.42.0.0.255"), serialNumber, data("0.0.96.1.1.255"), failing],
    access: (_, name) => ({ read: true, write: name === "0.0.96.1.0.255", invoke: false }),
  });
  const names = new ShortNames([
    { classId: 1, logicalName: "0.0.42.0.0.255" },
    { classId: 1, logicalName: "0.0.96.1.0.255" },
    { classId: 1, logicalName: "0.0.96.1.2.255" },
    { classId: 15, logicalName: "0.0.40.0.0.255" },
    { classId: 17, logicalName: "0.0.41.0.0.255" },
  ]);
  const view = device.view("any", (built) => shortNameAssociationObjects(built, names));
  return view.find("0.0.40.0.0.255")?.object as CosemObject;
}

function read(attributeId: number, selection?: { readonly selector: number; readonly parameters: string }): string {
  const writer = new ByteWriter(256);
  const result = associationObject().read(
    attributeId,
    writer,
    selection && { selector: selection.selector, parameters: fromHex(selection.parameters) },
    { association },
  );
  return result === "success" ? toHex(writer.finish()) : String(result);
}

describe("The association object of an association with short names", () => {
  it("lists the objects in view that have a base name, itself among them", () => {
    expect(AssociationSn.attributes.objectList.schema.read(new ByteReader(fromHex(read(2))))).to.have.deep.members([
      { baseName: 0xfa00 - 0x10000, classId: 12, version: 2, logicalName: "0.0.40.0.0.255" },
      { baseName: 0xfd00 - 0x10000, classId: 1, version: 0, logicalName: "0.0.42.0.0.255" },
      { baseName: 0x0100, classId: 1, version: 0, logicalName: "0.0.96.1.0.255" },
      { baseName: 0x0110, classId: 1, version: 0, logicalName: "0.0.96.1.2.255" },
    ]);
  });

  it("tells the rights to each of them", () => {
    const rights = AssociationSn.attributes.accessRightsList.schema.read(new ByteReader(fromHex(read(3))));
    const modes = new Map(rights.map(({ baseName, attributeAccess }) => [baseName, attributeAccess.map(({ accessMode }) => accessMode)]));
    expect(modes.size).to.equal(4);
    expect(modes.get(0xfd00 - 0x10000)).to.deep.equal(["read-only", "read-only"]);
    expect(modes.get(0x0100)).to.deep.equal(["read-only", "read-and-write"]);
  });

  it("gives the part of the list that is of one class", () => {
    expect(read(2, { selector: 1, parameters: "12000C" })).to.equal("0101020410FA0012000C110209060000280000FF");
    expect(read(2, { selector: 1, parameters: "120003" })).to.equal("0100");
  });

  it("gives the element of one object, as jDLMS asks for it", () => {
    expect(read(2, { selector: 2, parameters: "020212000C09060000280000FF" })).to.equal("020410FA0012000C110209060000280000FF");
    expect(read(2, { selector: 2, parameters: "020212000109060000280000FF" })).to.equal("object-undefined");
    expect(read(2, { selector: 2, parameters: "020212000109060000600101FF" }), "no base name").to.equal("object-undefined");
  });

  it("refuses selections that make no sense", () => {
    expect(read(2, { selector: 3, parameters: "00" })).to.equal("scope-of-access-violated");
    expect(read(2, { selector: 1, parameters: "1101" })).to.equal("type-unmatched");
    expect(read(2, { selector: 1, parameters: "12000C00" })).to.equal("type-unmatched");
    expect(read(2, { selector: 2, parameters: "02021200" })).to.equal("type-unmatched");
  });

  it("reads attributes by logical name, null-data where there is nothing to be read", () => {
    const writer = new ByteWriter(256);
    const wanted = (classId: string, name: string, attributeId: string) => `020312${classId}0906${name}0F${attributeId}`;
    const parameter = fromHex(
      `0105 ${wanted("0001", "0000600100FF", "02")} ${wanted("0003", "0000600100FF", "02")} ${wanted("0001", "0000600102FF", "02")}
       ${wanted("0001", "0000600100FF", "05")} ${wanted("0001", "0000600900FF", "02")}`.replace(/\s/g, ""),
    );
    expect(associationObject().invoke(3, parameter, writer, { association })).to.equal("success");
    expect(toHex(writer.finish())).to.equal("0105110700000000");
  });
});
