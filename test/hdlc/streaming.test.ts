import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { HdlcPair } from "../support/hdlc-pair.ts";
import { answer, frame, summary } from "./frames.ts";
import { Script } from "./script.ts";
import { connected } from "./tool.ts";

const channel = { clientSap: 16, serverSap: 1 };
const request = { information: "E6E600C001" };
const windows = (size: number) => `81801405020080060200800704000000${toHex(Uint8Array.of(size))}0804000000${toHex(Uint8Array.of(size))}`;

describe("several APDUs in one turn of the server", () => {
  it("go out together as far as a window of 7 allows, F on the last", () => {
    const tool = connected(undefined, windows(7));
    tool.sendsFrame(0x10, request);
    for (let index = 0; index < 9; index++) tool.station.send(channel, Uint8Array.of(0xe0, index), 0);
    const first = summary(tool.station.dataToSend());
    expect(first.map((line) => line.split(" ")[0])).to.deep.equal(["20", "22", "24", "26", "28", "2A", "3C"]);
    expect(tool.sendsFrame(0xf1), "the client acknowledges all and gives the turn").to.deep.equal(["2E E6E700E007", "30 E6E700E008"]);
    expect(tool.sendsFrame(0x31)).to.deep.equal(["31"]);
  });

  it("go out one for each poll with a window of 1", () => {
    const tool = connected();
    tool.sendsFrame(0x10, request);
    for (let index = 0; index < 3; index++) tool.station.send(channel, Uint8Array.of(0xe0, index), 0);
    expect(summary(tool.station.dataToSend())).to.deep.equal(["30 E6E700E000"]);
    expect(tool.station.dataToSend(), "the turn is the client's").to.equal(undefined);
    expect(tool.sendsFrame(0x31)).to.deep.equal(["32 E6E700E001"]);
    expect(tool.sendsFrame(0x51)).to.deep.equal(["34 E6E700E002"]);
    expect(tool.sendsFrame(0x71)).to.deep.equal(["31"]);
  });

  it("are all taken by the client, which asks on by itself only after a full window", () => {
    const script = Script.connected({ windowSizeReceive: 3, windowSizeTransmit: 3 }, windows(3));
    script.requests("C001");
    const blocks = [0x20, 0x22, 0x34].map((control, index) => answer(control, { information: `E6E700E00${index}` }));
    expect(script.hears(...blocks)).to.deep.equal(["apdu E000", "apdu E001", "apdu E002"]);
    expect(script.sent()).to.deep.equal(["71"]);
    expect(script.hears(answer(0x36, { information: "E6E700E003" }))).to.deep.equal(["apdu E003"]);
    expect(script.sent(), "the window was not full").to.deep.equal([]);
    script.link.poll(0);
    expect(script.sent(), "its user knows better").to.deep.equal(["91"]);
  });

  it("are asked for again where a frame among them was lost", () => {
    const script = Script.connected({ windowSizeReceive: 3, windowSizeTransmit: 3 }, windows(3));
    script.requests("C001");
    const blocks = [0x20, 0x22, 0x34].map((control, index) => answer(control, { information: `E6E700E00${index}` }));
    expect(script.hears(blocks[0] as Uint8Array, blocks[2] as Uint8Array)).to.deep.equal(["apdu E000", "discarded sequence"]);
    expect(script.sent()).to.deep.equal(["31"]);
    expect(script.hears(answer(0x22, { information: "E6E700E001" }), answer(0x34, { information: "E6E700E002" }))).to.deep.equal([
      "apdu E001",
      "apdu E002",
    ]);
  });

  it("are polled for until they come, and no longer than the server answers", () => {
    const script = Script.connected({ pollInterval: 50, retries: 1, responseTimeout: 1000 });
    script.requests("C001");
    script.hears(answer(0x30, { information: "E6E700E000" }));
    script.link.poll(0);
    expect(script.sent()).to.deep.equal(["31"]);
    for (let round = 0; round < 5; round++) {
      script.hears(answer(0x31));
      expect(script.timesOut().sent).to.deep.equal(["31"]);
    }
    expect(script.timesOut().sent).to.deep.equal(["31"]);
    expect(script.timesOut().events).to.deep.equal(["disconnected timeout"]);
  });

  it("do nothing to a link that is closed", () => {
    const script = new Script();
    script.link.poll(0);
    expect(script.sent()).to.deep.equal([]);
    expect(script.link.nextTimeout).to.equal(undefined);
  });

  for (const windowSize of [1, 7]) {
    it(`arrive all, in order and once, over a line that loses, with a window of ${windowSize}`, () => {
      fc.assert(
        fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 }), (seed, count, length) => {
          let state = seed >>> 0;
          const random = () => {
            state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
            return state / 2 ** 32;
          };
          const pair = new HdlcPair({
            client: { windowSizeReceive: windowSize, windowSizeTransmit: windowSize, retries: 30, responseTimeout: 500 },
            fault: (bytes) => (random() < 0.2 ? [] : [bytes]),
            stream: () => Array.from({ length: count }, (_, index) => new Uint8Array(length).fill(index)),
          });
          pair.onEvent = (event) => {
            if (event.type === "connected") pair.client.send(fromHex("C001"), pair.now);
            else if (event.type === "apdu" && pair.answers.length < count) pair.client.poll(pair.now);
          };
          pair.client.connect(0);
          pair.run();
          expect(pair.requests.length).to.equal(1);
          expect(pair.answers.map((bytes) => [bytes.length, bytes[0]])).to.deep.equal(
            Array.from({ length: count }, (_, index) => [length, index]),
          );
        }),
        { numRuns: 25 },
      );
    }).timeout(20_000);
  }
});

