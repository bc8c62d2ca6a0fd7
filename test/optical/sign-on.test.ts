import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { DlmsError, TransportError } from "../../src/errors.ts";
import { LineWorker } from "../../src/optical/line-worker.ts";
import { signOn } from "../../src/optical/open-optical.ts";
import { withEvenParity } from "../../src/optical/parity.ts";
import { SignOn, type SignOnOptions, type SignOnResult } from "../../src/optical/sign-on.ts";
import { TariffDevice, type TariffDeviceOptions } from "../../src/optical/tariff-device.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { LineModel, type LineModelOptions, settled } from "./support/line-model.ts";

const readout = ["1.8.0(000012.345*kWh)", "2.8.0(000000.000*kWh)"];

interface Bench {
  readonly timers: VirtualTimers;
  readonly line: LineModel;
  readonly device: TariffDevice;
  readonly result: Promise<SignOnResult>;
}

function bench(
  options: Partial<SignOnOptions> = {},
  device: Partial<TariffDeviceOptions> = {},
  model: Omit<LineModelOptions, "timers"> = {},
): Bench {
  const timers = new VirtualTimers();
  const line = new LineModel({ timers, ...model });
  const meter = new TariffDevice({ identification: "/DGW5\\2METER", address: "0012345678", readout: () => readout, ...device });
  new LineWorker(line.meter, meter, timers, () => {}).proceed();
  return { timers, line, device: meter, result: signOn(line.reader, { want: "hdlc", ...options }, timers) };
}

const outcome = async ({ timers, result }: Bench): Promise<SignOnResult | DlmsError> => {
  const settledResult = settled(timers, result).catch((error: unknown) => error);
  const found = (await settledResult) as SignOnResult | DlmsError;
  if (!(found instanceof DlmsError) && found instanceof Error) throw found;
  return found;
};

