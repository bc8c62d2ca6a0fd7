import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { ClientEvent, Notification } from "../../../src/dlms/association/events.ts";
import type { NegotiatedContext } from "../../../src/dlms/association/negotiation.ts";
import { supportedConformance } from "../../../src/dlms/association/negotiation.ts";
import { NotificationReceiver } from "../../../src/dlms/association/notification-receiver.ts";
import type { ConformanceName } from "../../../src/dlms/xdlms/conformance.ts";
import { LocalProtocolError } from "../../../src/errors.ts";
import { AssociationPair, dataOfSize, RawServer, without } from "./pair.ts";

const invoke = { longInvokeId: 7, selfDescriptive: false, breakOnError: false, confirmed: false, highPriority: false, reserved: 0 };

const dataNotification = (body = fromHex("1105"), confirmed = false): Notification => ({
  type: "data-notification",
  invoke: { ...invoke, confirmed },
  dateTime: undefined,
  body,
});

const eventNotification: Notification = {
  type: "event-notification-request",
  time: undefined,
  attribute: { classId: 3, logicalName: fromHex("0100010800FF"), attributeId: 2 },
  value: fromHex("0600001234"),
};

const notificationsOf = (events: readonly ClientEvent[]) =>
  events.flatMap((event) => (event.type === "notification" ? [event.notification] : []));

/** What both sides know of an association that is never opened. */
const preEstablished = (names: ReadonlySet<ConformanceName> = supportedConformance): NegotiatedContext => ({
  clientSap: 102,
  serverSap: 1,
  applicationContext: "logical-name",
  referencing: "logical-name",
  mechanism: "none",
  conformance: names,
  clientMaxReceivePduSize: 128,
  serverMaxReceivePduSize: 128,
});

describe("Notifications", () => {
  it("reach an associated client, which keeps its requests apart from them", () => {
    const pair = new AssociationPair().associate();
    pair.server.notify(dataNotification());
    pair.server.notify(eventNotification);
    pair.run();
    expect(notificationsOf(pair.clientEvents)).to.deep.equal([dataNotification(), eventNotification]);
  });

  it("are sent in frames that nobody acknowledges", () => {
    const pair = new AssociationPair().associate();
    pair.server.notify(eventNotification);
    expect(pair.server.apduToSend()?.confirmed).to.equal(false);
  });

  it("are confirmed where the server wants to know", () => {
    const pair = new AssociationPair().associate();
    pair.server.notify(dataNotification(undefined, true));
    pair.run();
    expect(pair.serverEvents.at(-1)).to.deep.equal({ type: "notification-confirmed", longInvokeId: 7 });
  });

  it("are not sent to a client that did not agree, or is not associated", () => {
    const pair = new AssociationPair({ server: { supportedConformance: without("event-notification") } });
    expect(() => pair.server.notify(dataNotification())).to.throw(LocalProtocolError, /has not agreed/);
    pair.associate();
    expect(() => pair.server.notify(eventNotification)).to.throw(LocalProtocolError, /event-notification/);
    pair.server.notify(dataNotification());
  });

  it("are not sent where they do not fit and blocks were not agreed on", () => {
    const pair = new AssociationPair({ client: { maxReceivePduSize: 64 } }).associate();
    expect(() => pair.server.notify(dataNotification(dataOfSize(100)))).to.throw(LocalProtocolError, /accepts 64/);
  });

  it("travel in general block transfer where they are long", () => {
    const pair = new AssociationPair({ client: { maxReceivePduSize: 64, proposedConformance: supportedConformance } }).associate();
    const start = pair.carried.length;
    pair.server.notify(dataNotification(dataOfSize(1000)));
    pair.run();
    expect(pair.longest("server", start)).to.equal(64);
    expect(
      pair.carried.slice(start).every(({ from }) => from === "server"),
      "nothing is acknowledged",
    ).to.equal(true);
    expect(notificationsOf(pair.clientEvents)).to.deep.equal([dataNotification(dataOfSize(1000))]);
  });
});

