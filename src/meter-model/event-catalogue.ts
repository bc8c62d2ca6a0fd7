import { automationEvents } from "./events/automation-events.ts";
import { creditEvents } from "./events/credit-events.ts";
import { guardEvents } from "./events/guard-events.ts";
import { relayEvents } from "./events/relay-events.ts";

/** The event logs, in the order of their instances 0.0.99.98.n. */
export const eventLogNames = [
  "standard",
  "fraud",
  "disconnector",
  "programming",
  "powerQuality",
  "communication",
  "tariff",
  "credit",
  "security",
  "firmware",
] as const;

export type EventLogName = (typeof eventLogNames)[number];

/** Entries that each log keeps. */
export const eventLogCapacities: Readonly<Record<EventLogName, number>> = {
  standard: 100,
  fraud: 100,
  disconnector: 100,
  programming: 100,
  powerQuality: 100,
  communication: 100,
  tariff: 50,
  credit: 100,
  security: 100,
  firmware: 20,
};

/** Bit of an alarm register (1 to 3); the numbers are those of IDIS, register 3 is the meter's own. */
export interface AlarmBit {
  readonly register: 1 | 2 | 3;
  readonly bit: number;
}

export interface EventDefinition {
  readonly log: EventLogName;
  /** As the log's event code object shows it. */
  readonly code: number;
  readonly alarms?: readonly AlarmBit[];
}

/** The code that each log has for having been emptied. */
export const logClearedCode = 255;

/** Every event that the meter logs: where, by which code, and which alarms it raises. */
export const meterEvents = {
  powerDown: { log: "standard", code: 1, alarms: [{ register: 2, bit: 0 }] },
  powerUp: { log: "standard", code: 2, alarms: [{ register: 2, bit: 1 }] },
  daylightSavingSwitched: { log: "standard", code: 3 },
  clockAdjustedFrom: { log: "standard", code: 4 },
  clockAdjustedTo: { log: "standard", code: 5 },
  clockInvalid: { log: "standard", code: 6, alarms: [{ register: 1, bit: 0 }] },
  batteryToReplace: { log: "standard", code: 7, alarms: [{ register: 1, bit: 1 }] },
  batteryLow: { log: "standard", code: 8 },
  calendarActivated: { log: "standard", code: 9 },
  errorRegisterCleared: { log: "standard", code: 10 },
  alarmRegisterCleared: { log: "standard", code: 11 },
  calendarProgrammed: { log: "standard", code: 19 },
  billingClosedByHand: { log: "standard", code: 21 },
  firmwareReady: { log: "standard", code: 17 },
  firmwareActivated: { log: "standard", code: 18 },
  firmwareVerificationFailed: { log: "standard", code: 51 },
  firmwareTransferBegan: { log: "firmware", code: 30 },
  stepTariffActivated: { log: "standard", code: 56 },
  decryptionFailed: { log: "fraud", code: 49, alarms: [{ register: 1, bit: 13 }] },
  replayAttack: { log: "fraud", code: 50, alarms: [{ register: 1, bit: 13 }] },
  decryptionFailureNoted: { log: "security", code: 49 },
  replayNoted: { log: "security", code: 50 },
  parametersChanged: { log: "standard", code: 47 },
  keysChanged: { log: "standard", code: 48, alarms: [{ register: 2, bit: 13 }] },
  loadProfileCleared: { log: "standard", code: 254 },
  tariffCalendarActivated: { log: "tariff", code: 9 },
  tariffCalendarProgrammed: { log: "tariff", code: 19 },
  clockSet: { log: "programming", code: 1 },
  calendarWritten: { log: "programming", code: 2 },
  specialDaysWritten: { log: "programming", code: 3 },
  demandPeriodChanged: { log: "programming", code: 5 },
  captureChanged: { log: "programming", code: 7 },
  securityPolicyChanged: { log: "programming", code: 16 },
  keysWritten: { log: "programming", code: 17 },
  communicationChanged: { log: "programming", code: 18 },
  scriptExecuted: { log: "programming", code: 22 },
  profileReset: { log: "programming", code: 23 },
  maximumDemandReset: { log: "programming", code: 24 },
  ...relayEvents,
  ...guardEvents,
  ...automationEvents,
  ...creditEvents,
} as const satisfies Readonly<Record<string, EventDefinition>>;

export type MeterEventName = keyof typeof meterEvents | `rate${number}`;

/** The definition of an event. The tariff log shows a rate that begins by its number. */
export function eventDefinition(name: MeterEventName): EventDefinition {
  if (Object.hasOwn(meterEvents, name)) return meterEvents[name as keyof typeof meterEvents];
  return { log: "tariff", code: Number(name.slice("rate".length)) };
}
