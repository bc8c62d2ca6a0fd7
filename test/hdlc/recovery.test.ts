import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { answer, concat, frame } from "./frames.ts";
import { Script } from "./script.ts";
import { connected, Tool } from "./tool.ts";

const request = { information: "E6E600C001" };
const silence: string[] = [];
/** Fields of 32 octets and windows of 3, either way. */
const narrow = "818012 050120 060120 070400000003 080400000003".replaceAll(" ", "");

/** Octet `index` of a transmission, inverted in one bit. */
function damaged(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.map((octet, at) => (at === (index + bytes.length) % bytes.length ? octet ^ 0x10 : octet));
}

describe("HDLC error recovery of the server (Green Book, table of 2.6)", () => {
  describe("bad FCS/HCS, wrong length, missing end flag, not my address, NO_STATION: discard silently", () => {
    const good = frame(0x10, request);
    const cases = {
      "bad FCS": damaged(good, -2),
      "bad HCS": damaged(good, 7),
      "wrong length": damaged(good, 2),
      "missing end flag": good.slice(0, -1),
      "not my address": frame(0x10, { ...request, destination: "0225" }),
      NO_STATION: frame(0x10, { ...request, destination: "0001" }),
      "NO_STATION below": frame(0x10, { ...request, destination: "0201" }),
      "CALLING as a destination": frame(0x10, { ...request, destination: "02FD" }),
    };
    for (const [name, bytes] of Object.entries(cases)) {
      it(`${name}, and the link goes on as if nothing had been`, () => {
        const tool = connected();
        expect(tool.sends(bytes)).to.deep.equal(silence);
        tool.waits(2000);
        expect(tool.apdus).to.deep.equal([]);
        expect(tool.sends(good)).to.deep.equal(silence);
        expect(tool.answers("C401")).to.deep.equal(["30 E6E700C401"]);
        expect(tool.apdus).to.deep.equal(["C001"]);
      });
    }
  });

  it("duplicate I: do not deliver again; resend the last response frames with refreshed N(R)", () => {
    const tool = connected(undefined, narrow);
    tool.sendsFrame(0x10, request);
    const answered = tool.answers("AB".repeat(70));
    expect(answered.map((line) => line.split(" ")[0])).to.deep.equal(["20+", "22+", "34"]);
    expect(tool.sendsFrame(0x10, request), "the client repeats after its time-out").to.deep.equal(answered);
    expect(tool.apdus).to.deep.equal(["C001"]);
    expect(tool.sendsFrame(0x51), "two of them have come: the rest again").to.deep.equal(answered.slice(2));
  });

  it("duplicate I: RR if the response is not ready", () => {
    const tool = connected();
    expect(tool.sendsFrame(0x10, request)).to.deep.equal(silence);
    expect(tool.sendsFrame(0x10, request)).to.deep.equal(["31"]);
    expect(tool.answers("C401")).to.deep.equal(silence);
    expect(tool.sendsFrame(0x11)).to.deep.equal(["30 E6E700C401"]);
    expect(tool.apdus).to.deep.equal(["C001"]);
  });

  it("RR with N(R) pointing at my unacked frame: go-back, retransmit from N(R)", () => {
    const tool = connected(undefined, narrow);
    tool.sendsFrame(0x10, request);
    const answered = tool.answers("AB".repeat(70));
    for (const [control, first] of [
      [0x11, 0],
      [0x31, 1],
      [0x51, 2],
    ] as const) {
      expect(tool.sendsFrame(control)).to.deep.equal(answered.slice(first));
    }
    expect(tool.sendsFrame(0x71), "all have come").to.deep.equal(["31"]);
  });

  it("out of sequence N(S): discard info, answer RR with V(R), F=1", () => {
    const tool = connected(undefined, narrow);
    for (const control of [0x12, 0x14, 0x1c]) expect(tool.sendsFrame(control, request)).to.deep.equal(["11"]);
    expect(tool.apdus).to.deep.equal([]);
  });

  it("out of sequence N(S) without P: discard info, answer nothing", () => {
    const tool = connected(undefined, narrow);
    expect(tool.sendsFrame(0x02, request)).to.deep.equal(silence);
    expect(tool.sendsFrame(0x11)).to.deep.equal(["11"]);
  });

  describe("FRMR, with V(S), V(R) and the reason, until SNRM or DISC", () => {
    const cases = {
      "invalid N(R): Z": { bytes: frame(0x51), information: "510010" },
      "invalid N(R) of an I frame: Z": { bytes: frame(0x50, request), information: "500010" },
      "undefined control octet in NRM: W": { bytes: frame(0xff), information: "FF0080" },
      "info not permitted: X, with W": { bytes: frame(0x11, { information: "00" }), information: "1100C0" },
      "info field > negotiated max: Y": { bytes: frame(0x10, { information: "AA".repeat(129) }), information: "100020" },
    };
    for (const [name, { bytes, information }] of Object.entries(cases)) {
      it(name, () => {
        const tool = connected();
        expect(tool.sends(bytes)).to.deep.equal([`97 ${information}`]);
        for (const control of [0x11, 0x10]) expect(tool.sendsFrame(control)).to.deep.equal([`97 ${information}`]);
        expect(tool.sendsFrame(0x01), "not its turn").to.deep.equal(silence);
        expect(tool.sendsFrame(0x93)[0]).to.match(/^73/);
        expect(tool.sendsFrame(0x11)).to.deep.equal(["11"]);
      });
    }

    it("the recorded frame of a meter whose client kept old numbers after a new SNRM: 54 00 10 (pitfall 5)", () => {
      expect(connected().sendsFrame(0x54, request)).to.deep.equal(["97 540010"]);
    });

    it("says V(S) and V(R) of the moment", () => {
      const tool = connected();
      tool.sendsFrame(0x10, request);
      tool.answers("C401");
      expect(tool.sendsFrame(0xd1)).to.deep.equal(["97 D12210"]);
    });

    it("can be left by DISC", () => {
      const tool = connected();
      tool.sendsFrame(0xff);
      expect(tool.sendsFrame(0x53)).to.deep.equal(["73"]);
      expect(tool.sendsFrame(0x53)).to.deep.equal(["1F"]);
    });
  });

  it("undefined control octet in NDM: DM", () => {
    for (const control of [0xff, 0x94]) expect(new Tool().sendsFrame(control)).to.deep.equal(["1F"]);
    expect(new Tool().sendsFrame(0xef), "without P nobody may answer").to.deep.equal(silence);
  });

  it("I/RR/RNR while in NDM: DM(F)", () => {
    for (const control of [0x10, 0x11, 0x15]) expect(new Tool().sendsFrame(control)).to.deep.equal(["1F"]);
  });

  it("SNRM while NRM: UA, reset", () => {
    const tool = connected();
    tool.sendsFrame(0x10, request);
    tool.answers("C401");
    expect(tool.sendsFrame(0x93)[0]).to.match(/^73/);
    expect(tool.sendsFrame(0x11), "the old answer is gone").to.deep.equal(["11"]);
    tool.sendsFrame(0x10, request);
    expect(tool.answers("C402")).to.deep.equal(["30 E6E700C402"]);
  });

  it("DISC in NRM / NDM: UA (go NDM) / DM", () => {
    const tool = connected();
    expect(tool.sendsFrame(0x53)).to.deep.equal(["73"]);
    expect(tool.sendsFrame(0x53)).to.deep.equal(["1F"]);
  });

  it("second client address while connected: per-client link context; if resources are exhausted answer DM", () => {
    const tool = connected({ maxLinks: 2 });
    expect(tool.sendsFrame(0x93, { source: "03" })[0]).to.match(/^73/);
    expect(tool.sendsFrame(0x93, { source: "05" })).to.deep.equal(["1F"]);
    tool.sendsFrame(0x10, request);
    expect(tool.answers("C401")).to.deep.equal(["30 E6E700C401"]);
    expect(tool.sendsFrame(0x11, { source: "03" }), "its numbers are its own").to.deep.equal(["11"]);
    expect(tool.sendsFrame(0x53, { source: "03" })).to.deep.equal(["73"]);
    expect(tool.sendsFrame(0x93, { source: "05" })[0], "there is room again").to.match(/^73/);
    expect(tool.sendsFrame(0x31)).to.deep.equal(["31"]);
  });

  it("closes a link after the inactivity time-out without sending a frame", () => {
    const tool = connected({ inactivityTimeout: 1000 });
    tool.waits(1000);
    expect(tool.station.dataToSend()).to.equal(undefined);
    expect(tool.events.at(-1)).to.deep.equal({ type: "closed", channel: { clientSap: 16, serverSap: 1 }, reason: "timeout" });
    expect(tool.sendsFrame(0x11)).to.deep.equal(["1F"]);
  });
});

