/** Tags of the CHOICE `Data` (Green Book 9.5, Blue Book 4.1.5). */
export const dataTag = {
  "null-data": 0,
  array: 1,
  structure: 2,
  boolean: 3,
  "bit-string": 4,
  "double-long": 5,
  "double-long-unsigned": 6,
  "floating-point": 7,
  "octet-string": 9,
  "visible-string": 10,
  "utf8-string": 12,
  bcd: 13,
  integer: 15,
  long: 16,
  unsigned: 17,
  "long-unsigned": 18,
  "compact-array": 19,
  long64: 20,
  "long64-unsigned": 21,
  enum: 22,
  float32: 23,
  float64: 24,
  "date-time": 25,
  date: 26,
  time: 27,
  "delta-integer": 28,
  "delta-long": 29,
  "delta-double-long": 30,
  "delta-unsigned": 31,
  "delta-long-unsigned": 32,
  "delta-double-long-unsigned": 33,
  "dont-care": 255,
} as const;

/** The standard's name of a data type. */
export type DataType = keyof typeof dataTag;

const names: readonly (DataType | undefined)[] = Array.from({ length: 256 }, (_, tag) =>
  (Object.keys(dataTag) as DataType[]).find((name) => dataTag[name] === tag),
);

/** The type with this tag, or undefined: 8, 11, 14 and 34..254 are not used. */
export function dataTypeOf(tag: number): DataType | undefined {
  return names[tag];
}
