import { ByteWriter } from "../src/bytes/byte-writer.ts";
import { decodeColumns } from "../src/dlms/axdr/columns.ts";
import { decodeData, encodeData } from "../src/dlms/axdr/data.ts";
import { dataTag } from "../src/dlms/axdr/data-type.ts";
import { type CosemDateTime, instantToDateTime, writeDateTime } from "../src/dlms/axdr/date-time.ts";
import { writeLength } from "../src/dlms/axdr/length.ts";

/*
 * How fast a load profile is decoded: rows of {date-time, 3 x double-long-unsigned, long-unsigned}, 34 octets each, to
 * columns and, for comparison, to a tree.
 */

const firstInstant = Date.UTC(2026, 0, 1);
const capturePeriod = 900_000;

/** The same rows as a compact-array. */
function compactProfile(rows: number): Uint8Array {
  const value = decodeData(profile(rows, false));
  if (value.type !== "array") throw new TypeError(`a ${value.type}`);
  const elements = (["octet-string", "double-long-unsigned", "double-long-unsigned", "double-long-unsigned", "long-unsigned"] as const).map(
    (type) => ({ type }),
  );
  return encodeData({ type: "compact-array", value: { element: { type: "structure", elements }, rows: value.value } });
}

/** An array of such rows. @param compressed whether equal values and regular times are null-data */
function profile(rows: number, compressed: boolean): Uint8Array {
  const writer = new ByteWriter(64 * 1024);
  writer.u8(dataTag.array);
  writeLength(writer, rows);
  for (let row = 0; row < rows; row++) {
    writer.u8(dataTag.structure);
    writer.u8(5);
    if (compressed && row % 96 !== 0) writer.u8(dataTag["null-data"]);
    else clock(writer, instantToDateTime(firstInstant + row * capturePeriod, -60));
    for (let column = 0; column < 3; column++) {
      writer.u8(dataTag["double-long-unsigned"]);
      writer.u32(1_000_000 * (column + 1) + row * 7);
    }
    writer.u8(dataTag["long-unsigned"]);
    writer.u16(2300 + (row % 20));
  }
  return writer.finish();
}

function clock(writer: ByteWriter, time: CosemDateTime): void {
  writer.u8(dataTag["octet-string"]);
  writer.u8(12);
  writeDateTime(writer, time);
}

function allColumns(bytes: Uint8Array): void {
  const table = decodeColumns(bytes, { clockColumns: [0], capturePeriod });
  for (let column = 0; column < table.columnCount; column++) table.column(column);
}

/** Microseconds of the median of `runs`, each of so many repetitions that it can be timed. */
function measure(run: () => void, runs = 15, repetitions = 100): number {
  for (let index = 0; index < 500; index++) run();
  const times = Array.from({ length: runs }, () => {
    const start = process.hrtime.bigint();
    for (let index = 0; index < repetitions; index++) run();
    return Number(process.hrtime.bigint() - start) / 1000 / repetitions;
  });
  return times.sort((a, b) => a - b)[runs >> 1] as number;
}

function report(name: string, rows: number, run: () => void): void {
  const microseconds = measure(run);
  console.log(`${name.padEnd(44)} ${microseconds.toFixed(1).padStart(8)} us  ${(rows / microseconds).toFixed(1).padStart(7)} M rows/s`);
}

for (const rows of [1800, 2976]) {
  const plain = profile(rows, false);
  const compressed = profile(rows, true);
  const compact = compactProfile(rows);
  report(`${rows} rows, all columns`, rows, () => allColumns(plain));
  report(`${rows} rows, all columns, nulls for times`, rows, () => allColumns(compressed));
  report(`${rows} rows, all columns, compact-array`, rows, () => allColumns(compact));
  report(`${rows} rows, scan only`, rows, () => decodeColumns(plain));
  report(`${rows} rows, tree`, rows, () => decodeData(plain));
}
