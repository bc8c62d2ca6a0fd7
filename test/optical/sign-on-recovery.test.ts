import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { withEvenParity } from "../../src/optical/parity.ts";
import { SignOn } from "../../src/optical/sign-on.ts";
import { bench, outcome, wholeReadout } from "./support/bench.ts";
import type { Direction } from "./support/line-model.ts";

/** Octets of the request and of the identification that come before an option select. */
const beforeSelect = "/?!\r\n".length + "/DGW5\\2METER\r\n".length;
const selectLength = 6;
const damages: Readonly<Record<string, (octet: number) => readonly number[]>> = {
  lost: () => [],
  doubled: (octet) => [octet, octet],
  "of odd parity": (octet) => [octet ^ 0x01],
  "changed to another of even parity": (octet) => [octet ^ 0x03],
};

const octets = (text: string): Uint8Array => withEvenParity(Uint8Array.from(Buffer.from(text, "latin1")));
/** What a machine wants done, in short: what it sends in hex, and speeds in brackets. */
const wanted = (machine: SignOn): string =>
  machine
    .takeSteps()
    .flatMap((step) => (step.type === "send" ? [toHex(step.octets)] : step.type === "speed" ? [`<${step.baudRate}>`] : []))
    .join(" ");
const identified = (want: "hdlc" | "readout", options = {}): SignOn => {
  const machine = new SignOn({ want, ...options }, 0);
  machine.takeSteps();
  machine.receiveBytes(octets("/DGW5\\2METER\r\n"), 500);
  return machine;
};
const breakOff = toHex(octets("\x01B0\x03q"));
const request = toHex(octets("/?!\r\n"));

describe("The option select of mode E", () => {
  for (const [what, damage] of Object.entries(damages)) {
    it(`is sent in a new sign-on where one of its octets is ${what}`, async () => {
      for (let place = beforeSelect; place < beforeSelect + selectLength; place++) {
        const run = bench({}, {}, { carry: (octet, index) => (index === place ? damage(octet) : [octet]) });
        expect(await outcome(run), String(place)).to.deep.include({ type: "hdlc", baudRate: 9600 });
        expect([run.device.inHdlc, run.line.reader.baudRate, run.line.meter.baudRate], String(place)).to.deep.equal([true, 9600, 9600]);
        expect(run.timers.now(), `${place}: ms`).to.be.lessThan(6000);
      }
    });
  }

  it("is confirmed by the same octets, whatever their eighth bits", () => {
    for (const confirmation of ["06B235B28D0A", "063235320D0A", "86B2B5B28D8A", "FF00 06B235B28D0A"]) {
      const machine = identified("hdlc");
      expect(wanted(machine)).to.equal("06B235B28D0A");
      machine.receiveBytes(Uint8Array.from(Buffer.from(confirmation.replace(" ", ""), "hex")), 1200);
      expect(wanted(machine), confirmation).to.equal("<9600>");
      machine.handleTimeout(machine.nextTimeout as number);
      expect(machine.result, confirmation).to.deep.include({ type: "hdlc", baudRate: 9600 });
    }
  });

  it("is followed by a break, silence and a sign-on where something else comes, or nothing", () => {
    for (const heard of ["", "06B235B2", "06B2B4B28D0A", "8281"]) {
      const machine = identified("hdlc");
      wanted(machine);
      machine.receiveBytes(Uint8Array.from(Buffer.from(heard, "hex")), 1200);
      machine.handleTimeout(machine.nextTimeout as number);
      expect(wanted(machine), heard).to.equal(breakOff);
      const quiet = machine.nextTimeout as number;
      machine.receiveBytes(Uint8Array.of(0x31), quiet - 1);
      machine.handleTimeout(quiet);
      expect(wanted(machine), `${heard}: not while something is heard`).to.equal("");
      machine.handleTimeout(machine.nextTimeout as number);
      expect(wanted(machine), heard).to.equal(request);
    }
  });

  it("has brought a meter that does not confirm into HDLC, if it no longer hears a sign-on", async () => {
    const run = bench({}, { confirms: false });
    expect(await outcome(run)).to.deep.include({ type: "hdlc", baudRate: 9600 });
    expect([run.device.inHdlc, run.line.reader.baudRate]).to.deep.equal([true, 9600]);
    expect(run.timers.now(), "ms").to.be.lessThan(6000);
  });

  it("ends in one error where a meter signs on again and again", async () => {
    const deaf = (octet: number, _index: number, direction: Direction) =>
      direction === "reader-to-meter" && octet === 0xb2 ? [] : [octet];
    const found = await outcome(bench({}, {}, { carry: deaf }));
    expect(found).to.include({ code: "remote-protocol-error", message: "the meter DGW METER signs on again and again in place of HDLC" });
  });
});

