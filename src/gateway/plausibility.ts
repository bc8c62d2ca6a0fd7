import type { LogicalName } from "../cosem-objects/logical-name.ts";
import type { Quality, Reading } from "../mqtt-bridge/index.ts";

/** A quantity that does not fit the others unless it is multiplied by a power of ten. */
export interface ScaleHint {
  readonly logicalName: LogicalName;
  /** What it would have to be multiplied by. */
  readonly factor: number;
  /** What it was held against, in a sentence. */
  readonly because: string;
}

const voltage = "1.0.32.7.0.255";
const current = "1.0.31.7.0.255";
const powerFactor = "1.0.13.7.0.255";
const power = "1.0.1.7.0.255";
const energy = "1.0.1.8.0.255";
/** A meter that has it has more than one phase. */
const voltageL2 = "1.0.52.7.0.255";

/** Low voltages of the world's networks between phase and neutral, V. */
const nominal = [
  [90, 140],
  [180, 280],
] as const;
/** What a network may have for a while without its meter being wrong, V. */
const possible = [60, 320] as const;
/** Below this, W, currents are too small to be divided by. */
const leastPower = 20;
/** Between polls further apart than this the power is anybody's guess; ms. */
const longestGap = 900_000;
/** Wh by power and steps of the register before the two are compared. */
const enoughEnergy = 100;
const enoughSteps = 10;
/** How near to a power of ten a quotient has to be, in decades. */
const nearness = 0.12;
/** Clocks do not stand still for longer than this; ms. */
const longestStandstill = 30_000;
/** Clocks further apart than this make readings doubtful; s. */
const doubtfulDrift = 300;

/** Looks whether what one meter says can be true: scalers that lie, clocks that are wrong, answers that repeat themselves. */
export class Plausibility {
  #clock: { readonly instant: number; readonly since: number } | undefined;
  #last: { readonly at: number; readonly power: number; readonly energy: number } | undefined;
  /** Wh since the comparison began: by power over time, and by the register. */
  #sums = { byPower: 0, byRegister: 0 };
  readonly #told = new Map<LogicalName, number>();

  /**
   * How far the readings of a poll can be trusted.
   * @param instant the meter's clock, ms UTC; undefined where it has none
   */
  quality(instant: number | undefined, readTime: number): Quality {
    if (instant === undefined) return "good";
    if (this.#clock?.instant !== instant) this.#clock = { instant, since: readTime };
    // A concentrator that repeats its last answer repeats the clock in it.
    if (readTime - this.#clock.since > longestStandstill) return "stale";
    return Math.abs(instant - readTime) > doubtfulDrift * 1000 ? "doubtful" : "good";
  }

  /** What does not fit in a poll, unless it was told before. `transformed`: the voltage is that of a transformer's other side. */
  hints(readings: readonly Reading[], readTime: number, transformed: boolean): readonly ScaleHint[] {
    const values = new Map(readings.map(({ logicalName, value }) => [logicalName, typeof value === "bigint" ? Number(value) : value]));
    const numberOf = (logicalName: LogicalName): number => {
      const value = values.get(logicalName);
      return typeof value === "number" ? value : Number.NaN;
    };
    const found = [
      transformed ? undefined : voltageHint(numberOf(voltage)),
      values.has(voltageL2) ? undefined : powerHint(numberOf(voltage), numberOf(current), numberOf(powerFactor), numberOf(power)),
      this.#energyHint(numberOf(power), numberOf(energy), readTime),
    ];
    return found.filter((hint) => hint !== undefined).filter((hint) => this.#isNew(hint));
  }

  #isNew({ logicalName, factor }: ScaleHint): boolean {
    if (this.#told.get(logicalName) === factor) return false;
    this.#told.set(logicalName, factor);
    return true;
  }

  /** A register has to grow by what the power comes to over time. */
  #energyHint(powerNow: number, energyNow: number, at: number): ScaleHint | undefined {
    const last = this.#last;
    this.#last = Number.isNaN(powerNow + energyNow) ? undefined : { at, power: powerNow, energy: energyNow };
    if (last === undefined || this.#last === undefined || at - last.at > longestGap || energyNow < last.energy) {
      this.#sums = { byPower: 0, byRegister: 0 };
      return undefined;
    }
    const byPower = this.#sums.byPower + (((last.power + powerNow) / 2) * (at - last.at)) / 3_600_000;
    const byRegister = this.#sums.byRegister + energyNow - last.energy;
    this.#sums = { byPower, byRegister };
    if (byPower < enoughEnergy || byRegister < enoughSteps) return undefined;
    this.#sums = { byPower: 0, byRegister: 0 };
    const factor = powerOfTen(byPower / byRegister);
    if (factor === undefined) return undefined;
    const because = `the power came to ${byPower.toFixed(0)} Wh while the register grew by ${byRegister.toFixed(0)} Wh`;
    return { logicalName: energy, factor, because };
  }
}

function voltageHint(volts: number): ScaleHint | undefined {
  if (!(volts > 0) || (volts >= possible[0] && volts <= possible[1])) return undefined;
  const factor = [10, 100, 1000, 0.1, 0.01, 0.001].find((candidate) =>
    nominal.some(([least, most]) => volts * candidate >= least && volts * candidate <= most),
  );
  return factor === undefined ? undefined : { logicalName: voltage, factor, because: `no network has ${volts} V` };
}

/** One phase: power is voltage times current times power factor. */
function powerHint(volts: number, amperes: number, factorOfPower: number, watts: number): ScaleHint | undefined {
  if (!(volts >= possible[0] && volts <= possible[1])) return undefined;
  const expected = volts * amperes * Math.abs(factorOfPower);
  if (!(expected >= leastPower && watts > 0)) return undefined;
  const factor = powerOfTen(expected / watts);
  if (factor === undefined) return undefined;
  const because = `${volts} V times ${amperes} A at a power factor of ${factorOfPower} are ${expected.toFixed(0)} W and not ${watts} W`;
  return { logicalName: power, factor, because };
}

/** The power of ten, other than one, that a quotient is near; undefined where it is near none. */
function powerOfTen(quotient: number): number | undefined {
  const decades = Math.log10(quotient);
  const whole = Math.round(decades);
  if (whole === 0 || Math.abs(whole) > 6 || Math.abs(decades - whole) > nearness) return undefined;
  return whole > 0 ? 10 ** whole : 1 / 10 ** -whole;
}
