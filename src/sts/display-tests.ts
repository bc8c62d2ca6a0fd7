import { ConfigError } from "../errors.ts";

/** What the tests and displays of a class 1 token show, by their numbers; number n is bit n - 1 of the control field. */
export const displayTests = {
  1: "load-switch",
  2: "displays",
  3: "cumulative-usage",
  4: "key-revision-number-and-key-type",
  5: "tariff-index",
  6: "token-input-device",
  7: "maximum-power-limit",
  8: "tamper-status",
  9: "active-power",
  10: "software-version",
  11: "phase-unbalance-limit",
  12: "water-meter-factor",
  13: "tariff-rate",
  14: "encryption-algorithm",
  15: "key-change-tokens",
  16: "supply-group-code",
  17: "key-expiry-number",
  18: "decoder-reference-number",
} as const satisfies Readonly<Record<number, string>>;

/** The number that stands for all tests. */
export const everyTest = 0;

/** Bits of the control field: 36 beside a manufacturer code of two digits, 28 beside one of four. */
export type ControlWidth = 28 | 36;

/**
 * The control field that asks for one test, or for all with {@link everyTest}.
 * @throws ConfigError `test` for a number the field has no bit for
 */
export function controlOf(test: number, width: ControlWidth): number {
  if (!Number.isInteger(test) || test < 0 || test > width) throw new ConfigError("test", `expected a test from 0 to ${width}, got ${test}`);
  return test === everyTest ? 2 ** width - 1 : 2 ** (test - 1);
}

/** The numbers of the tests that a control field asks for, known or not, in order. */
export function testsOf(control: number): readonly number[] {
  const tests: number[] = [];
  for (let test = 1; control > 0; test++) {
    if (control % 2 === 1) tests.push(test);
    control = Math.floor(control / 2);
  }
  return tests;
}