describe("HDLC error recovery of the client (Green Book 2.6)", () => {
  it("repeats the same frame with the same N(S) after the response time-out", () => {
    const script = Script.connected();
    expect(script.requests("C001")).to.deep.equal(["10 E6E600C001"]);
    expect(script.timesOut().sent).to.deep.equal(["10 E6E600C001"]);
    expect(script.hears(answer(0x30, { information: "E6E700C401" }))).to.deep.equal(["apdu C401"]);
  });

  it("repeats RR(P) for an expected continuation", () => {
    const script = Script.connected();
    script.requests("C001");
    script.hears(answer(0x30, { information: "E6E700C401", segmented: true }));
    expect(script.sent()).to.deep.equal(["31"]);
    expect(script.timesOut().sent).to.deep.equal(["31"]);
    expect(script.hears(answer(0x32, { information: "02" }))).to.deep.equal(["apdu C40102"]);
  });

  it("ends the link after N failures, and begins with SNRM and numbers at zero", () => {
    const script = Script.connected({ retries: 2 });
    script.requests("C001");
    script.timesOut();
    script.timesOut();
    expect(script.timesOut().events).to.deep.equal(["disconnected timeout"]);
    script.link.connect(script.now);
    expect(script.sent().map((line) => line.split(" ")[0])).to.deep.equal(["93"]);
    script.hears(answer(0x73));
    expect(script.requests("C002")).to.deep.equal(["10 E6E600C002"]);
  });

  it("takes DM received in NRM for a lost link", () => {
    const script = Script.connected();
    script.requests("C001");
    expect(script.hears(answer(0x1f))).to.deep.equal(["disconnected remote"]);
    expect(script.link.nextTimeout).to.equal(undefined);
  });

  it("takes FRMR for a lost link, which SNRM opens again", () => {
    const script = Script.connected();
    script.requests("C001");
    expect(script.hears(answer(0x97, { information: "540010" }))).to.deep.equal(["disconnected remote"]);
    script.link.connect(script.now);
    script.sent();
    expect(script.hears(answer(0x73))).to.deep.equal(["connected 128,128,1,1"]);
  });

  it("polls with RR after RNR until there is an answer", () => {
    const script = Script.connected();
    script.requests("C001");
    script.hears(answer(0x35));
    expect(script.sent()).to.deep.equal([]);
    expect(script.timesOut().sent).to.deep.equal(["11"]);
    script.hears(answer(0x31));
    expect(script.timesOut().sent).to.deep.equal(["11"]);
    expect(script.hears(answer(0x30, { information: "E6E700C401" }))).to.deep.equal(["apdu C401"]);
  });

  it("takes a doubled answer once", () => {
    const script = Script.connected();
    script.requests("C001");
    const twice = answer(0x30, { information: "E6E700C401" });
    expect(script.hears(concat(twice, twice))).to.deep.equal(["apdu C401", "discarded sequence"]);
  });

  it("goes on after another station's frame in between", () => {
    const script = Script.connected();
    script.requests("C001");
    const other = answer(0x30, { source: "0225", information: "E6E700C4FF" });
    expect(script.hears(other, answer(0x30, { information: "E6E700C401" }))).to.deep.equal(["discarded address", "apdu C401"]);
  });

  it("never calls everybody to open a link: broadcasts are UI only", () => {
    const script = new Script({ serverAddress: { logical: 127, physical: 127 } });
    expect(() => script.link.connect(0)).to.throw(/all stations/);
    script.link.sendUnconfirmed(fromHex("C101"), 0);
    expect(script.sent()).to.deep.equal(["03 E6E600C101"]);
    expect(script.link.nextTimeout).to.equal(undefined);
  });

  it("hears a server that originates with the CALLING address, in UI frames only", () => {
    const script = Script.connected();
    expect(script.hears(answer(0x03, { source: "02FD", information: "E6E7000F01" }))).to.deep.equal(["apdu 0F01 unconfirmed"]);
    expect(script.hears(answer(0x03, { source: "000200FD", information: "E6E7000F02" }))).to.deep.equal(["discarded address"]);
    expect(script.hears(answer(0x03, { source: "0002FEFD", information: "E6E7000F02" }))).to.deep.equal(["apdu 0F02 unconfirmed"]);
    expect(script.hears(answer(0x30, { source: "02FD", information: "E6E700C401" }))).to.deep.equal(["discarded address"]);
  });
});
