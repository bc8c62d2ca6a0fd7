import { expect } from "chai";
import { DlmsError, TransportError } from "../../src/errors.ts";
import { SignOn } from "../../src/optical/sign-on.ts";
import { bench, outcome, wholeReadout } from "./support/bench.ts";

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
    for (const [identification, baudRate] of [
      ["/LGZ52ZMD120AP", 9600],
      ["/EMHE-old", 9600],
      ["/ABCx-older", 300],
    ] as const) {
      const run = bench({ want: "readout" }, { identification });
      expect(await outcome(run), identification).to.deep.include({ type: "readout", data: wholeReadout });
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
    const damages: readonly ((octet: number) => readonly number[])[] = [() => [], (o) => [o, o], (o) => [o ^ 0x10], (o) => [o ^ 0x11]];
    for (const want of ["hdlc", "readout"] as const) {
      const length = await octetsOf(want);
      for (const [kind, damage] of damages.entries()) {
        for (let place = 0; place < length; place++) {
          const run = bench({ want }, {}, { carry: (octet, index) => (index === place ? damage(octet) : [octet]) });
          const found = await outcome(run);
          const where = `${want} ${kind} ${place}`;
          if (want === "readout") expect(found, where).to.deep.include({ type: "readout", data: wholeReadout });
          else {
            expect(found, where).to.deep.include({ type: "hdlc", baudRate: 9600 });
            expect([run.device.inHdlc, run.line.reader.baudRate, run.line.meter.baudRate], where).to.deep.equal([true, 9600, 9600]);
          }
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
