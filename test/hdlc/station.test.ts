import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { LocalProtocolError } from "../../src/errors.ts";
import { HdlcStation, type HdlcStationEvent, type HdlcStationOptions } from "../../src/hdlc/index.ts";
import { addresses, answer, concat, frame, summary } from "./frames.ts";

const station = (options: Partial<HdlcStationOptions> = {}) =>
  new HdlcStation({ physicalAddress: 17, logicalDevices: [1, 16], ...options });

function short(events: readonly HdlcStationEvent[]): string[] {
  return events.map((event) => {
    if (event.type === "discarded") return `discarded ${event.reason}`;
    const channel = `${event.channel.clientSap}>${event.channel.serverSap}`;
    if (event.type === "apdu") return `${channel} apdu ${toHex(event.bytes)}${event.confirmed ? "" : " unconfirmed"}`;
    return event.type === "closed" ? `${channel} closed ${event.reason}` : `${channel} opened`;
  });
}

/** What the station makes of a frame, and what it answers. */
function asks(meter: HdlcStation, bytes: Uint8Array, now = 0) {
  return { events: short(meter.receiveBytes(bytes, now)), sent: summary(meter.dataToSend()) };
}

const information = "E6E600C001";

describe("HdlcStation", () => {
  it("keeps a link of its own for each client and logical device", () => {
    const meter = station();
    for (const addressing of [{}, { source: "03" }, { destination: "2123" }, { source: "03", destination: "2123" }]) {
      expect(asks(meter, frame(0x93, addressing)).events[0]).to.match(/opened$/);
    }
    expect(asks(meter, frame(0x10, { information })).events).to.deep.equal(["16>1 apdu C001"]);
    expect(asks(meter, frame(0x10, { source: "03", destination: "2123", information })).events).to.deep.equal(["1>16 apdu C001"]);
    meter.send({ clientSap: 1, serverSap: 16 }, fromHex("C402"), 0);
    const second = meter.dataToSend() as Uint8Array;
    expect(summary(second)).to.deep.equal(["30 E6E700C402"]);
    expect(addresses(second)).to.equal(addresses(frame(0x30, { destination: "03", source: "2123" })));
    meter.send({ clientSap: 16, serverSap: 1 }, fromHex("C401"), 0);
    expect(summary(meter.dataToSend())).to.deep.equal(["30 E6E700C401"]);
    expect(asks(meter, frame(0x53)).events).to.deep.equal(["16>1 closed remote"]);
    expect(asks(meter, frame(0x11, { source: "03" })).sent).to.deep.equal(["11"]);
  });

  it("shares its line with other stations", () => {
    const meters = [17, 18, 19].map((physicalAddress) => station({ physicalAddress }));
    const line = (bytes: Uint8Array) => meters.map((meter) => asks(meter, bytes).sent.length);
    expect(line(frame(0x93, { destination: "0225" }))).to.deep.equal([0, 1, 0]);
    expect(line(frame(0x93, { destination: "00020027" }))).to.deep.equal([0, 0, 1]);
    expect(line(answer(0x73, { source: "0225" })), "another's answer").to.deep.equal([0, 0, 0]);
    expect(line(frame(0x11, { destination: "0225" }))).to.deep.equal([0, 1, 0]);
  });

  it("starts afresh on SNRM while connected, and says so", () => {
    const meter = station();
    asks(meter, frame(0x93));
    asks(meter, frame(0x10, { information }));
    expect(asks(meter, frame(0x93)).events).to.deep.equal(["16>1 closed replaced", "16>1 opened"]);
    meter.send({ clientSap: 16, serverSap: 1 }, fromHex("C401"), 0);
    expect(meter.dataToSend(), "the turn for the old request is gone").to.equal(undefined);
  });

  it("says nothing without P", () => {
    const meter = station();
    expect(asks(meter, frame(0x83))).to.deep.equal({ events: ["discarded sequence"], sent: [] });
    expect(asks(meter, frame(0x43)).sent).to.deep.equal([]);
    asks(meter, frame(0x93));
    expect(asks(meter, frame(0x0f)).events).to.deep.equal(["discarded control"]);
    expect(asks(meter, frame(0xef)).sent, "an unknown frame is rejected when asked").to.deep.equal([]);
    expect(asks(meter, frame(0x11)).sent).to.deep.equal(["97 EF0080"]);
    expect(asks(meter, frame(0x01)).sent).to.deep.equal([]);
    expect(asks(meter, frame(0x53)).events).to.deep.equal(["16>1 closed remote"]);
  });

  it("answers DM when it has links enough", () => {
    const meter = station({ maxLinks: 1 });
    expect(asks(meter, frame(0x93)).events).to.deep.equal(["16>1 opened"]);
    expect(asks(meter, frame(0x93, { source: "03" }))).to.deep.equal({ events: ["discarded limit"], sent: ["1F"] });
    expect(asks(meter, frame(0x93)).events.at(-1), "but not to one it has").to.equal("16>1 opened");
    asks(meter, frame(0x53));
    expect(asks(meter, frame(0x93, { source: "03" })).events).to.deep.equal(["1>1 opened"]);
  });

  it("drops an answer to a client that has gone", () => {
    const meter = station();
    asks(meter, frame(0x93));
    asks(meter, frame(0x10, { information }));
    asks(meter, frame(0x53));
    meter.send({ clientSap: 16, serverSap: 1 }, fromHex("C401"), 0);
    expect(meter.dataToSend()).to.equal(undefined);
  });

  it("answers nobody whose frame it rejected, until SNRM", () => {
    const meter = station();
    asks(meter, frame(0x93));
    asks(meter, frame(0x10, { information }));
    expect(asks(meter, frame(0xff)).sent).to.deep.equal(["97 FF2080"]);
    meter.send({ clientSap: 16, serverSap: 1 }, fromHex("C401"), 0);
    expect(meter.dataToSend()).to.equal(undefined);
  });

  it("rejects an SDU longer than it takes", () => {
    const meter = station({ maxApduLength: 100 });
    asks(meter, frame(0x93));
    expect(asks(meter, frame(0x10, { information: "AA".repeat(100), segmented: true })).sent).to.deep.equal(["31"]);
    expect(asks(meter, frame(0x12, { information: "AA".repeat(4) })).sent).to.deep.equal(["97 122020"]);
  });

  it("sends several answers in one turn", () => {
    const meter = station();
    asks(meter, frame(0x93, { information: "818006 070107 080107" }));
    asks(meter, frame(0x00, { information }));
    for (const block of ["E001", "E002", "E003"]) meter.send({ clientSap: 16, serverSap: 1 }, fromHex(block), 0);
    expect(summary(meter.dataToSend())).to.deep.equal([]);
    expect(asks(meter, frame(0x11)).sent).to.deep.equal(["20 E6E700E001", "22 E6E700E002", "34 E6E700E003"]);
  });

  describe("unconfirmed APDUs", () => {
    it("are taken with a link or without, and from a broadcast by every device meant", () => {
      const meter = station();
      expect(asks(meter, frame(0x03, { information }))).to.deep.equal({ events: ["16>1 apdu C001 unconfirmed"], sent: [] });
      expect(asks(meter, frame(0x03, { destination: "02FF", information })).events).to.deep.equal(["16>1 apdu C001 unconfirmed"]);
      expect(asks(meter, frame(0x03, { destination: "FEFF", information: "FFE600C001" })).events).to.deep.equal([
        "16>1 apdu C001 unconfirmed",
        "16>16 apdu C001 unconfirmed",
      ]);
    });

    it("are the only broadcast, and no broadcast is answered", () => {
      const meter = station();
      for (const control of [0x93, 0x53, 0x11, 0x13]) {
        expect(asks(meter, frame(control, { destination: "FEFF" }))).to.deep.equal({ events: ["discarded address"], sent: [] });
      }
    });

    it("are joined, and dropped when too long or too slow", () => {
      const meter = station({ maxApduLength: 10 });
      asks(meter, frame(0x03, { information, segmented: true }));
      expect(asks(meter, frame(0x03, { information: "02" })).events).to.deep.equal(["16>1 apdu C00102 unconfirmed"]);
      expect(asks(meter, frame(0x03, { information: "AA".repeat(14) })).events).to.deep.equal(["discarded limit"]);
      asks(meter, frame(0x03, { information, segmented: true }), 100);
      expect(meter.nextTimeout).to.equal(5100);
      meter.handleTimeout(5100);
      expect(meter.nextTimeout).to.equal(undefined);
    });

    it("are pushed at once, in the address form of the link if there is one", () => {
      const meter = station();
      const push = () => {
        meter.sendUnconfirmed({ clientSap: 64, serverSap: 1 }, fromHex("0F01"), 0);
        return meter.dataToSend() as Uint8Array;
      };
      expect(summary(push())).to.deep.equal(["03 E6E7000F01"]);
      expect(addresses(push())).to.equal(addresses(frame(0x03, { destination: "81", source: "0223" })));
      asks(meter, frame(0x93, { source: "81", destination: "00020023" }));
      expect(addresses(push())).to.equal(addresses(frame(0x03, { destination: "81", source: "00020023" })));
      const pointToPoint = station({ addressLengths: [1] });
      pointToPoint.sendUnconfirmed({ clientSap: 64, serverSap: 1 }, fromHex("0F01"), 0);
      expect(addresses(pointToPoint.dataToSend() as Uint8Array)).to.equal(addresses(frame(0x03, { destination: "81", source: "03" })));
    });

    it("wait for the client's poll where the line is shared", () => {
      const meter = station({ unsolicited: false, physicalAddress: 5481 });
      meter.sendUnconfirmed({ clientSap: 16, serverSap: 1 }, fromHex("C201"), 0);
      meter.sendUnconfirmed({ clientSap: 16, serverSap: 1 }, fromHex("C202"), 0);
      meter.sendUnconfirmed({ clientSap: 1, serverSap: 1 }, fromHex("C203"), 0);
      expect(meter.dataToSend()).to.equal(undefined);
      expect(asks(meter, frame(0x13, { destination: "000254D3" })).sent).to.deep.equal(["03 E6E700C201", "13 E6E700C202"]);
      expect(asks(meter, frame(0x13, { destination: "000254D3" })).sent).to.deep.equal(["13"]);
      for (let waiting = 1; waiting < 32; waiting++) meter.sendUnconfirmed({ clientSap: 16, serverSap: 1 }, fromHex("C2"), 0);
      expect(() => meter.sendUnconfirmed({ clientSap: 16, serverSap: 1 }, fromHex("C2"), 0)).to.throw(LocalProtocolError);
    });

    it("keep a link alive", () => {
      const meter = station({ inactivityTimeout: 1000 });
      asks(meter, frame(0x93));
      asks(meter, frame(0x03, { information }), 600);
      expect(meter.nextTimeout).to.equal(1600);
    });
  });

  it("refuses addresses that it could not be called by", () => {
    expect(() => station({ physicalAddress: 20_000 })).to.throw(LocalProtocolError);
    expect(() => station({ logicalDevices: [200], addressLengths: [1] })).to.throw(LocalProtocolError);
  });

  it("reports partial frames on silence", () => {
    const meter = station();
    meter.receiveBytes(frame(0x93).subarray(0, 5), 0);
    expect(short(meter.handleSilence(0))).to.deep.equal(["discarded silence"]);
  });

  it("survives garbage, and serves the next client as if nothing had been", () => {
    const stuff = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc
          .record({ control: fc.nat(255), information: fc.uint8Array({ maxLength: 140 }), segmented: fc.boolean() })
          .map(({ control, information: octets, segmented }) => frame(control, { information: toHex(octets), segmented })),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(stuff, (pieces) => {
        const meter = station({ maxApduLength: 500 });
        for (const piece of pieces)
          for (const event of meter.receiveBytes(piece, 0)) expect(event.type).to.be.oneOf(["discarded", "apdu", "opened", "closed"]);
        meter.handleSilence(0);
        meter.dataToSend();
        expect(asks(meter, concat(frame(0x93), frame(0x11))).sent.at(-1)).to.equal("11");
      }),
      { numRuns: 300 },
    );
  });
});
