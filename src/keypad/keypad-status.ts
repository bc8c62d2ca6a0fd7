import { displayText, flag, integer, list, matching, oneOf, optional, record, type TypeOf } from "./shape.ts";

/** What a quantity looks like on the display: a decimal number as text, and its unit. */
export const amountShape = record({
  value: matching(/^[+-]?\d{1,12}(\.\d{1,6})?$/, "a decimal number"),
  unit: displayText(8),
});

/** A decimal number as text, and its unit, as in `{ value: "12.34", unit: "kWh" }`. */
export type KeypadAmount = TypeOf<typeof amountShape>;

/** One page of an answer. */
export const displayItemShape = record({
  /** At most 24 characters; up to eight of them stand on the large line, longer ones on the small one. */
  value: displayText(24),
  unit: optional(displayText(8)),
  /** In place of the text that the short code has. */
  label: optional(displayText(24)),
});

/** One page of what a short code shows: a value, its unit, and a label where that of the code does not suit. */
export type DisplayItem = TypeOf<typeof displayItemShape>;

/** Most pages of one answer. */
export const mostItems = 20;

/** The number a unit is paired by: as a rule the decoder reference number. */
export const meterNumberShape = matching(/^[0-9A-Za-z]{1,20}$/, "1 to 20 letters and digits");

/** What a status has to look like on the link. */
export const statusShape = record({
  meter: meterNumberShape,
  /** The meter's local time. */
  date: matching(/^\d{4}-\d\d-\d\d$/, "a date such as 2026-11-22"),
  time: matching(/^\d\d:\d\d:\d\d$/, "a time such as 12:00:00"),
  mode: oneOf(["prepaid", "postpaid"]),
  /** False while the meter lives on its battery. */
  supplied: flag,
  /** `ready`: open, and a key may close it. */
  relay: oneOf(["closed", "open", "ready"]),
  /** What is left to use; missing where nothing is paid in advance. */
  credit: optional(amountShape),
  /** 0 plenty, 1 low, 2 lower, 3 none. */
  lowLevel: integer(0, 3),
  emergency: oneOf(["unavailable", "selectable", "in-use", "used-up"]),
  /** What is left of an emergency credit in use, and what is owed altogether. */
  emergencyLeft: optional(amountShape),
  owed: optional(amountShape),
  /** Whether it is a time in which supply is not cut for want of credit. */
  friendly: flag,
  /** The rate in force. */
  tariff: integer(0, 99),
  /** Active energy imported altogether. */
  total: amountShape,
  /** Active power in watts, negative where energy goes to the network. */
  power: integer(-1_000_000, 1_000_000),
  /** What is wrong, in words for the display. */
  alarms: list(displayText(24), 8),
  /** Seconds for which tokens of the keypad are refused. */
  lockedFor: integer(0, 1_000_000),
  /** Minutes between two alarms for low credit; 0 for none. */
  alarmDelay: integer(0, 1440),
  /** Whether the meter wants no alarm to be heard now: quiet hours, or a buzzer that is switched off. */
  quiet: flag,
});

/** All that indicators, buzzer and display cycle of a unit need to know of its meter. */
export type KeypadStatus = TypeOf<typeof statusShape>;
