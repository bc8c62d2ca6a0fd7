import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { ConfigError } from "../errors.ts";
import {
  type Instant,
  type LoadModel,
  type LoadSegment,
  LocalTime,
  minute,
  type OperatingPoint,
  type TimeZoneRule,
} from "../meter-model/index.ts";
import { localReading } from "./time-zone.ts";

export interface CsvLoadOptions {
  readonly path: string;
  /** The times in the file are local by this rule. */
  readonly zone: TimeZoneRule;
  /** mV outside the time of the file; 230 V by default. */
  readonly nominalVoltage?: number;
  /** mHz; 50 Hz by default. */
  readonly frequency?: number;
}

/** The columns in order, with the largest magnitude a value may have and what makes it an integer of the domain. */
const columns = [
  { name: "p_kw", largest: 1000, factor: 1_000_000, signed: true },
  { name: "q_kvar", largest: 1000, factor: 1_000_000, signed: true },
  { name: "u_v", largest: 1000, factor: 1000, signed: false },
  { name: "i_a", largest: 10_000, factor: 1000, signed: false },
] as const;

const header = ["time", ...columns.map((column) => column.name)].join();
const decimal = /^-?\d+(\.\d+)?$/;

/**
 * A recorded load: one row a minute, holding for its minute. Minutes missing between the first row and the last are power
 * cuts; outside them there is supply and no load. Throws `ConfigError` with the line of whatever cannot be used.
 */
export function csvLoad({ path, zone, nominalVoltage = 230_000, frequency = 50_000 }: CsvLoadOptions): LoadModel {
  const idle: OperatingPoint = { voltage: nominalVoltage, current: 0, neutralCurrent: 0, activePower: 0, reactivePower: 0, frequency };
  const { times, values } = readRows(path, new LocalTime(zone));
  const last = times.length - 1;
  return {
    at(instant: Instant): LoadSegment {
      const index = lastNotAfter(times, instant);
      if (index < 0) return { point: idle, until: times[0]! };
      const end = times[index]! + minute;
      if (instant >= end)
        return index === last ? { point: idle, until: Number.POSITIVE_INFINITY } : { point: undefined, until: times[index + 1]! };
      const [activePower, reactivePower, voltage, current] = values.map((column) => column[index]!) as [number, number, number, number];
      return { point: { voltage, current, neutralCurrent: current, activePower, reactivePower, frequency }, until: end };
    },
  };
}

interface Rows {
  readonly times: Float64Array;
  /** In the order of `columns`. */
  readonly values: readonly Float64Array[];
}

function readRows(path: string, localTime: LocalTime): Rows {
  const [head, ...body] = parseFile(path);
  if (head?.join() !== header) throw problem(path, 1, `expected the header ${header}, got ${head?.join() ?? "nothing"}`);
  if (body.length === 0) throw problem(path, 2, "no rows");
  const times = new Float64Array(body.length);
  const values = columns.map(() => new Float64Array(body.length));
  let previous = Number.NEGATIVE_INFINITY;
  body.forEach(([time = "", ...cells], index) => {
    const line = index + 2;
    if (cells.length !== columns.length) throw problem(path, line, `expected ${columns.length + 1} values, got ${cells.length + 1}`);
    previous = readTime(path, line, time, localTime, previous);
    times[index] = previous;
    columns.forEach((column, position) => {
      const cell = cells[position]!;
      const value = Number(cell);
      if (!decimal.test(cell) || Math.abs(value) > column.largest || (value < 0 && !column.signed)) {
        throw problem(path, line, `${column.name}: expected a number up to ${column.largest}, got "${cell}"`);
      }
      values[position]![index] = Math.round(value * column.factor) + 0;
    });
  });
  return { times, values };
}

/** A record a line: nothing is quoted, and no line is skipped. */
function parseFile(path: string): string[][] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError("load", `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  return parse(text, { bom: true, quote: false, relaxColumnCount: true });
}

/** The instant of a row; in the hour that autumn repeats, the first reading that is a minute or more after the row before. */
function readTime(path: string, line: number, text: string, localTime: LocalTime, previous: Instant): Instant {
  const reading = localReading(text);
  if (reading === undefined || reading % minute !== 0) throw problem(path, line, `time: expected YYYY-MM-DDTHH:MM, got "${text}"`);
  const instants = localTime.instantsOf(reading);
  if (instants.length === 0) throw problem(path, line, `time: ${text} does not exist, daylight saving skips it`);
  const instant = instants.find((candidate) => candidate >= previous + minute);
  if (instant === undefined) throw problem(path, line, `time: ${text} is not a minute or more after the row before`);
  return instant;
}

function problem(path: string, line: number, reason: string): ConfigError {
  return new ConfigError("load", `${path}, line ${line}: ${reason}`, { details: { line } });
}

/** Index of the last time at or before `instant`; -1 when there is none. */
function lastNotAfter(times: Float64Array, instant: Instant): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
