import { InvariantError } from "../errors.ts";
import { Automation } from "./automation/automation.ts";
import type { BillingState } from "./billing.ts";
import type { CaptureSource } from "./columns.ts";
import type { MeterConfig } from "./config.ts";
import { CreditEngine } from "./credit/credit-engine.ts";
import type { CreditSurroundings } from "./credit/credit-surroundings.ts";
import type { DemandQuantity, DemandReading } from "./demand.ts";
import { DemandRegisters } from "./demand-registers.ts";
import { type EnergyName, readEnergy } from "./energy.ts";
import { EventLogs } from "./event-logs.ts";
import type { DomainEvent } from "./events.ts";
import { Firmware } from "./firmware/firmware.ts";
import { Intrusions } from "./guard/intrusions.ts";
import { PowerQuality } from "./guard/power-quality.ts";
import { TamperGuard } from "./guard/tamper-guard.ts";
import type { LocalFields, TimeZoneRule } from "./local-time.ts";
import { AverageVoltage } from "./maintenance/average-voltage.ts";
import { Battery } from "./maintenance/battery.ts";
import type { MeterLimits } from "./maintenance/limits.ts";
import type { MilestoneState } from "./maintenance/milestones.ts";
import { OperatingTime } from "./maintenance/operating-time.ts";
import { internalTemperature } from "./maintenance/temperature.ts";
import type { Measurement } from "./measurement.ts";
import { MeterClock } from "./meter-clock.ts";
import { Metering } from "./metering.ts";
import { Parameters } from "./parameters.ts";
import { PortProtection, type ProtectedPort } from "./port-protection.ts";
import { ProfileRecorder } from "./profile-recorder.ts";
import { type ProfileName, profileNames } from "./profiles.ts";
import type { Rate, RatedEnergy } from "./rates.ts";
import { Limiter, type LimiterName } from "./relay/limiter.ts";
import { Overload } from "./relay/overload.ts";
import { Relay } from "./relay/relay.ts";
import type { MeterState } from "./state.ts";
import { StepTariffs } from "./step-tariff.ts";
import type { SupplyState } from "./supply.ts";
import { Tariff } from "./tariff.ts";
import type { TokenActions } from "./tokens/token-actions.ts";
import { Tokens } from "./tokens/tokens.ts";
import type { UnitSurroundings } from "./unit.ts";
import { UnitSet } from "./unit-set.ts";
import { type Instant, second } from "./units.ts";

/** ms for which the load switch is moved to see that it does. */
const loadSwitchTest = 10 * second;

/** What can be read of a meter at the instant up to which it has lived, and the parts that it consists of. */
export class MeterView implements CaptureSource {
  readonly config: MeterConfig;
  /** Settings that the meter keeps and shows without acting on them. */
  readonly parameters: Parameters;
  /** The record of what happened. */
  readonly events: EventLogs;
  /** The supply control switch: to read, to command, and for the features that open it. */
  readonly relay: Relay;
  /** Covers, magnetic field and currents: what is taken for tampering. */
  readonly tampers: TamperGuard;
  /** Voltage, current and power factor against their limits. */
  readonly powerQuality: PowerQuality;
  /** APDUs that were refused for their protection. */
  readonly intrusions: Intrusions;
  /** Thresholds that the load may pass for a time only. */
  readonly limiters: Readonly<Record<LimiterName, Limiter>>;
  /** What follows when a limiter disconnects. */
  readonly overload: Overload;
  /** The rate in force, and the calendars that say which. */
  readonly tariff: Tariff;
  /** Failed attempts at ports, and the locks that they lead to. */
  readonly ports: Readonly<Record<ProtectedPort, PortProtection>>;
  /** Prices that rise with consumption. */
  readonly steps: StepTariffs;
  /** What is paid, lent and owed, and what follows when nothing is left. */
  readonly credit: CreditEngine;
  /** What is done at the word of STS tokens. */
  readonly tokens: Tokens;
  /** Versions, and the image of the next. */
  readonly firmware: Firmware;
  /** Keeps the clock without supply. */
  readonly battery: Battery;
  /** Scripts, and what starts them. */
  readonly automation: Automation;
  /** Of intervals by the clock. */
  readonly averageVoltage: AverageVoltage;
  readonly operatingTime: OperatingTime;
  protected readonly held: MeterState;
  protected readonly clock: MeterClock;
  protected readonly demandRegisters: DemandRegisters;
  protected readonly recorders: readonly ProfileRecorder[];
  protected readonly metering: Metering;
  protected readonly units: UnitSet;

