import { CaptureBuffer, type CaptureRows } from "../capture-buffer.ts";
import type { MeterClock } from "../meter-clock.ts";
import { RowStatus } from "../profiles.ts";
import { type Instant, minute } from "../units.ts";
import { packOctets, unpackOctets } from "./packed-octets.ts";

/** An attribute by the class and the name of its object; the name in six octets. */
export interface AttributeReference {
  readonly classId: number;
  readonly logicalName: Uint8Array;
  readonly attribute: number;
}

/** What was written to an attribute, as it was coded; undefined where that was too long to be kept. */
export interface ParameterChange extends AttributeReference {
  readonly value: Uint8Array | undefined;
}

/** The part of the meter's state that watches parameters. */
export interface ParameterMonitorState {
  watched: readonly AttributeReference[];
  last: { readonly change: ParameterChange; readonly at: Instant } | undefined;
  rows: CaptureBuffer;
}

/** Attributes that are watched at most, and entries that the log keeps. */
export const parameterMonitorLimits = { watched: 64, entries: 100 } as const;

/** Longest value that is kept of the last change: none of the parameters has a longer one. */
const longestValue = 4096;
/** Numbers that hold the value of an entry of the log: 60 octets, those of all but whole tables. */
const valueColumns = 10;
const columns = ["classId", "logicalName", "attribute", "length", ...Array.from({ length: valueColumns }, (_, index) => `value/${index}`)];
/** In place of the length of a value that is too long for the log. */
const tooLong = -1;

/** A monitor that watches nothing yet. */
export function newParameterMonitor(): ParameterMonitorState {
  return { watched: [], last: undefined, rows: new CaptureBuffer(columns, parameterMonitorLimits.entries, 0, "arrival") };
}

/** Notes what is written to chosen attributes (blue book class 65): the last change, and a log of them. */
export class ParameterMonitor {
  readonly #state: ParameterMonitorState;
  readonly #clock: MeterClock;

  /** Takes possession of `state`. */
  constructor(state: ParameterMonitorState, clock: MeterClock) {
    this.#state = state;
    this.#clock = clock;
  }

  get watched(): readonly AttributeReference[] {
    return this.#state.watched;
  }

  /** The last change, and the clock time at which it was made. */
  get last(): ParameterMonitorState["last"] {
    return this.#state.last;
  }

  /** The log, live; `changeAt` reads its entries. */
  get rows(): CaptureRows {
    return this.#state.rows;
  }

  /** An entry of the log. */
  changeAt(index: number): ParameterChange {
    const { rows } = this.#state;
    const [classId = 0, name = 0, attribute = 0, length = 0, ...value] = columns.map((_, column) => rows.valueAt(index, column));
    return {
      classId,
      logicalName: unpackOctets([name], 6),
      attribute,
      value: length === tooLong ? undefined : unpackOctets(value, length),
    };
  }

  /** False, and nothing changed, for more attributes than are watched, or one twice. */
  watch(attributes: readonly AttributeReference[]): boolean {
    const once = attributes.every((one, index) => attributes.findIndex((other) => isSame(one, other)) === index);
    if (!once || attributes.length > parameterMonitorLimits.watched) return false;
    this.#state.watched = attributes;
    return true;
  }

  /** An attribute was written at clock time `at`; it is noted where it is watched. */
  written(change: AttributeReference & { readonly value: Uint8Array }, at: Instant): void {
    if (!this.#state.watched.some((watched) => isSame(watched, change))) return;
    const { classId, logicalName, attribute, value } = change;
    const fits = value.length <= longestValue;
    this.#state.last = { change: { classId, logicalName, attribute, value: fits ? value.slice() : undefined }, at };
    const packed = packOctets(value, valueColumns);
    const { local, valid } = this.#clock;
    this.#state.rows.append({
      stamp: at,
      offsetMinutes: local.offsetAt(at) / minute,
      status: (local.dstActive(at) ? RowStatus.daylightSaving : 0) | (valid ? 0 : RowStatus.clockInvalid),
      values: [
        classId,
        packOctets(logicalName, 1)?.[0] ?? 0,
        attribute,
        packed === undefined ? tooLong : value.length,
        ...(packed ?? new Array<number>(valueColumns).fill(0)),
      ],
    });
  }

  /** Empties the log. */
  clear(): void {
    this.#state.rows.clear();
  }
}

/** Whether two references mean the same attribute. */
export function isSame(one: AttributeReference, other: AttributeReference): boolean {
  return (
    one.classId === other.classId &&
    one.attribute === other.attribute &&
    one.logicalName.every((octet, index) => octet === other.logicalName[index])
  );
}
