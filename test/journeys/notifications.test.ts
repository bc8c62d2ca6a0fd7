import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { NotificationListener } from "../../src/client/notification-listener.ts";
import { LogicalDevice } from "../../src/cosem-objects/logical-device.ts";
import type { Notification } from "../../src/dlms/association/events.ts";
import type { ConformanceName } from "../../src/dlms/xdlms/conformance.ts";
import { LocalProtocolError } from "../../src/errors.ts";
import { AssociationTable } from "../../src/server/associations.ts";
import { DlmsServer, type LinkKind } from "../../src/server/index.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { dataOfSize } from "../dlms/association/pair.ts";
import { inMemory } from "../support/in-memory.ts";
import { asReader, sampleMeter, sampleServer } from "../support/sample-meter.ts";

const invoke = { longInvokeId: 7, selfDescriptive: false, breakOnError: false, confirmed: false, highPriority: false, reserved: 0 };

const push = (body: Uint8Array, confirmed = false): Notification => ({
  type: "data-notification",
  invoke: { ...invoke, confirmed },
  dateTime: undefined,
  body,
});

const pushClient = 102;
const channel = { clientSap: pushClient, serverSap: 1 };
const links: readonly LinkKind[] = ["wrapper", "wrapper-udp", "hdlc"];

/** A server that pushes to client 102, in a pre-established association that knows general block transfer or not. */
function pushingServer(timers: VirtualTimers, blocks: boolean): DlmsServer {
  const conformance = new Set<ConformanceName>(["data-notification", "get", ...(blocks ? (["general-block-transfer"] as const) : [])]);
  return new DlmsServer({
    logicalDevices: [new LogicalDevice({ sap: 1, name: "TST0000000000001", objects: [], access: () => undefined })],
    associations: new AssociationTable([
      {
        clientSap: pushClient,
        role: "push",
        authentication: { mechanism: "none" },
        preEstablished: { conformance, clientMaxReceivePduSize: blocks ? 128 : 0xffff },
      },
    ]),
    ownObjects: () => [],
    timers,
  });
}

interface Heard {
  readonly body: string;
  readonly from: string;
}

function listener(timers: VirtualTimers) {
  const heard: Heard[] = [];
  const notUnderstood: string[] = [];
  const receiver = new NotificationListener({
    timers,
    onNotification: (notification, { clientSap, serverSap }) => {
      if (notification.type === "data-notification") heard.push({ body: toHex(notification.body), from: `${serverSap}>${clientSap}` });
    },
    onNotUnderstood: (error) => notUnderstood.push(error.message),
  });
  return { receiver, heard, notUnderstood };
}

