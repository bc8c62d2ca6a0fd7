import { expect } from "chai";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { Pusher, type PusherOptions } from "../../../src/virtual-meter/push/pusher.ts";

class Bench {
  readonly timers = new VirtualTimers();
  /** "sent@seconds", "failed@seconds", "given up@seconds". */
  readonly log: string[] = [];
  failing = 0;
  closedFor = 0;
  readonly pusher: Pusher;

  constructor(options: Partial<PusherOptions> = {}) {
    this.pusher = new Pusher({
      timers: this.timers,
      random: () => 0.5,
      timing: () => ({ randomisation: 0, retries: 2, repetitionDelay: 60 }),
      untilWindow: () => Math.max(0, this.closedFor - this.timers.now()),
      send: () => {
        this.#note(this.failing > 0 ? "failed" : "sent");
        return this.failing-- > 0 ? Promise.reject(new RangeError("no route")) : Promise.resolve();
      },
      onGivenUp: () => this.#note("given up"),
      ...options,
    });
  }

  /** Lets so many seconds go by, and promises settle after each. */
  async run(seconds: number): Promise<void> {
    for (let second = 0; second <= seconds; second++) {
      this.timers.advance(second > 0 ? 1000 : 0);
      for (let turn = 0; turn < 4; turn++) await Promise.resolve();
    }
  }

  #note(what: string): void {
    this.log.push(`${what}@${this.timers.now() / 1000}`);
  }
}

describe("Pusher", () => {
  it("sends at once, or after a random while", async () => {
    const bench = new Bench();
    bench.pusher.trigger();
    await bench.run(1);
    expect(bench.log).to.deep.equal(["sent@0"]);
    const random = new Bench({ timing: () => ({ randomisation: 30, retries: 0, repetitionDelay: 60 }) });
    random.pusher.trigger();
    await random.run(20);
    expect(random.log).to.deep.equal(["sent@15"]);
  });

  it("sends again after a delay while it fails, and gives up after the last retry", async () => {
    const bench = new Bench();
    bench.failing = 2;
    bench.pusher.trigger();
    await bench.run(200);
    expect(bench.log).to.deep.equal(["failed@0", "failed@60", "sent@120"]);
    bench.failing = 99;
    bench.pusher.trigger();
    await bench.run(300);
    expect(bench.log.slice(3)).to.deep.equal(["failed@200", "failed@260", "failed@320", "given up@320"]);
    expect(bench.pusher.busy).to.equal(false);
    bench.failing = 0;
    bench.pusher.trigger();
    await bench.run(0);
    expect(bench.log.at(-1)).to.equal("sent@500");
  });

  it("waits for the window, also before it sends again", async () => {
    const bench = new Bench();
    bench.closedFor = 200_000;
    bench.failing = 1;
    bench.pusher.trigger();
    await bench.run(230);
    expect(bench.log).to.deep.equal(["failed@200"]);
    bench.closedFor = 400_000;
    await bench.run(200);
    expect(bench.log).to.deep.equal(["failed@200", "sent@400"]);
  });

  it("tells with the push that waits whatever is asked for until it goes out", async () => {
    const bench = new Bench();
    bench.failing = 1;
    for (let count = 0; count < 1000; count++) bench.pusher.trigger();
    await bench.run(10);
    for (let count = 0; count < 1000; count++) bench.pusher.trigger();
    await bench.run(300);
    expect(bench.log).to.deep.equal(["failed@0", "sent@60"]);
  });

  it("pushes once more for all that is asked for while a push is on its way", async () => {
    const arrivals: (() => void)[] = [];
    const bench = new Bench({ send: () => new Promise((resolve) => void arrivals.push(resolve)) });
    bench.pusher.trigger();
    await bench.run(0);
    expect(arrivals).to.have.length(1);
    for (let count = 0; count < 1000; count++) bench.pusher.trigger();
    await bench.run(10);
    expect(arrivals, "still one").to.have.length(1);
    arrivals[0]?.();
    await bench.run(1);
    expect(arrivals, "one more").to.have.length(2);
    arrivals[1]?.();
    await bench.run(300);
    expect(arrivals, "and no more").to.have.length(2);
    expect(bench.pusher.busy).to.equal(false);
  });

  it("has all its retries for what is asked for while it fails", async () => {
    const bench = new Bench();
    bench.failing = 99;
    bench.pusher.trigger();
    await bench.run(90);
    bench.pusher.trigger();
    await bench.run(300);
    expect(bench.log).to.deep.equal(["failed@0", "failed@60", "failed@120", "failed@180", "failed@240", "given up@240"]);
  });

  it("is silent once it is stopped", async () => {
    const bench = new Bench();
    bench.closedFor = 10_000;
    bench.pusher.trigger();
    bench.pusher.stop();
    bench.pusher.trigger();
    await bench.run(100);
    expect(bench.log).to.deep.equal([]);
  });
});
