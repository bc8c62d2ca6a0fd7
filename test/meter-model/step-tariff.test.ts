import { expect } from "chai";
import fc from "fast-check";
import { day, hour, isStepTariff, type Meter, minute, type StepTariff, utc } from "../../src/meter-model/index.ts";
import { constantLoad, newMeter, paris, point } from "./support.ts";

const newYear = Date.UTC(2026, 0, 1);
const step = (upTo: number | undefined, price = 0) => ({ upTo, price, fixedFee: 0, grace: 0 });
const three: StepTariff = { code: 7, base: "monthly", steps: [step(100, 10), step(250, 20), step(undefined, 30)] };

function metered(tariff: StepTariff, load = constantLoad(), at = newYear): Meter {
  const meter = newMeter(at, load, { zone: utc });
  expect(meter.steps.setPassive(tariff)).to.equal(true);
  meter.steps.setActivation(at);
  return meter;
}

describe("Step tariff", () => {
  it("changes step where the limit is reached, and not a moment sooner", () => {
    const meter = metered(three);
    for (const [hours, at] of [
      [0, 1],
      [100, 2],
      [250, 3],
    ] as const) {
      if (hours > 0) {
        meter.advance(newYear + hours * hour - 1);
        expect(meter.steps.step, `${hours} h`).to.equal(at - 1);
        expect(meter.steps.untilNextStep).to.equal(1);
      }
      meter.advance(newYear + hours * hour);
      expect(meter.steps.step, `${hours} h`).to.equal(at);
    }
    expect(meter.steps.untilNextStep).to.equal(undefined);
  });

  it("looks at the instant of the limit, so that what is priced by the step can be split there", () => {
    const meter = metered(three);
    meter.advance(newYear + 99 * hour + 50 * minute);
    expect(meter.steps.due).to.equal(newYear + 100 * hour);
  });

  it("begins anew with the billing period, by the clock or by hand, also after an outage over it", () => {
    const meter = metered(three);
    meter.advance(newYear + 10 * day);
    expect(meter.steps.consumption).to.equal(240_000);
    expect(meter.closeBillingPeriod()).to.equal("accepted");
    expect([meter.steps.consumption, meter.steps.step]).to.deep.equal([0, 1]);
    meter.advance(Date.UTC(2026, 0, 31));
    meter.powerUp(Date.UTC(2026, 1, 2));
    meter.advance(Date.UTC(2026, 1, 2, 5));
    expect(meter.steps.consumption).to.equal(5000);
  });

  it("begins anew after thirty days, or with the year, by local time", () => {
    const rolling = metered({ ...three, base: "rolling" });
    rolling.advance(newYear + 30 * day - 1);
    expect(rolling.steps.consumption).to.equal(719_999);
    rolling.advance(newYear + 31 * day);
    expect(rolling.steps.consumption).to.equal(24_000);
    const meter = newMeter(Date.UTC(2026, 11, 30), constantLoad(), { zone: paris });
    meter.steps.setBase("yearly");
    meter.advance(Date.UTC(2026, 11, 31, 22, 59, 59));
    expect(meter.steps.consumption).to.equal(46_999);
    meter.advance(Date.UTC(2027, 0, 1, 1));
    expect(meter.steps.consumption).to.equal(2000);
  });

  it("takes the passive tariff at its time, also one that came without supply", () => {
    const meter = newMeter(newYear, constantLoad());
    meter.steps.setPassive(three);
    meter.steps.setActivation(newYear + day);
    meter.advance(newYear + day - 1);
    expect(meter.steps.active.code).to.equal(0);
    meter.advance(newYear + day);
    expect([meter.steps.active.code, meter.steps.activateAt]).to.deep.equal([7, undefined]);
    meter.steps.setPassive({ ...three, code: 8 });
    meter.steps.setActivation(newYear + 3 * day);
    meter.powerUp(newYear + 4 * day);
    expect(meter.steps.active.code).to.equal(8);
  });

  it("refuses limits that do not rise, and too many", () => {
    const wrong: readonly StepTariff[] = [
      { ...three, steps: [] },
      { ...three, steps: [step(100)] },
      { ...three, steps: [step(undefined), step(undefined)] },
      { ...three, steps: [step(100), step(100), step(undefined)] },
      { ...three, steps: [step(0), step(undefined)] },
      { ...three, steps: [step(undefined, -1)] },
      { ...three, code: 0x1_0000 },
      { ...three, steps: [...Array.from({ length: 10 }, (_, index) => step(index + 1)), step(undefined)] },
    ];
    for (const tariff of wrong) expect(isStepTariff(tariff), JSON.stringify(tariff)).to.equal(false);
    const meter = newMeter(newYear);
    expect(meter.steps.setPassive(wrong[1] as StepTariff)).to.equal(false);
    expect(meter.steps.passive.code).to.equal(0);
  });

  it("is the same in one step as in many", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 * day }), { maxLength: 5 }),
        fc.integer({ min: 0, max: 9_000_000 }),
        fc.constantFrom("monthly", "rolling", "yearly"),
        (cuts, activePower, base) => {
          const load = constantLoad(point({ activePower }));
          const tariff: StepTariff = { ...three, base: base as StepTariff["base"] };
          const [once, often] = [metered(tariff, load), metered(tariff, load)];
          for (const cut of [...cuts].sort((a, b) => a - b)) often.advance(newYear + cut);
          once.advance(newYear + 40 * day);
          often.advance(newYear + 40 * day);
          expect(often.state.steps).to.deep.equal(once.state.steps);
          expect(often.takeEvents()).to.deep.equal(once.takeEvents());
        },
      ),
      { numRuns: 8 },
    );
  });
});
