import { expect } from "chai";
import fc from "fast-check";
import { MonotonicGuard } from "../../src/mqtt-bridge/monotonic-guard.ts";

/** Judges values one after another; a reset shows as "previous -> value", a dropped one as "dropped". */
function judge(guard: MonotonicGuard, ...values: readonly number[]): string[] {
  return values.map((value) => {
    const verdict = guard.judge("energy", value);
    if (!verdict.accepted) return "dropped";
    return "reset" in verdict ? `${verdict.reset.previous} -> ${verdict.reset.value}` : "accepted";
  });
}

describe("MonotonicGuard", () => {
  it("accepts what grows or stays", () => {
    expect(judge(new MonotonicGuard(), 5, 5, 6, 1000)).to.deep.equal(["accepted", "accepted", "accepted", "accepted"]);
  });

  it("drops a stray zero and counts it", () => {
    const guard = new MonotonicGuard();
    expect(judge(guard, 4_408_736, 0, 4_408_740)).to.deep.equal(["accepted", "dropped", "accepted"]);
    expect(guard.dropped).to.equal(1);
  });

  it("accepts a decrease that the next read confirms", () => {
    expect(judge(new MonotonicGuard(), 4_408_736, 0, 12, 13)).to.deep.equal(["accepted", "dropped", "4408736 -> 12", "accepted"]);
  });

  it("does not take two falling values for a confirmation", () => {
    expect(judge(new MonotonicGuard(), 4_408_736, 100, 0, 4_408_736)).to.deep.equal(["accepted", "dropped", "dropped", "accepted"]);
  });

  it("lets the lowest of several low values be confirmed", () => {
    expect(judge(new MonotonicGuard(), 1000, 100, 0, 50)).to.deep.equal(["accepted", "dropped", "dropped", "1000 -> 50"]);
  });

  it("does not remember a stray value once a good one came", () => {
    expect(judge(new MonotonicGuard(), 100, 0, 100, 0)).to.deep.equal(["accepted", "dropped", "accepted", "dropped"]);
  });

  it("accepts the rollover of a register by its digits", () => {
    expect(judge(new MonotonicGuard(), 99_999_990, 10)).to.deep.equal(["accepted", "99999990 -> 10"]);
    expect(judge(new MonotonicGuard(), 2 ** 32 - 5, 5)).to.deep.equal(["accepted", "4294967291 -> 5"]);
  });

  it("starts anew for another meter", () => {
    const guard = new MonotonicGuard();
    judge(guard, 1000);
    guard.clear();
    expect(judge(guard, 5)).to.deep.equal(["accepted"]);
  });

  it("keeps registers apart", () => {
    const guard = new MonotonicGuard();
    guard.judge("import", 1000);
    expect(guard.judge("export", 1)).to.deep.equal({ accepted: true });
  });

  it("never lets a decrease through without saying so", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), (values) => {
        const guard = new MonotonicGuard();
        let last = 0;
        for (const value of values) {
          const verdict = guard.judge("energy", value);
          if (!verdict.accepted) continue;
          expect(value < last).to.equal("reset" in verdict);
          last = value;
        }
      }),
    );
  });
});