describe("A readout", () => {
  for (const [what, damage] of Object.entries(damages)) {
    it(`is asked for in a new sign-on where an octet of the option select is ${what}`, async () => {
      for (let place = beforeSelect; place < beforeSelect + selectLength; place++) {
        const run = bench({ want: "readout" }, {}, { carry: (octet, index) => (index === place ? damage(octet) : [octet]) });
        expect(await outcome(run), String(place)).to.deep.include({ type: "readout", data: wholeReadout });
      }
    });
  }

  it("is not asked for with NAK where nothing came, but by a sign-on", () => {
    const machine = identified("readout");
    expect(wanted(machine)).to.equal(`${toHex(octets("\x06050\r\n"))} <9600>`);
    machine.handleTimeout(machine.nextTimeout as number);
    expect(wanted(machine)).to.equal(`${breakOff} <300>`);
    machine.handleTimeout(machine.nextTimeout as number);
    expect(wanted(machine)).to.equal(request);
  });

  it("is asked for again at once where parity spoils a character", () => {
    const machine = identified("readout");
    wanted(machine);
    const block = octets("\x02!\r\n\x03%");
    block[1] = 0xa1;
    machine.receiveBytes(block, 1000);
    expect(wanted(machine)).to.equal("95");
    expect(machine.result).to.equal(undefined);
  });
});

describe("The speed of a sign-on", () => {
  it("is the one that was named for the first repetition, and then the standard's", () => {
    const machine = new SignOn({ want: "hdlc", baudRate: 9600, attempts: 4 }, 0);
    const said = [wanted(machine)];
    for (let repetition = 0; repetition < 3; repetition++) {
      machine.handleTimeout(machine.nextTimeout as number);
      said.push(wanted(machine));
    }
    expect(said).to.deep.equal([request, request, `<300> ${request}`, request]);
  });

  it("stays the one at which the meter has answered", async () => {
    const at = { baudRate: 2400 };
    const first = await outcome(bench(at, at, { carry: (octet, index) => (index === 0 ? [] : [octet]) }));
    expect(first).to.deep.include({ type: "hdlc", baudRate: 9600 });
    const selects = bench(at, at, { carry: (octet, index) => (index === beforeSelect + 1 ? [] : [octet]) });
    expect(await outcome(selects)).to.deep.include({ type: "hdlc", baudRate: 9600 });
    expect(await outcome(bench({ ...at, want: "readout" }, { ...at, identification: "/ABCx-older" }))).to.deep.include({
      type: "readout",
      data: wholeReadout,
    });
  });

  it("is not changed where the agreed one is the same", () => {
    for (const [want, confirmation] of [
      ["hdlc", "\x06252\r\n"],
      ["readout", ""],
    ] as const) {
      const machine = identified(want, { baudRate: 9600 });
      expect(wanted(machine), want).not.to.contain("<");
      machine.receiveBytes(octets(confirmation), 1000);
      expect(wanted(machine), want).to.equal("");
    }
  });
});
