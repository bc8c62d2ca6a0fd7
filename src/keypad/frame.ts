import type { DisplayItem, KeypadAmount } from "./keypad-status.ts";
import { mainCells, textCells } from "./keypad-view.ts";

/** One picture of a sequence on the display. */
export interface Frame {
  readonly main: string;
  readonly text: string;
  /** Milliseconds until the next one of its sequence. */
  readonly lasts: number;
  readonly happy?: boolean;
  /** All segments, marks and lights. */
  readonly segments?: boolean;
}

/** Milliseconds a message stands, and a page of an answer or of the display cycle. */
export const messageTime = 2000;
export const pageTime = 5000;

/** All that the display can show at once. */
export const segments: Frame = { main: "8.8.8.8.8.8.8.8.", text: "#".repeat(textCells), lasts: pageTime, segments: true };

/** A message of two lines. */
export function message(main: string, text: string): Frame {
  return { main, text, lasts: messageTime };
}

/** A message with an amount on the large line. */
export function amountMessage(label: string, { value, unit }: KeypadAmount): Frame {
  return { ...page({ label, value, unit }), lasts: messageTime };
}

/**
 * A page with a value: on the large line where it fits, with decimals left out where that makes it fit; else on the small one.
 */
export function page({ value, unit = "", label = "" }: DisplayItem): Frame {
  const main = fitted(value);
  if (main === undefined) return { main: "", text: value.slice(0, textCells), lasts: pageTime };
  const room = textCells - unit.length - (unit === "" ? 0 : 1);
  const left = label.slice(0, room);
  return { main, text: unit === "" ? left : left.padEnd(textCells - unit.length) + unit, lasts: pageTime };
}

/** Cells that a text takes on the large line, where a point stands between digits. */
export function cellsOf(text: string): number {
  return text.replaceAll(".", "").length;
}

function fitted(value: string): string | undefined {
  if (cellsOf(value) <= mainCells) return value;
  const whole = /^([+-]?\d+)\.\d+$/.exec(value)?.[1];
  if (whole === undefined || whole.length > mainCells) return undefined;
  return value.slice(0, mainCells + 1).replace(/\.$/, "");
}

/** Digits in groups of four. */
export function grouped(digits: string): string {
  return digits.replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** The cell behind so many digits in groups of four. */
export function cursorBehind(digits: number): number | undefined {
  return digits === 20 ? undefined : digits + Math.floor(digits / 4);
}
