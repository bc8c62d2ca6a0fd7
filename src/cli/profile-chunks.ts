import { isClockTime } from "../cosem-objects/capture-object.ts";
import type { ProfileDescription } from "../cosem-objects/profile-table.ts";
import { ProfileTable } from "../cosem-objects/profile-table.ts";
import { type CosemDateTime, dateTimeToInstant, instantToDateTime } from "../dlms/axdr/date-time.ts";

/*
 * A range of a profile in pieces, each short enough to be read again. Pieces are told apart on the dial of a clock, in
 * milliseconds as if it showed UTC: of the meter's own clock where the limits leave the deviation to the meter, else of
 * one that keeps the deviation of the limits.
 */

/** A range of rows, and where it is cut. */
export interface ChunkPlan {
  readonly from: CosemDateTime;
  readonly to: CosemDateTime;
  /** Minutes that the dial of the cuts adds to get UTC; undefined: the meter's own time, daylight saving and all. */
  readonly deviation: number | undefined;
  /** Milliseconds on the dial, ascending. */
  readonly cuts: readonly number[];
}

/** What one request asks for, and which of its rows belong here: those not before `first` and before `end` on the dial. */
export interface ProfileChunk {
  readonly from: CosemDateTime;
  readonly to: CosemDateTime;
  readonly first: number;
  readonly end: number;
}

const day = 86_400_000;
const hour = 3_600_000;
/** About a day of quarter hours, which takes a slow line some seconds. */
const rowsAtOnce = 96;
/** More rows a day than that are read in pieces of a day. */
const crowdedDay = 4 * rowsAtOnce;
/** A range that nobody knows the rows of ends nevertheless. */
const mostChunks = 2000;
/**
 * Hours on the dial at which no zone repeats or leaves out an hour, so that a time without deviation means one instant;
 * and between the captures of every usual period, so that no row is fetched twice.
 */
const quietHours = { one: [12], some: [6, 9, 12, 15, 18, 21] } as const;
const beforeTheHour = 30_000;
/** Requests overlap by this, as meters may keep times finer than they show them; by the time they show rows are told apart. */
const overlap = 1000;

/** Where the dial stands at a time; undefined for one that names no instant. */
export function dialOf(time: CosemDateTime, deviation: number | undefined): number | undefined {
  const shown = dateTimeToInstant({ ...time, deviation: 0 });
  if (shown === undefined || deviation === undefined || time.deviation === undefined) return shown;
  return shown + (time.deviation - deviation) * 60_000;
}

/** The time to ask a meter for where the dial stands at `dial`; what follows from the rest is left out. */
export function timeAt(dial: number, deviation: number | undefined): CosemDateTime {
  return { ...instantToDateTime(dial, 0), dayOfWeek: undefined, deviation, clockStatus: undefined };
}

/** Cuts between two places on the dial for about {@link rowsAtOnce} rows a piece. */
export function cutsBetween(from: number, to: number, rowsPerDay: number): readonly number[] {
  const hours = rowsPerDay > crowdedDay ? quietHours.some : quietHours.one;
  const days = Math.max(1, Math.round(rowsAtOnce / rowsPerDay), Math.ceil((to - from) / day / mostChunks));
  const cuts: number[] = [];
  for (let midnight = (Math.floor(from / day) + days - 1) * day; midnight < to; midnight += days * day) {
    for (const each of hours) {
      const cut = midnight + each * hour - beforeTheHour;
      if (cut > from && cut < to) cuts.push(cut);
    }
  }
  return cuts;
}

/** The pieces, oldest first: every row of the range belongs to exactly one, whatever meter and zone. */
export function chunksOf({ from, to, deviation, cuts }: ChunkPlan): readonly ProfileChunk[] {
  return Array.from({ length: cuts.length + 1 }, (_, index) => {
    const [first, end] = [cuts[index - 1], cuts[index]];
    return {
      from: first === undefined ? from : timeAt(first - overlap, deviation),
      to: end === undefined ? to : timeAt(end + overlap, deviation),
      first: first ?? Number.NEGATIVE_INFINITY,
      end: end ?? Number.POSITIVE_INFINITY,
    };
  });
}

/** The rows of an answer that belong to the piece that was asked for; one without a time goes with the row before it. */
export function rowsWithin({ first, end }: ProfileChunk, table: ProfileTable, deviation: number | undefined): readonly number[] {
  const clock = table.columns.findIndex(isClockTime);
  const times = table.values.column(clock);
  let belongs = true;
  return Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => {
    if (times.kind !== "instants" || Number.isNaN(times.instants[row])) return belongs;
    const dial = (times.instants[row] as number) - (deviation ?? (times.deviations[row] as number)) * 60_000;
    belongs = dial >= first && dial < end;
    return belongs;
  });
}

/** The table of a profile without rows, for its columns. */
export function emptyTable(profile: ProfileDescription): ProfileTable {
  return new ProfileTable(profile, Uint8Array.of(0x01, 0x00));
}
