import { expect } from "chai";
import { AttemptBook } from "../../src/server/attempt-limiter.ts";

const limits = { burst: 3, interval: 1000, remembered: 2 };

describe("AttemptBook", () => {
  it("lets a few attempts pass, then one for each interval", () => {
    const limiter = new AttemptBook(limits).limiterOf(2, "10.0.0.1");
    let looked = 0;
    for (let now = 0; now < 10_000; now += 10) {
      if (!limiter.mayTry(now)) continue;
      looked += 1;
      limiter.failed(now);
    }
    expect(looked).to.equal(3 + 9);
  });

  it("lets the right client in within one interval of the last wrong attempt", () => {
    const limiter = new AttemptBook(limits).limiterOf(2, "10.0.0.1");
    for (let attempt = 0; attempt < 10_000; attempt++) limiter.failed(attempt);
    expect(limiter.mayTry(10_000)).to.equal(false);
    expect(limiter.mayTry(10_999)).to.equal(true);
  });

  it("counts each client and each source by itself", () => {
    const book = new AttemptBook(limits);
    for (let attempt = 0; attempt < 5; attempt++) book.limiterOf(2, "10.0.0.1").failed(0);
    expect(book.limiterOf(2, "10.0.0.1").mayTry(0)).to.equal(false);
    expect(book.limiterOf(3, "10.0.0.1").mayTry(0)).to.equal(true);
    expect(book.limiterOf(2, "10.0.0.2").mayTry(0)).to.equal(true);
  });

  it("remembers no more than so many", () => {
    const book = new AttemptBook(limits);
    for (let source = 0; source < 3; source++) for (let attempt = 0; attempt < 5; attempt++) book.limiterOf(2, String(source)).failed(0);
    expect(["0", "1", "2"].map((source) => book.limiterOf(2, source).mayTry(0))).to.deep.equal([true, false, false]);
  });
});
