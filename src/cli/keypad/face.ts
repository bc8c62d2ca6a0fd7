import { type KeypadView, keypadMarks, type Led, mainCells, textCells } from "../../keypad/index.ts";

/** How a unit is drawn. */
export interface FaceOptions {
  readonly color: boolean;
  /** Columns there are. */
  readonly width: number;
  /** Milliseconds of the clock that lights blink by. */
  readonly now: number;
}

/** Shortest time in which somebody sees that a light is lit; what flashes for less is drawn for as long. */
export const blinkStep = 250;

const inner = textCells + 2;
/** Codes of ECMA-48, Select Graphic Rendition. */
const bold = 1;
const faint = 2;
const colorCodes = { green: 32, yellow: 33, red: 31 } as const;

/** The unit as lines of text, none wider than the terminal; a frame where there is room for one. */
export function face(view: KeypadView, { color, width, now }: FaceOptions): readonly string[] {
  const paint = (text: string, code: number): string => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
  const columns = Math.min(width, textCells);
  const display = [marksLine(view), mainLine(view).padStart(columns), textLine(view, columns)].map((line) =>
    line.slice(0, columns).padEnd(columns),
  );
  const framed = width >= inner + 2;
  const body = framed
    ? [`┌${"─".repeat(inner)}┐`, ...display.map((line) => `│ ${paint(line, bold)} │`), `└${"─".repeat(inner)}┘`]
    : display;
  const lamps = Object.entries(view.leds).map(([name, led]: readonly [string, Led]) => {
    const lit = isLit(led, now);
    const sign = lit ? "●" : "○";
    return { plain: `${sign} ${name}`, shown: lit && led.color ? `${paint(sign, colorCodes[led.color])} ${name}` : `${sign} ${name}` };
  });
  return [
    ...body,
    ...wrapped(lamps, width),
    ...wrapped(
      help.map((plain) => ({ plain, shown: paint(plain, faint) })),
      width,
    ),
  ];
}

/** What the unit shows, on one line: for scripts and logs. */
export function plainFace({ main, text }: Pick<KeypadView, "main" | "text">): string {
  return [main.trim(), text.trim().replace(/ {2,}/g, " ")].filter((part) => part !== "").join("  ");
}

/** Whether any light changes by itself. */
export function blinks({ leds }: KeypadView): boolean {
  return Object.values(leds).some(({ blink }: Led) => blink !== undefined);
}

const help = ["0-9 Enter", "Backspace", "Del clears", "q quits"];

const markSigns: Readonly<Record<(typeof keypadMarks)[number], string>> = {
  prepaid: "P",
  emergency: "EC",
  friendly: "F",
  open: "OFF",
  locked: "LOC",
  muted: "MUT",
  alarm: "!",
  happy: ":)",
};

/** Each sign has its place, as on glass. */
function marksLine({ marks }: KeypadView): string {
  return keypadMarks.map((mark) => (marks.includes(mark) ? markSigns[mark] : " ".repeat(markSigns[mark].length))).join(" ");
}

/** Eight cells, in which a point takes no room of its own. */
function mainLine({ main }: KeypadView): string {
  return main.padStart(mainCells + main.length - main.replaceAll(".", "").length);
}

/** The small line; where it has not all its room, without the gap in its middle, and of an entry the end. */
function textLine({ text, cursor }: KeypadView, columns: number): string {
  const whole = cursor === undefined ? text : `${text.padEnd(cursor)}_`;
  if (whole.length <= columns) return whole;
  return cursor === undefined ? whole.replace(/ {2,}/, " ") : whole.slice(-columns);
}

function isLit({ color, blink }: Led, now: number): boolean {
  if (color === undefined) return false;
  return blink === undefined || now % blink.period < Math.max(blink.lit, Math.min(blinkStep, blink.period / 2));
}

interface Piece {
  readonly plain: string;
  readonly shown: string;
}

/** Pieces on as few lines as the width allows; one that is wider than all of it is cut. */
function wrapped(pieces: readonly Piece[], width: number): readonly string[] {
  const lines: string[] = [];
  let length = 0;
  for (const { plain, shown } of pieces) {
    const fits = lines.length > 0 && length + 2 + plain.length <= width;
    const piece = plain.length > width ? plain.slice(0, width) : shown;
    if (fits) lines[lines.length - 1] += `  ${piece}`;
    else lines.push(piece);
    length = fits ? length + 2 + plain.length : plain.length;
  }
  return lines;
}