describe("the smallest client: fields of 32 octets, a window of 1", () => {
  const smallest = {
    maxInformationFieldLengthTransmit: 32,
    maxInformationFieldLengthReceive: 32,
    windowSizeTransmit: 1,
    windowSizeReceive: 1,
  };

  it("is served whatever the server could do, in fields no longer than 32 octets", () => {
    const answered = Uint8Array.from({ length: 500 }, (_, index) => index & 0xff);
    const pair = new HdlcPair({ client: smallest, answer: () => ({ apdu: answered, after: 0 }) });
    pair.onEvent = (event) => {
      if (event.type === "connected") pair.client.send(new Uint8Array(200).fill(0xc0), pair.now);
    };
    pair.client.connect(0);
    pair.run();
    expect(pair.requests.map((bytes) => toHex(bytes))).to.deep.equal(["C0".repeat(200)]);
    expect(pair.answers.map((bytes) => toHex(bytes))).to.deep.equal([toHex(answered)]);
    for (const { bytes } of pair.sent.slice(2)) {
      const lines = summary(bytes);
      expect(lines.length).to.equal(1);
      expect((lines[0]?.split(" ")[1] ?? "").length / 2).to.be.at.most(32);
    }
  });

  it("takes a UA without an information field for 128 and 1, and keeps to its own 32 (pitfall 30)", () => {
    const script = new Script(smallest);
    script.link.connect(0);
    expect(script.sent()).to.deep.equal(["93 818012050120060120070400000001080400000001"]);
    expect(script.hears(answer(0x73))).to.deep.equal(["connected 32,32,1,1"]);
    expect(script.requests("C0".repeat(60))[0]?.split(" ")[0]).to.equal("10+");
  });

  it("has its unconfirmed APDUs segmented, and is sent segmented ones", () => {
    const pushed = "0F".repeat(70);
    const tool = connected(undefined, "818012050120060120070400000001080400000001");
    tool.station.sendUnconfirmed(channel, fromHex(pushed), 0);
    const frames = tool.station.dataToSend() as Uint8Array;
    expect(summary(frames).map((line) => line.split(" ")[0])).to.deep.equal(["03+", "03+", "03"]);
    const script = Script.connected(smallest);
    expect(script.hears(frames)).to.deep.equal([`apdu ${pushed} unconfirmed`]);
    script.link.sendUnconfirmed(fromHex(pushed), 0);
    const up = script.link.dataToSend() as Uint8Array;
    expect(summary(up).map((line) => line.split(" ")[0])).to.deep.equal(["03+", "03+", "03"]);
    tool.sends(up);
    expect(tool.events.at(-1)).to.deep.include({ type: "apdu", confirmed: false, bytes: fromHex(pushed) });
  });

  it("segments to 128 octets where no link says otherwise", () => {
    const script = new Script();
    script.link.sendUnconfirmed(new Uint8Array(260).fill(0xc1), 0);
    expect(script.sent().map((line) => (line.split(" ")[1] ?? "").length / 2)).to.deep.equal([128, 128, 7]);
  });
});

describe("a broadcast", () => {
  const everybody = ["FF", "FEFF", "FEFFFEFF"];

  it("reaches every station and every logical device, in every address form, and nobody answers", () => {
    for (const destination of everybody) {
      const tools = [17, 18].map((physicalAddress) => connected({ physicalAddress, logicalDevices: [1, 2] }, undefined, physicalAddress));
      for (const tool of tools) {
        expect(tool.sends(frame(0x03, { destination, information: "E6E600C101" }))).to.deep.equal([]);
        const heard = tool.events.filter((event) => event.type === "apdu");
        expect(heard.map((event) => event.type === "apdu" && [event.channel.serverSap, event.confirmed])).to.deep.equal([
          [1, false],
          [2, false],
        ]);
      }
    }
  });

  it("is discarded with P, and in any frame but UI", () => {
    for (const control of [0x13, 0x93, 0x53, 0x10, 0x11, 0x15]) {
      const tool = connected();
      expect(tool.sends(frame(control, { destination: "FEFF", information: control === 0x13 ? "E6E600C101" : "" }))).to.deep.equal([]);
      expect(tool.apdus).to.deep.equal([]);
      expect(tool.sendsFrame(0x11), "and changes nothing").to.deep.equal(["11"]);
    }
  });

  it("carries FF as the destination LSAP just as well", () => {
    const tool = connected();
    tool.sends(frame(0x03, { destination: "FEFF", information: "FFE600C101" }));
    expect(tool.apdus).to.deep.equal(["C101"]);
  });
});
