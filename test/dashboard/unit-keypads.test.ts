import { expect } from "chai";
import { UnitKeypads } from "../../src/cli/dashboard/page-keypads.ts";
import { serveKeypad } from "../../src/cli/keypad/keypad-link-server.ts";
import type { PageKeypad } from "../../src/dashboard/contract.ts";
import { TransportError } from "../../src/errors.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { FakeMeter } from "../keypad/fake-meter.ts";

/** A keypad unit of the page beside one meter, in virtual time. */
class Site {
  readonly timers = new VirtualTimers();
  readonly meter = new FakeMeter();
  attempts = 0;
  present = true;
  readonly keypads: UnitKeypads;

  constructor() {
    const schedule = (delay: number, callback: () => void) => this.timers.schedule(delay, callback);
    const connect = async (): Promise<Transport> => {
      this.attempts += 1;
      if (!this.present) throw new TransportError("refused", "nobody is there");
      const { a, b } = memoryTransportPair({ schedule });
      serveKeypad(b, {}, this.meter, this.timers);
      return a;
    };
    this.keypads = new UnitKeypads(new Map([["house", connect]]), this.timers, () => 0.5);
  }

  async pass(duration: number): Promise<void> {
    for (const end = this.timers.now() + duration; this.timers.now() < end; ) {
      this.timers.advance(Math.min(10, end - this.timers.now()));
      for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    }
  }
}

describe("UnitKeypads", () => {
  it("plugs a unit in when it is first looked at, and shows the same one to all pages", async () => {
    const site = new Site();
    expect(site.attempts).to.equal(0);
    const seen: PageKeypad[] = [];
    const leave = site.keypads.subscribe("house", (keypad) => seen.push(keypad));
    expect(seen.map(({ linked }) => linked)).to.deep.equal([false]);
    await site.pass(500);
    expect(seen.at(-1)?.linked).to.equal(true);
    site.keypads.press("house", "1");
    site.keypads.press("house", "2");
    expect(seen.at(-1)?.view.text).to.contain("12");
    const other: PageKeypad[] = [];
    site.keypads.subscribe("house", (keypad) => other.push(keypad));
    expect(other).to.deep.equal([seen.at(-1)]);
    leave?.();
    const before = seen.length;
    site.keypads.press("house", "3");
    expect([seen.length, site.attempts]).to.deep.equal([before, 1]);
    expect(other.at(-1)?.view.text).to.contain("123");
    await site.keypads.close();
  });

  it("tries again where a meter cannot be reached at first, until it is closed", async () => {
    const site = new Site();
    site.present = false;
    const seen: PageKeypad[] = [];
    site.keypads.subscribe("house", (keypad) => seen.push(keypad));
    await site.pass(6000);
    expect([site.attempts, seen.at(-1)?.linked]).to.deep.equal([2, false]);
    site.present = true;
    await site.pass(6000);
    expect(seen.at(-1)?.linked).to.equal(true);
    const { attempts } = site;
    const closed = site.keypads.close();
    await site.pass(20_000);
    await closed;
    expect(site.attempts).to.equal(attempts);
  });

  it("has none for other meters", () => {
    const { keypads } = new Site();
    expect([keypads.has("house"), keypads.has("barn")]).to.deep.equal([true, false]);
    expect(keypads.subscribe("barn", () => {})).to.equal(undefined);
    keypads.press("barn", "1");
  });
});
