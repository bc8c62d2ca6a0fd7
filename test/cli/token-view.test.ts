import { expect } from "chai";
import { factJson, factText, inGroups, issueJson, issueText } from "../../src/cli/commands/token-view.ts";
import type { Issue } from "../../src/vending/index.ts";

const issue: Issue = {
  meter: "600727012345678977",
  number: 3,
  service: "key-change",
  tokens: ["00000000000000000001", "12345678901234567890"],
  issued: Date.UTC(2026, 10, 22, 12, 30, 59, 999),
};

describe("what was issued, as it is shown", () => {
  it("has the digits in groups of four", () => expect(inGroups("00000000000000000001")).to.equal("0000 0000 0000 0000 0001"));

  it("has each token on a line of its own, and no fact that there is not", () => {
    expect(issueText(issue)).to.equal(
      [
        "0000 0000 0000 0000 0001",
        "1234 5678 9012 3456 7890",
        "",
        "meter    600727012345678977",
        "service  key-change",
        "issued   2026-11-22T12:30:59Z",
      ].join("\n"),
    );
    expect(issueJson(issue)).to.have.all.keys("tokens", "issued", "meter", "service");
  });

  it("has amounts as numbers as long as they are exact", () => {
    const amount = (value: string) => factJson({ value, unit: "currency" });
    expect(amount("-0.99994")).to.deep.equal({ value: -0.99994, unit: "currency" });
    expect(amount("182044444444444444444444444444.44444")).to.deep.equal({
      value: "182044444444444444444444444444.44444",
      unit: "currency",
    });
    expect(factText({ value: "25.6", unit: "kWh" })).to.equal("25.6 kWh");
    expect(factText(["load-switch", 20])).to.equal("load-switch, 20");
  });
});
