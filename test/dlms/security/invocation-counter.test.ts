import { expect } from "chai";
import fc from "fast-check";
import { lastInvocationCounter } from "../../../src/dlms/security/apdu-cipher.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../../../src/dlms/security/invocation-counter.ts";
import { InvariantError, LocalProtocolError, SecurityError } from "../../../src/errors.ts";
import { refusalOf } from "./samples.ts";

const runs = process.env["TEST_SCALE"] === "long" ? 20_000 : 500;

/** Power is cut: nothing of the running program continues. */
class PowerCut extends Error {}

/**
 * Storage that loses power at writes. `fates` say of each write in turn whether it is done, fails and says so, or loses
 * power before or after it has become durable; when they are used up every write is done.
 */
type Fate = "done" | "refused" | "refused-though-done" | "cut-before" | "cut-after";

class Storage {
  durable = 0;
  readonly #fates: Fate[];

  constructor(fates: readonly Fate[]) {
    this.#fates = [...fates];
  }

  write(value: number): void {
    const fate = this.#fates.shift() ?? "done";
    if (fate !== "cut-before" && fate !== "refused") this.durable = value;
    if (fate === "cut-before" || fate === "cut-after") throw new PowerCut();
    if (fate !== "done") throw new SecurityError("policy", "disk full");
  }
}

const fates = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Fate>("done") },
    fc.constantFrom<Fate>("refused", "refused-though-done", "cut-before", "cut-after"),
  ),
  { maxLength: 30 },
);

describe("Invocation counter of a sender", () => {
  it("counts up from where it is told to", () => {
    const sender = new InvocationCounterSender({ next: 41 });
    expect([sender.take(), sender.take(), sender.next]).to.deep.equal([41, 42, 43]);
  });

  it("gives no value before it is reserved", () => {
    const stored: number[] = [];
    const sender = new InvocationCounterSender({ next: 10, blockSize: 3, reservation: { reserve: (upTo) => void stored.push(upTo) } });
    const taken = Array.from({ length: 7 }, () => {
      const value = sender.take();
      expect(value).to.be.lessThan(stored.at(-1) ?? 0);
      return value;
    });
    expect(taken).to.deep.equal([10, 11, 12, 13, 14, 15, 16]);
    expect(stored).to.deep.equal([13, 16, 19]);
  });

  it("ends at FFFFFFFE and refuses from then on", () => {
    const stored: number[] = [];
    const sender = new InvocationCounterSender({
      next: lastInvocationCounter - 1,
      reservation: { reserve: (upTo) => void stored.push(upTo) },
    });
    expect([sender.take(), sender.take()]).to.deep.equal([0xfffffffd, 0xfffffffe]);
    for (let attempt = 0; attempt < 3; attempt++) expect(refusalOf(() => sender.take())).to.equal("counter-exhausted");
    expect(stored).to.deep.equal([0xffffffff]);
    expect(refusalOf(() => new InvocationCounterSender({ next: 0xffffffff }).take())).to.equal("counter-exhausted");
  });

  it("says beforehand that there are not enough values left", () => {
    const sender = new InvocationCounterSender({ next: lastInvocationCounter - 1 });
    expect(sender.ready(2)).to.equal(undefined);
    expect(refusalOf(() => sender.ready(3))).to.equal("counter-exhausted");
  });

  it("waits for a port that takes its time", async () => {
    const writes: (() => void)[] = [];
    const reservation = { reserve: () => new Promise<void>((resolve) => writes.push(resolve)) };
    const sender = new InvocationCounterSender({ blockSize: 2, reservation });
    const [first, second] = [sender.ready(), sender.ready()];
    expect(writes).to.have.lengthOf(1);
    expect(() => sender.take()).to.throw(LocalProtocolError);
    writes[0]?.();
    await Promise.all([first, second]);
    expect([sender.take(), sender.take()]).to.deep.equal([0, 1]);
    expect(() => sender.take()).to.throw(LocalProtocolError);
  });

  it("tries again after a reservation that failed, and has used nothing", async () => {
    let attempts = 0;
    const reservation = {
      reserve: () => (attempts++ === 0 ? Promise.reject(new SecurityError("policy", "disk full")) : Promise.resolve()),
    };
    const sender = new InvocationCounterSender({ reservation });
    const refused = await Promise.resolve(sender.ready()).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(SecurityError);
    await sender.ready();
    expect(sender.take()).to.equal(0);
  });

  it("refuses options that cannot be", () => {
    for (const options of [{ next: -1 }, { next: 1.5 }, { next: 2 ** 32 }, { blockSize: 0 }, { blockSize: 0.5 }]) {
      expect(() => new InvocationCounterSender(options), JSON.stringify(options)).to.throw(InvariantError);
    }
  });

  it("never uses a value twice, wherever power is cut or a write fails", () => {
    fc.assert(
      fc.property(
        fates,
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 12 }),
        (plan, blockSize, lives) => {
          const storage = new Storage(plan);
          let highest = -1;
          for (const uses of lives) {
            const sender = new InvocationCounterSender({
              next: storage.durable,
              blockSize,
              reservation: { reserve: (upTo) => storage.write(upTo) },
            });
            for (let use = 0; use < uses; use++) {
              try {
                const value = sender.take();
                expect(value).to.be.greaterThan(highest);
                expect(value).to.be.lessThan(storage.durable);
                highest = value;
              } catch (error) {
                if (error instanceof PowerCut) break;
                if (!(error instanceof SecurityError)) throw error;
              }
            }
          }
        },
      ),
      { numRuns: runs },
    );
  });

  it("never uses a value twice with a port that takes its time", async () => {
    await fc.assert(
      fc.asyncProperty(fates, fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 }), async (plan, lives) => {
        const storage = new Storage(plan);
        let highest = -1;
        for (const uses of lives) {
          const reserve = async (upTo: number) => storage.write(upTo);
          const sender = new InvocationCounterSender({ next: storage.durable, blockSize: 3, reservation: { reserve } });
          try {
            for (let use = 0; use < uses; use++) {
              await Promise.all([sender.ready(), sender.ready(2)]);
              for (const value of [sender.take(), sender.take()]) {
                expect(value).to.be.greaterThan(highest);
                expect(value).to.be.lessThan(storage.durable);
                highest = value;
              }
            }
          } catch (error) {
            if (!(error instanceof PowerCut || error instanceof SecurityError)) throw error;
          }
        }
      }),
      { numRuns: runs / 5 },
    );
  });
});

