import { expect } from "chai";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex } from "../../src/bytes/hex.ts";
import { type ObjectRight, parseRight } from "../../src/cosem-objects/access.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { LogicalDevice, type ObjectView, type VisibleObject } from "../../src/cosem-objects/logical-device.ts";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import { bind, type CosemObject } from "../../src/cosem-objects/object.ts";
import { InvariantError } from "../../src/errors.ts";

const data = (logicalName: LogicalName, value = 5): CosemObject =>
  bind(Data, { logicalName, attributes: { value: { type: "unsigned", value } } });

const rights: Readonly<Record<string, string>> = { "0.0.96.1.0.255": "r", "0.0.96.1.1.255": "rw" };

const device = new LogicalDevice({
  sap: 1,
  name: "LGZ1234567890123",
  objects: [data("0.0.96.1.0.255"), data("0.0.96.1.1.255"), data("0.0.40.0.0.255", 9)],
  access: (role, logicalName) =>
    role === "nobody" ? undefined : parseRight(role === "public" && logicalName !== "0.0.96.1.0.255" ? "" : (rights[logicalName] ?? "r")),
});

const none = () => [];
const names = (view: ObjectView) => [...view.objects].map(({ object }) => object.logicalName);

describe("LogicalDevice", () => {
  it("shows every role the objects it may see", () => {
    expect(names(device.view("public", none))).to.deep.equal(["0.0.96.1.0.255"]);
    expect(names(device.view("reader", none))).to.deep.equal(["0.0.96.1.0.255", "0.0.96.1.1.255", "0.0.40.0.0.255"]);
    expect(names(device.view("nobody", none))).to.deep.equal([]);
  });

  it("finds what is visible, with the right to it", () => {
    const view = device.view("public", none);
    expect(view.find("0.0.96.1.0.255")?.right).to.deep.include({ read: true, write: false, invoke: false });
    expect(view.find("0.0.96.1.1.255")).to.equal(undefined);
    expect(view.find("1.0.1.8.0.255")).to.equal(undefined);
  });

  it("puts an association's own objects first, in place of the device's", () => {
    const own: VisibleObject = { object: data("0.0.40.0.0.255", 1), right: { read: true, write: false, invoke: true } };
    const view = device.view("reader", () => [own]);
    expect(view.find("0.0.40.0.0.255")?.object).to.equal(own.object);
    expect(view.find("0.0.40.0.0.255")?.right).to.deep.include(own.right);
    expect(names(view)).to.deep.equal(["0.0.40.0.0.255", "0.0.96.1.0.255", "0.0.96.1.1.255"]);
    expect(names(device.view("nobody", () => [own]))).to.deep.equal(["0.0.40.0.0.255"]);
  });

  it("announces what is visible, and nothing else, in its object list", () => {
    expect(device.view("public", none).objectList).to.deep.equal([
      {
        classId: 1,
        version: 0,
        logicalName: "0.0.96.1.0.255",
        accessRights: {
          attributeAccess: [
            { attributeId: 1, accessMode: "read-only", accessSelectors: undefined },
            { attributeId: 2, accessMode: "read-only", accessSelectors: undefined },
          ],
          methodAccess: [],
        },
      },
    ]);
  });

  it("announces nothing writable that takes no value, and no method that does nothing", () => {
    const set = () => undefined;
    const right = { read: true, write: true, invoke: true };
    const objects = [
      bind(Data, { logicalName: "0.0.96.50.0.255", attributes: { value: { type: "unsigned", value: 1 } } }),
      bind(Data, { logicalName: "0.0.96.50.1.255", attributes: { value: { get: () => ({ type: "unsigned", value: 1 }) as const, set } } }),
      bind(Register, {
        logicalName: "1.0.1.8.0.255",
        attributes: { value: { type: "unsigned", value: 1 }, scalerUnit: { scaler: 0, unit: 30 } },
      }),
    ];
    const view = new LogicalDevice({ sap: 1, name: "TST0000000000001", objects, access: () => right }).view("all", none);
    const modes = view.objectList.map(({ accessRights }) => accessRights.attributeAccess[1]?.accessMode);
    expect(modes).to.deep.equal(["read-only", "read-and-write", "read-only"]);
    expect(view.objectList[2]?.accessRights.methodAccess).to.deep.equal([{ methodId: 1, accessMode: "no-access" }]);
    expect(view.objectListV3[1]?.accessRights.attributeAccess[1]?.accessMode).to.equal(3);
    expect(view.objectListV3[2]?.accessRights.methodAccess[0]?.accessMode).to.equal(0);
  });

  it("announces in version 3 the protection that is asked for", () => {
    const right = parseRight("r:ae/ae") as ObjectRight;
    const protectedDevice = new LogicalDevice({
      sap: 1,
      name: "TST0000000000001",
      objects: [data("0.0.96.1.0.255", 1)],
      access: () => right,
    });
    const [element] = protectedDevice.view("all", none).objectListV3;
    expect(element?.accessRights.attributeAccess.map(({ accessMode }) => accessMode)).to.deep.equal([109, 109]);
  });

  it("lists itself through the object that carries the list", () => {
    const view = device.view("reader", (self) => [
      {
        object: bind(AssociationLn, {
          logicalName: "0.0.40.0.0.255",
          attributes: {
            objectList: () => self.objectList,
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
            secret: { unreadable: true },
            associationStatus: "associated",
            securitySetupReference: "0.0.43.0.0.255",
          },
        }),
        right: { read: true, write: false, invoke: false },
      },
    ]);
    const writer = new ByteWriter();
    const context = { association: {} } as Parameters<CosemObject["read"]>[3];
    expect(view.find("0.0.40.0.0.255")?.object.read(2, writer, undefined, context)).to.equal("success");
    const list = AssociationLn.attributes.objectList.schema.read(new ByteReader(writer.finish()));
    expect(list).to.deep.equal(view.objectList);
    expect(list.map(({ logicalName }: { logicalName: string }) => logicalName)).to.deep.equal(names(view));
  });

  it("refuses two objects of one name", () => {
    const objects = [data("0.0.96.1.0.255"), data("0.0.96.1.0.255")];
    expect(() => new LogicalDevice({ sap: 1, name: "x", objects, access: () => undefined })).to.throw(
      InvariantError,
      /0\.0\.96\.1\.0\.255/,
    );
  });
});
