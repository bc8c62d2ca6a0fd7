import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { TransportError } from "../../src/errors.ts";
import { openSerialPort, type SerialLine } from "../../src/optical/serial-port.ts";
import { realTimers } from "../../src/session/timers.ts";
import { SerialPair } from "../support/serial-pair.ts";

describe("A serial port", function () {
  this.timeout(10_000);
  let pair: SerialPair;
  let lines: SerialLine[] = [];

  const open = async (path: string, options: { readonly baudRate?: number; readonly silence?: number } = {}): Promise<SerialLine> => {
    const line = await openSerialPort({ path, ...options, schedule: (delay, callback) => realTimers.schedule(delay, callback) });
    lines.push(line);
    return line;
  };
  const heard = (line: SerialLine, count: number): Promise<string> =>
    new Promise((resolve) => {
      let octets = "";
      line.onData((chunk) => {
        octets += toHex(chunk);
        if (octets.length >= 2 * count) resolve(octets);
      });
    });
  const failure = async (attempt: Promise<unknown>): Promise<TransportError> => {
    const error = await attempt.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error).to.be.instanceOf(TransportError);
    return error as TransportError;
  };

  beforeEach(async function () {
    const started = await SerialPair.start();
    if (started === undefined) this.skip();
    pair = started;
  });
  afterEach(async () => {
    for (const line of lines) line.destroy();
    lines = [];
    await pair?.stop();
  });

  it("carries every octet both ways, at whatever speed", async () => {
    const [a, b] = [await open(pair.a, { baudRate: 300 }), await open(pair.b, { baudRate: 300 })];
    expect([a.baudRate, a.path, a.name]).to.deep.equal([300, pair.a, `serial ${pair.a}`]);
    const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    const there = heard(b, 256);
    a.write(all);
    expect(await there).to.equal(toHex(all));
    await a.setBaudRate(9600);
    await b.setBaudRate(9600);
    expect(b.baudRate).to.equal(9600);
    const back = heard(a, 3);
    b.write(Uint8Array.of(1, 2, 3));
    expect(await back).to.equal("010203");
  });

  it("loses nothing that comes while its speed changes", async () => {
    const [a, b] = [await open(pair.a), await open(pair.b)];
    const rounds = 60;
    const arrived = heard(a, rounds * 100);
    for (let round = 0; round < rounds; round++) {
      b.write(new Uint8Array(100).fill(round));
      await a.setBaudRate(round % 2 === 0 ? 300 : 9600);
    }
    expect((await arrived).length / 2).to.equal(rounds * 100);
    expect(a.baudRate).to.equal(9600);
  });

  it("tells when the line falls silent, and keeps nothing back for that", async () => {
    const [a, b] = [await open(pair.a), await open(pair.b, { silence: 30 })];
    const events: string[] = [];
    await new Promise<void>((resolve) => {
      b.onData((chunk) => events.push(toHex(chunk)));
      b.onSilence(() => {
        events.push("silence");
        resolve();
      });
      a.write(Uint8Array.of(0x7e));
    });
    expect(events).to.deep.equal(["7E", "silence"]);
  });

  it("says that it is gone when it is unplugged, whatever is written then", async () => {
    const a = await open(pair.a);
    const gone = new Promise<Error | undefined>((resolve) => a.onClose(resolve));
    await pair.unplug();
    const error = await gone;
    expect(error).to.be.instanceOf(TransportError);
    expect((error as TransportError).code).to.equal("closed");
    expect((error as TransportError).hint).to.contain("plug the probe in again");
    expect(a.write(Uint8Array.of(1))).to.equal(true);
    expect((await failure(a.setBaudRate(300))).code).to.equal("closed");
    await a.close();
  });

  it("is opened by one program only, and what hinders says what to do", async () => {
    await open(pair.a);
    expect(await failure(open(pair.a))).to.include({ code: "open-failed", message: `${pair.a}: in use by another program` });
    const missing = await failure(open(`${pair.a}-none`));
    expect([missing.message, missing.hint]).to.deep.equal([
      `${pair.a}-none: no such port`,
      "list the ports with: ls /dev/serial/by-id, and plug the probe in",
    ]);
    writeFileSync(`${pair.a}.txt`, "");
    expect((await failure(open(`${pair.a}.txt`))).message).to.equal(`${pair.a}.txt: no serial port`);
  });

  it("closes after what was written is sent, and tells of it once", async () => {
    const [a, b] = [await open(pair.a), await open(pair.b)];
    let closed = 0;
    a.onClose(() => (closed += 1));
    const arrived = heard(b, 4000);
    a.write(new Uint8Array(4000));
    await a.close();
    await a.close();
    expect((await arrived).length).to.equal(8000);
    expect(closed).to.equal(1);
  });
});
