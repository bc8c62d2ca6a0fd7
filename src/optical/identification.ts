import { DecodeError } from "../errors.ts";
import { quote } from "./quote.ts";

/** Identification message of a meter: "/XXXZ\W ident" (IEC 62056-21, 6.3.2). */
export interface Identification {
  /** Three letters (FLAG). A small third letter promises a reaction time of 20 ms. */
  readonly manufacturer: string;
  /** Z: "0" to "6" in modes C and E, "A" to "F" in mode B, anything else in mode A. */
  readonly baudCharacter: string;
  /** The characters W behind a backslash, in order; "2" says that the meter speaks HDLC in mode E. */
  readonly enhanced: string;
  /** The meter offers mode E with HDLC. */
  readonly modeE: boolean;
  /** Up to 16 printable characters in the standard; P1 telegrams have longer ones. */
  readonly ident: string;
}

const form = /^\/([A-Za-z]{3})([^/!\\])((?:\\.)*)(.*)$/;
const hdlcMarker = "2";

/**
 * Takes an identification line apart.
 * @param line from "/" on, without CR LF
 * @throws DecodeError `bad-tag` where it is none
 */
export function parseIdentification(line: string): Identification {
  const parts = form.exec(line);
  if (parts === null) {
    throw new DecodeError("bad-tag", "identification", 0, `identification: ${quote(line)} is none`, { layer: "optical" });
  }
  const [, manufacturer, baudCharacter, escapes, ident] = parts as unknown as readonly [string, string, string, string, string];
  const enhanced = escapes.replaceAll(/\\(.)/g, "$1");
  return { manufacturer, baudCharacter, enhanced, modeE: enhanced.includes(hdlcMarker), ident };
}
