import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import type { AssociationOptions } from "../../src/client/connect.ts";
import type { AttributeAddress, DlmsClient } from "../../src/client/dlms-client.ts";
import { type DeviceView, readDeviceView } from "../../src/client/object-reader.ts";
import type { LinkKind } from "../../src/server/index.ts";
import { type InMemory, inMemory } from "../support/in-memory.ts";
import { asReader, sampleMeter, sampleServer } from "../support/sample-meter.ts";

const day = 86_400_000;

/** Clocks go on, and associations tell of themselves. */
const changing: ReadonlySet<number> = new Set([8, 15]);

/** Attributes whose values stand still while they are read. */
function* stillAttributes(view: DeviceView): Generator<AttributeAddress> {
  for (const { classId, logicalName, accessRights } of view.objects)
    for (const { attributeId, accessMode } of accessRights.attributeAccess)
      if (accessMode !== "no-access" && accessMode !== "write-only" && !changing.has(classId))
        yield { classId, logicalName, attribute: attributeId };
}

/** Every value of the meter as the client sees it, as hex or as the refusal. */
async function everything(world: InMemory, client: DlmsClient, view: DeviceView): Promise<readonly string[]> {
  const values: string[] = [];
  for (const address of stillAttributes(view)) {
    const read = client.getRaw(address);
    const value = await world.settle(
      read.then(
        (bytes) => toHex(bytes),
        (error: unknown) => String(error),
      ),
    );
    values.push(`${address.logicalName}:${address.attribute} ${value}`);
  }
  return values;
}

describe("The smallest client", function () {
  this.timeout(30_000);
  const world = inMemory();
  const meter = sampleMeter(2 * day);
  let expected: readonly string[] = [];
  let view: DeviceView;

  const connect = (link: LinkKind, options: AssociationOptions, carry?: (bytes: Uint8Array) => readonly Uint8Array[]) =>
    world.connect(sampleServer(meter, { timers: world.timers }), link, { ...asReader, timeout: 60_000, ...options }, carry);

  before(async () => {
    const client = await connect("wrapper", {});
    view = await world.settle(readDeviceView(client));
    expected = await everything(world, client, view);
    await world.settle(client.close());
  });

  it("has something to read", () => {
    expect(expected.length).to.be.greaterThan(150);
    expect(Math.max(...expected.map((value) => value.length))).to.be.greaterThan(4000);
  });

  for (const [name, link, options] of [
    ["of 64 octets over the wrapper, in blocks of the services", "wrapper", { gbtWindow: 0 }],
    ["of 64 octets over the wrapper, in general block transfer", "wrapper", {}],
    ["of 64 octets over UDP", "wrapper-udp", {}],
    ["of 64 octets in HDLC frames of 32, one at a time", "hdlc", { gbtWindow: 0, maxInformationFieldLength: 32, windowSize: 1 }],
    ["of 64 octets in HDLC frames of 32, in general block transfer", "hdlc", { maxInformationFieldLength: 32, windowSize: 1 }],
  ] as const) {
    it(`reads all that the largest does, with APDUs ${name}`, async () => {
      const client = await connect(link, { ...options, maxReceivePduSize: 64 });
      expect(client.context.clientMaxReceivePduSize).to.equal(64);
      expect(await everything(world, client, view)).to.deep.equal(expected);
      await world.settle(client.close());
    });
  }

  it("gets no frame longer than it takes", async () => {
    let longest = 0;
    const measure = (bytes: Uint8Array): readonly Uint8Array[] => {
      for (let offset = 0; offset < bytes.length; ) {
        const length = (((bytes[offset + 1] as number) & 7) << 8) + (bytes[offset + 2] as number) + 2;
        longest = Math.max(longest, length);
        offset += length;
      }
      return [bytes];
    };
    const client = await connect("hdlc", { maxReceivePduSize: 64, maxInformationFieldLength: 32, windowSize: 1 }, measure);
    await world.settle(client.getRaw({ classId: 7, logicalName: "1.0.99.1.0.255", attribute: 2 }));
    // Flags, format, addresses of one octet, control, check sums, and 32 octets of information.
    expect(longest).to.be.at.most(2 + 2 + 2 + 1 + 2 + 2 + 32);
    await world.settle(client.close());
  });
});
