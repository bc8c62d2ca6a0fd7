import { expect } from "chai";
import { TransportError } from "../../src/errors.ts";
import { Line, type LineUser } from "../../src/gateway/line.ts";
import { Permits } from "../../src/gateway/permits.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { settled } from "../mqtt-bridge/support.ts";

function user(log: string[], name: string): LineUser {
  return {
    release: async () => {
      log.push(`${name} released`);
    },
  };
}

describe("A line", () => {
  it("does one thing at a time, the most important next, in order within a priority", async () => {
    const line = new Line();
    const log: string[] = [];
    const one = user(log, "one");
    let finish: () => void = () => {};
    const work = (name: string) => async () => void log.push(name);
    const first = line.run(one, "back-fill", () => new Promise<void>((resolve) => (finish = resolve)));
    const others = (["back-fill", "schedule", "request", "schedule", "head-end"] as const).map((priority, index) =>
      line.run(one, priority, work(`${priority} ${index}`)),
    );
    await settled();
    expect(log).to.deep.equal([]);
    expect(line.waiting).to.equal(5);
    finish();
    await Promise.all([first, ...others]);
    expect(log).to.deep.equal(["head-end 4", "request 2", "schedule 1", "schedule 3", "back-fill 0"]);
  });

  it("tells who has it when somebody more important waits", async () => {
    const line = new Line();
    const log: string[] = [];
    const seen: boolean[] = [];
    const first = line.run(user(log, "one"), "schedule", async (turn) => {
      seen.push(turn.wanted);
      void line.run(user(log, "two"), "back-fill", async () => {});
      seen.push(turn.wanted);
      void line.run(user(log, "two"), "request", async () => {});
      seen.push(turn.wanted);
    });
    await first;
    expect(seen).to.deep.equal([false, false, true]);
  });

  it("has what one user left open closed before another one begins, and only then", async () => {
    const line = new Line();
    const log: string[] = [];
    const [one, two] = [user(log, "one"), user(log, "two")];
    for (const [name, who] of [
      ["one", one],
      ["one", one],
      ["two", two],
      ["one", one],
    ] as const)
      await line.run(who, "schedule", async () => void log.push(name));
    expect(log).to.deep.equal(["one", "one", "one released", "two", "two released", "one"]);
  });

  it("goes on behind a failure, and gives it to whoever asked", async () => {
    const line = new Line();
    const failing = line.run(user([], "one"), "schedule", () => Promise.reject(new TransportError("timeout", "silence")));
    const next = line.run(user([], "one"), "schedule", async () => "done");
    expect(await failing.catch((error: unknown) => (error as TransportError).code)).to.equal("timeout");
    expect(await next).to.equal("done");
  });

  it("gives up those who wait when it ends", async () => {
    const line = new Line();
    let finish: () => void = () => {};
    let wanted = false;
    const first = line.run(user([], "one"), "head-end", async (turn) => {
      await new Promise<void>((resolve) => (finish = resolve));
      wanted = turn.wanted;
    });
    const second = line.run(user([], "two"), "request", async () => {});
    await settled();
    line.end();
    expect(await second.catch((error: unknown) => (error as TransportError).code)).to.equal("closed");
    finish();
    await first;
    expect(wanted).to.equal(true);
    expect(await line.run(user([], "one"), "request", async () => {}).catch(({ code }: TransportError) => code)).to.equal("closed");
  });
});

describe("Permits", () => {
  it("let so many meters be talked to at once, and so many of one cell", async () => {
    const permits = new Permits({ concurrent: 3, perCell: 2, newPerSecond: 10 }, new VirtualTimers());
    const running: string[] = [];
    const finish = new Map<string, () => void>();
    const start = (name: string, cell: string | undefined) =>
      permits.run(cell, () => {
        running.push(name);
        return new Promise<void>((resolve) => void finish.set(name, resolve));
      });
    const all = [start("a1", "a"), start("a2", "a"), start("a3", "a"), start("b1", "b"), start("none", undefined)];
    await settled();
    expect(running).to.deep.equal(["a1", "a2", "b1"]);
    finish.get("b1")?.();
    await settled();
    expect(running.slice(3)).to.deep.equal(["none"]);
    finish.get("a1")?.();
    await settled();
    expect(running.slice(4)).to.deep.equal(["a3"]);
    for (const end of finish.values()) end();
    await Promise.all(all);
    expect(permits.running).to.equal(0);
  });

  it("spread new connections over the second", async () => {
    const timers = new VirtualTimers();
    const permits = new Permits({ concurrent: 100, perCell: 100, newPerSecond: 4 }, timers);
    const begun: number[] = [];
    for (let count = 0; count < 6; count++) void permits.connection().then(() => begun.push(timers.now()));
    for (let step = 0; step < 200; step++) {
      await settled();
      timers.advance(10);
    }
    expect(begun).to.deep.equal([0, 250, 500, 750, 1000, 1250]);
  });
});
