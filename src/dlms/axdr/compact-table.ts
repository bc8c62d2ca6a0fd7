import { ByteWriter } from "../../bytes/byte-writer.ts";
import { commonDescription, holdsRows, writeContents, writeDescription } from "./compact-array.ts";
import { dataTag, dataTypeOf } from "./data-type.ts";
import type { ElementDescription } from "./dlms-data.ts";
import { writeLength } from "./length.ts";
import { copyOctets, layOut, type SourceColumn, type WireColumn, writeRows } from "./rows-writer.ts";

/** A column without tags. */
export interface CompactColumn extends WireColumn {
  readonly element: ElementDescription;
}

/**
 * The columns of a compact-array; undefined where the cells of one differ in type.
 * @param timesLeftOut by column, 1 for each row whose time is to be an empty octet-string
 */
export function compactColumns(
  columns: readonly SourceColumn[],
  timesLeftOut: readonly (Uint8Array | undefined)[],
): readonly CompactColumn[] | undefined {
  const compact: CompactColumn[] = [];
  for (const [index, column] of columns.entries()) {
    const found = compactColumn(column, timesLeftOut[index]);
    if (found === undefined) return undefined;
    compact.push(found);
  }
  return compact;
}

/** Writes the rows as a compact-array of structures. @returns false, and nothing written, where no reader could count the rows */
export function writeCompactTable(writer: ByteWriter, rowCount: number, columns: readonly CompactColumn[]): boolean {
  const element: ElementDescription = { type: "structure", elements: columns.map((column) => column.element) };
  const layout = layOut(rowCount, noHead, columns);
  if (!holdsRows(element, layout.octets, rowCount)) return false;
  writer.u8(dataTag["compact-array"]);
  writeDescription(writer, element);
  writeLength(writer, layout.octets);
  writeRows(writer, layout);
  return true;
}

const noHead = new Uint8Array(0);

function compactColumn(cells: SourceColumn, timesLeftOut: Uint8Array | undefined): CompactColumn | undefined {
  const { bytes, tags, bodies, lengths } = cells;
  const tag = tags[0] ?? 0;
  for (let row = 1; row < tags.length; row++) if (tags[row] !== tag) return undefined;
  const type = dataTypeOf(tag);
  switch (type) {
    case undefined:
    case "compact-array":
      return undefined;
    case "array":
    case "structure":
      return composedColumn(cells);
    default:
      // A value of fixed length cannot be empty.
      return column({ type }, bytes, bodies, lengths, type === "octet-string" ? timesLeftOut : undefined);
  }
}

function column(
  element: ElementDescription,
  bytes: Uint8Array,
  starts: Int32Array,
  lengths: Int32Array,
  leftOut: Uint8Array | undefined,
): CompactColumn {
  const written = lengths.slice();
  if (leftOut !== undefined) for (let row = 0; row < written.length; row++) if (leftOut[row] === 1) written[row] = 1;
  return {
    element,
    lengths: written,
    fill(target, offsets) {
      for (let row = 0; row < written.length; row++) {
        const at = offsets[row] as number;
        const from = starts[row] as number;
        if (leftOut?.[row] === 1) target[at] = 0;
        else copyOctets(target, at, bytes, from, from + (lengths[row] as number));
        offsets[row] = at + (written[row] as number);
      }
    },
  };
}

/** Values of values have tags inside, so they are written anew. */
function composedColumn({ read, tags }: SourceColumn): CompactColumn | undefined {
  const values = Array.from(tags, (_, row) => read(row));
  const element = commonDescription(values);
  if (element === undefined) return undefined;
  const writer = new ByteWriter();
  const starts = new Int32Array(values.length);
  const lengths = new Int32Array(values.length);
  for (const [row, value] of values.entries()) {
    starts[row] = writer.length;
    writeContents(writer, element, value);
    lengths[row] = writer.length - (starts[row] as number);
  }
  return column(element, writer.finish(), starts, lengths, undefined);
}
