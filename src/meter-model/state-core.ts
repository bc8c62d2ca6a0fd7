import type { CaptureBuffer, RowOrder } from "./capture-buffer.ts";
import type { MeterState } from "./state.ts";

/** What the core keeps in place of the rows of a profile or log. */
export interface RowsRecord {
  readonly columns: readonly string[];
  readonly capacity: number;
  /** Sequence number of the oldest row, and the one the next row will have. */
  readonly first: number;
  readonly next: number;
  readonly order: RowOrder;
}

/** A part of the state that has rows. */
export interface RowsHolder {
  rows: CaptureBuffer;
}

/** Every part of a state that has rows, by the name its rows are stored under. */
export function rowsHolders({
  profiles,
  events,
  automation,
  credit,
  tokens,
}: Readonly<MeterState>): readonly (readonly [name: string, holder: RowsHolder])[] {
  return [
    ...Object.entries(profiles),
    ...Object.entries(events.logs).map(([name, log]) => [`log/${name}`, log] as const),
    ["log/failures", events.failures],
    ["log/parameters", automation.parameterMonitor],
    ["log/collections", credit.collections],
    ["log/credits", tokens.credits],
    ["log/transfers", tokens.transfers],
  ];
}

/** The state as plain values, with a record in place of each holder's rows, and a number in place of the image's blocks. */
export function coreOf(state: Readonly<MeterState>): Readonly<Record<string, unknown>> {
  const { profiles, events, firmware, automation, credit, tokens } = state;
  return {
    ...state,
    firmware: { ...firmware, blocks: firmware.blocks.size },
    profiles: mapValues(profiles, withRecord),
    events: { ...events, logs: mapValues(events.logs, withRecord), failures: withRecord(events.failures) },
    automation: { ...automation, parameterMonitor: withRecord(automation.parameterMonitor) },
    credit: { ...credit, collections: withRecord(credit.collections) },
    tokens: { ...tokens, credits: withRecord(tokens.credits), transfers: withRecord(tokens.transfers) },
  };
}

function withRecord(holder: RowsHolder): unknown {
  const { columns, capacity, order, firstSequence: first, nextSequence: next } = holder.rows;
  return { ...holder, rows: { columns, capacity, first, next, order } satisfies RowsRecord };
}

function mapValues<T>(values: Readonly<Record<string, T>>, map: (value: T) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
