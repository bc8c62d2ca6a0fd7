import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { ConfigError, DlmsError, SecurityError, TransportError } from "../../src/errors.ts";
import { commandMessage, dataMessage } from "../../src/optical/message.ts";
import { runProgramming } from "../../src/optical/open-optical.ts";
import { withEvenParity } from "../../src/optical/parity.ts";
import type { Programming } from "../../src/optical/programming.ts";
import {
  type ProgrammingAnswer,
  type ProgrammingLogin,
  type ProgrammingRequest,
  ProgrammingSession,
} from "../../src/optical/programming-session.ts";
import { AttemptBook } from "../../src/server/attempt-limiter.ts";
import { bench } from "./support/bench.ts";
import { type LineModelOptions, settled } from "./support/line-model.ts";

const password = { command: "P1", password: "00000000" } as const;
const requests: readonly ProgrammingRequest[] = [
  { command: "R1", address: "1.8.0" },
  { command: "W1", address: "C.1", value: "7" },
  { command: "R1", address: "C.1" },
  { command: "R1", address: "9.9.9" },
];
const answers: readonly ProgrammingAnswer[] = [
  { type: "data", data: "1.8.0(000012.345*kWh)" },
  { type: "done" },
  { type: "data", data: "C.1(7)" },
  { type: "refused", error: "ER06" },
];

interface Session {
  readonly found: readonly ProgrammingAnswer[] | DlmsError;
  /** Octets before programming mode, and with it. */
  readonly before: number;
  readonly octets: number;
  readonly took: number;
  /** What the meter's line runs at in the end: that of sign-on again after a break. */
  readonly meterBaudRate: number;
}

/** A whole session over the line model, sign-on and all. */
async function session(
  login: ProgrammingLogin | undefined,
  asked: readonly ProgrammingRequest[],
  model: Omit<LineModelOptions, "timers"> = {},
): Promise<Session> {
  const values = new Map([
    ["0.0.0", "12345678"],
    ["1.8.0", "000012.345*kWh"],
    ["C.1", "0"],
  ]);
  const programming: Programming = {
    limiter: new AttemptBook().limiterOf(2, "optical"),
    isIdentity: (address) => address === "0.0.0",
    login: (given) => (given === password.password ? 1 : undefined),
    algorithm: { operand: () => "12AB", verify: (operand, result) => (result === `${operand}${operand}` ? 2 : undefined) },
    read: (address) => {
      const value = values.get(address);
      return value === undefined ? undefined : [value];
    },
    write: (address, value) => values.has(address) && values.set(address, value).has(address),
  };
  const run = bench({ want: "programming" }, { programming }, model);
  let before = 0;
  const whole = run.result.then((result) => {
    before = run.line.carried;
    if (result.type !== "programming") return expect.fail(`programming mode, not ${result.type}`);
    const { baudRate, operand } = result;
    return runProgramming(run.line.reader, { baudRate, operand, requests: asked, ...(login === undefined ? {} : { login }) }, run.timers);
  });
  const found = await settled(run.timers, whole).catch((error: unknown) => {
    if (error instanceof DlmsError) return error;
    throw error;
  });
  const took = run.timers.now();
  run.timers.advance(2000);
  await new Promise((resolve) => setImmediate(resolve));
  return { found, before, octets: run.line.carried, took, meterBaudRate: run.line.meter.baudRate };
}

describe("Programming mode, from the reader's end", () => {
  it("logs in, reads, writes, is told what the meter refuses, and leaves the meter free", async () => {
    const { found, took, meterBaudRate } = await session(password, requests);
    expect(found).to.deep.equal(answers);
    expect(meterBaudRate).to.equal(300);
    expect(took, "ms").to.be.lessThan(6000);
  });

  it("does so with the probe's own echo", async () => {
    expect((await session(password, requests, { echo: true })).found).to.deep.equal(answers);
  });

  it("answers the meter's operand where a secure algorithm is asked for", async () => {
    const login = { command: "P2", resultOf: (operand: string) => `${operand}${operand}` } as const;
    expect((await session(login, requests)).found).to.deep.equal(answers);
  });

  it("reads what anybody may without a password, and is refused the rest", async () => {
    const asked = [{ command: "R1", address: "0.0.0" } as const, ...requests.slice(0, 2)];
    expect((await session(undefined, asked)).found).to.deep.equal([
      { type: "data", data: "0.0.0(12345678)" },
      { type: "refused", error: "ER03" },
      { type: "refused", error: "ER03" },
    ]);
  });

  it("says that the password is wrong, without showing it, and leaves the meter free", async () => {
    const { found, meterBaudRate } = await session({ command: "P1", password: "87654321" }, requests);
    expect(found).to.be.instanceOf(SecurityError);
    expect(found).to.include({ code: "authentication-failed", layer: "optical" });
    expect(JSON.stringify([found, (found as Error).message])).not.to.contain("87654321");
    expect(meterBaudRate).to.equal(300);
  });

  it("goes on where a single octet is lost, doubled or changed, at whatever place", async () => {
    const { before, octets } = await session(password, requests);
    const damages: readonly ((octet: number) => readonly number[])[] = [() => [], (o) => [o, o], (o) => [o ^ 0x10], (o) => [o ^ 0x11]];
    for (const [kind, damage] of damages.entries()) {
      // The break at the end is answered by nobody.
      for (let place = before; place < octets - 5; place++) {
        const { found } = await session(password, requests, { carry: (octet, index) => (index === place ? damage(octet) : [octet]) });
        expect(found, `${kind} ${place}`).to.deep.equal(answers);
      }
    }
  });

  it("ends in one error where the cable is pulled, at whatever place", async () => {
    const { octets } = await session(password, requests);
    for (let place = 0; place < octets - 5; place += 3) {
      expect((await session(password, requests, { unplugAt: place })).found, String(place)).to.be.instanceOf(TransportError);
    }
  });

  it("is not to be had of a meter without it", async () => {
    for (const identification of ["/DGW5\\2METER", "/ABCx-older"]) {
      const run = bench({ want: "programming" }, { identification });
      const found = await settled(run.timers, run.result).catch((error: unknown) => error);
      expect(found, identification).to.be.instanceOf(DlmsError);
      expect((found as DlmsError).message).to.match(/does not enter programming mode$/);
    }
  });
});

