import { plainText, snakeCase } from "./text.ts";

/** control_state of Disconnect control (class 70). */
export const relayStates: readonly string[] = ["disconnected", "connected", "ready"];

/** Why the supply was opened, by the cause register of the virtual meter. */
const relayReasons: readonly string[] = [
  ...["closed", "out-of-credit", "low-credit-warning", "overload", "over-current", "over-voltage", "under-voltage", "meter-cover"],
  ...["terminal-cover", "magnetic-field", "reverse-current", "current-difference", "remote-command", "manual-key", "schedule"],
  ...["token", "not-commissioned", "over-temperature", "token-lock-out"],
];

/** payment_mode of Account (class 111): numbered from 1. */
export const paymentModes: readonly string[] = ["", "postpaid", "prepaid"];

/** What `credit_status` says, from best to worst. */
export const creditStatuses: readonly string[] = ["in-credit", "low", "emergency", "friendly", "out"];

/** Bit numbers of the three alarm registers, LSB = 0. */
export const alarmBits: readonly (readonly [logicalName: string, names: Readonly<Record<number, string>>])[] = [
  [
    "0.0.97.98.0.255",
    {
      0: "clock_invalid",
      1: "battery_replace",
      8: "program_memory_error",
      9: "ram_error",
      10: "nv_memory_error",
      11: "measurement_system_error",
      12: "watchdog_error",
      13: "fraud_attempt",
      ...channels(16, "mbus_communication_error"),
      ...channels(20, "mbus_fraud"),
      ...channels(24, "mbus_permanent_error"),
      ...channels(28, "mbus_battery_low"),
    },
  ],
  [
    "0.0.97.98.1.255",
    {
      0: "total_power_failure",
      1: "power_resume",
      ...phases(2, "voltage_missing"),
      ...phases(5, "voltage_normal"),
      8: "missing_neutral",
      9: "phase_asymmetry",
      10: "current_reversal",
      11: "wrong_phase_sequence",
      12: "unexpected_consumption",
      13: "key_exchanged",
      ...phases(14, "bad_voltage_quality"),
      17: "external_alert",
      18: "local_communication_attempt",
      ...channels(19, "new_mbus_device"),
      ...channels(27, "mbus_valve_alarm"),
      31: "disconnect_reconnect_failure",
    },
  ],
  [
    "0.0.97.98.2.255",
    Object.fromEntries(
      [
        ...["low_credit_1", "low_credit_2", "low_credit_3", "emergency_credit_in_use", "emergency_credit_exhausted", "out_of_credit"],
        ...["token_lock_out", "meter_cover_open", "terminal_cover_open", "magnetic_field", "reverse_current", "current_difference"],
        ...["significant_reverse_energy", "relay_tamper", "payment_mode_switched", "key_changed", "over_current", "credit_limit_reached"],
      ].map((name, bit) => [bit, name]),
    ),
  ],
];

function channels(first: number, name: string): Record<number, string> {
  return Object.fromEntries([1, 2, 3, 4].map((channel) => [first + channel - 1, `${name}_${channel}`]));
}

function phases(first: number, name: string): Record<number, string> {
  return Object.fromEntries([1, 2, 3].map((phase) => [first + phase - 1, `${name}_l${phase}`]));
}

/** Converts an enumeration: a number by its place in `words`; a text when it is one of them, in any spelling. */
export function wordFrom(words: readonly string[]): (value: unknown) => string | undefined {
  return (value) => {
    const word =
      typeof value === "string"
        ? words.find((candidate) => snakeCase(candidate) === snakeCase(value))
        : words[typeof value === "number" || typeof value === "bigint" ? Number(value) : -1];
    return word === "" ? undefined : word;
  };
}

/** Converts a bit mask or a list of flag names to names in snake_case, in the order of the bits; unknown bits are kept by number. */
export function flagsFrom(names: Readonly<Record<number, string>>): (value: unknown) => readonly string[] | undefined {
  return (value) => {
    if (Array.isArray(value)) return value.map((name) => snakeCase(String(name))).filter((name) => name !== "");
    if (typeof value !== "bigint" && !(Number.isSafeInteger(value) && (value as number) >= 0)) return undefined;
    const mask = BigInt.asUintN(64, BigInt(value as number | bigint));
    const bits = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => (mask >> BigInt(bit)) & 1n);
    return bits.map((bit) => names[bit] ?? `bit_${bit}`);
  };
}

/** A cause by its number, or whatever text another make gives. */
export function relayReason(value: unknown): string | undefined {
  if (typeof value !== "string") return wordFrom(relayReasons)(value);
  return plainText(value) || undefined;
}

/** Bits of current_credit_status of Account (class 111). */
const creditFlags = flagsFrom(
  Object.fromEntries(
    [
      "in_credit",
      "low_credit",
      "next_credit_enabled",
      "next_credit_selectable",
      "next_credit_selected",
      "selectable_credit_in_use",
      "out_of_credit",
    ].map((name, bit) => [bit, name]),
  ),
);

/** The worst that the credit flags say, first match; one of `creditStatuses` passes as it is. */
export function creditStatus(value: unknown): string | undefined {
  const bits = typeof value === "string" && /^[01]+$/.test(value) ? Number.parseInt([...value].reverse().join(""), 2) : value;
  if (typeof bits === "string") return wordFrom(creditStatuses)(bits);
  const flags = new Set(creditFlags(bits));
  if (flags.has("out_of_credit")) return "out";
  if (flags.has("selectable_credit_in_use")) return "emergency";
  if (flags.has("low_credit")) return "low";
  return flags.has("in_credit") ? "in-credit" : undefined;
}

/** credit_status of Credit (class 112), in use. */
const inUse = 3;

/** What the status of the reserved credit says of the account's: "friendly" while it is in use, nothing else. */
export function friendlyStatus(value: unknown): string | null {
  return value === inUse || value === "in-use" ? "friendly" : null;
}

/** Number of the rate that is in force: as a number, as digits, or as the one octet that a currently active tariff is (hex). */
export function rateNumber(value: unknown): number | undefined {
  const rate = typeof value === "string" && /^[0-9a-f]{1,2}$/.test(value) ? Number.parseInt(value, 16) : value;
  return typeof rate === "number" || typeof rate === "bigint" ? Number(rate) : undefined;
}
