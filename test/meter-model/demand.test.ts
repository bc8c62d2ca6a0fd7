import { expect } from "chai";
import { accumulateDemand, closePeriod, currentAverage, newDemand, resetAverages, resetMaximum } from "../../src/meter-model/demand.ts";
import { minute } from "../../src/meter-model/index.ts";

const period = 15 * minute;
const block = { period, count: 1 };

describe("demand register", () => {
  it("grows from zero to the average of the period", () => {
    const demand = newDemand(0, true);
    accumulateDemand(demand, 3_000_000, 5 * minute);
    expect(currentAverage(demand, block)).to.equal(1000);
    accumulateDemand(demand, 3_000_000, 10 * minute);
    expect(currentAverage(demand, block)).to.equal(3000);
  });

  it("hands the average over at the end of the period", () => {
    const demand = newDemand(0, true);
    accumulateDemand(demand, 3_000_000, period);
    closePeriod(demand, period, block, true, 1);
    expect(demand).to.deep.include({ lastAverage: 3000, capturedAt: period, startedAt: period, energy: { whole: 0, remainder: 0 } });
    expect(demand.maximum).to.deep.equal({ value: 3000, at: period });
  });

  it("keeps the first of equal maxima", () => {
    const demand = newDemand(0, true);
    for (const [index, power] of [2_000_000, 5_000_000, 5_000_000, 1_000_000].entries()) {
      accumulateDemand(demand, power, period);
      closePeriod(demand, (index + 1) * period, block, true, 1);
    }
    expect(demand).to.deep.include({ lastAverage: 1000, maximum: { value: 5000, at: 2 * period } });
  });

  it("does not compare an incomplete period for the maximum", () => {
    const demand = newDemand(0, false);
    accumulateDemand(demand, 9_000_000, period);
    closePeriod(demand, period, block, true, 1);
    expect(demand).to.deep.include({ lastAverage: 9000, lastComplete: false, maximum: { value: 0, at: undefined }, complete: true });
  });

  it("forgets averages and maximum separately", () => {
    const demand = newDemand(0, true);
    accumulateDemand(demand, 3_000_000, period);
    closePeriod(demand, period, block, true, 1);
    resetAverages(demand, period + 1, false);
    expect(demand).to.include({ lastAverage: 0, capturedAt: period + 1, startedAt: period + 1, complete: false });
    expect(demand.maximum.value).to.equal(3000);
    resetMaximum(demand);
    expect(demand).to.deep.include({ maximum: { value: 0, at: undefined }, cumulative: 3000 });
  });
});
