import { expect } from "chai";
import {
  type CaptureRows,
  day,
  defaultMeterConfig,
  type Instant,
  initialState,
  Meter,
  minute,
  type ProfileName,
  profileDefinitions,
  profileNames,
  rateCount,
  ratedEnergies,
  syntheticLoad,
  threeRateCalendar,
} from "../../../src/meter-model/index.ts";
import { scaled } from "../../support/scale.ts";
import { paris } from "../support.ts";

const start = Date.UTC(2026, 11, 31, 23);
const years = scaled(2, 10);
const quarter = 15 * minute;
const config = { ...defaultMeterConfig, zone: paris, calendar: threeRateCalendar };

/** Registers that only grow, as the columns of the rows name them. */
const registers = /^(active|reactive|apparent)(Import|Export)/;

/** Looks at each row once, as it comes, though the meter keeps the newest only. */
class RowWatch {
  rows = 0;
  readonly faults: string[] = [];
  readonly #name: ProfileName;
  readonly #registers: readonly number[];
  #last: { readonly stamp: Instant; readonly values: readonly number[] } | undefined;
  #next = 0;

  constructor(name: ProfileName) {
    this.#name = name;
    const columns: readonly string[] = profileDefinitions[name].columns;
    this.#registers = columns.flatMap((column, index) => (registers.test(column) ? [index] : []));
  }

  look(rows: CaptureRows & { readonly firstSequence: number; readonly nextSequence: number }, shortest: number, longest: number): void {
    if (rows.firstSequence > this.#next) this.faults.push(`${this.#name}: rows from ${this.#next} were not seen`);
    for (; this.#next < rows.nextSequence; this.#next++) {
      const index = this.#next - rows.firstSequence;
      const stamp = rows.stampAt(index);
      const values = this.#registers.map((column) => rows.valueAt(index, column));
      const step = stamp - (this.#last?.stamp ?? stamp - shortest);
      if (step < shortest || step > longest) this.faults.push(`${this.#name} ${new Date(stamp).toISOString()}: ${step} ms after the last`);
      if (values.some((value, at) => value < (this.#last?.values[at] ?? 0))) this.faults.push(`${this.#name} ${stamp}: a register fell`);
      this.#last = { stamp, values };
      this.rows += 1;
    }
  }
}

/** Shortest and longest time between two rows: with a day of 23 and one of 25 hours, which their month has too. */
const steps: Readonly<Record<ProfileName, readonly [shortest: number, longest: number]>> = {
  load: [quarter, quarter],
  hourly: [4 * quarter, 4 * quarter],
  daily: [23 * 4 * quarter, 25 * 4 * quarter],
  monthly: [28 * day, 31 * day + 4 * quarter],
};

describe(`${years} simulated years of a household with three rates`, function () {
  this.timeout(scaled(60_000, 300_000));
  const meter = new Meter(config, initialState(config, start), syntheticLoad({ seed: 7, zone: paris, solarPeak: 3000 }));
  const watches = new Map(profileNames.map((name) => [name, new RowWatch(name)]));
  const sums: string[] = [];
  const end = Date.UTC(2026 + years, 11, 31, 23);
  const days = (end - start) / day;

  before(() => {
    for (let now = start + day; now <= end; now += day) {
      meter.advance(now);
      for (const [name, watch] of watches) watch.look(meter.state.profiles[name].rows, ...steps[name]);
      for (const name of ratedEnergies) {
        const rates = Array.from({ length: rateCount }, (_, index) => meter.ratedEnergy(name, index + 1));
        const sum = rates.reduce((total, value) => total + value, 0);
        if (sum !== meter.energy(name)) sums.push(`${new Date(now).toISOString()} ${name}: ${sum} of ${meter.energy(name)}`);
      }
    }
  });

  it(`capture ${days * 96} quarters, ${days * 24} hours, ${days} days and ${years * 12} months`, () => {
    expect(Object.fromEntries([...watches].map(([name, { rows }]) => [name, rows]))).to.deep.equal({
      load: days * 96,
      hourly: days * 24,
      daily: days,
      monthly: years * 12,
    });
  });

  it("have no gap, no double row and no register that falls", () => {
    expect([...watches.values()].flatMap(({ faults }) => faults)).to.deep.equal([]);
  });

  it("keep the sum of the rates equal to the total, each midnight", () => {
    expect(sums).to.deep.equal([]);
    const used = [1, 2, 3].map((rate) => meter.ratedEnergy("activeImport", rate));
    expect(Math.min(...used), "all three rates were used").to.be.greaterThan(0);
    expect(meter.energy("activeExport"), "the sun has shone").to.be.greaterThan(0);
  });
});
