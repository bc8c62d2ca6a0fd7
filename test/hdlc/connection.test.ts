import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { LocalProtocolError } from "../../src/errors.ts";
import { loadVectors, plain } from "../support/vectors.ts";
import { answer, frame, summary } from "./frames.ts";
import { Script, short } from "./script.ts";

const window3 = "818014 05020080 06020080 070400000003 080400000003";

describe("HdlcConnection", () => {
  describe("connecting", () => {
    it("proposes its parameters and takes what the server allows", () => {
      const script = new Script({ maxInformationFieldLengthTransmit: 500, windowSizeReceive: 4 });
      script.link.connect(0);
      expect(script.link.state).to.equal("connecting");
      expect(script.sent()).to.deep.equal(["93 818013050201F4060180070400000001080400000004"]);
      expect(script.hears(answer(0x73, { information: "818012 050140 0601C8 070400000007 080400000007" }))).to.deep.equal([
        "connected 200,64,1,4",
      ]);
      expect(script.link.state).to.equal("connected");
      expect(Object.values(script.link.parameters)).to.deep.equal([200, 64, 1, 4]);
      expect(script.link.nextTimeout).to.equal(undefined);
    });

    it("takes a UA without parameters, or with unreadable ones, for the defaults", () => {
      for (const information of ["", "0102"]) {
        const script = new Script({ windowSizeReceive: 7, windowSizeTransmit: 7 });
        script.link.connect(0);
        expect(script.hears(answer(0x73, { information }))).to.deep.equal(["connected 128,128,1,1"]);
      }
    });

    it("is rejected by DM", () => {
      const script = new Script();
      script.link.connect(0);
      expect(script.hears(answer(0x1f))).to.deep.equal(["disconnected rejected"]);
      expect(script.link.state).to.equal("disconnected");
    });

    it("repeats SNRM, then gives up", () => {
      const script = new Script({ retries: 1, responseTimeout: 700 });
      script.link.connect(0);
      expect(script.sent().length).to.equal(1);
      expect(script.timesOut().sent[0]).to.match(/^93/);
      expect(script.timesOut()).to.deep.equal({ events: ["disconnected timeout"], sent: [] });
      expect(script.now).to.equal(1400);
    });

    it("can be broken off", () => {
      const script = new Script();
      script.link.connect(0);
      script.link.disconnect(0);
      expect(script.sent().at(-1)).to.equal("53");
      expect(script.hears(answer(0x1f))).to.deep.equal(["disconnected local"]);
    });

    it("is refused twice, as is sending without a link", () => {
      const script = new Script();
      expect(() => script.link.send(fromHex("C0"), 0)).to.throw(LocalProtocolError);
      script.link.connect(0);
      expect(() => script.link.connect(0)).to.throw(LocalProtocolError);
      expect(() => script.link.send(fromHex("C0"), 0)).to.throw(LocalProtocolError);
    });
  });

  describe("disconnecting", () => {
    it("repeats DISC and ends with UA, DM or a time-out", () => {
      for (const control of [0x73, 0x1f]) {
        const script = Script.connected();
        script.link.disconnect(0);
        expect(script.link.state).to.equal("disconnecting");
        expect(script.sent()).to.deep.equal(["53"]);
        expect(script.timesOut().sent).to.deep.equal(["53"]);
        expect(script.hears(answer(control))).to.deep.equal(["disconnected local"]);
      }
      const script = Script.connected({ retries: 0 });
      script.link.disconnect(0);
      expect(script.timesOut().events).to.deep.equal(["disconnected timeout"]);
    });

    it("does nothing without a link", () => {
      const script = new Script();
      script.link.disconnect(0);
      expect(script.sent()).to.deep.equal([]);
    });

    it("is noticed when the server does it, by DM or by rejecting a frame", () => {
      expect(Script.connected().hears(answer(0x1f))).to.deep.equal(["disconnected remote"]);
      expect(Script.connected().hears(answer(0x97, { information: "540010" }))).to.deep.equal(["disconnected remote"]);
    });

    it("happens without a frame from the server for the inactivity time-out", () => {
      const script = Script.connected({ inactivityTimeout: 60_000 });
      script.now = 10_000;
      expect(script.hears(answer(0x13, { information: "E6E7000F" }))).to.deep.equal(["apdu 0F unconfirmed"]);
      expect(script.timesOut().events).to.deep.equal(["disconnected timeout"]);
      expect(script.now).to.equal(70_000);
    });
  });

  describe("exchanging", () => {
    it("numbers frames as the usual dialogue with a window of 1 does", () => {
      const script = Script.connected();
      expect(script.requests("C001")).to.deep.equal(["10 E6E600C001"]);
      expect(script.hears(answer(0x30, { information: "E6E700C401" }))).to.deep.equal(["apdu C401"]);
      expect(script.requests("C002")).to.deep.equal(["32 E6E600C002"]);
      expect(script.hears(answer(0x52, { information: "E6E700C402" }))).to.deep.equal(["apdu C402"]);
      expect(script.requests("C003")).to.deep.equal(["54 E6E600C003"]);
      expect(script.hears(answer(0x74, { information: "E6E700C403" }))).to.deep.equal(["apdu C403"]);
      expect(script.link.nextTimeout).to.equal(undefined);
    });

    it("tolerates a missing and a doubled LLC header (pitfall 22)", () => {
      const script = Script.connected();
      script.requests("C001");
      expect(script.hears(answer(0x30, { information: "C401" }))).to.deep.equal(["apdu C401"]);
      script.requests("C002");
      expect(script.hears(answer(0x52, { information: "E6E700E6E700C402" }))).to.deep.equal(["apdu C402"]);
    });

    it("sends a long APDU in windows with P on the last frame of each", () => {
      const script = Script.connected({ windowSizeTransmit: 3 }, window3);
      expect(script.requests("AB".repeat(125 + 128 * 3)).map((line) => line.slice(0, 3))).to.deep.equal(["00+", "02+", "14+"]);
      script.hears(answer(0x71));
      expect(script.sent()).to.deep.equal([`16 ${"AB".repeat(128)}`]);
    });

    it("acknowledges each window of a long answer with RR", () => {
      const script = Script.connected({ windowSizeReceive: 3 }, window3);
      script.requests("C001");
      const segment = (control: number, information: string, segmented = true) => answer(control, { information, segmented });
      expect(script.hears(segment(0x20, "E6E700AA"), segment(0x22, "BB"), segment(0x34, "CC"))).to.deep.equal([]);
      expect(script.sent()).to.deep.equal(["71"]);
      expect(script.hears(segment(0x36, "DD", false))).to.deep.equal(["apdu AABBCCDD"]);
      expect(script.sent()).to.deep.equal([]);
    });

    it("goes back to the first frame the server missed", () => {
      const script = Script.connected({ windowSizeTransmit: 3 }, window3);
      script.requests("AB".repeat(125 + 128 * 2));
      script.hears(answer(0x31));
      expect(script.sent().map((line) => line.slice(0, 3))).to.deep.equal(["02+", "14 "]);
      script.hears(answer(0x71));
      expect(script.sent()).to.deep.equal([]);
      expect(script.timesOut().sent, "the answer is asked for").to.deep.equal(["11"]);
    });

    it("has a lost frame of the answer sent again", () => {
      const script = Script.connected({ windowSizeReceive: 3 }, window3);
      script.requests("C001");
      const segment = (control: number, information: string, segmented = true) => answer(control, { information, segmented });
      expect(script.hears(segment(0x20, "E6E700AA"), segment(0x34, "CC", false))).to.deep.equal(["discarded sequence"]);
      expect(script.sent()).to.deep.equal(["31"]);
      expect(script.hears(segment(0x22, "BB"), segment(0x34, "CC", false))).to.deep.equal(["apdu AABBCC"]);
    });

    it("repeats the request when there is no answer, and takes a doubled answer once", () => {
      const script = Script.connected();
      script.requests("C001");
      expect(script.timesOut().sent).to.deep.equal(["10 E6E600C001"]);
      const first = answer(0x30, { information: "E6E700C401" });
      expect(script.hears(first)).to.deep.equal(["apdu C401"]);
      expect(script.requests("C002")).to.deep.equal(["32 E6E600C002"]);
      expect(script.hears(first)).to.deep.equal(["discarded sequence"]);
      expect(script.sent(), "it waits for the answer to the second").to.deep.equal([]);
      expect(script.hears(answer(0x52, { information: "E6E700C402" }))).to.deep.equal(["apdu C402"]);
    });

    it("polls a server that has no answer yet or is busy", () => {
      for (const control of [0x31, 0x35]) {
        const script = Script.connected({ pollInterval: 250 });
        script.requests("C001");
        script.hears(answer(control));
        expect(script.timesOut().sent).to.deep.equal(["11"]);
        expect(script.now).to.equal(250);
        script.hears(answer(0x30, { information: "E6E700C401" }));
        expect(script.link.nextTimeout).to.equal(undefined);
      }
    });

    it("does not send information to a busy server", () => {
      const script = Script.connected();
      script.requests("AB".repeat(200));
      script.hears(answer(0x35));
      expect(script.sent()).to.deep.equal([]);
      expect(script.timesOut().sent).to.deep.equal(["11"]);
      script.hears(answer(0x31));
      expect(script.sent()[0]).to.match(/^12 AB/);
    });

    it("waits for its turn with a second APDU", () => {
      const script = Script.connected();
      expect(script.requests("C001").length).to.equal(1);
      expect(script.requests("C002")).to.deep.equal([]);
      script.hears(answer(0x31));
      expect(script.sent()).to.deep.equal(["12 E6E600C002"]);
    });

    it("asks again when its user knows that more is to come", () => {
      const script = Script.connected();
      script.requests("C001");
      script.hears(answer(0x30, { information: "E6E700E000" }));
      script.link.poll(0);
      expect(script.sent()).to.deep.equal(["31"]);
      script.link.poll(0);
      expect(script.sent(), "not while the server has the turn").to.deep.equal([]);
      script.hears(answer(0x31));
      expect(script.sent(), "but as soon as it is back without an APDU").to.deep.equal(["31"]);
      script.hears(answer(0x32, { information: "E6E700E001" }));
      expect(script.sent()).to.deep.equal([]);
      expect(script.link.nextTimeout, "nobody waits once it has come").to.equal(undefined);
    });

    it("gives a long frame on a slow line the time it takes", () => {
      const script = Script.connected({ responseTimeout: 1000, interOctetTimeout: 900 });
      script.requests("C001");
      const slow = answer(0x30, { information: `E6E700${"AB".repeat(20)}` });
      for (let at = 0; at < slow.length; at++) {
        script.now += 50;
        expect(script.link.nextTimeout as number).to.be.above(script.now - 1);
        const events = short(script.link.receiveBytes(slow.subarray(at, at + 1), script.now));
        expect(events).to.deep.equal(at === slow.length - 1 ? [`apdu ${"AB".repeat(20)}`] : []);
      }
    });

    it("closes the link rather than take an APDU longer than it may be", () => {
      const script = Script.connected({ maxApduLength: 100 });
      script.requests("C001");
      expect(script.hears(answer(0x30, { information: "AA".repeat(100), segmented: true }))).to.deep.equal([]);
      script.sent();
      expect(script.hears(answer(0x32, { information: "AA".repeat(10) }))).to.deep.equal(["discarded limit"]);
      expect(script.sent()).to.deep.equal(["53"]);
    });

    it("discards acknowledgements of what was never sent, empty SDUs and frames out of place", () => {
      const script = Script.connected();
      script.requests("C001");
      expect(script.hears(answer(0xf1))).to.deep.equal(["discarded sequence"]);
      expect(script.hears(answer(0x73))).to.deep.equal(["discarded sequence"]);
      expect(script.hears(answer(0x93))).to.deep.equal(["discarded control"]);
      expect(script.hears(answer(0x30))).to.deep.equal([]);
      expect(new Script().hears(answer(0x30))).to.deep.equal(["discarded sequence"]);
    });

    it("gives up when a server answers but never takes the request", () => {
      const script = Script.connected({ windowSizeTransmit: 3, retries: 2 }, window3);
      let sent = script.requests("AB".repeat(300)).length;
      for (let answers = 0; answers < 50 && script.link.state === "connected"; answers++) {
        script.hears(answer(0x11));
        sent += script.sent().length;
        if (script.link.nextTimeout !== undefined) sent += script.timesOut().sent.length;
      }
      expect(script.link.state).to.equal("disconnected");
      expect(sent).to.be.below(30);
    });
  });

  describe("addresses", () => {
    it("match by number in any form, and by alias (pitfall 20)", () => {
      const script = Script.connected({ serverAliases: [{ logical: 32 }] });
      script.requests("C001");
      expect(script.hears(answer(0x30, { source: "00020023", information: "E6E700C401" }))).to.deep.equal(["apdu C401"]);
      script.requests("C002");
      expect(script.hears(answer(0x52, { source: "41", information: "E6E700C402" }))).to.deep.equal(["apdu C402"]);
    });

    it("of others are not answered to", () => {
      const script = Script.connected();
      script.requests("C001");
      expect(script.hears(answer(0x30, { source: "0225", information: "E6E700C401" }))).to.deep.equal(["discarded address"]);
      expect(script.hears(answer(0x30, { destination: "23", information: "E6E700C401" }))).to.deep.equal(["discarded address"]);
    });
  });

  describe("echo", () => {
    it("of its own frames is dropped (pitfall 1)", () => {
      const script = new Script();
      script.link.connect(0);
      const snrm = script.link.dataToSend() as Uint8Array;
      expect(script.hears(snrm, answer(0x73))).to.deep.equal(["discarded echo", "connected 128,128,1,1"]);
      script.link.send(fromHex("C001"), 0);
      const request = script.link.dataToSend() as Uint8Array;
      expect(script.hears(request, answer(0x30, { information: "E6E700C401" }))).to.deep.equal(["discarded echo", "apdu C401"]);
    });

    it("is told from an equal answer where client and server have the same address", () => {
      const same = { destination: "03", source: "03" };
      for (const echoing of [false, true]) {
        const script = new Script({ clientSap: 1, serverAddress: { logical: 1 } });
        const heard = (frames: Uint8Array, ...more: Uint8Array[]) => (echoing ? script.hears(frames, ...more) : script.hears(...more));
        const echo = echoing ? ["discarded echo"] : [];
        script.link.connect(0);
        expect(heard(script.link.dataToSend() as Uint8Array, frame(0x73, same))).to.deep.equal([...echo, "connected 128,128,1,1"]);
        script.link.send(fromHex("C001"), 0);
        expect(heard(script.link.dataToSend() as Uint8Array, frame(0x31, same))).to.deep.equal(echo);
        script.now = script.link.nextTimeout as number;
        script.link.handleTimeout(script.now);
        const poll = script.link.dataToSend() as Uint8Array;
        expect(summary(poll)).to.deep.equal(["11"]);
        expect(heard(poll, frame(0x30, { ...same, information: "E6E700C401" }))).to.deep.equal([...echo, "apdu C401"]);
        script.link.poll(script.now);
        const second = script.link.dataToSend() as Uint8Array;
        expect(heard(second, second), "the answer to RR is the same RR").to.deep.equal(echo);
        expect(script.link.nextTimeout, "it has the turn, and asks again later").to.equal(script.now + 100);
      }
    });
  });

  describe("unconfirmed APDUs", () => {
    it("go out at once without a link, and in its turn with one", () => {
      const script = new Script();
      script.link.sendUnconfirmed(fromHex("0F00"), 0);
      expect(script.sent()).to.deep.equal(["03 E6E6000F00"]);
      const connected = Script.connected();
      connected.requests("C001");
      connected.link.sendUnconfirmed(fromHex("AB".repeat(130)), 0);
      expect(connected.sent()).to.deep.equal([]);
      connected.hears(answer(0x30, { information: "E6E700C401" }));
      expect(connected.sent().map((line) => line.slice(0, 3))).to.deep.equal(["03+", "03 "]);
    });

    it("of a pushing meter are joined from their segments, whatever their addresses (pitfall 12)", () => {
      const vectors = loadVectors("hdlc.json").filter(({ name }) => name.startsWith("ui-segmented-push"));
      const script = new Script({ anyUnconfirmed: true });
      const events = vectors.flatMap(({ hex }) => plain(script.link.receiveBytes(fromHex(hex), 0)) as { type: string; bytes: string }[]);
      const joined = vectors.map(({ value }) => (value as { information: string }).information).join("");
      expect(events.map(({ type, bytes }) => `${type} ${bytes}`)).to.deep.equal([`apdu ${joined.slice(6)}`]);
      expect(new Script().hears(fromHex(vectors[0]?.hex ?? ""))).to.deep.equal(["discarded address"]);
    });

    it("come one by one in blocks that carry an LLC header only in the first (pitfall 13)", () => {
      const vectors = loadVectors("hdlc.json").filter(({ name }) => name.startsWith("gbt-push-ui"));
      const script = new Script({ anyUnconfirmed: true });
      const events = script.hears(...vectors.map(({ hex }) => fromHex(hex)));
      expect(events.map((event) => event.slice(0, 9))).to.deep.equal(["apdu E040", "apdu E040", "apdu E0C0"]);
    });

    it("that stop half-way are given up", () => {
      const script = new Script();
      script.hears(answer(0x03, { information: "E6E7000F01", segmented: true }));
      expect(script.timesOut().events).to.deep.equal([]);
      expect(script.link.nextTimeout).to.equal(undefined);
      expect(script.hears(answer(0x03, { information: "E6E7000F02" }))).to.deep.equal(["apdu 0F02 unconfirmed"]);
    });

    it("hold little memory, however many are begun", () => {
      const script = new Script({ anyUnconfirmed: true, maxApduLength: 50 });
      for (let source = 16; source < 116; source++) {
        script.hears(frame(0x03, { source: toHex(Uint8Array.of((source << 1) | 1)), information: "0F", segmented: true }));
      }
      expect(script.hears(frame(0x03, { source: "21", information: "01" })), "the first was forgotten").to.deep.equal([
        "apdu 01 unconfirmed",
      ]);
      expect(script.hears(frame(0x03, { source: "E7", information: "01" }))).to.deep.equal(["apdu 0F01 unconfirmed"]);
      expect(script.hears(frame(0x03, { source: "21", information: "AA".repeat(54) }))).to.deep.equal(["discarded limit"]);
    });
  });

  it("drops a partial frame on silence, when told or after the inter-octet time-out", () => {
    const half = answer(0x30, { information: "E6E700C401" }).subarray(0, 12);
    const told = Script.connected();
    expect(told.hears(half)).to.deep.equal([]);
    expect(short(told.link.handleSilence(0))).to.deep.equal(["discarded silence"]);
    expect(told.link.nextTimeout).to.equal(undefined);
    const waited = Script.connected({ interOctetTimeout: 40 });
    waited.hears(half);
    expect(waited.timesOut().events).to.deep.equal(["discarded silence"]);
    expect(waited.now).to.equal(40);
  });
});
