import type { KeypadKey } from "../../keypad/index.ts";

/** What a key of a terminal means to the unit, or to the program. */
export type TerminalKey = KeypadKey | "quit";

const escapeCharacter = "\x1b";

const meanings: ReadonlyMap<string, TerminalKey> = new Map<string, TerminalKey>([
  ["\r", "enter"],
  ["\n", "enter"],
  ["\x7f", "backspace"],
  ["\b", "backspace"],
  [`${escapeCharacter}[3~`, "clear"],
  ["c", "clear"],
  ["\x15", "clear"],
  ["q", "quit"],
  ["\x03", "quit"],
  ["\x04", "quit"],
]);

/** Escape sequences are one key each, whatever they mean. */
const pieces = new RegExp(`${escapeCharacter}(?:\\[[0-9;?]*[ -/]*[@-~]|O.|.)?|[\\s\\S]`, "g");

/**
 * The keys in what a terminal in raw mode sends. Digits and Enter are themselves, Delete, c and Ctrl-U clear, q, Ctrl-C and Ctrl-D
 * quit; anything else is ignored, as are the spaces and dashes of a pasted token.
 */
export function keyPresses(input: string): readonly TerminalKey[] {
  return (input.match(pieces) ?? []).flatMap((piece): readonly TerminalKey[] => {
    if (/^\d$/.test(piece)) return [piece as KeypadKey];
    const key = meanings.get(piece);
    return key === undefined ? [] : [key];
  });
}
