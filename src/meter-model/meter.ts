import { InvariantError } from "../errors.ts";
import type { ActionName, ActionScheduleState } from "./automation/action-schedules.ts";
import type { CaptureColumn } from "./columns.ts";
import type { CommandOutcome } from "./command-outcome.ts";
import type { MeterConfig } from "./config.ts";
import { type DemandQuantity, demandQuantities, isDemandPeriod } from "./demand.ts";
import { accumulateEnergy, addEnergy } from "./energy.ts";
import type { DomainEvent } from "./events.ts";
import type { LoadModel, LoadSegment } from "./load-model.ts";
import { isTimeZoneRule, type TimeZoneRule } from "./local-time.ts";
import { logEntriesOf } from "./log-entries.ts";
import { type MeterLimits, setLimit } from "./maintenance/limits.ts";
import { noteMilestone } from "./maintenance/milestones.ts";
import { MeterView } from "./meter-view.ts";
import type { ProfileRecorder } from "./profile-recorder.ts";
import { type ProfileName, RowStatus } from "./profiles.ts";
import { countRates, type Rate } from "./rates.ts";
import { Schedule, type ScheduledTask } from "./schedule.ts";
import type { MeterState, TaskName } from "./state.ts";
import { recordFailure } from "./supply.ts";
import { type Instant, second } from "./units.ts";

/** Years 1970 to 9999. */
const latestReading = 253_402_300_799_999;
/** A switch that moves shows others what they have to act on, but not without end. */
const mostPasses = 16;
/** Clock class, method 6 shift_time: plus or minus this many ms. */
const maximumShift = 900 * second;

/**
 * The meter: lives through time as `advance` tells it, and can be looked at and commanded in between.
 *
 * Advancing in many steps or in one comes to the same, and so does going on from a stored state. Whatever happens at an
 * instant has happened when `advance` to that instant returns.
 */
export class Meter extends MeterView {
  readonly #load: LoadModel;
  readonly #schedule: Schedule<TaskName>;
  #segment: LoadSegment;
  #happened: DomainEvent[] = [];
  /** When the units are due, as of their last look. */
  #unitsDue: Instant = Number.POSITIVE_INFINITY;
  /** Whether something has happened since, besides a change of the load. */
  #disturbed = true;

  /** Takes possession of `state` and changes it from then on. */
  constructor(config: MeterConfig, state: MeterState, load: LoadModel) {
    super(
      config,
      state,
      (event) => this.#emit(event),
      () => this.#closeBillingEarly(this.clockTime),
    );
    this.#load = load;
    this.#schedule = new Schedule(state.schedule, this.clock, this.#tasks(), state.now);
    this.#segment = { point: undefined, until: state.now };
    this.#settle();
  }

