import { Detector, type DetectorState, newDetector } from "../guard/detector.ts";
import type { Measurement } from "../measurement.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { type Instant, second } from "../units.ts";
import type { Overload, OverloadRequest } from "./overload.ts";

/** Instantaneous values that a limiter may watch. */
export type LimitedQuantity = keyof Pick<
  Measurement,
  "activeImport" | "activeExport" | "apparentImport" | "current" | "neutralCurrent" | "voltage"
>;

/** A time of another threshold (Blue Book, class 71). */
export interface EmergencyProfile {
  readonly id: number;
  /** Clock time; undefined for never. */
  readonly activateAt: Instant | undefined;
  /** Seconds. */
  readonly duration: number;
}

/** What happens on the way over the threshold, and below it: `disconnect` and `reconnect` by the overload policy. */
export interface LimiterActions {
  readonly over: "disconnect" | "none";
  readonly under: "reconnect" | "none";
}

/** Parameters of a limiter: thresholds in the unit of the measurement (mW, mA, mV), 0 for none; durations in seconds. */
export interface LimiterSettings {
  monitored: LimitedQuantity;
  thresholdNormal: number;
  thresholdEmergency: number;
  minimumOver: number;
  minimumUnder: number;
  emergency: EmergencyProfile;
  /** Emergency profiles that this meter takes part in. */
  groups: readonly number[];
  actions: LimiterActions;
}

/** The part of the meter's state that is one limiter. */
export interface LimiterState {
  settings: LimiterSettings;
  detector: DetectorState;
}

/** Profiles that a meter may belong to. */
const mostGroups = 32;
const largest = 0xffff_ffff;

/** A limiter of a quantity, without an emergency profile. Reconnection is left to the overload policy. */
export function newLimiter(monitored: LimitedQuantity, threshold: number, minimumOver: number): LimiterState {
  return {
    settings: {
      monitored,
      thresholdNormal: threshold,
      thresholdEmergency: threshold,
      minimumOver,
      minimumUnder: 10,
      emergency: { id: 0, activateAt: undefined, duration: 0 },
      groups: [],
      actions: { over: "disconnect", under: "none" },
    },
    detector: newDetector(),
  };
}

/** The limiters of the meter. */
export const limiterNames = ["power", "current"] as const;

/** One of the limiters of the meter. */
export type LimiterName = (typeof limiterNames)[number];

/** Limiters as they leave the factory: 10 kW for a minute, and 80 A for ten seconds. */
export function newLimiters(): Record<LimiterName, LimiterState> {
  return { power: newLimiter("activeImport", 10_000_000, 60), current: newLimiter("current", 80_000, 10) };
}

/** Watches a value against a threshold, which an emergency profile replaces for a time. */
export class Limiter implements MeterUnit {
  readonly #state: LimiterState;
  readonly #surroundings: UnitSurroundings;
  readonly #overload: Pick<Overload, "trip" | "release">;
  readonly #request: OverloadRequest;
  readonly #detector: Detector;

  /** Takes possession of `state`; `request` is what passing the threshold is to the relay. */
  constructor(state: LimiterState, surroundings: UnitSurroundings, overload: Pick<Overload, "trip" | "release">, request: OverloadRequest) {
    this.#state = state;
    this.#surroundings = surroundings;
    this.#overload = overload;
    this.#request = request;
    this.#detector = new Detector(state.detector, () => ({
      begin: state.settings.minimumOver * second,
      end: state.settings.minimumUnder * second,
    }));
  }

  get due(): Instant {
    return Math.min(this.#detector.due, this.#nextEmergencyChange);
  }

  get settings(): Readonly<LimiterSettings> {
    return this.#state.settings;
  }

  /** Whether the threshold is passed, for as long as it takes to be so. */
  get exceeded(): boolean {
    return this.#detector.active;
  }

  get emergencyActive(): boolean {
    const { emergency, groups } = this.#state.settings;
    const { activateAt, duration, id } = emergency;
    if (activateAt === undefined || !groups.includes(id)) return false;
    const { clock, now } = this.#surroundings;
    const at = clock.at(now);
    return at >= activateAt && at < activateAt + duration * second;
  }

  get thresholdActive(): number {
    const { thresholdNormal, thresholdEmergency } = this.#state.settings;
    return this.emergencyActive ? thresholdEmergency : thresholdNormal;
  }

  /** Changes parameters, and logs that; false, and nothing changed, for one out of range. The running times go on. */
  configure(changes: Partial<LimiterSettings>): boolean {
    const settings = { ...this.#state.settings, ...changes };
    const { thresholdNormal, thresholdEmergency, minimumOver, minimumUnder, emergency, groups } = settings;
    const numbers = [thresholdNormal, thresholdEmergency, emergency.id, ...groups];
    const seconds = [minimumOver, minimumUnder, emergency.duration];
    const activation = emergency.activateAt ?? 0;
    if (!numbers.every((value) => Number.isSafeInteger(value) && value >= 0) || groups.length > mostGroups) return false;
    if (!seconds.every((value) => Number.isInteger(value) && value >= 0 && value <= largest)) return false;
    if (!Number.isSafeInteger(activation)) return false;
    Object.assign(this.#state.settings, settings);
    this.#log("limiterChanged", this.#surroundings.now);
    this.settle();
    return true;
  }

  calm(measured: Measurement): boolean {
    const { active, contrarySince } = this.#state.detector;
    return !active && contrarySince === undefined && !this.#isOver(measured);
  }

  settle(): void {
    const { now, supplied } = this.#surroundings;
    const detections = supplied ? this.#detector.observe(this.#isOver(this.#surroundings.measurement), now) : this.#detector.suspend(now);
    for (const { active, at } of detections) {
      this.#log(active ? "limiterExceeded" : "limiterOk", at);
      const { over, under } = this.#state.settings.actions;
      if (active && over === "disconnect") this.#overload.trip(this.#request);
      if (!active && under === "reconnect") this.#overload.release();
    }
  }

  supplyLost(): void {
    this.settle();
  }

  /** The emergency profile goes by the clock. */
  clockChanged(): void {
    this.settle();
  }

  #isOver(measured: Measurement): boolean {
    const threshold = this.thresholdActive;
    return threshold > 0 && measured[this.#state.settings.monitored] > threshold;
  }

  /** True time at which the emergency profile begins or ends. */
  get #nextEmergencyChange(): Instant {
    const { emergency, groups } = this.#state.settings;
    const { activateAt, duration, id } = emergency;
    if (activateAt === undefined || !groups.includes(id)) return never;
    const { clock, now } = this.#surroundings;
    const next = [activateAt, activateAt + duration * second].find((change) => change > clock.at(now));
    return next === undefined ? never : clock.whenReading(next);
  }

  #log(name: "limiterExceeded" | "limiterOk" | "limiterChanged", at: Instant): void {
    this.#surroundings.record(name, this.#surroundings.clock.at(at));
  }
}
