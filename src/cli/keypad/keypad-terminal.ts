import type { Readable, Writable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import type { KeypadKey } from "../../keypad/index.ts";
import type { Output } from "../output.ts";
import { blinkStep, blinks, face, plainFace } from "./face.ts";
import { keyPresses } from "./key-presses.ts";
import type { LiveKeypad } from "./live-keypad.ts";
import { TerminalScreen } from "./terminal-screen.ts";

/** Where somebody sits: the parts of a terminal that matter here. */
export interface TerminalOptions {
  readonly input: Readable & Pick<ReadStream, "setRawMode">;
  readonly stdout: Writable & Pick<WriteStream, "columns">;
  readonly output: Output;
  /** Takes what is to be called whenever the unit may look different. */
  readonly listen: (changed: () => void) => void;
}

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";

/** Runs the unit on a terminal until its user quits: its face on a screen, lines where the output goes elsewhere. */
export async function runTerminal(keypad: LiveKeypad, options: TerminalOptions): Promise<void> {
  const { input, output, listen } = options;
  const shows = output.width === undefined || output.json ? lineFace(keypad, output) : screenFace(keypad, options);
  input.setRawMode(true);
  listen(shows.draw);
  shows.draw();
  try {
    await untilQuit(input, (key) => keypad.press(key));
  } finally {
    shows.end();
    input.setRawMode(false);
    input.pause();
  }
}

/** Until a key quits, the terminal goes away, or somebody ends the process; in raw mode Ctrl-C is a key. */
async function untilQuit(input: Readable, press: (key: KeypadKey) => void): Promise<void> {
  const signals = ["SIGTERM", "SIGHUP"] as const;
  let quit = (): void => {};
  const over = new Promise<void>((resolve) => {
    quit = resolve;
  });
  for (const signal of signals) process.on(signal, quit);
  input.on("end", quit);
  input.on("data", (chunk: Buffer) => {
    for (const key of keyPresses(chunk.toString())) {
      if (key === "quit") quit();
      else press(key);
    }
  });
  await over;
  for (const signal of signals) process.removeListener(signal, quit);
}

interface Face {
  readonly draw: () => void;
  readonly end: () => void;
}

/** A line for each thing that is shown, the same one not twice in a row. */
function lineFace(keypad: LiveKeypad, output: Output): Face {
  let last = "";
  return {
    draw: () => {
      const { view } = keypad.unit;
      const shown = output.json ? JSON.stringify(view) : plainFace(view);
      if (shown === last) return;
      last = shown;
      output.item(view, () => shown);
    },
    end: () => {},
  };
}

function screenFace(keypad: LiveKeypad, { stdout, output }: TerminalOptions): Face {
  const screen = new TerminalScreen();
  let heard = keypad.unit.view.sound?.number;
  const draw = (): void => {
    const { view } = keypad.unit;
    const { sound } = view;
    const bell = sound !== undefined && sound.number !== heard ? "\x07".repeat(sound.pattern === "one-long" ? 1 : 3) : "";
    heard = sound?.number ?? heard;
    const lines = face(view, { color: output.color, width: stdout.columns, now: Date.now() });
    const text = screen.draw(lines) + bell;
    if (text !== "") stdout.write(text);
  };
  const redraw = (): void => {
    stdout.write(screen.forget());
    draw();
  };
  stdout.write(hideCursor);
  stdout.on("resize", redraw);
  const blinking = setInterval(() => {
    if (blinks(keypad.unit.view)) draw();
  }, blinkStep);
  return {
    draw,
    end: () => {
      clearInterval(blinking);
      stdout.off("resize", redraw);
      stdout.write(showCursor);
    },
  };
}
