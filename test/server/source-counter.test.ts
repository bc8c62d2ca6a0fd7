import { expect } from "chai";
import { SourceCounter } from "../../src/server/source-counter.ts";

describe("SourceCounter", () => {
  it("gives each source as many as it may have, and not one more", () => {
    const counter = new SourceCounter(2);
    expect(["a", "a", "a", "b", "b", "b"].map((source) => counter.take(source))).to.deep.equal([true, true, false, true, true, false]);
  });

  it("gives again what was released", () => {
    const counter = new SourceCounter(1);
    for (let round = 0; round < 3; round++) {
      expect(counter.take("a")).to.equal(true);
      expect(counter.take("a")).to.equal(false);
      counter.release("a");
    }
  });

  it("owes nothing for what was never taken", () => {
    const counter = new SourceCounter(1);
    counter.release("a");
    expect([counter.take("a"), counter.take("a")]).to.deep.equal([true, false]);
  });
});
