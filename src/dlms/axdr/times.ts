import { ByteReader } from "../../bytes/byte-reader.ts";
import type { ColumnCells } from "./cells.ts";
import { dataTag } from "./data-type.ts";
import { dateTimeLength, instantAt, unspecifiedDeviation } from "./date-time.ts";
import { readLength } from "./length.ts";

/*
 * The clock column of a profile: times as octet-string of 12 or date-time, of which those that follow from the one
 * before may be left out (Blue Book 4.3.6).
 */

/** Times: octet-string of 12 or date-time. */
export interface InstantColumn {
  readonly kind: "instants";
  /** UTC milliseconds since 1970; NaN where there is no value, or where it names no instant. */
  readonly instants: Float64Array;
  /** Minutes to add to local time to get UTC; the assumed ones where not specified. */
  readonly deviations: Int16Array;
  /** Clock status; 255 where not specified. */
  readonly statuses: Uint8Array;
}

/** How times are read. */
export interface TimeOptions {
  /** Milliseconds that a time left out is behind the one before it; 0 where nobody knows. */
  readonly capturePeriod: number;
  /** Minutes to add to local time to get UTC, where a time does not say. */
  readonly assumedDeviation: number;
}

/** What {@link timeAt} gives for a cell that is no time, and for one whose time was left out. */
const noTime = -1;
const timeLeftOut = -2;

/** Offset of what stands behind date and time: deviation and clock status. */
const behindTime = 9;

/** An octet-string whose length stands at `at`, as a view. */
export function octetsAt(bytes: Uint8Array, at: number): Uint8Array {
  const length = bytes[at] as number;
  if (length < 0x80) return bytes.subarray(at + 1, at + 1 + length);
  const reader = new ByteReader(bytes, at);
  return reader.bytes(readLength(reader, "octet-string"), "octet-string");
}

/**
 * Offset of the twelve octets of a time. An empty octet-string is the null-data of a compact-array, whose cells cannot
 * change their type (Green Book 9.5).
 */
function timeAt(bytes: Uint8Array, tag: number, at: number): number {
  if (tag === dataTag["date-time"]) return at;
  if (tag === dataTag["null-data"]) return timeLeftOut;
  if (tag !== dataTag["octet-string"]) return noTime;
  if (bytes[at] === dateTimeLength) return at + 1;
  const octets = octetsAt(bytes, at);
  if (octets.length === 0) return timeLeftOut;
  return octets.length === dateTimeLength ? octets.byteOffset - bytes.byteOffset : noTime;
}

/** Where the times of a column are, negative for one left out; undefined where a cell is neither. */
export function timesOf({ bytes, tags, bodies }: ColumnCells): Int32Array | undefined {
  const times = new Int32Array(tags.length);
  for (let row = 0; row < tags.length; row++) {
    const time = timeAt(bytes, tags[row] as number, bodies[row] as number);
    if (time === noTime) return undefined;
    times[row] = time;
  }
  return times;
}

/** True where a time was left out that follows from one before it. */
export function leavesOutTimes(times: Int32Array): boolean {
  const first = times.findIndex((time) => time >= 0);
  return first >= 0 && times.includes(timeLeftOut, first);
}

/**
 * By row, 1 where the time is just what a reader makes of one left out: the capture period behind the time before, with
 * the same deviation and status. A gap, a change of the clock or its daylight saving, and a time with wildcards of the
 * hour or the date are not.
 */
export function impliedTimes(view: DataView, times: Int32Array, capturePeriod: number): Uint8Array {
  const implied = new Uint8Array(times.length);
  let previous = Number.NaN;
  for (let row = 0; row < times.length; row++) {
    const at = times[row] as number;
    const instant = at < 0 ? Number.NaN : instantAt(view, at);
    if (instant === previous + capturePeriod && sameZone(view, at, times[row - 1] as number)) implied[row] = 1;
    previous = instant;
  }
  return implied;
}

function sameZone(view: DataView, a: number, b: number): boolean {
  return (
    view.getInt16(a + behindTime) === view.getInt16(b + behindTime) &&
    view.getUint8(a + behindTime + 2) === view.getUint8(b + behindTime + 2)
  );
}

/** The times as instants, those left out restored where the capture period is known. */
export function instantColumn(view: DataView, times: Int32Array, { capturePeriod, assumedDeviation }: TimeOptions): InstantColumn {
  const instants = new Float64Array(times.length);
  const deviations = new Int16Array(times.length);
  const statuses = new Uint8Array(times.length);
  let instant = Number.NaN;
  let deviation = assumedDeviation;
  let status = 0xff;
  for (let row = 0; row < times.length; row++) {
    const at = times[row] as number;
    if (at !== timeLeftOut) {
      instant = instantAt(view, at, assumedDeviation);
      deviation = view.getInt16(at + behindTime);
      if (deviation === unspecifiedDeviation) deviation = assumedDeviation;
      status = view.getUint8(at + behindTime + 2);
    } else if (capturePeriod > 0) {
      instant += capturePeriod;
    } else {
      instant = Number.NaN;
      deviation = assumedDeviation;
      status = 0xff;
    }
    instants[row] = instant;
    deviations[row] = deviation;
    statuses[row] = status;
  }
  return { kind: "instants", instants, deviations, statuses };
}