describe("Invocation counter of a receiver", () => {
  it("accepts what is not below the lowest acceptable, gaps included", () => {
    const receiver = new InvocationCounterReceiver({ lowestAcceptable: 5 });
    receiver.accept(5);
    receiver.accept(9);
    expect(receiver.lowestAcceptable).to.equal(10);
    for (const counter of [0, 5, 8, 9])
      expect(
        refusalOf(() => receiver.accept(counter)),
        `${counter}`,
      ).to.equal("replayed");
    expect(receiver.lowestAcceptable).to.equal(10);
  });

  it("tells what it got and what it would take", () => {
    const receiver = new InvocationCounterReceiver({ lowestAcceptable: 5 });
    let details: unknown;
    try {
      receiver.check(4);
    } catch (error) {
      details = (error as SecurityError).details;
    }
    expect(details).to.deep.equal({ received: 4, lowestAcceptable: 5 });
  });

  it("is not moved by a check, however high the value: its tag may be forged", () => {
    const receiver = new InvocationCounterReceiver();
    receiver.check(lastInvocationCounter);
    expect(refusalOf(() => receiver.check(0xffffffff))).to.equal("counter-exhausted");
    expect(receiver.lowestAcceptable).to.equal(0);
  });

  it("accepts FFFFFFFE once and FFFFFFFF never", () => {
    const receiver = new InvocationCounterReceiver();
    expect(refusalOf(() => receiver.accept(0xffffffff))).to.equal("counter-exhausted");
    receiver.accept(lastInvocationCounter);
    expect(refusalOf(() => receiver.accept(lastInvocationCounter))).to.equal("replayed");
  });

  it("refuses the same value again while the store is still busy", async () => {
    const writes: (() => void)[] = [];
    const receiver = new InvocationCounterReceiver({ store: { store: () => new Promise<void>((resolve) => writes.push(resolve)) } });
    const stored = receiver.accept(3);
    expect(refusalOf(() => receiver.check(3))).to.equal("replayed");
    writes[0]?.();
    await stored;
  });

  it("refuses options that cannot be", () => {
    for (const lowestAcceptable of [-1, 0.5, 2 ** 32])
      expect(() => new InvocationCounterReceiver({ lowestAcceptable })).to.throw(InvariantError);
  });

  it("never accepts a value twice, wherever power is cut or a write fails", () => {
    const life = fc.array(fc.nat(40), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fates, fc.array(life, { maxLength: 8 }), (plan, lives) => {
        const storage = new Storage(plan);
        const acted = new Set<number>();
        for (const received of lives) {
          const receiver = new InvocationCounterReceiver({
            lowestAcceptable: storage.durable,
            store: { store: (lowest) => storage.write(lowest) },
          });
          for (const counter of received) {
            try {
              receiver.check(counter);
              receiver.accept(counter);
            } catch (error) {
              if (error instanceof PowerCut) break;
              if (!(error instanceof SecurityError)) throw error;
              continue;
            }
            expect(acted.has(counter), `${counter} again`).to.equal(false);
            acted.add(counter);
          }
        }
      }),
      { numRuns: runs },
    );
  });
});
