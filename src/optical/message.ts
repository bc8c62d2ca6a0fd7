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
  /** A block from STX, or a command from SOH with its two letters; `valid`: the block check fits. */
  | { readonly type: "block"; readonly command?: string; readonly data: string; readonly last: boolean; readonly valid: boolean };

const characters = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0) & 0x7f);

/** "/?address!": sign on to any meter, or to one. */
export function requestMessage(address = ""): Uint8Array {
  return Uint8Array.from(characters(`/?${address}!\r\n`));
}

/** "/XXXZ\2ident". */
export function identificationMessage(line: string): Uint8Array {
  return Uint8Array.from(characters(`${line}\r\n`));
}

/** ACK V Z Y CR LF. */
export function selectMessage(protocol: string, baudCharacter: string, mode: string): Uint8Array {
  return Uint8Array.from([control.ack, ...characters(`${protocol}${baudCharacter}${mode}\r\n`)]);
}

/** STX data ETX BCC. */
export function dataMessage(data: string): Uint8Array {
  return withCheck([control.stx, ...characters(data), control.etx]);
}

/** SOH command (STX data) ETX BCC: a command of programming mode. */
export function commandMessage(command: string, data?: string): Uint8Array {
  const set = data === undefined ? [] : [control.stx, ...characters(data)];
  return withCheck([control.soh, ...characters(command), ...set, control.etx]);
}

/** The check goes over everything behind the first SOH or STX. */
function withCheck(octets: readonly number[]): Uint8Array {
  return Uint8Array.from([...octets, blockCheckCharacter(Uint8Array.from(octets.slice(1)))]);
}
