import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { LineEnd } from "../../src/client/line-end.ts";
import { SharedLine } from "../../src/client/shared-line.ts";
import { HdlcConnection, type HdlcConnectionOptions, HdlcStation } from "../../src/hdlc/index.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { type MemoryLink, memoryTransportPair } from "../../src/transport/memory.ts";
import { tapLine } from "../../src/transport/tap-line.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { answer, frame, summary } from "../hdlc/frames.ts";

/** A link over an end of the line, with what a session does for it and no more. */
class Meter {
  readonly end: LineEnd;
  readonly link: HdlcConnection;
  readonly events: string[] = [];
  onEvent: (event: string) => void = () => {};
  #cancel: () => void = () => {};

  constructor(line: SharedLine, physical: number, options: Partial<HdlcConnectionOptions> = {}) {
    const address = { clientSap: 16, serverAddress: { logical: 1, physical } };
    this.end = line.end(address);
    this.link = new HdlcConnection({ ...address, responseTimeout: 1000, retries: 2, ...options });
    this.end.onData((chunk) => this.#note(this.link.receiveBytes(chunk, this.end.timers.now())));
    this.end.onClose((error) => this.events.push(`closed${error === undefined ? "" : ` ${error.message}`}`));
  }

  act(action: (link: HdlcConnection, now: number) => void): void {
    action(this.link, this.end.timers.now());
    this.#flush();
  }

  #note(events: ReturnType<HdlcConnection["receiveBytes"]>): void {
    for (const event of events) {
      if (event.type === "discarded") continue;
      const text = event.type === "apdu" ? toHex(event.bytes) : event.type === "disconnected" ? `disconnected ${event.reason}` : event.type;
      this.events.push(text);
      this.onEvent(text);
      // As a session does whose link is lost.
      if (text === "disconnected timeout") this.#leave();
    }
    this.#flush();
  }

  #leave(): void {
    this.end.onClose(() => {});
    this.end.destroy();
  }

  #flush(): void {
    for (let bytes = this.link.dataToSend(); bytes !== undefined; bytes = this.link.dataToSend()) this.end.write(bytes);
    this.#cancel();
    const { nextTimeout } = this.link;
    const { timers } = this.end;
    if (nextTimeout !== undefined) {
      this.#cancel = timers.schedule(nextTimeout - timers.now(), () => this.#note(this.link.handleTimeout(timers.now())));
    }
  }
}

/** Answers every request with itself and the physical address of the station. */
function serve(transport: Transport, timers: VirtualTimers, physicalAddress: number): void {
  const station = new HdlcStation({ physicalAddress, logicalDevices: [1], addressLengths: [2, 4] });
  transport.onData((chunk) => {
    for (const event of station.receiveBytes(chunk, timers.now())) {
      if (event.type === "apdu" && event.confirmed)
        station.send(event.channel, Uint8Array.of(...event.bytes, physicalAddress), timers.now());
    }
    for (let bytes = station.dataToSend(); bytes !== undefined; bytes = station.dataToSend()) transport.write(bytes);
  });
}

function lineOf(physical: readonly number[], silent: readonly number[] = [], link: Partial<MemoryLink> = {}) {
  const timers = new VirtualTimers();
  /** What crossed the line, in order: "up 93" or "down 73". */
  const crossed: string[] = [];
  const { a, b } = memoryTransportPair({
    schedule: (delay, callback) => timers.schedule(delay, callback),
    latency: 10,
    carry: (bytes, direction) => {
      for (const line of summary(bytes)) crossed.push(`${direction === "a-to-b" ? "up" : "down"} ${line}`);
      return [bytes];
    },
    ...link,
  });
  const stations = physical.filter((address) => !silent.includes(address));
  for (const [index, tap] of tapLine(b, stations.length).entries()) serve(tap, timers, stations[index] as number);
  const line = new SharedLine({ transport: a, timers });
  return { timers, line, crossed, far: b, meters: physical.map((address) => new Meter(line, address)) };
}

