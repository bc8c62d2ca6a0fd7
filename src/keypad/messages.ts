import { DecodeError } from "../errors.ts";
import { actOutcomes } from "./keypad-meter.ts";
import { amountShape, displayItemShape, meterNumberShape, mostItems, statusShape } from "./keypad-status.ts";
import { flag, integer, list, matching, oneOf, optional, record, type Shape, type TypeOf } from "./shape.ts";
import { keypadTokenResults } from "./token-results.ts";

/**
 * The link between a keypad unit and its meter: lines of JSON, each a message. The unit asks, with a number that the answer
 * repeats; the meter answers in order, and tells its status whenever it likes.
 */

/** Version of the protocol. A meter refuses any other. */
export const protocolVersion = 1;

/** Most octets of a line without its end. */
export const longestLine = 8192;

/** Numbers of requests go up to here, and then start again with 1. */
export const highestId = 2 ** 31 - 1;

const id = integer(1, highestId);
const code = matching(/^\d{1,5}$/, "1 to 5 digits");

/** Why a meter does not do what a unit asks. The first three end the link. */
export const linkErrors = [
  "unsupported-protocol",
  "other-meter",
  "other-unit",
  "malformed",
  "too-long",
  "not-greeted",
  "unknown-code",
  "unconfirmed",
  "not-available",
] as const;

/** One of {@link linkErrors}. */
export type LinkError = (typeof linkErrors)[number];

/** What a unit says, by type. */
const unitShapes = {
  /** First of all; `meter` is the number of the meter that the unit is paired with, missing from one that is new. */
  hello: record({
    id,
    protocol: integer(0, 1000),
    unit: matching(/^[0-9A-Za-z-]{1,32}$/, "1 to 32 letters, digits and dashes"),
    meter: optional(meterNumberShape),
  }),
  status: record({ id }),
  show: record({ id, code }),
  /** `confirmed`: Enter was pressed again where the code asks for it. */
  act: record({ id, code, confirmed: flag }),
  set: record({ id, code, value: integer(0, 99) }),
  token: record({ id, digits: matching(/^\d{20}$/, "20 digits") }),
};

/** What a meter says, by type; a status without `id` was not asked for. */
const meterShapes = {
  hello: record({ id, protocol: integer(0, 1000), status: statusShape }),
  status: record({ id: optional(id), status: statusShape }),
  items: record({ id, items: list(displayItemShape, mostItems) }),
  outcome: record({ id, outcome: oneOf(actOutcomes) }),
  /** `items` are those that a token of class 1 asks for, `segments` the test of the display; `lockedFor` in seconds. */
  token: record({
    id,
    result: oneOf(keypadTokenResults),
    amount: optional(amountShape),
    credit: optional(amountShape),
    items: list(displayItemShape, mostItems),
    segments: flag,
    lockedFor: integer(0, 1_000_000),
  }),
  error: record({ id: optional(id), error: oneOf(linkErrors) }),
};

/** A message of one type: its fields beside `type`. */
type MessageOf<Shapes extends Readonly<Record<string, Shape<unknown>>>> = {
  [Type in keyof Shapes]: { readonly type: Type } & TypeOf<Shapes[Type]>;
}[keyof Shapes];

/** What a unit says. */
export type UnitMessage = MessageOf<typeof unitShapes>;

/** What a meter says. */
export type MeterMessage = MessageOf<typeof meterShapes>;

type WithoutId<Message> = Message extends unknown ? Omit<Message, "id"> : never;

/** What a unit asks for when it is used; the link numbers it. */
export type UnitRequest = WithoutId<Exclude<UnitMessage, { readonly type: "hello" | "status" }>>;

/** What a meter answers to a {@link UnitRequest}. */
export type MeterAnswer = WithoutId<Exclude<MeterMessage, { readonly type: "hello" | "status" }>>;

/** A message as it is sent. */
export function encodeMessage(message: UnitMessage | MeterMessage): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(message)}\n`);
}

/**
 * The message of a unit in a line.
 * @throws DecodeError
 */
export function decodeUnitMessage(line: Uint8Array): UnitMessage {
  const value = decodeJson(line);
  const type = typeOf(value);
  if (!isKey(unitShapes, type)) throw malformed(`unknown type ${JSON.stringify(type)}`);
  return { type, ...unitShapes[type].read(value, type) } as UnitMessage;
}

/**
 * The message of a meter in a line; undefined for a type that only newer meters know.
 * @throws DecodeError
 */
export function decodeMeterMessage(line: Uint8Array): MeterMessage | undefined {
  const value = decodeJson(line);
  const type = typeOf(value);
  return isKey(meterShapes, type) ? ({ type, ...meterShapes[type].read(value, type) } as MeterMessage) : undefined;
}

/** The number of a request that is otherwise not understood, so that the answer can still name it. */
export function idOf(line: Uint8Array): number | undefined {
  try {
    return record({ id }).read(decodeJson(line), "message").id;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function isKey<Keys extends object>(keys: Keys, key: string): key is keyof Keys & string {
  return Object.hasOwn(keys, key);
}

function typeOf(value: unknown): string {
  return record({ type: matching(/^[a-z-]{1,20}$/, "the type of the message") }).read(value, "message").type;
}

function decodeJson(line: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line)) as unknown;
  } catch (cause) {
    throw malformed("no JSON", cause);
  }
}

function malformed(message: string, cause?: unknown): DecodeError {
  return new DecodeError("bad-tag", "message", 0, `message: ${message}`, { layer: "meter", cause });
}
