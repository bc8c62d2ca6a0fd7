import { type Calendar, uniformCalendar } from "./calendar.ts";
import { type CreditConfig, defaultCredit } from "./credit/credit-state.ts";
import { type TimeZoneRule, utc } from "./local-time.ts";
import { type ProfileDefinition, type ProfileName, profileDefinitions } from "./profiles.ts";
import type { ControlMode } from "./relay/control-mode.ts";
import type { StsConfig } from "./tokens/token-state.ts";
import { day, second } from "./units.ts";

/** What a meter is built with. Parameters that can be changed in the field (zone, periods) are its first values only. */
export interface MeterConfig {
  readonly zone: TimeZoneRule;
  /** Microseconds the clock gains per second, -1000..1000. */
  readonly driftPpm: number;
  /** ms; a clock set by less than this marks no interval. */
  readonly clockShiftLimit: number;
  /** ms of one outage after which the clock is invalid, whatever the battery has left. */
  readonly clockReserve: number;
  /** ms for which the battery keeps the clock in all. */
  readonly batteryReserve: number;
  /** Tenths of a degree Celsius around the meter. */
  readonly ambientTemperature: number;
  /** mA below which no power registers: 0.4 % of the basic current for class 1 (IEC 62053-21). */
  readonly startCurrent: number;
  /** ms above which a power failure is a long one. */
  readonly longFailureThreshold: number;
  /** Seconds; divides the day. */
  readonly demandPeriod: number;
  /** ms between two closes of the billing period by command. */
  readonly billingLockout: number;
  /** Control mode of the supply switch (class 70): 4 lets the utility reconnect, 6 the meter itself as well. */
  readonly controlMode: ControlMode;
  /** mV at the terminals that the switch needs to move: 70 % of the nominal voltage. */
  readonly operatingVoltage: number;
  /** ms for which a remote reconnection overrules what else keeps the switch open; with 0 it waits for that. */
  readonly remoteOverride: number;
  /** How it is paid for. */
  readonly credit: CreditConfig;
  /** Its place in an STS system; without one it takes no tokens. */
  readonly sts?: StsConfig;
  /** The activity calendar it leaves the factory with. */
  readonly calendar: Calendar;
  readonly profiles: Readonly<Record<ProfileName, ProfileDefinition>>;
}

const basicCurrent = 5000;

/** A single-phase meter of 5 A basic current, in UTC. */
export const defaultMeterConfig: MeterConfig = {
  zone: utc,
  driftPpm: 0,
  clockShiftLimit: 60 * second,
  clockReserve: Number.POSITIVE_INFINITY,
  batteryReserve: 730 * day,
  ambientTemperature: 230,
  startCurrent: (basicCurrent * 4) / 1000,
  longFailureThreshold: 180 * second,
  demandPeriod: 900,
  billingLockout: 120 * second,
  controlMode: 4,
  operatingVoltage: 161_000,
  // A remote reconnection defeats neither prepayment nor the detection of tampering.
  remoteOverride: 0,
  credit: defaultCredit,
  calendar: uniformCalendar("31", [{ time: 0, rate: 1 }]),
  profiles: profileDefinitions,
};