  /** The next true time at which the meter does something by the clock; while it has no supply, when that may return. */
  get nextDeadline(): Instant {
    return Math.min(this.units.due, this.supplied ? this.#schedule.nextDue : this.#segment.until);
  }

  /** What happened since the last call, in order. */
  takeEvents(): DomainEvent[] {
    const happened = this.#happened;
    this.#happened = [];
    return happened;
  }

  /** Lives until `to`: whole milliseconds, not before `now`. */
  advance(to: Instant): void {
    if (!Number.isSafeInteger(to) || to < this.held.now) throw new InvariantError(`cannot advance from ${this.held.now} to ${to}`);
    // What was commanded since may have changed what the units are to see.
    if (this.held.now < to) this.#settleUnits();
    while (this.held.now < to) {
      const next = Math.min(to, this.#segment.until, this.#unitsDue, this.supplied ? this.#schedule.nextDue : to);
      this.#accumulate(next - this.held.now);
      this.held.now = next;
      this.#settle();
    }
  }

  /** Comes to life again at `at` after not having run since `now`: the time between is a power failure. */
  powerUp(at: Instant): void {
    if (!Number.isSafeInteger(at) || at < this.held.now) throw new InvariantError(`cannot power up at ${at}, before ${this.held.now}`);
    if (at === this.held.now) return;
    if (this.supplied) this.#loseSupply();
    this.held.now = at;
    this.#segment = { point: undefined, until: at };
    this.#settle();
  }

  /** Sets the clock (UTC), which makes it valid. From the shift limit on, the running intervals are marked as adjusted. */
  setClock(reading: Instant): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (!Number.isSafeInteger(reading) || reading < 0 || reading > latestReading) return "out-of-range";
    const before = this.clockTime;
    const small = this.clock.valid && Math.abs(reading - before) < this.held.limits.clockShiftLimit;
    this.clock.set(this.held.now, reading);
    this.#emit({ type: "clock-set", at: reading, before, small });
    if (small) {
      // Boundaries the step leaps over are served, those it falls back behind have been: nothing is lost or doubled.
      this.#schedule.clockChanged();
      this.#schedule.runDue(this.held.now);
      this.units.clockChanged(false);
    } else {
      this.demandRegisters.clockStepped(reading, this.#schedule.planned("demand"));
      this.#mark(RowStatus.clockAdjusted);
      this.#catchUp(reading, RowStatus.clockAdjusted);
      this.#schedule.plan(reading);
      this.tariff.evaluate(reading);
      this.units.clockChanged(true);
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
    this.clock.setZone(zone);
    this.#emit({ type: "time-zone-changed", at: this.clockTime, zone });
    this.demandRegisters.clockStepped(this.clockTime, this.#schedule.planned("demand"));
    this.#schedule.plan(this.clockTime);
    this.tariff.evaluate(this.clockTime);
    this.units.clockChanged(true);
    return "accepted";
  }

  /** Puts a rate in force until the calendar's next switch. */
  forceRate(rate: Rate): CommandOutcome {
    if (!this.supplied) return "no-supply";
    return this.tariff.force(rate, this.clockTime) ? "accepted" : "out-of-range";
  }

  /** Plans the switches of rates, and scripts of special days, anew, after the tables of the tariff were changed. */
  tariffChanged(): void {
    this.#schedule.plan(this.clockTime, "rate");
    this.#schedule.plan(this.clockTime, "calendar");
    this.automation.scheduler.plan("timetable");
  }

  /** Copies the passive calendar to the active one; `out-of-range` while it is not complete. */
  activatePassiveCalendar(): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (!this.tariff.passiveComplete) return "out-of-range";
    this.tariff.activatePassive(this.clockTime);
    this.tariffChanged();
    return "accepted";
  }

  /** Closes the billing period now; the next one by the clock comes all the same. */
  closeBillingPeriod(): CommandOutcome {
    if (!this.supplied) return "no-supply";
    const at = this.clockTime;
    const { lastManualAt } = this.held.billing;
    if (lastManualAt !== undefined && Math.abs(at - lastManualAt) < this.held.limits.billingLockout) return "too-soon";
    if (!this.#closeBillingEarly(at)) return "duplicate";
    this.held.billing.lastManualAt = at;
    return "accepted";
  }

  /** Changes a limit to so many seconds. */
  setLimit(name: keyof MeterLimits, seconds: number): CommandOutcome {
    if (!this.supplied) return "no-supply";
    return setLimit(this.held.limits, name, seconds) ? "accepted" : "out-of-range";
  }

  /** Changes over how many periods the average demand goes (1..15), which resets the averages. */
  setDemandPeriods(count: number): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (!Number.isInteger(count) || count < 1 || count > 15) return "out-of-range";
    this.demandRegisters.setCount(count, this.clockTime);
    return "accepted";
  }

  /** Changes the demand period (seconds; a divisor of the day, of at least a minute), which resets the averages. */
  setDemandPeriod(seconds: number): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (!isDemandPeriod(seconds)) return "out-of-range";
    this.demandRegisters.setPeriod(seconds, this.clockTime);
    this.#schedule.plan(this.clockTime, "demand");
    return "accepted";
  }

  /** Forgets both averages and begins a period. */
  resetDemand(quantity: DemandQuantity): CommandOutcome {
    if (!this.supplied) return "no-supply";
    this.demandRegisters.reset(quantity, this.clockTime);
    return "accepted";
  }

  /** Closes the running period early; it does not count for the maximum, nor does the rest. */
  nextDemandPeriod(quantity: DemandQuantity): CommandOutcome {
    if (!this.supplied) return "no-supply";
    this.demandRegisters.closeEarly(quantity, this.clockTime);
    return "accepted";
  }

  resetMaximumDemand(quantity: DemandQuantity): CommandOutcome {
    if (!this.supplied) return "no-supply";
    this.demandRegisters.resetMaximum(quantity);
    return "accepted";
  }

  /** Changes a capture period (seconds; a divisor of the day, of at least a minute, or 0). Rows keep their stamps and stay. */
  setCapturePeriod(profile: ProfileName, seconds: number): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (seconds !== 0 && !isDemandPeriod(seconds)) return "out-of-range";
    const { dates, period } = this.config.profiles[profile];
    if (dates !== undefined && seconds !== period) return "out-of-range";
    this.recorder(profile).period = seconds;
    this.#schedule.plan(this.clockTime, profile);
    return "accepted";
  }

  /** Changes a single action schedule; those of the freezes say when the profiles are captured. */
  setActionSchedule(name: ActionName, changes: Partial<ActionScheduleState>): CommandOutcome {
    if (!this.supplied) return "no-supply";
    if (!this.automation.configure(name, changes)) return "out-of-range";
    for (const profile of this.recorders) {
      if (profile.action === name) this.#schedule.plan(this.clockTime, profile.name);
    }
    return "accepted";
  }

  /** Changes what a profile captures, which empties it. */
  setProfileColumns(profile: ProfileName, columns: readonly CaptureColumn[]): CommandOutcome {
    if (!this.supplied) return "no-supply";
    return this.recorder(profile).setColumns(columns) ? "accepted" : "out-of-range";
  }

  /** Captures one row now. The running interval goes on, and its own row will carry its status. */
  captureProfile(profile: ProfileName): CommandOutcome {
    if (!this.supplied) return "no-supply";
    return this.recorder(profile).capture(this, this.clockTime) ? "accepted" : "duplicate";
  }

  /** Empties a profile. */
  resetProfile(profile: ProfileName): CommandOutcome {
    if (!this.supplied) return "no-supply";
    this.recorder(profile).clear();
    this.#emit({ type: "profile-reset", at: this.clockTime, profile });
    return "accepted";
  }

  /** In the order they run at the same instant: a row finds the demand of the period that ends with it. */
  #tasks(): ScheduledTask<TaskName>[] {
    return [
      {
        name: "daylightSaving",
        next: (after) => this.clock.local.nextTransition(after) ?? Number.POSITIVE_INFINITY,
        run: (at) => this.#emit({ type: "daylight-saving-switched", at, active: this.clock.local.dstActive(at) }),
      },
      { name: "demand", next: (after) => this.demandRegisters.nextBoundary(after), run: (at) => this.demandRegisters.closeAll(at) },
      ...this.recorders.map((profile) => ({
        name: profile.name,
        next: (after: Instant) => profile.nextBoundary(after),
        run: (at: Instant) => this.#freeze(profile, at),
      })),
      // Behind the captures: what was counted up to a boundary belongs to the rate before it.
      {
        name: "calendar",
        next: (after) => this.tariff.nextActivation(after),
        run: (at) => {
          if (this.tariff.passiveComplete) this.tariff.activatePassive(at);
          this.#schedule.plan(at, "rate");
        },
      },
      { name: "rate", next: (after) => this.tariff.nextSwitch(after), run: (at) => this.tariff.evaluate(at) },
    ];
  }

