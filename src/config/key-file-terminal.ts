import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";

/** Keys as a terminal without line discipline gives them. */
const keys = { interrupt: 0x03, end: 0x04, backspace: 0x08, lineFeed: 0x0a, enter: 0x0d, clearLine: 0x15, erase: 0x7f } as const;

/** The terminal of this process, wherever its streams go; on Windows it has two ends. */
const terminalNames =
  process.platform === "win32" ? { input: "\\\\.\\CONIN$", output: "\\\\.\\CONOUT$" } : { input: "/dev/tty", output: "/dev/tty" };

/**
 * Asks at the terminal and shows nothing of the answer.
 * @returns undefined where there is no terminal, or the answer is Ctrl-C or Ctrl-D
 */
export function askHidden(question: string): string | undefined {
  const terminal = openTerminal();
  if (terminal === undefined) return undefined;
  const { input, output, mode } = terminal;
  try {
    mode.setRawMode(true);
    writeSync(output, question);
    return readHiddenLine(() => readOctet(input));
  } finally {
    mode.setRawMode(false);
    writeSync(output, "\r\n");
    mode.destroy();
    closeSync(input);
    closeSync(output);
  }
}

function openTerminal(): { readonly input: number; readonly output: number; readonly mode: ReadStream } | undefined {
  try {
    const [input, output] = [openSync(terminalNames.input, "r"), openSync(terminalNames.output, "w")];
    // Raw mode belongs to the device. The stream makes its own descriptor non-blocking, so another one is read.
    return { input, output, mode: new ReadStream(openSync(terminalNames.input, "r+")) };
  } catch {
    return undefined;
  }
}

/** One line of raw key strokes, edited as a terminal would; undefined when it was given up. */
export function readHiddenLine(next: () => number | undefined): string | undefined {
  let line: number[] = [];
  for (;;) {
    const key = next();
    switch (key) {
      case undefined:
      case keys.interrupt:
      case keys.end:
        return undefined;
      case keys.enter:
      case keys.lineFeed:
        return new TextDecoder().decode(Uint8Array.from(line));
      case keys.backspace:
      case keys.erase:
        line = withoutLastCharacter(line);
        break;
      case keys.clearLine:
        line = [];
        break;
      default:
        line.push(key);
    }
  }
}

/** A line of a descriptor without its end; undefined behind the last. Octet by octet, so that the next line stays there. */
export function readLineOf(descriptor: number): string | undefined {
  const line: number[] = [];
  for (;;) {
    const octet = readOctet(descriptor);
    if (octet === undefined && line.length === 0) return undefined;
    if (octet === undefined || octet === keys.lineFeed) return new TextDecoder().decode(Uint8Array.from(line)).replace(/\r$/, "");
    line.push(octet);
  }
}

function readOctet(descriptor: number): number | undefined {
  const octet = new Uint8Array(1);
  return readSync(descriptor, octet) === 0 ? undefined : octet[0];
}

/** UTF-8: octets of the form 10xxxxxx belong to the one before. */
function withoutLastCharacter(line: readonly number[]): number[] {
  let end = line.length - 1;
  while (end > 0 && ((line[end] as number) & 0xc0) === 0x80) end--;
  return line.slice(0, Math.max(0, end));
}