describe("Signing on at the optical port", () => {
  it("agrees on HDLC at the meter's speed, and both change to it", async () => {
    const run = bench();
    expect(await outcome(run)).to.deep.include({ type: "hdlc", baudRate: 9600 });
    expect([run.line.reader.baudRate, run.line.meter.baudRate, run.device.inHdlc]).to.deep.equal([9600, 9600, true]);
    expect(run.timers.now(), "ms").to.be.within(1000, 3000);
  });

  it("takes a lower speed where the probe has none higher", async () => {
    const run = bench({ maxBaudRate: 2400 });
    expect(await outcome(run)).to.deep.include({ type: "hdlc", baudRate: 2400 });
    expect(run.line.meter.baudRate).to.equal(2400);
  });

  it("takes the reserved speeds of makers where it is told of them", async () => {
    const vendorBaudRates = { "9": 115_200 };
    const device = { identification: "/DGW9\\2METER", vendorBaudRates };
    expect(await outcome(bench({ maxBaudRate: 115_200, vendorBaudRates }, device))).to.deep.include({ baudRate: 115_200 });
    const refused = await outcome(bench({}, device));
    expect(refused).to.be.instanceOf(DlmsError);
  });

  it("does without a confirmation, and with the probe's own echo", async () => {
    expect(await outcome(bench({}, { confirms: false }))).to.deep.include({ type: "hdlc" });
    for (const want of ["hdlc", "readout"] as const) expect(await outcome(bench({ want }, {}, { echo: true }))).to.include({ type: want });
  });

  it("answers its own address, with or without leading zeros, and to none", async () => {
    for (const address of ["", "12345678", "0012345678", "00000012345678"]) {
      expect(await outcome(bench({ address })), address).to.deep.include({ type: "hdlc" });
    }
    const other = await outcome(bench({ address: "999" }));
    expect(other).to.be.instanceOf(TransportError);
    expect((other as TransportError).message).to.equal("no meter answered the sign-on");
    expect((other as TransportError).hint).to.contain("the right way up");
  });

  it("takes the readout in modes A, B and C", async () => {
    const expected = `${readout.map((line) => `${line}\r\n`).join("")}!\r\n`;
    for (const [identification, baudRate] of [
      ["/LGZ52ZMD120AP", 9600],
      ["/EMHE-old", 9600],
      ["/ABCx-older", 300],
    ] as const) {
      const run = bench({ want: "readout" }, { identification });
      expect(await outcome(run), identification).to.deep.include({ type: "readout", data: expected });
      expect(run.line.reader.baudRate, identification).to.equal(baudRate);
    }
  });

  it("says that a meter has no HDLC at its port, and what to do", async () => {
    const found = await outcome(bench({}, { identification: "/LGZ5ZMD120AP" }));
    expect(found).to.be.instanceOf(DlmsError);
    expect((found as DlmsError).message).to.equal("the meter LGZ ZMD120AP offers no HDLC at its optical port");
  });

  it("wakes battery meters", async () => {
    const run = bench({ wakeUp: true });
    expect(await outcome(run)).to.deep.include({ type: "hdlc" });
    expect(run.timers.now()).to.be.greaterThan(3900);
  });

  it("goes on where a single octet is lost, doubled or changed, at whatever place", async () => {
    const length = await octetsOf("readout");
    const damages: readonly ((octet: number) => readonly number[])[] = [() => [], (o) => [o, o], (o) => [o ^ 0x10], (o) => [o ^ 0x11]];
    for (const want of ["hdlc", "readout"] as const) {
      for (const [kind, damage] of damages.entries()) {
        for (let place = 0; place < length; place++) {
          const run = bench({ want }, {}, { carry: (octet, index) => (index === place ? damage(octet) : [octet]) });
          const found = await outcome(run);
          if (found instanceof DlmsError) expect(found.hint, `${want} ${kind} ${place}`).not.to.equal(undefined);
          else expect(found.type).to.equal(want);
        }
      }
    }
  });

  it("ends in one error where the cable is pulled, at whatever place", async () => {
    const length = await octetsOf("hdlc");
    for (let place = 0; place < length; place++) {
      expect(await outcome(bench({}, {}, { unplugAt: place })), String(place)).to.be.instanceOf(TransportError);
    }
  });

  it("is not hindered by noise before the meter answers, and gives up on noise alone", async () => {
    let noise = 0;
    const noisy = bench({}, {}, { carry: (octet, index) => (index < 3 ? [0x00, 0xff, 0x81, octet] : [octet]) });
    expect(await outcome(noisy)).to.deep.include({ type: "hdlc" });
    const alone = await outcome(bench({}, {}, { carry: () => [(noise = (noise * 29 + 7) & 0xff)] }));
    expect(alone).to.be.instanceOf(TransportError);
  });

  it("gives up on a line that never falls silent", () => {
    const machine = new SignOn({ want: "hdlc" }, 0);
    let now = 0;
    for (; machine.error === undefined && now < 600_000; now += 100) {
      machine.takeSteps();
      machine.receiveBytes(Uint8Array.of(0x55), now);
      machine.handleTimeout(now);
    }
    expect(now, "ms").to.be.lessThan(30_000);
    expect(machine.error?.message).to.equal("something was heard, and no identification");
  });

  it("does not take a part of a readout for the whole", async () => {
    const found = await outcome(
      bench(
        { want: "readout" },
        {},
        { carry: (octet, _, direction) => [direction === "meter-to-reader" && octet === 0x03 ? 0x84 : octet] },
      ),
    );
    expect(found).to.be.instanceOf(DlmsError);
  });

  async function octetsOf(want: "hdlc" | "readout"): Promise<number> {
    const run = bench({ want });
    await outcome(run);
    return run.line.carried;
  }
});

