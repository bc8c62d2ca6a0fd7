import { DecodeError } from "../../errors.ts";
import { type DataType, dataTag, dataTypeOf } from "./data-type.ts";
import { type ScalarType, scalarCodecs } from "./scalar.ts";

/*
 * Integers in the columns of a table, and the deltas that may stand for them (Green Book 9.5, delta types 28 to 33). A
 * delta is added to the value before it in its column, whatever that was sent as; null-data in between changes nothing.
 * The sum has the type of the last value that was sent in full, and never leaves the range of that type.
 */

/** Octets, least value, and the first beyond the greatest, of the types that a delta can be added to. */
const integerTypes = {
  integer: [1, -(2 ** 7), 2 ** 7],
  long: [2, -(2 ** 15), 2 ** 15],
  "double-long": [4, -(2 ** 31), 2 ** 31],
  long64: [8, -(2 ** 63), 2 ** 63],
  unsigned: [1, 0, 2 ** 8],
  "long-unsigned": [2, 0, 2 ** 16],
  "double-long-unsigned": [4, 0, 2 ** 32],
  "long64-unsigned": [8, 0, 2 ** 64],
} as const satisfies { readonly [T in DataType]?: readonly [octets: number, least: number, beyond: number] };

/** A type that a delta can be added to. */
export type IntegerType = keyof typeof integerTypes;

function isInteger(type: DataType | undefined): type is IntegerType {
  return type !== undefined && type in integerTypes;
}

/** The type with this tag, where a delta can be added to it. */
export function integerTypeOf(tag: number): IntegerType | undefined {
  const type = dataTypeOf(tag);
  return isInteger(type) ? type : undefined;
}

/** True for the tag of a delta. */
export function isDelta(tag: number): boolean {
  return tag >= dataTag["delta-integer"] && tag <= dataTag["delta-double-long-unsigned"];
}

/**
 * A number of any type with up to 32 bits, a float, or a delta. Branching on a constant within the loop over a column
 * takes a third of the time that calling a function from a table does.
 */
export function numberAt(view: DataView, type: DataType, at: number): number {
  switch (type) {
    case "double-long-unsigned":
    case "delta-double-long-unsigned":
      return view.getUint32(at);
    case "long-unsigned":
    case "delta-long-unsigned":
      return view.getUint16(at);
    case "double-long":
    case "delta-double-long":
      return view.getInt32(at);
    case "long":
    case "delta-long":
      return view.getInt16(at);
    case "integer":
    case "delta-integer":
      return view.getInt8(at);
    case "floating-point":
    case "float32":
      return view.getFloat32(at);
    case "float64":
      return view.getFloat64(at);
    case "boolean":
      return view.getUint8(at) === 0 ? 0 : 1;
    default:
      return view.getUint8(at);
  }
}

/** The value of a delta with this tag. */
export function deltaAt(view: DataView, tag: number, at: number): number {
  return numberAt(view, dataTypeOf(tag) as DataType, at);
}

/**
 * A sum that the type of its base must be able to hold.
 * @throws DecodeError `out-of-range` where it cannot, or takes no deltas
 */
export function inRange<T extends number | bigint>(sum: T, type: DataType, at: number): T {
  if (!isInteger(type)) throw deltaError(at, "no integer before it");
  const [, least, beyond] = integerTypes[type];
  if (sum < least || sum >= beyond) throw deltaError(at, `${sum} is no ${type}`);
  return sum;
}

/** The error for a delta at `at` that means nothing. */
export function deltaError(at: number, message: string): DecodeError {
  return new DecodeError("out-of-range", "delta", at, `delta: ${message}, at offset ${at}`);
}

/** What has to be added to the integer at `before` to get the one at `at`; inexact beyond 53 bits. */
export function difference(view: DataView, type: IntegerType, before: number, at: number): number {
  switch (type) {
    case "long64":
      return Number(view.getBigInt64(at) - view.getBigInt64(before));
    case "long64-unsigned":
      return Number(view.getBigUint64(at) - view.getBigUint64(before));
    default:
      return numberAt(view, type, at) - numberAt(view, type, before);
  }
}

/** Octets of a value of this type. */
export function integerWidth(type: IntegerType): number {
  return integerTypes[type][0];
}

/** Tag of the narrowest delta that holds `difference`; undefined where none saves octets over a value of `octets`. */
export function deltaTag(difference: number, octets: number): number | undefined {
  const negative = difference < 0;
  if (octets > 1 && difference >= -(2 ** 7) && difference < 2 ** 8) return negative ? dataTag["delta-integer"] : dataTag["delta-unsigned"];
  if (octets > 2 && difference >= -(2 ** 15) && difference < 2 ** 16)
    return negative ? dataTag["delta-long"] : dataTag["delta-long-unsigned"];
  if (octets > 4 && difference >= -(2 ** 31) && difference < 2 ** 32) {
    return negative ? dataTag["delta-double-long"] : dataTag["delta-double-long-unsigned"];
  }
  return undefined;
}

const deltaWidths = Uint8Array.from({ length: 256 }, (_, tag) =>
  isDelta(tag) ? (scalarCodecs[dataTypeOf(tag) as ScalarType].size ?? 0) : 0,
);

/** Octets of a delta with this tag. */
export function deltaWidth(tag: number): number {
  return deltaWidths[tag] as number;
}
