import { expect } from "chai";
import { toHex } from "../../../src/bytes/hex.ts";
import type { DlmsData } from "../../../src/dlms/axdr/dlms-data.ts";
import { encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { hour, minute, second } from "../../../src/meter-model/index.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { pushedValues } from "../../../src/virtual-meter/push/push-content.ts";
import type { PushName } from "../../../src/virtual-meter/push/push-names.ts";
import type { Push } from "../../../src/virtual-meter/push/push-outlet.ts";
import { Pushes, type PushesOptions } from "../../../src/virtual-meter/push/pushes.ts";
import { meterObjects } from "../../../src/virtual-meter/virtual-meter.ts";
import { constantLoad, identity, sampleMeter, sampleStart } from "../../support/sample-meter.ts";
import { BareObjects } from "../mapping/bare-objects.ts";

const headEnd = { service: "tcp", host: "192.0.2.1", port: 4059 } as const;
const everywhere = { connectivity: headEnd, interval1: headEnd, alarm: headEnd, powerDown: headEnd };

const alarm3 = "0.0.97.98.22.255:2";
const terminalCover = "0600000100";
const meterCover = "0600000080";
const none = "0600000000";

/** A meter whose pushes arrive, or fail, as the test has it; nothing is real. */
class Bench {
  readonly timers = new VirtualTimers();
  readonly sent: Push[] = [];
  readonly failures: PushName[] = [];
  /** Keeps pushes on their way until it is called. */
  arrive: (() => void) | undefined;
  failing = false;
  slow = false;
  readonly meter;
  readonly pushes: Pushes;
  readonly bare: BareObjects;

  constructor(options: Partial<PushesOptions> = {}, load = constantLoad()) {
    this.meter = sampleMeter(10 * hour, load);
    this.pushes = new Pushes({
      meter: this.meter,
      serverSap: 1,
      outlet: {
        send: (push) => {
          if (this.failing) return Promise.reject(new RangeError("no route"));
          this.sent.push(push);
          return this.slow ? new Promise((resolve) => (this.arrive = resolve)) : Promise.resolve();
        },
      },
      destinations: everywhere,
      timers: this.timers,
      random: () => 0,
      onFailure: (name) => void this.failures.push(name),
      ...options,
    });
    this.bare = new BareObjects(meterObjects(this.meter, identity, {}, this.pushes));
    this.meter.takeEvents();
  }

  /** Lets real time go by while the meter stands still, and promises settle. */
  async wait(seconds: number): Promise<void> {
    for (let passed = 0; passed <= seconds; passed++) {
      this.timers.advance(passed === 0 ? 0 : 1000);
      for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    }
  }

  /** Lets the meter live, and tells of what happened to it, as its runner does. */
  async live(duration: number): Promise<void> {
    this.meter.advance(this.meter.now + duration);
    this.pushes.notice(this.meter.takeEvents());
    await this.wait(0);
  }

  /** Of alarms 3, in the push sent last. */
  get descriptor(): number {
    return valuesOf(this.sent.at(-1))[4]?.value as number;
  }
}

function valuesOf(push: Push | undefined): readonly DlmsData[] {
  return push?.notification.type === "data-notification" ? pushedValues(push.notification.body) : [];
}

describe("The pushes of a meter", () => {
  it("are DataNotifications: long invoke id, date-time with its length, body", async () => {
    const bench = new Bench();
    const serial = "0205 120001 0906 0000600100FF 0F02 120000 0202 1600 00";
    const energy = "0205 120003 0906 0100010800FF 0F02 120000 0202 1600 00";
    expect(bench.bare.write("0.1.25.9.0.255:2", `0102 ${serial} ${energy}`.replaceAll(" ", ""))).to.equal("success");
    for (const id of ["00000001", "00000002"]) {
      expect(bench.bare.invoke("0.1.25.9.0.255:1", "0F00")).to.equal("success");
      await bench.wait(0);
      const push = bench.sent.at(-1) as Push;
      const time = "07EA0105 01 0A0000 00 0000 00";
      expect(toHex(encodeApdu(push.notification))).to.equal(
        `0F ${id} 0C ${time} 0202 0908 3132333435363738 0600002710`.replaceAll(" ", ""),
      );
      expect([push.clientSap, push.serverSap, push.destination, push.protection]).to.deep.equal([102, 1, headEnd, undefined]);
    }
  });

  it("go to the client, and under the protection, that the setup says", async () => {
    const bench = new Bench();
    expect(bench.bare.write("0.1.25.9.0.255:9", "0F01")).to.equal("success");
    for (const [type, authenticated, encrypted] of [
      [0, true, false],
      [1, false, true],
      [2, true, true],
    ] as const) {
      const parameters = `0101 0202 160${type} 0205 0900 0900 0900 0900 00`.replaceAll(" ", "");
      expect(bench.bare.write("0.1.25.9.0.255:10", parameters)).to.equal("success");
      bench.pushes.trigger("interval1");
      await bench.wait(0);
      expect(bench.sent.at(-1)?.protection).to.deep.equal({ authenticated, encrypted });
    }
    expect(bench.sent.at(-1)?.clientSap).to.equal(1);
    const signature = "0101 0202 1603 0205 0900 0900 0900 0900 00".replaceAll(" ", "");
    expect(bench.bare.write("0.1.25.9.0.255:10", signature)).to.equal("other-reason");
    expect(bench.bare.write("0.1.25.9.0.255:10", "0100"), "in clear again").to.equal("success");
    bench.pushes.trigger("interval1");
    await bench.wait(0);
    expect(bench.sent.at(-1)?.protection).to.equal(undefined);
  });

  it("wait for the meter's window, at the meter's speed, and for a random while", async () => {
    const bench = new Bench({ speed: 60, random: () => 0.5 });
    // From 11:00 to 12:00 local time; the clock shows 10:00.
    const window = "0101 0202 090CFFFFFFFFFF0B0000FF8000FF 090CFFFFFFFFFF0C0000FF8000FF".replaceAll(" ", "");
    expect(bench.bare.write("0.1.25.9.0.255:4", window)).to.equal("success");
    expect(bench.bare.write("0.1.25.9.0.255:5", "120014"), "20 s").to.equal("success");
    bench.pushes.trigger("interval1");
    for (let real = 0; real < 59; real++) {
      await bench.wait(1);
      bench.meter.advance(bench.meter.now + minute);
    }
    expect(bench.sent, "a minute of the meter too early").to.deep.equal([]);
    bench.meter.advance(bench.meter.now + minute);
    await bench.wait(11);
    expect(bench.sent).to.have.length(1);
  });

  it("do not go out while the meter has no supply, but for the one that tells so", async () => {
    const outage = {
      at: (instant: number) => ({ point: instant < sampleStart + 11 * hour ? supplied : undefined, until: instant + minute }),
    };
    const supplied = constantLoad().at(sampleStart).point;
    const bench = new Bench({}, outage);
    bench.failing = true;
    bench.pushes.trigger("interval1");
    await bench.wait(0);
    bench.failing = false;
    await bench.live(2 * hour);
    expect(bench.meter.supplied).to.equal(false);
    await bench.wait(600);
    const lasts = bench.sent.map((push) => valuesOf(push).at(-1));
    expect(lasts, "failures that are over").to.deep.equal([{ type: "long-unsigned", value: 0 }]);
    expect(bench.bare.invoke("0.1.25.9.0.255:1", "0F00")).to.equal("temporary-failure");
  });

  it("tell of a start once, whoever notices it first", async () => {
    const bench = new Bench();
    bench.pushes.notice([{ type: "power-up", at: sampleStart, duration: 5 * second, long: false }]);
    bench.pushes.started();
    await bench.wait(5);
    expect(bench.sent).to.have.length(1);
  });
});

describe("Pushed alarms", () => {
  it("are told once, and each that comes later in a push of its own", async () => {
    const bench = new Bench();
    bench.meter.tampers.setContact("terminalCover", true);
    await bench.live(hour);
    expect([bench.sent.length, bench.descriptor, bench.bare.read(alarm3)]).to.deep.equal([1, 1 << 8, none]);
    bench.meter.tampers.setContact("meterCover", true);
    await bench.live(hour);
    await bench.wait(600);
    expect([bench.sent.length, bench.descriptor, bench.bare.read(alarm3)]).to.deep.equal([2, 1 << 7, none]);
  });

  it("are told too where they come while others are on their way", async () => {
    const bench = new Bench();
    bench.slow = true;
    bench.meter.tampers.setContact("terminalCover", true);
    await bench.live(hour);
    bench.meter.tampers.setContact("meterCover", true);
    await bench.live(hour);
    expect([bench.sent.length, bench.descriptor]).to.deep.equal([1, 1 << 8]);
    bench.arrive?.();
    await bench.wait(1);
    expect([bench.sent.length, bench.descriptor, bench.bare.read(alarm3)]).to.deep.equal([2, 1 << 7, meterCover]);
    bench.arrive?.();
    await bench.wait(600);
    expect([bench.sent.length, bench.bare.read(alarm3)]).to.deep.equal([2, none]);
  });

  it("that could not be told are told with the next", async () => {
    const bench = new Bench();
    bench.failing = true;
    bench.meter.tampers.setContact("terminalCover", true);
    await bench.live(hour);
    await bench.wait(600);
    expect([bench.failures, bench.bare.read(alarm3)]).to.deep.equal([["alarm"], terminalCover]);
    bench.failing = false;
    await bench.live(hour);
    await bench.wait(600);
    expect(bench.sent, "nothing new").to.deep.equal([]);
    bench.meter.tampers.setContact("meterCover", true);
    await bench.live(hour);
    expect([bench.sent.length, bench.descriptor, bench.bare.read(alarm3)]).to.deep.equal([1, (1 << 8) | (1 << 7), none]);
  });

  it("from before there was a destination, or before a restart, are told when there is a chance", async () => {
    const bench = new Bench({ destinations: {} });
    bench.meter.tampers.setContact("terminalCover", true);
    await bench.live(hour);
    await bench.wait(600);
    expect([bench.sent.length, bench.bare.read(alarm3)]).to.deep.equal([0, terminalCover]);
    expect(bench.failures, "nobody asked for a push").to.deep.equal([]);
    expect(bench.bare.write("0.4.25.9.0.255:3", "0203 1600 0906686F73743A31 1600".replaceAll(" ", ""))).to.equal("success");
    bench.pushes.started();
    await bench.wait(5);
    expect([bench.sent.length, bench.descriptor, bench.bare.read(alarm3)]).to.deep.equal([1, 1 << 8, none]);
  });

  it("that a setup does not list stay, and do not push for ever", async () => {
    const bench = new Bench();
    const clock = "0101 0205 120008 0906 0000010000FF 0F02 120000 0202 1600 00";
    expect(bench.bare.write("0.4.25.9.0.255:2", clock.replaceAll(" ", ""))).to.equal("success");
    bench.meter.tampers.setContact("terminalCover", true);
    await bench.live(hour);
    await bench.wait(600);
    expect([bench.sent.length, bench.bare.read(alarm3)]).to.deep.equal([1, terminalCover]);
  });
});