describe("A pre-established association", () => {
  it("stands without being opened, in both roles", () => {
    const pair = new AssociationPair({
      client: { preEstablished: preEstablished() },
      server: { preEstablished: preEstablished() },
      handle: () => ({ service: "get", results: [{ data: fromHex("1105") }] }),
    });
    pair.client.associate(0);
    expect(pair.client.handleTimeout(0).map(({ type }) => type)).to.deep.equal(["associated"]);
    const [event] = pair.request({
      service: "get",
      list: false,
      attributes: [{ attribute: { classId: 3, logicalName: fromHex("0100010800FF"), attributeId: 2 }, selection: undefined }],
    });
    expect(event?.type).to.equal("response");
    expect(pair.serverEvents.map(({ type }) => type)).to.deep.equal(["associated", "indication"]);
    expect(pair.carried).to.have.length(2);
    pair.client.release(0);
    expect(pair.client.handleTimeout(0).map(({ type }) => type)).to.deep.equal(["released"]);
    expect(pair.client.apduToSend()).to.equal(undefined);
  });

  it("cannot be opened, released or aborted", () => {
    const server = new RawServer({ preEstablished: preEstablished() });
    for (const acse of ["601DA109060760857405080101BE10040E01000000065F1F0400007E1F04B0", "6203800100", "6403800100"]) {
      expect(server.send(acse)).to.equal("D80202");
      expect(server.server.state).to.equal("associated");
    }
  });

  it("lets a server notify before it has heard anything", () => {
    const server = new RawServer({ preEstablished: preEstablished() });
    server.server.notify(eventNotification);
    expect(server.answers()).to.equal("C20000030100010800FF020600001234");
  });
});

describe("An association with a time limit", () => {
  it("ends when the client has said nothing for so long", () => {
    const server = new RawServer({ inactivityTimeout: 1000 }).associate();
    expect(server.server.nextTimeout).to.equal(1000);
    server.server.receiveApdu(fromHex("C001C1 0003 0100010800FF 0200"), 600);
    expect(server.server.handleTimeout(1000)).to.deep.equal([]);
    expect(server.server.nextTimeout).to.equal(1600);
    expect(server.server.handleTimeout(1600)).to.deep.equal([{ type: "released" }]);
    expect(server.send("C001C1 0003 0100010800FF 0200")).to.equal("D80101");
  });
});

describe("NotificationReceiver", () => {
  const receive = (receiver: NotificationReceiver, hex: string) => receiver.receiveApdu(fromHex(hex));

  it("takes every kind of notification", () => {
    const receiver = new NotificationReceiver(1000);
    expect(receive(receiver, "0F00000007001105")).to.deep.equal([{ type: "notification", notification: dataNotification() }]);
    expect(receive(receiver, "C20000030100010800FF020600001234")).to.deep.equal([
      { type: "notification", notification: eventNotification },
    ]);
    expect(receive(receiver, "18 00 01 02 FA00 01 1105").map(({ type }) => type)).to.deep.equal(["notification"]);
    expect(receiver.apduToSend()).to.equal(undefined);
  });

  it("confirms what wants to be confirmed", () => {
    const receiver = new NotificationReceiver(1000);
    receive(receiver, "0F40000007001105");
    expect(toHex(receiver.apduToSend()?.bytes ?? new Uint8Array())).to.equal("104000000700");
  });

  it("joins blocks, and says so when some are missing", () => {
    const receiver = new NotificationReceiver(1000);
    expect(receive(receiver, "E0 40 0001 0000 04 0F000000")).to.deep.equal([]);
    expect(receive(receiver, "E0 C0 0002 0000 04 07001105")).to.deep.equal([{ type: "notification", notification: dataNotification() }]);
    receive(receiver, "E0 40 0001 0000 04 0F000000");
    const [event] = receive(receiver, "E0 C0 0003 0000 04 07001105");
    expect(event?.type === "not-understood" && event.error.message).to.match(/blocks of a notification are missing/);
  });

  it("loses nothing of several that come as one", () => {
    const receiver = new NotificationReceiver(1000);
    const both = receive(receiver, "0F00000007001105 0F40000008001106");
    const bodies = both.map(
      (event) => event.type === "notification" && event.notification.type === "data-notification" && event.notification.body,
    );
    expect(bodies.map((body) => body && toHex(body))).to.deep.equal(["1105", "1106"]);
    expect(toHex(receiver.apduToSend()?.bytes ?? new Uint8Array())).to.equal("104000000800");
    const [first, rest] = receive(receiver, "0F00000007001105 FF01");
    expect(first?.type).to.equal("notification");
    expect(rest?.type === "not-understood" && toHex(rest.bytes)).to.equal("FF01");
  });

  it("tells of what it does not understand, with its octets", () => {
    const receiver = new NotificationReceiver(1000);
    for (const hex of ["C401C1001105", "DB00", "FF", "0F0000"]) {
      const [event] = receive(receiver, hex);
      expect(event?.type === "not-understood" && toHex(event.bytes)).to.equal(hex);
    }
  });
});