/** Sends the next request when the answer is there, `count` times. */
function converse(meter: Meter, count: number): void {
  let asked = 0;
  meter.onEvent = (event) => {
    if (event.startsWith("disconnected")) return;
    if (asked < count) meter.act((link, now) => link.send(Uint8Array.of(0xc0, asked++), now));
    else meter.act((link, now) => link.disconnect(now));
  };
  meter.act((link, now) => link.connect(now));
}

const expected = (physical: number, count: number) => [
  "connected",
  ...Array.from({ length: count }, (_, index) => toHex(Uint8Array.of(0xc0, index, physical))),
  "disconnected local",
];

describe("SharedLine", () => {
  it("lets several links live side by side on one line, each hearing its own meter", () => {
    const { timers, meters } = lineOf([17, 18, 19]);
    for (const meter of meters) converse(meter, 5);
    timers.advance(10_000);
    for (const [index, meter] of meters.entries()) expect(meter.events).to.deep.equal(expected(17 + index, 5));
  });

  it("has one exchange under way at a time", () => {
    const { timers, meters, crossed } = lineOf([17, 18, 19]);
    for (const meter of meters) converse(meter, 5);
    timers.advance(10_000);
    expect(crossed.length).to.equal(2 * 3 * 7);
    expect(crossed.map((line) => line.split(" ")[0])).to.deep.equal(Array.from({ length: 3 * 7 }, () => ["up", "down"]).flat());
  });

  it("is fair: whoever has waited longest comes next", () => {
    const { timers, meters, crossed } = lineOf([17, 18, 19]);
    const order: number[] = [];
    meters.forEach((meter, index) => {
      converse(meter, 4);
      const proceed = meter.onEvent;
      meter.onEvent = (event) => {
        order.push(17 + index);
        proceed(event);
      };
    });
    timers.advance(10_000);
    expect(crossed.length).to.be.above(0);
    expect(order).to.deep.equal(Array.from({ length: 6 }, () => [17, 18, 19]).flat());
  });

  it("is not held by a silent meter: the others go on between its attempts, and its link ends by itself", () => {
    const { timers, meters } = lineOf([17, 18], [17]);
    for (const meter of meters) converse(meter, 3);
    timers.advance(1100);
    expect(meters[1]?.events[0]).to.equal("connected");
    timers.advance(20_000);
    expect(meters[0]?.events).to.deep.equal(["disconnected timeout"]);
    expect(meters[1]?.events).to.deep.equal(expected(18, 3));
  });

  it("stops the clock of those who wait, so that nobody times out in the queue", () => {
    const { timers, meters } = lineOf([17, 18, 19, 20, 21], [17, 18, 19, 20]);
    for (const meter of meters) converse(meter, 1);
    timers.advance(4000);
    expect(meters[4]?.events, "four seconds in the queue, with a response time-out of one").to.deep.equal([]);
    timers.advance(20_000);
    expect(meters[4]?.events).to.deep.equal(expected(21, 1));
    expect(meters[4]?.end.timers.now()).to.be.below(timers.now());
  });

  it("is free at once when whoever has it leaves", () => {
    const { timers, meters } = lineOf([17, 18], [17]);
    for (const meter of meters) converse(meter, 1);
    timers.advance(100);
    meters[0]?.end.destroy();
    timers.advance(200);
    expect(meters[1]?.events).to.deep.equal(expected(18, 1));
  });

  it("is free after a while when whoever has it neither asks again nor leaves", () => {
    const { timers, line, meters } = lineOf([17, 18], [17]);
    line.end({ clientSap: 16, serverAddress: { logical: 1, physical: 17 } }).write(frame(0x93));
    meters[1]?.act((link, now) => link.connect(now));
    timers.advance(30_000);
    expect(meters[1]?.events).to.deep.equal(["connected"]);
  });

  it("is not held by what nobody answers: a broadcast", () => {
    const { timers, line, meters, crossed } = lineOf([17]);
    const everybody = new HdlcConnection({ clientSap: 16, serverAddress: { logical: 127, physical: 127 } });
    const end = line.end({ clientSap: 16, serverAddress: { logical: 127, physical: 127 } });
    everybody.sendUnconfirmed(fromHex("C101"), 0);
    end.write(everybody.dataToSend() as Uint8Array);
    meters[0]?.act((link, now) => link.connect(now));
    timers.advance(100);
    expect(crossed.map((text) => text.slice(0, 7).trim())).to.deep.equal(["up 03 E", "up 93 8", "down 73"]);
    expect(meters[0]?.events).to.deep.equal(["connected"]);
  });

  it("takes what a meter says late or by itself to its own link, whoever has the line", () => {
    const { timers, far, meters } = lineOf([17, 18], [18]);
    meters[0]?.act((link, now) => link.connect(now));
    timers.advance(100);
    meters[1]?.act((link, now) => link.connect(now));
    far.write(answer(0x03, { information: "E6E7000F01" }));
    timers.advance(20);
    expect(meters[0]?.events).to.deep.equal(["connected", "0F01"]);
    expect(meters[1]?.events).to.deep.equal([]);
  });

  it("gives up noise before it speaks, so that no answer is swallowed", () => {
    const { timers, far, meters } = lineOf([17]);
    far.write(fromHex("7EA7FE022321"));
    timers.advance(20);
    for (const meter of meters) converse(meter, 2);
    timers.advance(5000);
    expect(meters[0]?.events).to.deep.equal(expected(17, 2));
  });

  it("sends what was written before an end is closed, and stays open for the others", async () => {
    const { timers, line, crossed, meters } = lineOf([17, 18]);
    meters[0]?.act((link, now) => link.connect(now));
    meters[1]?.act((link, now) => link.connect(now));
    let done = false;
    const closing = meters[1]?.end.close().then(() => {
      done = true;
    });
    expect(done).to.equal(false);
    timers.advance(100);
    await closing;
    expect(crossed.filter((text) => text.startsWith("up 93")).length).to.equal(2);
    meters[0]?.act((link, now) => link.disconnect(now));
    timers.advance(100);
    expect(meters[0]?.events).to.deep.equal(["connected", "disconnected local"]);
    await line.close();
    expect(meters[0]?.events.at(-1)).to.equal("closed");
  });

  it("closes every end when the line goes", () => {
    const { timers, far, meters } = lineOf([17, 18]);
    far.destroy();
    timers.advance(100);
    for (const meter of meters) expect(meter.events).to.deep.equal(["closed"]);
    meters[0]?.act((link, now) => link.connect(now));
    expect(meters[0]?.events, "and takes nothing more").to.deep.equal(["closed"]);
  });

  it("reads slower while an end wants it to", () => {
    const { timers, meters, far } = lineOf([17, 18]);
    meters[0]?.end.pause();
    far.write(answer(0x03, { information: "E6E7000F01" }));
    timers.advance(100);
    expect(meters[0]?.events).to.deep.equal([]);
    meters[0]?.end.resume();
    expect(meters[0]?.events).to.deep.equal(["0F01"]);
  });

  it("serves every link through loss, doubling and damage, or ends it", () => {
    let state = 99;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const carry = (bytes: Uint8Array) => {
      const draw = random();
      if (draw < 0.1) return [];
      if (draw < 0.2) return [bytes, bytes];
      return [draw < 0.3 ? bytes.map((octet, index) => (index === 5 ? octet ^ 1 : octet)) : bytes];
    };
    const { timers, meters } = lineOf([17, 18, 19], [], { carry });
    for (const meter of meters) converse(meter, 20);
    timers.advance(3_600_000);
    meters.forEach((meter, index) => {
      const whole = expected(17 + index, 20);
      const last = meter.events.at(-1);
      expect(last).to.match(/^disconnected/);
      if (last === "disconnected local") expect(meter.events).to.deep.equal(whole);
      else expect(meter.events.slice(0, -1)).to.deep.equal(whole.slice(0, meter.events.length - 1));
    });
    expect(meters.some((meter) => meter.events.at(-1) === "disconnected local")).to.equal(true);
  });
});
