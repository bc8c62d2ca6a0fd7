import { nameOf } from "../../cosem-objects/names.ts";
import { DecodeError } from "../../errors.ts";
import type { DataSet } from "../../optical/data-set.ts";
import { parseTelegram, type Telegram } from "../../optical/telegram.ts";
import type { ExplainedReading, Json, LinkItem } from "../explanation.ts";
import type { Found, Link, LinkField } from "./found.ts";

/** Longest telegram looked at: a full readout at 300 Bd would take half an hour. */
const longestTelegram = 64 * 1024;

/** Characters have seven bits; the eighth may be parity. */
const characterMask = 0x7f;

const soh = 0x01;
const stx = 0x02;
const ack = 0x06;
const slash = 0x2f;
const questionMark = 0x3f;
const etx = 0x03;
const eot = 0x04;
const space = 0x20;
/** "!", which begins the last line. */
const endMark = 0x21;
/** ETX or EOT and the block check. */
const blockCheckLength = 2;
/** "!" with a CRC and a line's end. */
const longestEnd = 7;
const carriageReturn = 0x0d;
/** Its two ones look the same with even parity. */
const lineFeed = 0x0a;

/** What a hand-held unit says without data (IEC 62056-21, 6.3), by the first character. */
const shortMessages: readonly { readonly start: number; readonly form: RegExp; readonly name: string }[] = [
  { start: slash, form: /^\/\?[^!]{0,32}!\r\n/, name: "request" },
  { start: ack, form: /^.[0-9][0-9A-Za-z][0-9A-Z]\r\n/, name: "acknowledgement" },
];
const longestShortMessage = 40;

/** Text of IEC 62056-21: sign-on, identification, data readout and programming messages, and P1 telegrams. */
export const telegramLink: Link = { at: telegramAt, faultAt };

function telegramAt(input: Uint8Array, offset: number): Found | undefined {
  const first = (input[offset] as number) & characterMask;
  if (!mayStart(input, offset, first)) return undefined;
  const short = first === ack || characterAt(input, offset + 1) === questionMark ? shortMessageAt(input, offset) : undefined;
  if (short !== undefined) return short;
  // Only an identification may be without an end of its own; STX stands in much else, and an error would cost more.
  if (first !== slash && !isClosed(input, extentOf(input, offset))) return undefined;
  const telegram = tryParse(input, offset);
  return telegram instanceof DecodeError ? undefined : found(input, offset, telegram);
}

/** Whether ETX or EOT and the block check end there. */
function isClosed(input: Uint8Array, end: number): boolean {
  const mark = characterAt(input, end - blockCheckLength);
  return end <= input.length && (mark === etx || mark === eot);
}

/** Looked at first, so that other octets cost nothing. */
function mayStart(input: Uint8Array, offset: number, first: number): boolean {
  const second = (input[offset + 1] ?? 0) & characterMask;
  if (first === slash) return second === questionMark || startsIdentification(input, offset);
  if (first === soh) return isLetter(second);
  if (first === ack) return second >= 0x30 && second <= 0x39;
  return first === stx && (second >= space || second === carriageReturn || second === etx);
}

/** Whether three letters follow, as far as the input goes: nothing less is worth a search for the end. */
function startsIdentification(input: Uint8Array, offset: number): boolean {
  for (let at = offset + 1; at <= offset + 3; at++) if (at < input.length && !isLetter(characterAt(input, at))) return false;
  return offset + 1 < input.length;
}

function isLetter(character: number): boolean {
  return (character >= 0x41 && character <= 0x5a) || (character >= 0x61 && character <= 0x7a);
}

function shortMessageAt(input: Uint8Array, offset: number): Found | undefined {
  const text = textOf(input, offset, Math.min(input.length, offset + longestShortMessage));
  for (const { start, form, name } of shortMessages) {
    const message = form.exec(text)?.[0];
    if (message === undefined || characterAt(input, offset) !== start) continue;
    const end = offset + message.length;
    const item: LinkItem = { kind: "iec62056-21", ok: true, message: name, text: printable(message) };
    return { end, sound: true, item, fields: [{ field: name, meaning: printable(message), end }] };
  }
  return undefined;
}

