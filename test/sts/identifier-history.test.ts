import { expect } from "chai";
import fc from "fast-check";
import { InvariantError } from "../../src/errors.ts";
import { ageOf, uniformHistory, withIdentifier } from "../../src/sts/identifier-history.ts";

describe("the identifiers a meter remembers", () => {
  it("are used, what is below all of them is old, and everything else is new", () => {
    const history = [40, 10, 30];
    expect([9, 10, 11, 30, 35, 40, 41].map((identifier) => ageOf(identifier, history))).to.deep.equal([
      "old",
      "used",
      "new",
      "used",
      "new",
      "used",
      "new",
    ]);
  });

  it("give up the lowest for a new one", () => {
    expect(withIdentifier([40, 10, 30], 20)).to.deep.equal([40, 20, 30]);
    expect(withIdentifier([10, 10], 20)).to.deep.equal([20, 10]);
  });

  it("are behind a roll-over all zero, which makes zero used and everything else new", () => {
    const history = uniformHistory(50, 0);
    expect(history).to.have.lengthOf(50);
    expect([0, 1, 0xff_ffff].map((identifier) => ageOf(identifier, history))).to.deep.equal(["used", "new", "new"]);
  });

  it("never let an identifier be new again once it was taken, in whatever order they come", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (identifiers, size) => {
        let history = uniformHistory(size, 0);
        const taken = new Set<number>();
        for (const identifier of identifiers) {
          if (ageOf(identifier, history) !== "new") continue;
          expect(taken.has(identifier)).to.equal(false);
          taken.add(identifier);
          history = withIdentifier(history, identifier);
          expect(history).to.have.lengthOf(size);
        }
      }),
    );
  });

  it("need a place", () => {
    expect(() => withIdentifier([], 1)).to.throw(InvariantError);
  });
});
