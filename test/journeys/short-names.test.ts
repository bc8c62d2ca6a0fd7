import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import type { AttributeAddress, DlmsClient } from "../../src/client/dlms-client.ts";
import { readDeviceView } from "../../src/client/object-reader.ts";
import { readProfile } from "../../src/client/profile-reader.ts";
import { ShortNameAssociation } from "../../src/client/short-name-association.ts";
import { AssociationSn } from "../../src/cosem-objects/classes/association-sn.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { supportedFor } from "../../src/dlms/association/negotiation.ts";
import type { ServiceRequest } from "../../src/dlms/association/services.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { ActionError, DataAccessError, LocalProtocolError } from "../../src/errors.ts";
import type { LinkKind } from "../../src/server/index.ts";
import { inMemory } from "../support/in-memory.ts";
import { asReader, sampleMeter, sampleServer } from "../support/sample-meter.ts";

const day = 86_400_000;
const links: readonly LinkKind[] = ["wrapper", "wrapper-udp", "hdlc"];

describe("A client with short names", function () {
  this.timeout(20_000);
  const world = inMemory();
  const meter = sampleMeter(2 * day);
  const server = sampleServer(meter, { timers: world.timers });
  const connect = (link: LinkKind, referencing: "logical-name" | "short-name") =>
    world.connect(server, link, { ...asReader, referencing, timeout: 60_000 });

  for (const link of links) {
    it(`reads every attribute that one with logical names reads, with the same value, over ${link}`, async () => {
      const byLogicalName = await connect(link, "logical-name");
      const byShortName = await connect(link, "short-name");
      expect(byShortName.context.referencing).to.equal("short-name");
      const view = await world.settle(readDeviceView(byLogicalName));
      const read = (client: DlmsClient, address: AttributeAddress) =>
        world.settle(
          client.getRaw(address).then(
            (bytes) => toHex(bytes),
            (error: unknown) => (error instanceof DataAccessError ? error.code : String(error)),
          ),
        );
      let compared = 0;
      for (const { classId, logicalName, accessRights } of view.objects) {
        // Clocks go on, and each association has an object of its own.
        if (classId === 8 || classId === 15) continue;
        for (const { attributeId } of accessRights.attributeAccess) {
          const address = { classId, logicalName, attribute: attributeId };
          expect(await read(byShortName, address), `${logicalName}:${attributeId}`).to.equal(await read(byLogicalName, address));
          compared += 1;
        }
      }
      expect(compared).to.be.greaterThan(150);
      await world.settle(byLogicalName.close());
      await world.settle(byShortName.close());
    });
  }

  it("sees the same objects with the same rights, but for the association's own", async () => {
    const [byLogicalName, byShortName] = [await connect("wrapper", "logical-name"), await connect("wrapper", "short-name")];
    const others = ({ classId }: { readonly classId: number }) => classId !== 15 && classId !== 12;
    const seen = (await world.settle(readDeviceView(byShortName))).objects.filter(others);
    expect(seen).to.deep.equal((await world.settle(readDeviceView(byLogicalName))).objects.filter(others));
    const list = await world.settle(byShortName.get(AssociationSn, "0.0.40.0.0.255", "objectList"));
    expect(list.find(({ classId }) => classId === 12)).to.include({ baseName: 0xfa00 - 0x10000, logicalName: "0.0.40.0.0.255" });
    expect(list.find(({ logicalName }) => logicalName === "0.0.42.0.0.255")?.baseName).to.equal(0xfd00 - 0x10000);
  });

  it("reads a profile by range, as any other client does", async () => {
    const rows = async (referencing: "logical-name" | "short-name") => {
      const client = await connect("hdlc", referencing);
      const table = await world.settle(
        readProfile(client, { scalersOf: () => Promise.resolve([]) }, "1.0.99.1.0.255", { kind: "last", count: 20 }),
      );
      await world.settle(client.close());
      return table.rowCount;
    };
    expect(await rows("short-name")).to.equal(20);
    expect(await rows("logical-name")).to.equal(20);
  });

  it("reads a list in one request, and tells what it may not, or what is not there", async () => {
    const client = await connect("wrapper", "short-name");
    const outcomes = await world.settle(
      client.getMany([
        { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 },
        { classId: 3, logicalName: "9.9.9.9.9.9", attribute: 2 },
        { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 3 },
      ]),
    );
    expect(outcomes.map(({ error }) => error)).to.deep.equal([undefined, "object-undefined", undefined]);
  });

  it("reads attributes by their logical names through the association object", async () => {
    const client = await connect("wrapper", "short-name");
    const wanted = { classId: 1, logicalName: "0.0.42.0.0.255", attributeId: 2 } as const;
    const nowhere = { classId: 1, logicalName: "9.9.9.9.9.9", attributeId: 2 } as const;
    const values = await world.settle(client.invoke(AssociationSn, "0.0.40.0.0.255", "readByLogicalName", [wanted, nowhere]));
    expect((values as readonly DlmsData[]).map(({ type }) => type)).to.deep.equal(["octet-string", "null-data"]);
  });

  it("is refused what its role may not do", async () => {
    const client = await connect("wrapper", "short-name");
    const failure = (promise: Promise<unknown>) =>
      world.settle(
        promise.then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
    expect(await failure(client.invoke(Register, "1.0.1.8.0.255", "reset", 0))).to.be.instanceOf(ActionError);
    expect(
      await failure(client.setRaw({ classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 }, Uint8Array.of(0x11, 5))),
    ).to.be.instanceOf(DataAccessError);
  });

  it("has no ACCESS", async () => {
    const context = { ...(await connect("wrapper", "short-name")).context, conformance: supportedFor("short-name") };
    const association = new ShortNameAssociation({
      context,
      request: () => Promise.reject(new Error("nothing should be asked")),
      close: () => Promise.resolve(),
    });
    const access: ServiceRequest = { service: "access", elements: [] };
    const error = await association.request(access).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(LocalProtocolError);
  });
});