  protected constructor(config: MeterConfig, state: MeterState, emit: (event: DomainEvent) => void, closeBilling: () => void) {
    this.config = config;
    this.held = state;
    this.parameters = new Parameters(state.parameters);
    const clock = new MeterClock(state.clock, config.driftPpm);
    this.clock = clock;
    this.events = new EventLogs(state.events, clock, () => ({
      controlState: this.relay.controlState,
      cause: this.relay.cause,
      imported: this.energy("activeImport"),
      credit: this.credit.available,
    }));
    const surroundings = this.#surroundings((name, at) => emit({ type: "logged", name, at }));
    this.relay = new Relay(state.relay, surroundings);
    this.tampers = new TamperGuard(state.tampers, surroundings, this.relay);
    this.powerQuality = new PowerQuality(state.powerQuality, surroundings);
    this.intrusions = new Intrusions(state.intrusions, surroundings);
    this.overload = new Overload(state.overload, surroundings, this.relay);
    const { power, current } = state.limiters;
    this.limiters = {
      power: new Limiter(power, surroundings, this.overload, "overload"),
      current: new Limiter(current, surroundings, this.overload, "overCurrent"),
    };
    this.ports = {
      optical: new PortProtection(state.ports.optical, surroundings),
      keypad: new PortProtection(state.ports.keypad, surroundings),
      network: new PortProtection(state.ports.network, surroundings),
    };
    this.steps = new StepTariffs(state.steps, surroundings, state.energy.activeImport);
    this.credit = new CreditEngine(state.credit, surroundings, this.#creditSurroundings(closeBilling));
    this.tokens = new Tokens(state.tokens, surroundings, config.sts, this.#tokenActions(), this.ports.keypad);
    this.firmware = new Firmware(state.firmware, surroundings);
    this.battery = new Battery(state.battery, surroundings);
    this.averageVoltage = new AverageVoltage(state.averageVoltage, surroundings);
    this.operatingTime = new OperatingTime(state.operatingTime, surroundings);
    this.automation = new Automation(state.automation, surroundings, {
      specialDays: () => this.tariff.specialDays,
      alarms: () => this.events.alarms,
    });
    this.units = new UnitSet([
      this.relay,
      this.tampers,
      this.powerQuality,
      this.limiters.power,
      this.limiters.current,
      this.overload,
      this.credit,
      this.tokens,
      this.steps,
      this.battery,
      this.averageVoltage,
      this.operatingTime,
      this.automation.unit,
    ]);
    this.metering = new Metering(config.startCurrent, this.relay, this.tampers);
    this.tariff = new Tariff(state.tariff, clock, emit);
    this.demandRegisters = new DemandRegisters(state, clock);
    this.recorders = profileNames.map((name) => new ProfileRecorder(name, config.profiles[name], state, clock));
  }

  /** True time up to which the meter has lived. */
  get now(): Instant {
    return this.held.now;
  }

  /** The whole state, live: to be stored or copied before the meter is touched again, and never changed. */
  get state(): Readonly<MeterState> {
    return this.held;
  }

  /** The meter's clock now, UTC. */
  get clockTime(): Instant {
    return this.clock.at(this.held.now);
  }

  get clockValid(): boolean {
    return this.clock.valid;
  }

  get zone(): TimeZoneRule {
    return this.clock.local.rule;
  }

  /** The meter's clock now, as the display shows it. */
  get localTime(): LocalFields {
    return this.clock.local.fields(this.clockTime);
  }

  /** Whether there is supply. */
  get supplied(): boolean {
    return this.held.supply.downSince === undefined;
  }

  get supply(): Readonly<SupplyState> {
    return this.held.supply;
  }

  /** Instantaneous values. */
  get measurement(): Measurement {
    this.metering.refresh();
    return this.metering.shown;
  }

  /** Whole Wh, varh or VAh; only the net may be negative. */
  energy(name: EnergyName): number {
    return readEnergy(this.held.energy, name);
  }

  /** Whole Wh imported through the neutral, for comparison only. */
  get neutralEnergy(): number {
    return this.held.neutralEnergy.whole;
  }

  /** Whole Wh that flowed back at a power that counts. */
  get reverseEnergy(): number {
    return this.tampers.reverseEnergy;
  }

  /** Bits of the error register. */
  get errors(): number {
    return this.events.alarms.errors;
  }

  /** Tenths of a degree Celsius inside the meter. */
  get temperature(): number {
    return internalTemperature(this.measurement, this.config.ambientTemperature);
  }

  /** Limits that clients may change. */
  get limits(): Readonly<MeterLimits> {
    return this.held.limits;
  }

  /** When what happened last; clock times. */
  get milestones(): Readonly<MilestoneState> {
    return this.held.milestones;
  }

  /** Whole Wh, varh or VAh that were counted while a rate was in force. */
  ratedEnergy(name: RatedEnergy, rate: Rate): number {
    return this.held.rates[name].rates[rate - 1] ?? 0;
  }

  /** 1..8 */
  get rate(): Rate {
    return this.tariff.rate;
  }

  /** Billing periods that were closed. */
  get billingPeriods(): number {
    return this.held.billing.closed;
  }

  get billing(): Readonly<BillingState> {
    return this.held.billing;
  }

  /** Seconds. */
  get demandPeriod(): number {
    return this.held.demandPeriod;
  }

  /** Periods that the average demand goes over: 1 for blocks, more for a sliding window. */
  get demandPeriods(): number {
    return this.held.demandPeriods;
  }

  demand(quantity: DemandQuantity): DemandReading {
    return this.demandRegisters.read(quantity);
  }

  /** W, of the last period that ended. */
  lastAverageDemand(quantity: DemandQuantity): number {
    return this.demandRegisters.lastAverage(quantity);
  }

  /** A profile to read: its period, its definition, its rows. */
  profile(name: ProfileName): Pick<ProfileRecorder, "name" | "definition" | "rows" | "columns"> & { readonly period: number } {
    return this.recorder(name);
  }

  #surroundings(record: UnitSurroundings["record"]): UnitSurroundings {
    const { config, clock, held } = this;
    const measurement = () => this.measurement;
    return {
      config,
      clock,
      get now() {
        return held.now;
      },
      get supplied() {
        return held.supply.downSince === undefined;
      },
      get measurement() {
        return measurement();
      },
      record,
    };
  }

  #creditSurroundings(closeBilling: () => void): CreditSurroundings {
    const meter = this;
    return {
      imported: this.held.energy.activeImport,
      steps: this.steps,
      relay: this.relay,
      closeBilling,
      get power() {
        meter.metering.refresh();
        return meter.metering.counted.activeImport;
      },
      get rate() {
        return meter.rate;
      },
      get limited() {
        return meter.limiters.power.exceeded || meter.limiters.current.exceeded;
      },
    };
  }

  #tokenActions(): TokenActions {
    const { credit, limiters, tampers, relay } = this;
    const imported = () => this.energy("activeImport");
    return {
      topUp: (unit, amount) => credit.topUp(unit, amount),
      inAccount: (unit, amount) => credit.inAccount(unit, amount),
      clearCredit: (register) => {
        if (register !== "all" && register !== (credit.unit === "energy" ? "electricity" : "currency-electricity")) return false;
        credit.clearCredit();
        return true;
      },
      setPowerLimit: (watts) => limiters.power.configure({ thresholdNormal: watts * 1000 }),
      clearTamper: () => tampers.clear("token"),
      setPaymentMode: (target) => credit.setModeAndUnit(target),
      testLoadSwitch: () => {
        // The token is public: whoever is cut off must not be connected by it, not even for a moment.
        if (relay.closed) relay.test("open", loadSwitchTest);
      },
      get available() {
        return credit.available;
      },
      get imported() {
        return imported();
      },
    };
  }

  protected recorder(name: ProfileName): ProfileRecorder {
    const profile = this.recorders.find((candidate) => candidate.name === name);
    if (profile === undefined) throw new InvariantError(`no profile ${name}`);
    return profile;
  }
}
