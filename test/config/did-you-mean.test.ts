import { expect } from "chai";
import { didYouMean } from "../../src/config/did-you-mean.ts";

describe("didYouMean", () => {
  const known = ["poll", "profiles", "password", "maxPdu", "template"];
  const slips: Readonly<Record<string, string>> = {
    pol: "poll",
    pols: "poll",
    profile: "profiles",
    passwort: "password",
    "max-pdu": "maxPdu",
    max_pdu: "maxPdu",
    TEMPLATE: "template",
  };
  for (const [written, meant] of Object.entries(slips)) {
    it(`takes ${written} for ${meant}`, () => expect(didYouMean(written, known)).to.equal(meant));
  }

  it("does not guess when nothing is near", () => {
    expect(didYouMean("interval", known)).to.equal(undefined);
    expect(didYouMean("x", known)).to.equal(undefined);
    expect(didYouMean("poll", [])).to.equal(undefined);
  });

  it("does not work for a text that cannot be a key", () => {
    expect(didYouMean("p".repeat(65), ["p".repeat(64)])).to.equal(undefined);
  });
});
