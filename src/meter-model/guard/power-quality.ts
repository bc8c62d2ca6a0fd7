import type { GuardEventName } from "../events/guard-events.ts";
import type { Measurement } from "../measurement.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { type Instant, second } from "../units.ts";
import { type Detection, Detector, type DetectorState, newDetector } from "./detector.ts";
import { beginOccurrence, endOccurrence, newTally, readTally, type Tally, type TallyState } from "./tally.ts";

/** What the meter watches of the supply's quality and of the load. */
export const disturbanceNames = ["missing", "sag", "swell", "overCurrent", "lowPowerFactor"] as const;

/** One kind of disturbance. */
export type DisturbanceName = (typeof disturbanceNames)[number];

/** A limit (mV, mA or thousandths), and the seconds for which it must be passed, or kept again. */
export interface DisturbanceLimit {
  threshold: number;
  time: number;
}

/** One kind of disturbance in the meter's state. */
export interface DisturbanceState {
  limit: DisturbanceLimit;
  detector: DetectorState;
  tally: TallyState;
  /** The worst value since the limit was passed; undefined while it is kept. */
  extreme: number | undefined;
  /** The worst value of the last disturbance that ended, and of the running one so far. */
  magnitude: number;
}

/** The part of the meter's state that is about the quality of the supply. */
export type PowerQualityState = Record<DisturbanceName, DisturbanceState>;

interface Disturbance {
  readonly began: GuardEventName;
  readonly ended: GuardEventName;
  readonly value: (measured: Measurement) => number;
  /** Whether values below the limit are the disturbance, rather than those above it. */
  readonly below: boolean;
  /** What the value must return over the limit by for the disturbance to end. */
  readonly hysteresis: number;
}

/** 2 % of the nominal voltage, and of a current of 80 A. */
const voltageHysteresis = 4600;
const currentHysteresis = 1600;

const voltage = (measured: Measurement) => measured.voltage;
/** A lagging or leading load of either direction has a power factor of its own; one without current has none. */
const powerFactor = (measured: Measurement) => Math.abs(measured.powerFactor);

const disturbances: Readonly<Record<DisturbanceName, Disturbance>> = {
  missing: { began: "voltageMissing", ended: "voltageNormal", value: voltage, below: true, hysteresis: voltageHysteresis },
  sag: { began: "sagBegan", ended: "voltageNormal", value: voltage, below: true, hysteresis: voltageHysteresis },
  swell: { began: "swellBegan", ended: "voltageNormal", value: voltage, below: false, hysteresis: voltageHysteresis },
  overCurrent: {
    began: "overCurrentBegan",
    ended: "overCurrentEnded",
    value: (measured) => Math.max(measured.current, measured.neutralCurrent),
    below: false,
    hysteresis: currentHysteresis,
  },
  lowPowerFactor: { began: "lowPowerFactorBegan", ended: "lowPowerFactorEnded", value: powerFactor, below: true, hysteresis: 20 },
};

/** Limits of a meter for 230 V and 80 A: -20 %, +15 %, -50 % of the voltage, the maximum current, a power factor of 0.5. */
const factoryLimits: Readonly<Record<DisturbanceName, DisturbanceLimit>> = {
  missing: { threshold: 115_000, time: 10 },
  sag: { threshold: 184_000, time: 60 },
  swell: { threshold: 264_500, time: 60 },
  overCurrent: { threshold: 80_000, time: 10 },
  lowPowerFactor: { threshold: 500, time: 60 },
};

/** A supply without disturbances so far. */
export function newPowerQuality(): PowerQualityState {
  const disturbance = (name: DisturbanceName): DisturbanceState => ({
    limit: { ...factoryLimits[name] },
    detector: newDetector(),
    tally: newTally(),
    extreme: undefined,
    magnitude: 0,
  });
  return Object.fromEntries(disturbanceNames.map((name) => [name, disturbance(name)])) as PowerQualityState;
}

/** A disturbance as it is shown: how often, the last with its duration (ms) and its worst value (mV, mA or thousandths). */
export interface DisturbanceReading extends Tally {
  readonly active: boolean;
  readonly magnitude: number;
}

/** Watches voltage, current and power factor against limits with times and hysteresis. */
export class PowerQuality implements MeterUnit {
  readonly #state: PowerQualityState;
  readonly #surroundings: UnitSurroundings;
  readonly #detectors: Readonly<Record<DisturbanceName, Detector>>;
  /** Whether no disturbance goes on or is about to be recognised, so that most looks have nothing to do. */
  #quiet = false;