  #accumulate(duration: number): void {
    this.metering.refresh();
    const { counted, neutralImport } = this.metering;
    accumulateEnergy(this.held.energy, counted, duration);
    addEnergy(this.held.neutralEnergy, neutralImport, duration);
    countRates(this.held.rates, this.held.energy, this.held.tariff.rate);
    this.demandRegisters.accumulate(counted, duration);
    this.units.accumulate(this.metering.shown, duration);
  }

  /**
   * Does what happens at this very instant. Supply that returns is there for a boundary at the same instant; supply that
   * goes was there up to it: so an interval is complete, or interrupted, exactly when it was.
   */
  #settle(): void {
    const { now } = this.held;
    if (this.#segment.until <= now) {
      this.#segment = this.#load.at(now);
      if (!(this.#segment.until > now)) throw new InvariantError("a load segment without duration");
      if (this.#segment.point !== undefined) this.metering.connect(this.#segment.point);
    }
    const supplied = this.#segment.point !== undefined;
    if (supplied && !this.supplied) this.#regainSupply();
    if (this.supplied) this.#schedule.runDue(now);
    if (!supplied && this.supplied) this.#loseSupply();
    if (this.#disturbed || this.#unitsDue <= now || !this.units.calm(this.metering.shown)) this.#settleUnits();
  }

  /** Lets the units look until what they do changes nothing for the others any more. */
  #settleUnits(): void {
    this.#disturbed = false;
    for (let pass = 0; pass < mostPasses; pass++) {
      const { openCommanded } = this.relay;
      this.units.settle();
      const moved = this.metering.refresh() || openCommanded !== this.relay.openCommanded;
      this.#unitsDue = this.units.due;
      if (!moved && this.#unitsDue > this.held.now) return;
    }
    throw new InvariantError(`the units do not come to rest at ${this.held.now}`);
  }

  #loseSupply(): void {
    this.held.supply.downSince = this.held.now;
    this.metering.connect(undefined);
    this.units.supplyLost();
    this.#emit({ type: "power-down", at: this.clockTime });
  }

  #regainSupply(): void {
    const { supply, now } = this.held;
    const downSince = supply.downSince ?? now;
    const duration = now - downSince;
    const at = this.clockTime;
    const long = recordFailure(supply, this.clock.at(downSince), duration, this.held.limits.longFailureThreshold);
    this.#emit({ type: "power-up", at, duration, long });
    if (duration > this.config.clockReserve || !this.battery.outlasts(duration)) {
      this.clock.invalidate();
      this.#emit({ type: "clock-invalid", at });
    }
    this.demandRegisters.resume(at, this.#schedule.planned("demand"));
    if (this.#schedule.planned("daylightSaving") < at) {
      this.#emit({ type: "daylight-saving-switched", at, active: this.clock.local.dstActive(at) });
    }
    this.#mark(RowStatus.powerDown);
    this.#catchUp(at - 1, RowStatus.powerDown);
    this.tariff.evaluate(at);
    // The boundary at which supply returns still ends the interval that was interrupted.
    this.#schedule.plan(at - 1);
    this.units.supplyBack(duration);
  }

  /** Ends the interval of a profile at a boundary; that of the billing period closes the period. */
  #freeze(profile: ProfileRecorder, at: Instant): void {
    if (profile.closeInterval(this, at) && profile.name === "monthly") this.#closeBilling(at, false);
  }

  /** Writes the latest row of each freeze that was missed from its plan until `until`; what runs then is marked too. */
  #catchUp(until: Instant, status: number): void {
    for (const profile of this.recorders) {
      if (profile.definition.catchUp !== "latest") continue;
      const boundary = profile.latestBoundary(this.#schedule.planned(profile.name), until);
      if (boundary === undefined) continue;
      this.#freeze(profile, boundary);
      profile.mark(status);
    }
  }

  #closeBillingEarly(at: Instant): boolean {
    for (const quantity of demandQuantities) this.demandRegisters.closeEarly(quantity, at);
    const captured = this.recorder("monthly").capture(this, at);
    if (captured) this.#closeBilling(at, true);
    return captured;
  }

  #closeBilling(at: Instant, manual: boolean): void {
    const { billing } = this.held;
    billing.closed += 1;
    billing.lastClosedAt = at;
    for (const quantity of demandQuantities) this.demandRegisters.resetMaximum(quantity);
    this.steps.billingClosed();
    this.credit.billingClosed();
    this.#emit({ type: "billing-closed", at, manual });
  }

  #emit(event: DomainEvent): void {
    this.#happened.push(event);
    this.#disturbed = true;
    noteMilestone(this.held.milestones, event);
    for (const { name, at } of logEntriesOf(event)) this.events.record(name, at);
    if (event.type === "power-up" && event.long) this.events.recordFailure(event.duration, event.at);
  }

  #mark(status: number): void {
    for (const profile of this.recorders) profile.mark(status);
  }
}
