import { expect } from "chai";
import { instantOfStamp, jsonValue, pageValue, withoutTokens } from "../../src/cli/dashboard/page-values.ts";

describe("values for the page", () => {
  it("are what JSON carries: large counters are text, structures are text, lists of texts stay lists", () => {
    expect(pageValue(12n)).to.equal(12);
    expect(pageValue(18_446_744_073_709_551_615n)).to.equal("18446744073709551615");
    expect(pageValue(["a", "b"])).to.deep.equal(["a", "b"]);
    expect(pageValue([1, ["x", null]])).to.equal("[1, [x, -]]");
    expect(pageValue([])).to.equal("[]");
    expect([pageValue(null), pageValue(true), pageValue("x")]).to.deep.equal([null, true, "x"]);
    expect(jsonValue([1n, ["x", 2n]])).to.deep.equal([1, ["x", 2]]);
  });

  it("never hold a whole token", () => {
    const token = "25047078050992028923";
    expect(withoutTokens(token)).to.equal("2504 ... 8923");
    expect(pageValue(token)).to.equal("2504 ... 8923");
    expect(pageValue([token, "x"])).to.deep.equal(["2504 ... 8923", "x"]);
    expect(pageValue([1, token])).to.equal("[1, 2504 ... 8923]");
    expect(jsonValue([[token]])).to.deep.equal([["2504 ... 8923"]]);
    expect(withoutTokens(`${token}1`)).to.equal(`${token}1`);
  });

  it("have an instant where their stamp says which", () => {
    expect(instantOfStamp("2026-11-23T22:00:00+01:00")).to.equal(Date.UTC(2026, 10, 23, 21));
    expect(instantOfStamp("2026-11-23T22:00:00Z")).to.equal(Date.UTC(2026, 10, 23, 22));
    for (const stamp of ["2026-11-23T22:00:00", "", null, "2026-**-23T22:00:00Z"]) expect(instantOfStamp(stamp)).to.equal(null);
  });
});
