import { openCompactArray, readContents, tooManyRows } from "../../dlms/axdr/compact-array.ts";
import { readData } from "../../dlms/axdr/data.ts";
import { dataTypeOf } from "../../dlms/axdr/data-type.ts";
import { maxDataDepth } from "../../dlms/axdr/dlms-data.ts";
import { readCount } from "../../dlms/axdr/length.ts";
import type { FieldMarker } from "./field-marker.ts";
import { meaningOfData } from "./meaning.ts";

/** Marks one tagged value: a line for each simple value, and one for the head of each that has elements. @throws DecodeError */
export function markData(marker: FieldMarker, field: string, depth: number, nesting = 0): void {
  const { reader } = marker;
  const tag = reader.peek();
  const type = tag === undefined ? undefined : dataTypeOf(tag);
  if ((type === "array" || type === "structure") && nesting < maxDataDepth) {
    reader.skip(1);
    const count = readCount(reader, type);
    marker.mark(depth, { field, meaning: `${type} of ${count}` });
    for (let index = 0; index < count; index++) markData(marker, `[${index}]`, depth + 1, nesting + 1);
  } else if (type === "compact-array") {
    reader.skip(1);
    markCompactArray(marker, field, depth, nesting);
  } else {
    const data = readData(reader, nesting);
    marker.mark(depth, { field, meaning: meaningOfData(data) });
  }
}

function markCompactArray(marker: FieldMarker, field: string, depth: number, nesting: number): void {
  const { element, contents, rowLimit } = openCompactArray(marker.reader, nesting);
  marker.mark(depth, { field, meaning: `compact-array of ${element.type}, ${contents.remaining} octets` }, contents.offset);
  for (let index = 0; contents.remaining > 0; index++) {
    if (index >= rowLimit) throw tooManyRows(contents);
    const row = readContents(contents, element);
    marker.mark(depth + 1, { field: `[${index}]`, meaning: meaningOfData(row) }, contents.offset);
  }
}
