import { InvariantError } from "../errors.ts";
import type { MeterConfig } from "./config.ts";
import type { DemandQuantity } from "./demand.ts";
import { type DemandReading, DemandRegisters } from "./demand-registers.ts";
import { accumulateEnergy, type EnergyName, readEnergy } from "./energy.ts";
import type { DomainEvent } from "./events.ts";
import type { LoadModel, LoadSegment } from "./load-model.ts";
import { isTimeZoneRule, type LocalFields, type TimeZoneRule } from "./local-time.ts";
import { type Measurement, measure, noMeasurement } from "./measurement.ts";
import { MeterClock } from "./meter-clock.ts";
import { ProfileRecorder } from "./profile-recorder.ts";
import { type CaptureSource, type ProfileName, profileNames, RowStatus } from "./profiles.ts";
import { Schedule, type ScheduledTask } from "./schedule.ts";
import type { MeterState, TaskName } from "./state.ts";
import { recordFailure, type SupplyState } from "./supply.ts";
import { day, type Instant, minute, second } from "./units.ts";

/**
 * Answer to a command: accepted, or why not. `no-supply`: the meter is dead; `out-of-range`: not a value it takes;
 * `duplicate`: the newest row of the profile is not older.
 */
export type CommandOutcome = "accepted" | "no-supply" | "out-of-range" | "duplicate";

/** Years 1970 to 9999. */
const latestReading = 253_402_300_799_999;
/** Clock class, method 6 shift_time: plus or minus this many ms. */
const maximumShift = 900 * second;

/**
 * The meter: lives through time as `advance` tells it, and can be looked at and commanded in between.
 *
 * Advancing in many steps or in one comes to the same, and so does going on from a stored state. Whatever happens at an
 * instant has happened when `advance` to that instant returns.
 */
export class Meter implements CaptureSource {
  readonly config: MeterConfig;
  readonly #state: MeterState;
  readonly #load: LoadModel;
  readonly #clock: MeterClock;
  readonly #demand: DemandRegisters;
  readonly #profiles: readonly ProfileRecorder[];
  readonly #schedule: Schedule<TaskName>;
  #segment: LoadSegment;
  #measurement: Measurement = noMeasurement;
  #events: DomainEvent[] = [];

  /** Takes possession of `state` and changes it from then on. */
  constructor(config: MeterConfig, state: MeterState, load: LoadModel) {
    this.config = config;
    this.#state = state;
    this.#load = load;
    const clock = new MeterClock(state.clock, config.driftPpm);
    this.#clock = clock;
    this.#demand = new DemandRegisters(state, clock);
    this.#profiles = profileNames.map((name) => new ProfileRecorder(name, config.profiles[name], state.profiles[name], clock));
    this.#schedule = new Schedule(state.schedule, this.#clock, this.#tasks(), state.now);
    this.#segment = { point: undefined, until: state.now };
    this.#settle();
  }

  /** True time up to which the meter has lived. */
  get now(): Instant {
    return this.#state.now;
  }

  /** The next true time at which the meter does something by the clock; while it has no supply, when that may return. */
  get nextDeadline(): Instant {
    return this.supplied ? this.#schedule.nextDue : this.#segment.until;
  }

  /** The whole state, live: to be stored or copied before the meter is touched again, and never changed. */
  get state(): Readonly<MeterState> {
    return this.#state;
  }

  /** The meter's clock now, UTC. */
  get clockTime(): Instant {
    return this.#clock.at(this.#state.now);
  }

  get clockValid(): boolean {
    return this.#clock.valid;
  }

  get zone(): TimeZoneRule {
    return this.#clock.local.rule;
  }

  /** The meter's clock now, as the display shows it. */
  get localTime(): LocalFields {
    return this.#clock.local.fields(this.clockTime);
  }

  /** Whether there is supply. */
  get supplied(): boolean {
    return this.#state.supply.downSince === undefined;
  }

  get supply(): Readonly<SupplyState> {
    return this.#state.supply;
  }

  /** Instantaneous values. */
  get measurement(): Measurement {
    return this.#measurement;
  }

