import { type AutomationState, newAutomation } from "./automation/automation.ts";
import { type BillingState, newBilling } from "./billing.ts";
import type { MeterConfig } from "./config.ts";
import { type CreditState, newCredit } from "./credit/credit-state.ts";
import { type DemandQuantity, type DemandState, demandQuantities, newDemand } from "./demand.ts";
import { type EnergyRegister, type EnergyState, emptyEnergies, emptyRegister } from "./energy.ts";
import { type EventState, newEvents } from "./event-logs.ts";
import { type FirmwareState, newFirmware } from "./firmware/firmware.ts";
import { type IntrusionKind, type IntrusionState, newIntrusions } from "./guard/intrusions.ts";
import { newPowerQuality, type PowerQualityState } from "./guard/power-quality.ts";
import { newTampers, type TamperState } from "./guard/tamper-guard.ts";
import { LocalTime } from "./local-time.ts";
import { type AverageVoltageState, newAverageVoltage } from "./maintenance/average-voltage.ts";
import { type BatteryState, newBattery } from "./maintenance/battery.ts";
import { initialLimits, type MeterLimits } from "./maintenance/limits.ts";
import { type MilestoneState, newMilestones } from "./maintenance/milestones.ts";
import type { OperatingTimeState } from "./maintenance/operating-time.ts";
import type { ClockState } from "./meter-clock.ts";
import type { ParameterState } from "./parameters.ts";
import { newPortProtection, type PortProtectionState, type ProtectedPort, protectedPorts } from "./port-protection.ts";
import { newProfile, type ProfileName, type ProfileState, profileNames } from "./profiles.ts";
import { emptyRates, type RatedState } from "./rates.ts";
import { type LimiterName, type LimiterState, newLimiters } from "./relay/limiter.ts";
import { newOverload, type OverloadState } from "./relay/overload.ts";
import { newRelay, type RelayState } from "./relay/relay.ts";
import { newStepTariff, type StepTariffState } from "./step-tariff.ts";
import { newSupply, type SupplyState } from "./supply.ts";
import { newTariff, type TariffState } from "./tariff.ts";
import { newTokens, type TokenState } from "./tokens/token-state.ts";
import { type Instant, second } from "./units.ts";

/** What the meter does by its clock. */
export type TaskName = "daylightSaving" | "demand" | "calendar" | "rate" | ProfileName;

/** Everything a meter is at one instant: plain values, and the rows of its profiles. */
export interface MeterState {
  /** True time up to which the meter has lived. */
  now: Instant;
  clock: ClockState;
  supply: SupplyState;
  energy: EnergyState;
  /** Wh imported through the neutral, for comparison only. */
  neutralEnergy: EnergyRegister;
  /** By rate. */
  rates: RatedState;
  tariff: TariffState;
  steps: StepTariffState;
  credit: CreditState;
  tokens: TokenState;
  /** Seconds. */
  demandPeriod: number;
  /** Periods that the average demand goes over. */
  demandPeriods: number;
  demand: Record<DemandQuantity, DemandState>;
  profiles: Record<ProfileName, ProfileState>;
  billing: BillingState;
  relay: RelayState;
  tampers: TamperState;
  powerQuality: PowerQualityState;
  intrusions: Record<IntrusionKind, IntrusionState>;
  limiters: Record<LimiterName, LimiterState>;
  overload: OverloadState;
  events: EventState;
  firmware: FirmwareState;
  ports: Record<ProtectedPort, PortProtectionState>;
  limits: MeterLimits;
  battery: BatteryState;
  averageVoltage: AverageVoltageState;
  operatingTime: OperatingTimeState;
  milestones: MilestoneState;
  automation: AutomationState;
  parameters: ParameterState;
  /** Clock time for which each task is planned next; a task that is missing is planned when the meter starts. */
  schedule: Partial<Record<TaskName, Instant>>;
}

/** A meter that leaves the factory at `at`, its clock right and nothing measured. */
export function initialState(config: MeterConfig, at: Instant): MeterState {
  const onBoundary = new LocalTime(config.zone).nextBoundary(at - 1, config.demandPeriod * second) === at;
  return {
    now: at,
    clock: { anchor: at, reading: at, valid: true, zone: config.zone },
    supply: newSupply(),
    energy: emptyEnergies(),
    neutralEnergy: emptyRegister(),
    rates: emptyRates(),
    tariff: newTariff(config.calendar, at, new LocalTime(config.zone)),
    steps: newStepTariff(at),
    tokens: newTokens(config.sts),
    credit: newCredit(config.credit, at, new LocalTime(config.zone)),
    demandPeriod: config.demandPeriod,
    demandPeriods: 1,
    demand: mapNames(demandQuantities, () => newDemand(at, onBoundary)),
    profiles: mapNames(profileNames, (name) => newProfile(config.profiles[name])),
    billing: newBilling(),
    relay: newRelay(config.controlMode),
    tampers: newTampers(),
    powerQuality: newPowerQuality(),
    intrusions: newIntrusions(),
    limiters: newLimiters(),
    overload: newOverload(),
    events: newEvents(),
    firmware: newFirmware(),
    ports: mapNames(protectedPorts, newPortProtection),
    limits: initialLimits(config),
    battery: newBattery(),
    averageVoltage: newAverageVoltage(),
    operatingTime: { operated: 0 },
    milestones: newMilestones(),
    automation: newAutomation(config),
    parameters: {},
    schedule: {},
  };
}

function mapNames<Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
}
