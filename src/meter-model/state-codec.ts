import { CaptureBuffer, type CaptureRow } from "./capture-buffer.ts";
import { defaultMeterConfig } from "./config.ts";
import { initialState, type MeterState } from "./state.ts";
import { coreOf, type RowsRecord, rowsHolders } from "./state-core.ts";
import { type EarlierVersion, upgradeCore } from "./state-upgrade.ts";

/** The rows of a profile from sequence number `first` to before `next`, in order, as `encodeRow` made them. */
export type RowReader = (profile: string, first: number, next: number) => Iterable<unknown>;

/** A state that was put together again, or what is wrong with its parts. */
export type RestoredState = { readonly state: MeterState } | { readonly damage: string };

/** Takes a state apart for a store, and puts it together: a core of plain values, and the rows, which are many and never change. */
export interface StateCodec {
  /** The state as plain values, without the rows. */
  core(state: Readonly<MeterState>): unknown;
  /** The rows of a state, by the name they are stored under. */
  rowsOf(state: Readonly<MeterState>): readonly (readonly [name: string, rows: CaptureBuffer])[];
  encodeRow(row: CaptureRow): readonly number[];
  /** The blocks of the firmware image, which are many and never change in place; another image has another map. */
  blocksOf(state: Readonly<MeterState>): ReadonlyMap<number, Uint8Array>;
  /** The core as the version after `from` has it. */
  upgrade(core: unknown, from: EarlierVersion): unknown;
  /** Trusts nothing it is given. */
  restore(core: unknown, rows: RowReader, blocks: Iterable<readonly [number: unknown, octets: unknown]>): RestoredState;
}

const largestCapacity = 1_000_000;

/** The one way states are stored. Whatever changes it is a new version of the store's format. */
export const stateCodec: StateCodec = {
  core: coreOf,

  rowsOf(state) {
    return rowsHolders(state).map(([name, { rows }]) => [name, rows]);
  },

  encodeRow({ stamp, offsetMinutes, status, values }) {
    return [stamp, offsetMinutes, status, ...values];
  },

  blocksOf: ({ firmware }) => firmware.blocks,

  upgrade: upgradeCore,

  restore(core, rows, blocks) {
    if (!hasShape(core, initialState(defaultMeterConfig, 0))) return { damage: "the state is incomplete" };
    const state = core as MeterState;
    for (const [name, holder] of rowsHolders(state)) {
      const record: unknown = holder.rows;
      if (!isRowsRecord(record)) return { damage: `the profile ${name} is incomplete` };
      const buffer = new CaptureBuffer(record.columns, record.capacity, record.first, record.order);
      for (const row of rows(name, record.first, record.next)) {
        const late = record.order === "stamps" && Array.isArray(row) && row[0] <= (buffer.lastStamp ?? Number.NEGATIVE_INFINITY);
        if (!isRow(row, record.columns.length) || late) {
          return { damage: `row ${buffer.nextSequence} of the profile ${name} is damaged` };
        }
        const [stamp, offsetMinutes, status, ...values] = row;
        buffer.append({ stamp, offsetMinutes, status, values });
      }
      if (buffer.nextSequence !== record.next) return { damage: `the profile ${name} has lost a row` };
      holder.rows = buffer;
    }
    const { firmware } = state;
    const expected: unknown = firmware.blocks;
    firmware.blocks = new Map();
    for (const [number, octets] of blocks) {
      if (!Number.isSafeInteger(number) || !(octets instanceof Uint8Array)) return { damage: "a block of the image is damaged" };
      firmware.blocks.set(number as number, Uint8Array.from(octets));
    }
    return firmware.blocks.size === expected ? { state } : { damage: "the image has lost a block" };
  },
};

/** Parts whose form depends on what was written to them. */
const freeForm: ReadonlySet<string> = new Set(["active", "passive", "specialDays", "parameters", "earlier", "timed", "updated", "times"]);

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** Compares with a state that is known to be one. */
function hasShape(value: unknown, pattern: unknown): boolean {
  if (pattern instanceof CaptureBuffer || pattern instanceof Map) return true;
  if (pattern instanceof Uint8Array) return value instanceof Uint8Array;
  if (Array.isArray(pattern)) return Array.isArray(value) && value.every((element) => hasShape(element, pattern[0] ?? element));
  if (typeof pattern === "object" && pattern !== null) {
    if (typeof value !== "object" || value === null) return false;
    const fields = value as Record<string, unknown>;
    return Object.entries(pattern).every(([name, part]) =>
      freeForm.has(name) && isObject(part) ? isObject(fields[name]) : hasShape(fields[name], part),
    );
  }
  // What may be undefined is an instant otherwise, a date or a word; the day of a switch rule is a number or a word.
  if (pattern === undefined) return ["undefined", "number", "string"].includes(typeof value) || isObject(value);
  if (typeof pattern === "string") return typeof value === "string" || typeof value === "number";
  return typeof value === typeof pattern && !Number.isNaN(value);
}

function isRowsRecord(value: unknown): value is RowsRecord {
  if (typeof value !== "object" || value === null) return false;
  const { columns, capacity = 0, first = -1, next = -1, order } = value as Partial<RowsRecord>;
  const wellFormed = [capacity, first, next].every(Number.isSafeInteger) && Array.isArray(columns);
  const possible = capacity >= 1 && capacity <= largestCapacity && first >= 0 && next >= first && next - first <= capacity;
  return wellFormed && possible && (order === "stamps" || order === "arrival") && columns.every((column) => typeof column === "string");
}

function isRow(value: unknown, columns: number): value is [number, number, number, ...number[]] {
  return Array.isArray(value) && value.length === 3 + columns && value.every((part) => typeof part === "number" && !Number.isNaN(part));
}
