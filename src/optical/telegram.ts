import { DecodeError } from "../errors.ts";
import { type BlockCheck, blockCheckCharacter, crc16Arc } from "./block-check.ts";
import { type DataSet, parseDataSets } from "./data-set.ts";
import { type Identification, parseIdentification } from "./identification.ts";
import { hasParityBits, verifyEvenParity, withoutParityBits } from "./parity.ts";

/** A message of IEC 62056-21 that says something: an identification, a data message, a command, or a P1 telegram. */
export interface Telegram {
  readonly identification?: Identification;
  /** Command and its type, of a programming command message: "P1", "R1", "B0". */
  readonly command?: string;
  readonly dataSets: readonly DataSet[];
  /** Absent where the message has none, as in DSMR 3 and before. A wrong one is told, and the data given all the same. */
  readonly check?: BlockCheck;
  /** The block ends with EOT: more blocks follow. */
  readonly partial: boolean;
  /** The octets came with parity bits of a line with seven bits. */
  readonly parityStripped: boolean;
  /** Octets of the message; whatever stands behind is another one. */
  readonly length: number;
}

type Parts = Omit<Telegram, "parityStripped">;

const soh = 0x01;
const stx = 0x02;
const etx = 0x03;
const eot = 0x04;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const endMark = "!".charCodeAt(0);
const identificationStart = "/".charCodeAt(0);
const crcDigits = 4;
const commandLength = 2;
/** P1 has an empty line behind the identification; some meters go on with the first address. */
const p1Starts = /^[\r\n0-9A-Z(!]$/;

/**
 * Reads one message: "/..." alone, "/..." with the data message behind it, STX ... ETX BCC, SOH command STX ... ETX BCC,
 * or a P1 telegram "/... data !CRC" (DSMR).
 * @throws DecodeError `truncated` where the end is missing, `bad-tag` for anything else than these, `check-failed` for a
 * parity error, and for data that cannot be read and have a wrong block check
 */
export function parseTelegram(bytes: Uint8Array): Telegram {
  const parityStripped = hasParityBits(bytes);
  const telegram = readTelegram(parityStripped ? withoutParityBits(bytes) : bytes);
  // Only the message itself is held to it: HDLC with eight bits may follow an identification.
  if (parityStripped) verifyEvenParity(bytes.subarray(0, telegram.length));
  return { ...telegram, parityStripped };
}

function readTelegram(characters: Uint8Array): Parts {
  if (characters[0] !== identificationStart) return readMessage(characters, 0);
  const lineEnd = characters.indexOf(lineFeed);
  if (lineEnd < 0) throw truncated("identification", characters.length);
  const identification = parseIdentification(textOf(characters.subarray(0, lineEnd)).trimEnd());
  return { identification, ...readFollowing(characters, lineEnd + 1) };
}

/** What belongs to the identification before it: a data message, the data of P1, or nothing. */
function readFollowing(characters: Uint8Array, start: number): Parts {
  if (characters[start] === stx) return readMessage(characters, start);
  return p1Starts.test(textOf(characters.subarray(start, start + 1))) ? readP1(characters, start) : nothingFollows(start);
}

function nothingFollows(length: number): Parts {
  return { dataSets: [], partial: false, length };
}

/** From SOH or STX to the block check character behind ETX or EOT. */
function readMessage(characters: Uint8Array, start: number): Parts {
  const first = characters[start];
  if (first === undefined) throw truncated("telegram", start);
  if (first !== soh && first !== stx) throw fault("bad-tag", "telegram", start, `no message starts with octet ${first}`);
  const end = characters.findIndex((character, at) => at > start && (character === etx || character === eot));
  if (end < 0 || end + 1 >= characters.length) throw truncated("data block", characters.length);
  const command = first === soh ? textOf(characters.subarray(start + 1, start + 1 + commandLength)) : undefined;
  const check = checkOf("bcc", 2, blockCheckCharacter(characters.subarray(start + 1, end + 1)), characters[end + 1] as number);
  const dataStart = first === stx ? start + 1 : characters.subarray(0, end).indexOf(stx, start) + 1;
  const block = dataStart === 0 ? "" : withoutEndLine(textOf(characters.subarray(dataStart, end)));
  return {
    ...(command === undefined ? {} : { command }),
    dataSets: readDataSets(block, check),
    check,
    partial: characters[end] === eot,
    length: end + 2,
  };
}

/** The line "!" ends a readout; commands have none. */
function withoutEndLine(block: string): string {
  return block.replace(/!\r?\n?$/, "");
}

/** From behind the identification to the line "!", with the CRC where the meter sends one (DSMR 4 and later). */
function readP1(characters: Uint8Array, start: number): Parts {
  const end = characters.findIndex((character, at) => at >= start && character === endMark && characters[at - 1] === lineFeed);
  if (end < 0) throw truncated("P1 telegram", characters.length);
  const behind = textOf(characters.subarray(end + 1, end + 1 + crcDigits));
  const received = /^[0-9A-Fa-f]{4}$/.test(behind) ? behind : undefined;
  if (received === undefined && !/^\r?\n/.test(behind)) {
    if (/^(?:[0-9A-Fa-f]*|\r)$/.test(behind)) throw truncated("P1 telegram", characters.length);
    throw fault("bad-tag", "P1 telegram", end + 1, `${JSON.stringify(behind)} is no CRC`);
  }
  const check =
    received === undefined
      ? undefined
      : checkOf("crc-16", crcDigits, crc16Arc(characters.subarray(0, end + 1)), Number.parseInt(received, 16));
  let length = end + 1 + (received === undefined ? 0 : crcDigits);
  if (characters[length] === carriageReturn) length++;
  if (characters[length] === lineFeed) length++;
  return {
    dataSets: readDataSets(textOf(characters.subarray(start, end)), check),
    ...(check === undefined ? {} : { check }),
    partial: false,
    length,
  };
}

/** Data that make no sense and have a wrong check are damaged rather than unknown. */
function readDataSets(block: string, check: BlockCheck | undefined): readonly DataSet[] {
  try {
    return parseDataSets(block);
  } catch (error) {
    if (!(error instanceof DecodeError) || check === undefined || check.ok) throw error;
    const { kind, computed, received } = check;
    throw fault("check-failed", "block check", error.offset, `${kind} ${computed} computed, ${received} received`);
  }
}

function checkOf(kind: BlockCheck["kind"], digits: number, computed: number, received: number): BlockCheck {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(digits, "0");
  return { kind, ok: computed === received, computed: hex(computed), received: hex(received) };
}

/** One character an octet: what is above ASCII in 8-bit telegrams is Latin 1. */
function textOf(characters: Uint8Array): string {
  let text = "";
  for (const character of characters) text += String.fromCharCode(character);
  return text;
}

function truncated(what: string, offset: number): DecodeError {
  return fault("truncated", what, offset, "the end is missing");
}

function fault(code: "truncated" | "bad-tag" | "check-failed", what: string, offset: number, message: string): DecodeError {
  return new DecodeError(code, what, offset, `${what}: ${message}, at offset ${offset}`, { layer: "optical" });
}
