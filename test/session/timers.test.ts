import { expect } from "chai";
import fc from "fast-check";
import { Alarm, earlier } from "../../src/session/alarm.ts";
import { realTimers, type Timers, VirtualTimers } from "../../src/session/timers.ts";

describe("VirtualTimers", () => {
  it("call back in the order of time, then of scheduling", () => {
    const timers = new VirtualTimers(100);
    const calls: string[] = [];
    const note = (what: string) => () => calls.push(`${what} at ${timers.now()}`);
    timers.schedule(20, note("c"));
    timers.schedule(10, note("a"));
    timers.schedule(10, note("b"));
    timers.schedule(21, note("never"));
    timers.advance(20);
    expect(calls).to.deep.equal(["a at 110", "b at 110", "c at 120"]);
    expect(timers.now()).to.equal(120);
  });

  it("call back what is scheduled on the way, and not what is cancelled on the way", () => {
    const timers = new VirtualTimers();
    const calls: number[] = [];
    const cancel = timers.schedule(8, () => calls.push(-1));
    timers.schedule(5, () => {
      calls.push(timers.now());
      cancel();
      timers.schedule(2, () => calls.push(timers.now()));
      timers.schedule(-5, () => calls.push(timers.now()));
    });
    timers.advance(10);
    expect(calls).to.deep.equal([5, 5, 7]);
    cancel();
  });

  it("move nothing but when told to", () => {
    const timers = new VirtualTimers();
    timers.schedule(0, () => expect.fail("called back"));
    expect(timers.now()).to.equal(0);
  });
});

describe("realTimers", () => {
  it("call back once, and not after cancelling", async () => {
    const started = realTimers.now();
    const calls: string[] = [];
    const cancel = realTimers.schedule(0, () => calls.push("cancelled"));
    cancel();
    await new Promise<void>((resolve) => realTimers.schedule(1, resolve));
    expect(calls).to.deep.equal([]);
    expect(realTimers.now()).to.be.at.least(started);
  });
});

/** Timers that count what is asked of them. */
class CountingTimers implements Timers {
  readonly inner = new VirtualTimers();
  readonly delays: number[] = [];

  now(): number {
    return this.inner.now();
  }

  schedule(delay: number, callback: () => void): () => void {
    this.delays.push(delay);
    return this.inner.schedule(delay, callback);
  }
}

describe("Alarm", () => {
  it("goes off once, at its deadline", () => {
    const timers = new VirtualTimers();
    const calls: number[] = [];
    const alarm = new Alarm(timers, () => calls.push(timers.now()));
    alarm.set(10);
    timers.advance(9);
    expect(calls).to.deep.equal([]);
    timers.advance(100);
    expect(calls).to.deep.equal([10]);
  });

  it("goes off at once for a deadline that is past", () => {
    const timers = new VirtualTimers(50);
    const calls: number[] = [];
    new Alarm(timers, () => calls.push(timers.now())).set(10);
    timers.advance(0);
    expect(calls).to.deep.equal([50]);
  });

  it("may be set again when it goes off", () => {
    const timers = new VirtualTimers();
    const calls: number[] = [];
    const alarm: Alarm = new Alarm(timers, () => {
      calls.push(timers.now());
      if (calls.length < 3) alarm.set(timers.now() + 5);
    });
    alarm.set(5);
    timers.advance(100);
    expect(calls).to.deep.equal([5, 10, 15]);
  });

  it("follows its deadline wherever it moves", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.option(fc.nat(60), { nil: undefined })), { maxLength: 20 }), (steps) => {
        const timers = new VirtualTimers();
        const calls: number[] = [];
        const expected: number[] = [];
        const alarm = new Alarm(timers, () => calls.push(timers.now()));
        let deadline: number | undefined;
        const advance = (duration: number) => {
          const end = timers.now() + duration;
          if (deadline !== undefined && deadline <= end) {
            expected.push(Math.max(deadline, timers.now()));
            deadline = undefined;
          }
          timers.advance(duration);
        };
        for (const [wait, next] of steps) {
          advance(wait);
          deadline = next === undefined ? undefined : timers.now() + next;
          alarm.set(deadline);
        }
        advance(100);
        expect(calls).to.deep.equal(expected);
      }),
    );
  });

  it("costs nothing to move later", () => {
    const timers = new CountingTimers();
    const alarm = new Alarm(timers, () => {});
    for (let deadline = 100; deadline < 1100; deadline++) alarm.set(deadline);
    expect(timers.delays).to.deep.equal([100]);
  });

  it("is silent once stopped", () => {
    const timers = new VirtualTimers();
    const alarm = new Alarm(timers, () => expect.fail("went off"));
    alarm.set(10);
    alarm.stop();
    timers.advance(100);
  });

  it("waits for weeks without asking for more than the platform's timers can count", () => {
    const timers = new CountingTimers();
    const calls: number[] = [];
    const weeks = 60 * 86_400_000;
    new Alarm(timers, () => calls.push(timers.now())).set(weeks);
    timers.inner.advance(weeks);
    expect(calls).to.deep.equal([weeks]);
    expect(Math.max(...timers.delays)).to.be.at.most(2 ** 31 - 1);
  });
});

describe("earlier", () => {
  it("is the lesser of two, or the one there is", () => {
    expect([earlier(1, 2), earlier(2, 1), earlier(undefined, 1), earlier(1, undefined), earlier(undefined, undefined)]).to.deep.equal([
      1,
      1,
      1,
      1,
      undefined,
    ]);
  });
});
