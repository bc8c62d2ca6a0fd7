import { ConfigError } from "../../errors.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import type { Output } from "../output.ts";
import { plainFace } from "./face.ts";
import type { LiveKeypad } from "./live-keypad.ts";

/**
 * Keys each line and then Enter, and prints what the display shows for it; an empty line is Enter alone.
 * @param timeout milliseconds to wait for a link that is lost
 * @returns how the process is to end: by the first line that was not answered, or was refused
 * @throws ConfigError for a line that is not of digits, TransportError where the link does not come back
 */
export async function runScript(keypad: LiveKeypad, lines: AsyncIterable<string>, output: Output, timeout: number): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  let number = 0;
  for await (const line of lines) {
    const digits = digitsOf(line, ++number);
    await keypad.untilLinked(timeout);
    if (digits !== "") keypad.press("clear");
    for (const digit of digits) keypad.press(digit as "0");
    keypad.press("enter");
    await keypad.untilAnswered();
    for (const frame of keypad.unit.frames) output.item(keypad.unit.picture(frame), () => plainFace(frame));
    if (code === exitCodes.done && keypad.unit.good === false) code = keypad.linked ? exitCodes.refused : exitCodes.connection;
    if (!output.open) break;
  }
  return code;
}

function digitsOf(line: string, number: number): string {
  const digits = line.replaceAll(/[\s-]/g, "");
  if (/^\d{0,20}$/.test(digits)) return digits;
  throw new ConfigError(`line ${number}`, "expected at most 20 digits, with spaces and dashes between them or none");
}