function tryParse(input: Uint8Array, offset: number): Telegram | DecodeError {
  try {
    return parseTelegram(input.subarray(offset, extentOf(input, offset)));
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

/**
 * How far from `offset` a telegram may reach: to its end, or to the first octet that stands in none. The parser looks at
 * all that it is given, and another beginning ends the search, so no octet is looked at for every beginning before it.
 */
function extentOf(input: Uint8Array, offset: number): number {
  const limit = Math.min(input.length, offset + longestTelegram);
  let blocks = characterAt(input, offset) === stx ? 1 : 0;
  for (let at = offset + 1; at < limit; at++) {
    const character = characterAt(input, at);
    if (character === etx || character === eot) return at + blockCheckLength;
    if (character === endMark && blocks === 0 && characterAt(input, at - 1) === lineFeed) return at + longestEnd;
    if (character === stx && blocks++ > 0) return at;
    if (character < space && character !== stx && character !== carriageReturn && character !== lineFeed) return at;
    if (character === slash && startsIdentification(input, at)) return at;
  }
  return limit;
}

function characterAt(input: Uint8Array, at: number): number {
  return (input[at] ?? 0) & characterMask;
}

function faultAt(input: Uint8Array, offset: number): string | undefined {
  // The other characters begin much else, so only a telegram's slash is believed.
  const first = (input[offset] as number) & characterMask;
  if (first !== slash || !mayStart(input, offset, first)) return undefined;
  const outcome = tryParse(input, offset);
  return outcome instanceof DecodeError ? outcome.message : undefined;
}

function found(input: Uint8Array, offset: number, telegram: Telegram): Found {
  const { identification, command, dataSets, check, partial, parityStripped, length } = telegram;
  const end = offset + length;
  const ok = check?.ok !== false;
  return {
    end,
    sound: ok && (identification !== undefined || dataSets.length > 0),
    item: {
      kind: "iec62056-21",
      ok,
      ...(!ok && { error: `block check ${check?.computed} computed, ${check?.received} received` }),
      ...(identification !== undefined && { identification: { ...identification } }),
      ...(command !== undefined && { command }),
      dataSets: dataSets.map(dataSetJson),
      ...(check !== undefined && { check: check.kind }),
      partial,
    },
    fields: linesOf(input, offset, end),
    readings: dataSets.flatMap(readingsOf),
    warnings: parityStripped ? ["the octets of the telegram carry parity bits"] : [],
  };
}

function dataSetJson({ address, logicalName, values, rows }: DataSet): Json {
  return {
    address,
    ...(logicalName !== undefined && { logicalName }),
    values: values.map((value) => ({ ...value })),
    ...(rows !== undefined && { rows: rows.map((row) => row.map((value) => ({ ...value }))) }),
  };
}

function readingsOf({ logicalName, values }: DataSet): readonly ExplainedReading[] {
  if (logicalName === undefined) return [];
  const name = nameOf(logicalName);
  return values.map(({ value, unit }) => ({
    logicalName,
    ...(name !== undefined && { name }),
    value: /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : value,
    ...(unit !== undefined && { unit }),
    raw: value,
    type: "visible-string",
  }));
}

/** A telegram is text, so its fields are its lines. */
function linesOf(input: Uint8Array, offset: number, end: number): readonly LinkField[] {
  const fields: LinkField[] = [];
  for (let start = offset; start < end; ) {
    const lineEnd = input.subarray(start, end).indexOf(lineFeed);
    const next = lineEnd < 0 ? end : start + lineEnd + 1;
    fields.push({ field: fieldOf(input, start), meaning: printable(textOf(input, start, next)), end: next });
    start = next;
  }
  return fields;
}

function fieldOf(input: Uint8Array, start: number): string {
  const first = (input[start] as number) & characterMask;
  if (first === slash) return "identification";
  if (first === carriageReturn) return "empty line";
  return first < 0x20 ? "control" : "line";
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, " ").trim();
}

function textOf(input: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let index = start; index < end; index++) text += String.fromCharCode((input[index] as number) & characterMask);
  return text;
}