  /** Takes possession of `state`. */
  constructor(state: PowerQualityState, surroundings: UnitSurroundings) {
    this.#state = state;
    this.#surroundings = surroundings;
    const detector = (name: DisturbanceName) =>
      new Detector(state[name].detector, () => {
        const time = state[name].limit.time * second;
        return { begin: time, end: time };
      });
    this.#detectors = Object.fromEntries(disturbanceNames.map((name) => [name, detector(name)])) as Record<DisturbanceName, Detector>;
  }

  get due(): Instant {
    if (this.#quiet) return never;
    let due = never;
    for (const name of disturbanceNames) due = Math.min(due, this.#detectors[name].due);
    return due;
  }

  read(name: DisturbanceName): DisturbanceReading {
    const { tally, magnitude } = this.#state[name];
    return { ...readTally(tally, this.#surroundings.now), active: this.#detectors[name].active, magnitude };
  }

  limit(name: DisturbanceName): Readonly<DisturbanceLimit> {
    return this.#state[name].limit;
  }

  /** Changes a limit; false, and nothing changed, for anything but whole numbers that are not negative. */
  setLimit(name: DisturbanceName, changes: Partial<DisturbanceLimit>): boolean {
    const limit = { ...this.#state[name].limit, ...changes };
    if (![limit.threshold, limit.time].every((value) => Number.isSafeInteger(value) && value >= 0)) return false;
    Object.assign(this.#state[name].limit, limit);
    this.#quiet = false;
    this.settle();
    return true;
  }

  calm(measured: Measurement): boolean {
    if (!this.#quiet) return false;
    const { missing, sag, swell, overCurrent, lowPowerFactor } = this.#state;
    return (
      measured.voltage >= sag.limit.threshold &&
      measured.voltage >= missing.limit.threshold &&
      measured.voltage <= swell.limit.threshold &&
      measured.current <= overCurrent.limit.threshold &&
      measured.neutralCurrent <= overCurrent.limit.threshold &&
      powerFactor(measured) >= lowPowerFactor.limit.threshold
    );
  }

  settle(): void {
    const { now, supplied, measurement } = this.#surroundings;
    if (!supplied || this.calm(measurement)) return;
    for (const name of disturbanceNames) {
      const holds = this.#holds(name);
      for (const detection of this.#detectors[name].observe(holds, now)) this.#note(name, detection);
      this.#follow(name, holds);
    }
    this.#quiet = disturbanceNames.every((name) => {
      const { active, contrarySince } = this.#state[name].detector;
      return !active && contrarySince === undefined;
    });
  }

  /** What was going on ends with the supply: it is a power failure from then on, which has a record of its own. */
  supplyLost(): void {
    const { now } = this.#surroundings;
    for (const name of disturbanceNames) {
      const state = this.#state[name];
      for (const detection of this.#detectors[name].suspend(now)) this.#note(name, detection);
      endOccurrence(state.tally, now);
      Object.assign(state.detector, newDetector());
      state.extreme = undefined;
    }
  }

  #holds(name: DisturbanceName): boolean {
    const { value, below, hysteresis } = disturbances[name];
    const measured = value(this.#surroundings.measurement);
    const { limit, detector } = this.#state[name];
    const margin = detector.active ? hysteresis : 0;
    const passed = below ? measured < limit.threshold + margin : measured > limit.threshold - margin;
    // A voltage that is missing is no sag as well.
    return passed && !(name === "sag" && measured < this.#state.missing.limit.threshold);
  }

  /** Keeps the worst value from where the limit was passed, which is before the disturbance is certain. */
  #follow(name: DisturbanceName, holds: boolean): void {
    const state = this.#state[name];
    const { value, below } = disturbances[name];
    if (holds) {
      const measured = value(this.#surroundings.measurement);
      const worst = below ? Math.min : Math.max;
      state.extreme = worst(state.extreme ?? measured, measured);
      if (state.detector.active) state.magnitude = state.extreme;
    } else if (!state.detector.active) state.extreme = undefined;
  }

  #note(name: DisturbanceName, { active, since, at }: Detection): void {
    const { clock } = this.#surroundings;
    const state = this.#state[name];
    const { began, ended } = disturbances[name];
    if (active) {
      beginOccurrence(state.tally, since, clock.at(since));
      state.magnitude = state.extreme ?? disturbances[name].value(this.#surroundings.measurement);
    } else {
      endOccurrence(state.tally, since);
      state.extreme = undefined;
    }
    this.#surroundings.record(active ? began : ended, clock.at(at));
  }
}