  /** Whole Wh, varh or VAh; only the net may be negative. */
  energy(name: EnergyName): number {
    return readEnergy(this.#state.energy, name);
  }

  /** Seconds. */
  get demandPeriod(): number {
    return this.#state.demandPeriod;
  }

  demand(quantity: DemandQuantity): DemandReading {
    return this.#demand.read(quantity);
  }

  /** W, of the last period that ended. */
  lastAverageDemand(quantity: DemandQuantity): number {
    return this.#demand.lastAverage(quantity);
  }

  /** A profile to read: its period, its definition, its rows. */
  profile(name: ProfileName): Pick<ProfileRecorder, "name" | "definition" | "rows"> & { readonly period: number } {
    return this.#profile(name);
  }

  /** What happened since the last call, in order. */
  takeEvents(): DomainEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Lives until `to`: whole milliseconds, not before `now`. */
  advance(to: Instant): void {
    if (!Number.isSafeInteger(to) || to < this.#state.now) throw new InvariantError(`cannot advance from ${this.#state.now} to ${to}`);
    while (this.#state.now < to) {
      const next = Math.min(to, this.#segment.until, this.supplied ? this.#schedule.nextDue : to);
      this.#accumulate(next - this.#state.now);
      this.#state.now = next;
      this.#settle();
    }
  }

  /** Comes to life again at `at` after not having run since `now`: the time between is a power failure. */
  powerUp(at: Instant): void {
    if (!Number.isSafeInteger(at) || at < this.#state.now) throw new InvariantError(`cannot power up at ${at}, before ${this.#state.now}`);
    if (at === this.#state.now) return;
    if (this.supplied) this.#loseSupply();
    this.#state.now = at;
    this.#segment = { point: undefined, until: at };
    this.#settle();
  }

  /** Sets the clock (UTC), which makes it valid. From the shift limit on, the running intervals are marked as adjusted. */
  setClock(reading: Instant): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (!Number.isSafeInteger(reading) || reading < 0 || reading > latestReading) return "out-of-range";
    const before = this.clockTime;
    const small = this.#clock.valid && Math.abs(reading - before) < this.config.clockShiftLimit;
    this.#clock.set(this.#state.now, reading);
    this.#events.push({ type: "clock-set", at: reading, before, small });
    if (small) {
      // Boundaries the step leaps over are served, those it falls back behind have been: nothing is lost or doubled.
      this.#schedule.clockChanged();
      this.#schedule.runDue(this.#state.now);
    } else {
      this.#demand.clockStepped(reading, this.#schedule.planned("demand"));
      this.#mark(RowStatus.clockAdjusted);
      this.#schedule.plan(reading);
    }
    return "accepted";
  }

  /** Shifts the clock by at most 900 s either way. */
  shiftClock(milliseconds: number): CommandOutcome {
    return Math.abs(milliseconds) <= maximumShift ? this.setClock(this.clockTime + milliseconds) : "out-of-range";
  }

  /** Changes how local time follows from UTC; the clock itself keeps running. */
  setTimeZone(zone: TimeZoneRule): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (!isTimeZoneRule(zone)) return "out-of-range";
    this.#clock.setZone(zone);
    this.#events.push({ type: "time-zone-changed", at: this.clockTime, zone });
    this.#demand.clockStepped(this.clockTime, this.#schedule.planned("demand"));
    this.#schedule.plan(this.clockTime);
    return "accepted";
  }

  /** Changes the demand period (seconds; a divisor of the day, of at least a minute), which resets the averages. */
  setDemandPeriod(seconds: number): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (!isPeriod(seconds)) return "out-of-range";
    this.#demand.setPeriod(seconds, this.clockTime);
    this.#schedule.plan(this.clockTime, "demand");
    return "accepted";
  }

  /** Forgets both averages and begins a period. */
  resetDemand(quantity: DemandQuantity): CommandOutcome {
    if (!this.supplied) return "no-supply";
    this.#demand.reset(quantity, this.clockTime);
    return "accepted";
  }

  /** Closes the running period early; it does not count for the maximum, nor does the rest. */
  nextDemandPeriod(quantity: DemandQuantity): CommandOutcome {
    if (!this.supplied) return "no-supply";
    this.#demand.closeEarly(quantity, this.clockTime);
    return "accepted";
  }

  resetMaximumDemand(quantity: DemandQuantity): CommandOutcome {
    if (!this.supplied) return "no-supply";
    this.#demand.resetMaximum(quantity);
    return "accepted";
  }

  /** Changes a capture period (seconds; a divisor of the day, of at least a minute, or 0). Rows keep their stamps and stay. */
  setCapturePeriod(profile: ProfileName, seconds: number): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (seconds !== 0 && !isPeriod(seconds)) return "out-of-range";
    this.#profile(profile).period = seconds;
    this.#schedule.plan(this.clockTime, profile);
    return "accepted";
  }

  /** Captures one row now. The running interval goes on, and its own row will carry its status. */
  captureProfile(profile: ProfileName): CommandOutcome {
    if (!this.supplied) return "no-supply";
    return this.#profile(profile).capture(this, this.clockTime) ? "accepted" : "duplicate";
  }

  /** Empties a profile. */
  resetProfile(profile: ProfileName): CommandOutcome {
    if (!this.supplied) return "no-supply";
    this.#profile(profile).clear();
    this.#events.push({ type: "profile-reset", at: this.clockTime, profile });
    return "accepted";
  }

  /** In the order they run at the same instant: a row finds the demand of the period that ends with it. */
  #tasks(): ScheduledTask<TaskName>[] {
    return [
      {
        name: "daylightSaving",
        next: (after) => this.#clock.local.nextTransition(after) ?? Number.POSITIVE_INFINITY,
        run: (at) => this.#events.push({ type: "daylight-saving-switched", at, active: this.#clock.local.dstActive(at) }),
      },
      { name: "demand", next: (after) => this.#demand.nextBoundary(after), run: (at) => this.#demand.closeAll(at) },
      ...this.#profiles.map((profile) => ({
        name: profile.name,
        next: (after: Instant) => profile.nextBoundary(after),
        run: (at: Instant) => profile.closeInterval(this, at),
      })),
    ];
  }

  #accumulate(duration: number): void {
    accumulateEnergy(this.#state.energy, this.#measurement, duration);
    this.#demand.accumulate(this.#measurement, duration);
  }

  /**
   * Does what happens at this very instant. Supply that returns is there for a boundary at the same instant; supply that
   * goes was there up to it: so an interval is complete, or interrupted, exactly when it was.
   */
  #settle(): void {
    const { now } = this.#state;
    if (this.#segment.until <= now) {
      this.#segment = this.#load.at(now);
      if (!(this.#segment.until > now)) throw new InvariantError("a load segment without duration");
      if (this.#segment.point !== undefined) this.#measurement = measure(this.#segment.point, this.config.startCurrent);
    }
    const supplied = this.#segment.point !== undefined;
    if (supplied && !this.supplied) this.#regainSupply();
    if (this.supplied) this.#schedule.runDue(now);
    if (!supplied && this.supplied) this.#loseSupply();
  }

  #loseSupply(): void {
    this.#state.supply.downSince = this.#state.now;
    this.#measurement = noMeasurement;
    this.#events.push({ type: "power-down", at: this.clockTime });
  }

  #regainSupply(): void {
    const { supply, now } = this.#state;
    const downSince = supply.downSince ?? now;
    const duration = now - downSince;
    const at = this.clockTime;
    const long = recordFailure(supply, this.#clock.at(downSince), duration, this.config.longFailureThreshold);
    this.#events.push({ type: "power-up", at, duration, long });
    if (duration > this.config.clockReserve) {
      this.#clock.invalidate();
      this.#events.push({ type: "clock-invalid", at });
    }
    this.#demand.resume(at, this.#schedule.planned("demand"));
    if (this.#schedule.planned("daylightSaving") < at) {
      this.#events.push({ type: "daylight-saving-switched", at, active: this.#clock.local.dstActive(at) });
    }
    this.#mark(RowStatus.powerDown);
    // The boundary at which supply returns still ends the interval that was interrupted.
    this.#schedule.plan(at - 1);
  }

  #mark(status: number): void {
    for (const profile of this.#profiles) profile.mark(status);
  }

  #profile(name: ProfileName): ProfileRecorder {
    const profile = this.#profiles.find((candidate) => candidate.name === name);
    if (profile === undefined) throw new InvariantError(`no profile ${name}`);
    return profile;
  }
}

/** Seconds that fit the day a whole number of times. */
function isPeriod(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds * second >= minute && day % (seconds * second) === 0;
}
