import type { ByteWriter } from "../../bytes/byte-writer.ts";
import type { ColumnCells } from "./cells.ts";

/*
 * Rows are written column by column: how long each cell is decides where every row goes, and then each column is filled
 * in by a loop of its own, which knows all there is to know of its cells.
 */

/** A column to be written: its cells with the octets that each takes. */
export interface SourceColumn extends ColumnCells {
  /** Octets of the body of each cell, by row. */
  readonly lengths: Int32Array;
}

/** A column as it goes over the wire. */
export interface WireColumn {
  /** Octets of each cell, by row. */
  readonly lengths: Int32Array;
  /** Writes each cell to where `offsets` says, by row, and moves that behind it. */
  readonly fill: (target: Uint8Array, offsets: Int32Array) => void;
}

/** Rows of which it is known where each begins. */
export interface RowLayout {
  /** What each row begins with. */
  readonly head: Uint8Array;
  readonly columns: readonly WireColumn[];
  /** Offset of each row from the first. */
  readonly starts: Int32Array;
  /** Octets of all rows. */
  readonly octets: number;
}

/** Where the rows of these columns go. */
export function layOut(rowCount: number, head: Uint8Array, columns: readonly WireColumn[]): RowLayout {
  const starts = new Int32Array(rowCount).fill(head.length);
  for (const { lengths } of columns) for (let row = 0; row < rowCount; row++) (starts[row] as number) += lengths[row] as number;
  let octets = 0;
  for (let row = 0; row < rowCount; row++) {
    const length = starts[row] as number;
    starts[row] = octets;
    octets += length;
  }
  return { head, columns, starts, octets };
}

/** Appends the rows. */
export function writeRows(writer: ByteWriter, { head, columns, starts, octets }: RowLayout): void {
  const start = writer.reserve(octets);
  const target = writer.view();
  const offsets = starts.slice();
  for (let row = 0; row < offsets.length; row++) {
    let at = start + (starts[row] as number);
    for (let index = 0; index < head.length; index++) target[at++] = head[index] as number;
    offsets[row] = at;
  }
  for (const { fill } of columns) fill(target, offsets);
}

/** Up to here copying octet by octet is faster than making a view for the copy. */
const short = 32;

/** Copies the octets from `from` to before `to` of one array to `at` of another. */
export function copyOctets(target: Uint8Array, at: number, source: Uint8Array, from: number, to: number): void {
  if (to - from > short) target.set(source.subarray(from, to), at);
  else for (let index = from, into = at; index < to; index++, into++) target[into] = source[index] as number;
}
