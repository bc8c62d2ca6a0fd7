/** Cells of the two lines: large digits above, characters below, where twenty digits in groups of four fit exactly. */
export const mainCells = 8;
export const textCells = 24;

export type LedColor = "green" | "yellow" | "red";

/** A light: off without colour, steady without `blink`. */
export interface Led {
  readonly color?: LedColor;
  /** Milliseconds from one lighting-up to the next, and how long the light is lit of them. */
  readonly blink?: { readonly period: number; readonly lit: number };
}

/** The lights of a unit. */
export interface KeypadLeds {
  readonly supply: Led;
  readonly link: Led;
  readonly credit: Led;
  readonly alarm: Led;
  readonly pulse: Led;
}

/** Signs at the edge of the display; all of them are lit by the test of the display. */
export const keypadMarks = ["prepaid", "emergency", "friendly", "open", "locked", "muted", "alarm", "happy"] as const;

/** One of {@link keypadMarks}. */
export type KeypadMark = (typeof keypadMarks)[number];

/** What is heard: one long beep for yes, three short ones for no and for the alarm. */
export type BuzzerPattern = "one-long" | "three-short";

/** A sound; a new `number` is a new sound, also where the pattern is the same. */
export interface KeypadSound {
  readonly pattern: BuzzerPattern;
  readonly number: number;
}

/** What a unit looks like: all that a terminal or a page needs to draw it. */
export interface KeypadView {
  /** Large line: up to eight cells; a decimal point takes none. Right-aligned by whoever draws it. */
  readonly main: string;
  /** Small line: 24 characters at most, left-aligned. */
  readonly text: string;
  /** The cell of the small line where the next digit goes; missing while nothing is keyed. */
  readonly cursor?: number;
  readonly marks: readonly KeypadMark[];
  readonly leds: KeypadLeds;
  /** Present while it sounds. */
  readonly sound?: KeypadSound;
}
