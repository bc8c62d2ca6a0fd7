import { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { dataTag } from "../dlms/axdr/data-type.ts";
import type { CosemDateTime } from "../dlms/axdr/date-time.ts";
import { type TableEncoding, type TableSource, writeTable } from "../dlms/axdr/table-writer.ts";
import type { DataAccessResult } from "../dlms/xdlms/results.ts";
import type { AccessSelection } from "../dlms/xdlms/selective-access.ts";
import { DecodeError } from "../errors.ts";
import { type CaptureObject, captureObject, isClockTime, sameCaptureObject } from "./capture-object.ts";
import type { Encoder, ObjectContext } from "./object.ts";
import { entryDescriptor, profileSelector, rangeDescriptor } from "./profile-selection.ts";

/** Rows of a profile, oldest first; what the server needs of a buffer. */
export interface RowSource {
  readonly rowCount: number;
  /** Whether stamps may go back from row to row, as in a log after the clock was set; false by default. */
  readonly unordered?: boolean;
  /** Time stamp of a row, ms UTC. */
  instant(row: number): number;
  /**
   * Appends one tagged value. A clock has a time in every row, and no value is of a delta type: both mean something else
   * in a buffer.
   */
  writeCell(row: number, column: number, writer: ByteWriter): void;
}

export interface ProfileBuffer {
  readonly captureObjects: () => readonly CaptureObject[];
  /** A view that no later capture moves; taken once per request. */
  readonly snapshot: () => RowSource;
  /** ms UTC of a time in a request, which may leave its deviation to the meter; undefined where it names no instant. */
  readonly toInstant: (time: CosemDateTime) => number | undefined;
  /** How rows go over the wire; plain without it. */
  readonly compression?: ProfileCompression;
}

/** How a profile saves octets. */
export interface ProfileCompression {
  /** Deltas are sent only where delta-value-encoding was negotiated, and are null-compressed where not. */
  readonly encoding: TableEncoding;
  /** Seconds; what the attribute capture_period says, since a client computes the times from that. */
  readonly capturePeriod: () => number;
}

const clockTime: CaptureObject = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 };

interface Selected {
  /** First row and the row behind the last. */
  readonly from: number;
  readonly to: number;
  readonly columns: readonly number[];
  /** The rows themselves, where they do not follow each other. */
  readonly picked?: readonly number[];
}

/**
 * buffer of Profile generic (Blue Book 4.3.6): an array of structures, or what the compression makes of it, whole or by
 * range (selector 1, by the clock, inclusive at both ends) or by entry (selector 2). Nothing selected is an empty array,
 * not an error.
 */
export function profileBuffer(profile: ProfileBuffer): Encoder {
  return {
    encode(writer, selection, context) {
      const rows = profile.snapshot();
      const selected = select(profile, rows, selection);
      if (typeof selected === "string") return selected;
      writeSelected(writer, rows, selected, profile, context);
      return "success";
    },
  };
}

function writeSelected(
  writer: ByteWriter,
  rows: RowSource,
  { from, to, columns, picked }: Selected,
  { captureObjects, compression }: ProfileBuffer,
  context: ObjectContext,
): void {
  const objects = captureObjects();
  const source: TableSource = {
    rowCount: Math.max(0, to - from),
    columnCount: columns.length,
    writeCell: (row, column, target) => rows.writeCell(picked?.[row] ?? from + row, columns[column] as number, target),
  };
  writeTable(writer, source, {
    encoding: compression === undefined ? "plain" : negotiated(compression.encoding, context),
    clockColumns: columns.flatMap((column, index) => (isClockTime(objects[column] as CaptureObject) ? [index] : [])),
    capturePeriod: compression === undefined ? 0 : compression.capturePeriod() * 1000,
  });
}

function negotiated(encoding: TableEncoding, { association }: ObjectContext): TableEncoding {
  return encoding === "delta" && !association.conformance.has("delta-value-encoding") ? "null-compressed" : encoding;
}

function select(profile: ProfileBuffer, rows: RowSource, selection: AccessSelection | undefined): Selected | (DataAccessResult & string) {
  const objects = profile.captureObjects();
  if (selection === undefined) return { from: 0, to: rows.rowCount, columns: objects.map((_, index) => index) };
  try {
    switch (selection.selector) {
      case profileSelector.range:
        return selectRange(profile, objects, rows, selection.parameters);
      case profileSelector.entry:
        return selectEntries(objects, rows, selection.parameters);
      default:
        return "scope-of-access-violated";
    }
  } catch (error) {
    if (error instanceof DecodeError) return "type-unmatched";
    throw error;
  }
}

function selectRange(
  profile: ProfileBuffer,
  objects: readonly CaptureObject[],
  rows: RowSource,
  parameters: Uint8Array,
): Selected | (DataAccessResult & string) {
  // The restricting object decides the type of the limits, so it is looked at before they are read as times.
  const restricting = peekRestrictingObject(parameters);
  if (!sameCaptureObject(restricting, clockTime) || !objects.some((object) => sameCaptureObject(object, clockTime))) return "other-reason";
  const reader = new ByteReader(parameters);
  const range = rangeDescriptor.read(reader);
  reader.expectEnd("range_descriptor");
  const from = profile.toInstant(range.fromValue);
  const to = profile.toInstant(range.toValue);
  if (from === undefined || to === undefined) return "other-reason";
  const columns = objects.flatMap((object, index) =>
    range.selectedValues.length === 0 || range.selectedValues.some((selected) => sameCaptureObject(selected, object)) ? [index] : [],
  );
  if (range.selectedValues.length > 0 && columns.length < range.selectedValues.length) return "other-reason";
  // A row is in the range by the stamp that it shows.
  const end = Math.floor(to / hundredth) * hundredth + hundredth;
  if (rows.unordered === true) {
    const picked = Array.from({ length: rows.rowCount }, (_, row) => row).filter(
      (row) => rows.instant(row) >= from && rows.instant(row) < end,
    );
    return { from: 0, to: picked.length, columns, picked };
  }
  return { from: firstRowAt(rows, from), to: firstRowAt(rows, end), columns };
}

/** ms: what a date-time resolves. */
const hundredth = 10;

function peekRestrictingObject(parameters: Uint8Array): CaptureObject {
  const reader = new ByteReader(parameters);
  const start = reader.offset;
  if (reader.u8("range_descriptor") !== dataTag.structure || reader.u8("range_descriptor") !== 4) {
    throw reader.error("bad-tag", "range_descriptor", "not a structure of four elements", start);
  }
  return captureObject.read(reader);
}

function selectEntries(objects: readonly CaptureObject[], rows: RowSource, parameters: Uint8Array): Selected | (DataAccessResult & string) {
  const reader = new ByteReader(parameters);
  const entry = entryDescriptor.read(reader);
  reader.expectEnd("entry_descriptor");
  if (entry.fromEntry < 1 || entry.fromSelectedValue < 1) return "other-reason";
  const lastColumn = entry.toSelectedValue === 0 ? objects.length : Math.min(entry.toSelectedValue, objects.length);
  const columns: number[] = [];
  for (let column = entry.fromSelectedValue - 1; column < lastColumn; column++) columns.push(column);
  if (columns.length === 0) return { from: 0, to: 0, columns };
  const to = entry.toEntry === 0 ? rows.rowCount : Math.min(entry.toEntry, rows.rowCount);
  return { from: Math.min(entry.fromEntry - 1, to), to, columns };
}

/** Index of the first row not before `instant`, by bisection. */
function firstRowAt(rows: RowSource, instant: number): number {
  let low = 0;
  let high = rows.rowCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows.instant(middle) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