describe("A session of programming mode", () => {
  const opened = (asked: readonly ProgrammingRequest[]) => {
    const machine = new ProgrammingSession({ baudRate: 9600, operand: "()", requests: asked }, 0);
    const said = (): string =>
      machine
        .takeSteps()
        .flatMap((step) => (step.type === "send" ? [Buffer.from(step.octets.map((octet) => octet & 0x7f)).toString("latin1")] : []))
        .join("");
    const hear = (message: Uint8Array): string => {
      // A second before the time-out, so that what was said is out.
      machine.receiveBytes(withEvenParity(message), (machine.nextTimeout ?? 0) - 1000);
      return said();
    };
    return { machine, said, hear };
  };
  const profile = [{ command: "R5", address: "P.01", value: "2611220000;2611230000" }] as const;
  /** A block that another follows. */
  const partial = (data: string): Uint8Array => {
    const block = dataMessage(data);
    // EOT in place of ETX changes the check by the same bits.
    block[block.length - 2] = 0x04;
    block[block.length - 1] = (block[block.length - 1] as number) ^ 0x03 ^ 0x04;
    return block;
  };
  const signOff = "\x01B0\x03q";

  it("asks for a range, and joins the blocks of an answer", () => {
    const { machine, said, hear } = opened(profile);
    expect(said()).to.equal(Buffer.from(commandMessage("R5", "P.01(2611220000;2611230000)")).toString("latin1"));
    expect(hear(partial("P.01(261122"))).to.equal("\x06");
    const damaged = partial("0015)(");
    damaged[2] = 0x31 ^ 0x03;
    expect(hear(damaged)).to.equal("\x15");
    expect(hear(partial("0015)("))).to.equal("\x06");
    expect(hear(dataMessage("00)(15)"))).to.equal(signOff);
    expect(machine.result).to.deep.equal([{ type: "data", data: "P.01(2611220015)(00)(15)" }]);
  });

  it("asks for the next block with NAK, and not for the whole once more", () => {
    const { machine, said, hear } = opened(profile);
    said();
    hear(partial("P.01(261122"));
    machine.handleTimeout(machine.nextTimeout as number);
    expect(said()).to.equal("\x15");
  });

  it("gives up an answer without end", () => {
    const { machine, said, hear } = opened(profile);
    said();
    const block = partial("0".repeat(60_000));
    for (let blocks = 0; blocks < 100 && machine.error === undefined; blocks++) hear(block);
    expect(machine.error?.message).to.equal("the meter's answer is damaged again and again");
    expect(machine.nextTimeout).to.equal(undefined);
  });

  it("says so where the meter signs off, or falls silent", () => {
    const left = opened(requests);
    left.said();
    expect(left.hear(commandMessage("B0"))).to.equal(signOff);
    expect(left.machine.error?.message).to.equal("the meter has left programming mode");
    const silent = opened(requests);
    const first = silent.said();
    for (let repetition = 0; repetition < 3; repetition++) {
      silent.machine.handleTimeout(silent.machine.nextTimeout as number);
      expect(silent.said()).to.equal(first);
    }
    silent.machine.handleTimeout(silent.machine.nextTimeout as number);
    expect(silent.said()).to.equal(signOff);
    expect(silent.machine.error).to.be.instanceOf(TransportError);
  });

  it("ends soon on a line that never falls silent", () => {
    const { machine } = opened(requests);
    let now = 0;
    for (; machine.nextTimeout !== undefined && now < 1_000_000; now += 100) {
      machine.takeSteps();
      machine.receiveBytes(Uint8Array.of(0x55), now);
      machine.handleTimeout(now);
    }
    expect(machine.error).to.be.instanceOf(TransportError);
    expect(now, "ms").to.be.lessThan(400_000);
  });

  it("is not begun with what cannot be sent", () => {
    for (const login of ["1)(", "a\r", "\u00e4"]) {
      const options = { baudRate: 9600, operand: "()", login: { command: "P1", password: login } as const, requests: [] };
      expect(() => new ProgrammingSession(options, 0), login).to.throw(ConfigError);
    }
    expect(() => opened([{ command: "W1", address: "C.1", value: "7)\x03" }])).to.throw(ConfigError);
    expect(toHex(commandMessage("W1", "C.1(7)"))).to.match(/^0157310243/);
  });
});
