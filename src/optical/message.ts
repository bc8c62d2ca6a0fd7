import { ConfigError } from "../errors.ts";
import { blockCheckCharacter } from "./block-check.ts";

/** Control characters (IEC 62056-21, 5.8). */
export const control = { soh: 0x01, stx: 0x02, etx: 0x03, eot: 0x04, ack: 0x06, nak: 0x15, cr: 0x0d, lf: 0x0a } as const;

/** What is said on the line before HDLC, in characters of seven bits. */
export type OpticalMessage =
  /** Request or identification, from "/" on, without CR LF. */
  | { readonly type: "line"; readonly text: string }
  /** Option select: protocol control, baud character, mode control. */
  | { readonly type: "select"; readonly protocol: string; readonly baudCharacter: string; readonly mode: string }
  | { readonly type: "ack" }
  | { readonly type: "nak" }
  /** A block from STX, or a command from SOH with its two letters; `valid`: parity and block check fit. */
  | { readonly type: "block"; readonly command?: string; readonly data: string; readonly last: boolean; readonly valid: boolean };

/** "/?address!": sign on to any meter, or to one. @throws ConfigError for an address that is none (6.3.1) */
export function requestMessage(address = ""): Uint8Array {
  return characters(`/?${checked("address", address, addressForm, "up to 32 printable characters without / and !")}!\r\n`);
}

/** "/XXXZ\2ident". @throws ConfigError for anything but one line of printable characters */
export function identificationMessage(line: string): Uint8Array {
  return characters(`${checked("identification", line, printableForm, printable)}\r\n`);
}

/** ACK V Z Y CR LF. @throws ConfigError for anything but three characters */
export function selectMessage(protocol: string, baudCharacter: string, mode: string): Uint8Array {
  const selected = checked("option select", `${protocol}${baudCharacter}${mode}`, /^[0-9A-Za-z]{3}$/, "three digits or letters");
  return Uint8Array.of(control.ack, ...characters(`${selected}\r\n`));
}

/** STX data ETX BCC. @throws ConfigError for what could be taken for a control character */
export function dataMessage(data: string): Uint8Array {
  return withCheck([control.stx, ...characters(checked("data", data, printableForm, printable)), control.etx]);
}

/** STX lines, each with CR LF, "!" CR LF ETX BCC: a readout. @throws ConfigError for a line that is more than one */
export function readoutMessage(lines: readonly string[]): Uint8Array {
  const block = [...lines, "!"].map((line) => `${checked("readout", line, printableForm, printable)}\r\n`).join("");
  return withCheck([control.stx, ...characters(block), control.etx]);
}

/** SOH command (STX data) ETX BCC: a command of programming mode. @throws ConfigError for what is none */
export function commandMessage(command: string, data?: string): Uint8Array {
  const name = checked("command", command, /^[A-Z][0-9]$/, "a letter and a digit");
  const set = data === undefined ? [] : [control.stx, ...characters(checked("data", data, printableForm, printable))];
  return withCheck([control.soh, ...characters(name), ...set, control.etx]);
}

/** "address(value)(value)". @throws ConfigError for brackets and end marks in any, which would make another data set of it (6.3.4) */
export function dataSet(address: string, ...values: readonly string[]): string {
  const expected = "printable characters without ( ) / and !";
  const part = (what: string, text: string) => checked(what, text, partForm, expected);
  return `${part("address", address)}${values.map((value) => `(${part("value", value)})`).join("")}`;
}

const addressForm = /^[ "-.0-~]{0,32}$/;
const printableForm = /^[ -~]*$/;
const partForm = /^[ "-'*-.0-~]*$/;
const printable = "printable characters of ASCII";

/** The text is not shown: it may be a password. */
function checked(what: string, text: string, form: RegExp, expected: string): string {
  if (!form.test(text)) throw new ConfigError(what, `expected ${expected}`, { layer: "optical" });
  return text;
}

function characters(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The check goes over everything behind the first SOH or STX. */
function withCheck(octets: readonly number[]): Uint8Array {
  return Uint8Array.from([...octets, blockCheckCharacter(Uint8Array.from(octets.slice(1)))]);
}