describe("A meter at the optical port", () => {
  function device(options: Partial<TariffDeviceOptions> = {}) {
    const timers = new VirtualTimers();
    const meter = new TariffDevice({
      identification: "/DGW5\\2METER",
      address: "1",
      readout: () => readout,
      programming: {
        login: (password) => (password === "00000000" ? 1 : undefined),
        read: (address) => (address === "1.8.0" ? "000012.345*kWh" : undefined),
        write: (address, value) => address === "C.1" && value === "7",
      },
      ...options,
    });
    const say = (text: string): string => {
      meter.receiveBytes(withEvenParity(Uint8Array.from(Buffer.from(text, "latin1"))), timers.now());
      return said();
    };
    const said = (): string =>
      meter
        .takeSteps()
        .flatMap((step) => {
          if (step.type === "send") return [Buffer.from(step.octets.map((octet) => octet & 0x7f)).toString("latin1")];
          return step.type === "speed" ? [`<${step.baudRate}>`] : [];
        })
        .join("");
    const later = (milliseconds: number): string => {
      timers.advance(milliseconds);
      meter.handleTimeout(timers.now());
      return said();
    };
    return { meter, say, later };
  }
  const withCheck = (text: string): string => {
    let check = 0;
    for (const character of text.slice(1)) check ^= character.charCodeAt(0);
    return text + String.fromCharCode(check & 0x7f);
  };
  const answer = (data: string): string => withCheck(`\x02${data}\x03`);

  it("is programmed with a password, and refuses what it does not do", () => {
    const { say } = device();
    expect(say("/?!\r\n")).to.equal("/DGW5\\2METER\r\n");
    expect(say("\x06051\r\n")).to.equal(`<9600>${withCheck("\x01P0\x02()\x03")}`);
    expect(say(withCheck("\x01W1\x02C.1(7)\x03"))).to.equal(answer("(ER03)"));
    expect(say(withCheck("\x01P1\x02(12345678)\x03"))).to.equal(answer("(ERPASS)"));
    expect(say("\x01P1\x02(00000000)\x03a")).to.equal("\x06");
    expect(say(withCheck("\x01R1\x021.8.0()\x03"))).to.equal(answer("1.8.0(000012.345*kWh)"));
    expect(say(withCheck("\x01R1\x029.9.9()\x03"))).to.equal(answer("(ER06)"));
    expect(say(withCheck("\x01W1\x02C.1(7)\x03"))).to.equal("\x06");
    expect(say(withCheck("\x01W1\x02C.1(8)\x03"))).to.equal(answer("(ER03)"));
    expect(say(withCheck("\x01E2\x02C.1(8)\x03"))).to.equal(answer("(ER02)"));
    expect(say("\x01R1\x021.8.0()\x03\x00")).to.equal("\x15");
    expect(say("\x01B0\x03q")).to.equal("<300>");
    expect(toHex(Uint8Array.from(Buffer.from(withCheck("\x01B0\x03"), "latin1")))).to.equal("0142300371");
  });

  it("leaves programming after a minute without a word", () => {
    const { say, later } = device();
    say("/?!\r\n");
    say("\x06051\r\n");
    expect(later(59_000)).to.equal("");
    expect(later(2000)).to.equal("<300>");
  });

  it("gives its readout at the speed of sign-on to who selects nothing, or what it does not have", () => {
    const all = answer(`${readout.map((line) => `${line}\r\n`).join("")}!\r\n`);
    const patient = device();
    patient.say("/?!\r\n");
    expect(patient.later(5000)).to.equal(all);
    const wrong = device();
    wrong.say("/?!\r\n");
    expect(wrong.say("\x06099\r\n")).to.equal(all);
    expect(wrong.say("\x15"), "NAK").to.equal(all);
    expect(wrong.say("\x06")).to.equal("");
  });

  it("belongs to HDLC until it is released", () => {
    const { meter, say } = device();
    say("/?!\r\n");
    expect(say("\x06252\r\n")).to.equal("\x06252\r\n<9600>");
    expect([meter.inHdlc, say("/?!\r\n")]).to.deep.equal([true, ""]);
    meter.release();
    expect(say("/?!\r\n")).to.equal("<300>/DGW5\\2METER\r\n");
  });

  it("does not mind what it hears", () => {
    const { say, later } = device();
    for (let round = 0; round < 2000; round++) {
      say(String.fromCharCode(...Array.from({ length: round % 97 }, (_, index) => (round * 31 + index * 17) & 0x7f)));
    }
    later(2000);
    expect(say("/?!\r\n")).to.contain("/DGW5\\2METER\r\n");
  });
});
