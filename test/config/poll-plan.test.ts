import { expect } from "chai";
import { intervalOf, nextPoll, parsePollPlan } from "../../src/config/poll-plan.ts";

// Local times: cron patterns are of this machine's zone.
const noon = new Date(2026, 10, 23, 12, 0, 30).getTime();
const minute = 60_000;

describe("When a meter is polled", () => {
  it("is every so often", () => {
    expect(parsePollPlan("90s")).to.equal(90_000);
    expect(nextPoll(90_000, noon)).to.equal(90_000);
    expect(intervalOf(90_000, noon)).to.equal(90_000);
  });

  it("is by the calendar", () => {
    const quarters = parsePollPlan("*/15 * * * *");
    expect(quarters).to.deep.equal({ cron: "*/15 * * * *" });
    expect(nextPoll({ cron: "*/15 * * * *" }, noon)).to.equal(14.5 * minute);
    expect(intervalOf({ cron: "*/15 * * * *" }, noon)).to.equal(15 * minute);
    expect(nextPoll({ cron: "15 1 13 * * *" }, noon)).to.equal(60 * minute + 45_000);
  });

  it("is never the moment it is asked in", () => {
    const due = new Date(2026, 10, 23, 12, 15, 0).getTime();
    expect(nextPoll({ cron: "*/15 * * * *" }, due)).to.equal(15 * minute);
  });

  for (const text of ["", "0s", "5", "soon", "* * * *", "61 * * * *", "* * * * * * *", "0 0 31 2 *"]) {
    it(`is not ${JSON.stringify(text)}`, () => expect(parsePollPlan(text)).to.equal(undefined));
  }
});