describe("A push", () => {
  for (const link of links)
    for (const blocks of [false, true]) {
      it(`reaches a listener over ${link}${blocks ? ", in general block transfer" : ""}, whole and once`, () => {
        const timers = new VirtualTimers();
        const server = pushingServer(timers, blocks);
        const { receiver, heard, notUnderstood } = listener(timers);
        let longest = 0;
        const carry = (bytes: Uint8Array) => {
          longest = Math.max(longest, bytes.length);
          return [bytes];
        };
        const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback), carry });
        receiver.hear(link, b);
        const body = dataOfSize(3000);
        server.push(link, a, channel, push(body));
        timers.advance(1000);
        expect(heard).to.deep.equal([{ body: toHex(body), from: "1>102" }]);
        expect(notUnderstood).to.deep.equal([]);
        if (blocks && link === "wrapper-udp") expect(longest, "octets in a datagram").to.equal(128 + 8);
      });
    }

  for (const [link, octets] of [
    ["hdlc", "7EA01DCD0223035781E6E7000F000000070011050F0000000800110635EF7E"],
    ["wrapper", "0001000100660010 0F00000007001105 0F00000008001106"],
    ["wrapper-udp", "0001000100660010 0F00000007001105 0F00000008001106"],
  ] as const) {
    it(`is heard in full where two come in one frame or PDU of ${link}`, () => {
      const timers = new VirtualTimers();
      const { receiver, heard, notUnderstood } = listener(timers);
      const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
      receiver.hear(link, b);
      a.write(fromHex(octets));
      timers.advance(100);
      expect(notUnderstood).to.deep.equal([]);
      expect(heard.map(({ body }) => body)).to.deep.equal(["1105", "1106"]);
    });
  }

  it("is confirmed where the meter wants to know", () => {
    const timers = new VirtualTimers();
    const sent: string[] = [];
    const { receiver } = listener(timers);
    const { a, b } = memoryTransportPair({
      schedule: (delay, callback) => timers.schedule(delay, callback),
      carry: (bytes, direction) => {
        if (direction === "b-to-a") sent.push(toHex(bytes));
        return [bytes];
      },
    });
    receiver.hear("wrapper", b);
    pushingServer(timers, false).push("wrapper", a, channel, push(fromHex("1105"), true));
    timers.advance(100);
    expect(sent).to.deep.equal(["00010066000100061040000007" + "00"]);
  });

  it("needs a pre-established association", () => {
    const timers = new VirtualTimers();
    const { a } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
    const server = pushingServer(timers, false);
    expect(() => server.push("wrapper", a, { clientSap: 16, serverSap: 1 }, push(fromHex("1105")))).to.throw(LocalProtocolError, /16/);
  });

  it("joins segmented UI frames of several meters that speak at once", () => {
    const timers = new VirtualTimers();
    const { receiver, heard } = listener(timers);
    const line: Uint8Array[][] = [];
    const { a: ear, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
    receiver.hear("hdlc", b);
    for (const physicalAddress of [17, 18]) {
      const frames: Uint8Array[] = [];
      line.push(frames);
      const { a } = memoryTransportPair({
        schedule: (delay, callback) => timers.schedule(delay, callback),
        carry: (bytes) => {
          frames.push(bytes.slice());
          return [];
        },
      });
      const server = new DlmsServer({
        logicalDevices: [new LogicalDevice({ sap: 1, name: "TST0000000000001", objects: [], access: () => undefined })],
        associations: new AssociationTable([
          {
            clientSap: pushClient,
            role: "push",
            authentication: { mechanism: "none" },
            preEstablished: { conformance: new Set(["data-notification", "get"]), clientMaxReceivePduSize: 0xffff },
          },
        ]),
        ownObjects: () => [],
        timers,
        hdlc: { physicalAddress },
      });
      server.push("hdlc", a, channel, push(dataOfSize(400 + physicalAddress)));
    }
    const split = (bytes: Uint8Array): Uint8Array[] => {
      const frames: Uint8Array[] = [];
      for (let offset = 0; offset < bytes.length; ) {
        const length = (((bytes[offset + 1] as number) & 7) << 8) + (bytes[offset + 2] as number) + 2;
        frames.push(bytes.subarray(offset, offset + length));
        offset += length;
      }
      return frames;
    };
    const [first = [], second = []] = line.map((writes) => writes.flatMap(split));
    expect(Math.min(first.length, second.length)).to.be.greaterThan(2);
    for (let index = 0; index < Math.max(first.length, second.length); index++)
      for (const frame of [first[index], second[index]]) if (frame !== undefined) ear.write(frame);
    timers.advance(100);
    expect(heard.map(({ body }) => body)).to.deep.equal([toHex(dataOfSize(417)), toHex(dataOfSize(418))]);
  });

  it("tells of what is no notification", () => {
    const timers = new VirtualTimers();
    const { receiver, notUnderstood } = listener(timers);
    const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
    receiver.hear("wrapper", b);
    a.write(fromHex("0001000100660003C40101"));
    timers.advance(100);
    expect(notUnderstood).to.have.length(1);
  });
});

describe("A notification to an associated client", () => {
  for (const link of links) {
    it(`comes between its answers, over ${link}`, async () => {
      const world = inMemory();
      const server = sampleServer(sampleMeter(3_600_000), { timers: world.timers });
      const heard: string[] = [];
      const client = await world.connect(server, link, { ...asReader, onNotification: ({ type }) => heard.push(type) });
      expect(server.notify({ clientSap: asReader.clientSap, serverSap: 1 }, push(fromHex("1105")))).to.equal(1);
      expect(server.notify({ clientSap: 77, serverSap: 1 }, push(fromHex("1105")))).to.equal(0);
      const value = await world.settle(client.getRaw({ classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 }));
      expect(value[0]).to.equal(6);
      expect(heard).to.deep.equal(["data-notification"]);
      await world.settle(client.close());
    });
  }
});
