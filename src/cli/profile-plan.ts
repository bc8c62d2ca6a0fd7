import type { DlmsClient } from "../client/dlms-client.ts";
import { type ProfileSelection, rowsAddress } from "../client/profile-reader.ts";
import { isClockTime } from "../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../cosem-objects/classes/profile-generic.ts";
import { type ProfileDescription, ProfileTable } from "../cosem-objects/profile-table.ts";
import type { Column } from "../dlms/axdr/columns.ts";
import { type CosemDateTime, dateTimeLength, decodeDateTime } from "../dlms/axdr/date-time.ts";
import { ConfigError, DataAccessError } from "../errors.ts";
import { type ChunkPlan, cutsBetween, dialOf, timeAt } from "./profile-chunks.ts";
import { parseTimeLimit } from "./time-limit.ts";

/** `--from` and `--to` as they were typed. */
export interface TypedLimits {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The range that was typed, open where nothing was. @throws ConfigError */
export function limitsOf({ from, to }: TypedLimits): { readonly from: CosemDateTime; readonly to: CosemDateTime } {
  return { from: parseTimeLimit("--from", from ?? "1970-01-01"), to: parseTimeLimit("--to", to ?? "2099-12-31") };
}

type PlanClient = Pick<DlmsClient, "get" | "getRaw">;

/** The rows a profile holds now: how many, and the times of the oldest and the newest. */
interface Extent {
  readonly rows: number;
  readonly oldest: CosemDateTime;
  readonly newest: CosemDateTime;
}

const day = 86_400_000;
/** A meter may keep times finer than the hundredths it shows. */
const hundredth = 10;
/** Quarter hours, where a meter does not tell. */
const usualRowsPerDay = 96;

/**
 * How a profile is read piece by piece: up to the newest row there is now, so that it does not matter how long it takes.
 * @throws ConfigError for limits that cannot be cut, DataAccessError where the meter refuses a range
 */
export async function planChunks(client: PlanClient, profile: ProfileDescription, typed: TypedLimits): Promise<ChunkPlan> {
  const { from, to } = limitsOf(typed);
  const given = [...(typed.from === undefined ? [] : [from]), ...(typed.to === undefined ? [] : [to])];
  const [own, other] = given;
  if (own !== undefined && other !== undefined && (own.deviation === undefined) !== (other.deviation === undefined))
    throw new ConfigError("--from", "to be read piece by piece, --from and --to both need an offset, or neither of them");
  if (!profile.captureObjects.some(isClockTime)) {
    throw new ConfigError("--resume", `${profile.logicalName} captures no clock, so it has no range of times`, {
      hint: "leave --resume out",
    });
  }
  const extent = await extentOf(client, profile);
  if (extent === undefined) return planWithoutExtent(from, to, given);
  if (extent === "empty") return { from, to, deviation: own?.deviation, cuts: [] };
  const { rows, oldest, newest } = extent;
  const deviation = own === undefined ? newest.deviation : own.deviation;
  if (deviation !== undefined && newest.deviation === undefined) {
    throw new ConfigError("--from", "the times of this profile have no offset", {
      hint: "write --from and --to in the meter's local time",
    });
  }
  const end = await newestWithin(client, profile, newest, to);
  const dial = (time: CosemDateTime): number => dialOf(time, deviation) ?? 0;
  const rowsPerDay = rows / ((dial(newest) - dial(oldest)) / day);
  return { from, to: end, deviation, cuts: cutsBetween(Math.max(dial(from), dial(oldest)), dial(end), Math.max(0, rowsPerDay)) };
}

/**
 * The oldest row's time where it is behind `dial`, so that rows that were to be read from there may be gone; undefined
 * where none is known to be.
 */
export async function oldestBehind(
  client: PlanClient,
  profile: ProfileDescription,
  dial: number,
  deviation: number | undefined,
): Promise<CosemDateTime | undefined> {
  const extent = await extentOf(client, profile);
  if (extent === undefined || extent === "empty") return undefined;
  return (dialOf(extent.oldest, deviation) ?? dial) > dial ? extent.oldest : undefined;
}

/** Some meters give ranges and no entries. */
function planWithoutExtent(from: CosemDateTime, to: CosemDateTime, given: readonly CosemDateTime[]): ChunkPlan {
  if (given.length < 2)
    throw new ConfigError("--from", "this meter does not say how far the profile reaches", { hint: "give --from and --to" });
  const { deviation } = from;
  return { from, to, deviation, cuts: cutsBetween(dialOf(from, deviation) ?? 0, dialOf(to, deviation) ?? 0, usualRowsPerDay) };
}

/** Undefined where the meter does not tell. */
async function extentOf(client: PlanClient, profile: ProfileDescription): Promise<Extent | "empty" | undefined> {
  try {
    const rows = await client.get(ProfileGeneric, profile.logicalName, "entriesInUse");
    if (rows === 0) return "empty";
    const oldest = await timeOf(client, profile, 1);
    const newest = await timeOf(client, profile, rows);
    return oldest && newest && { rows, oldest, newest };
  } catch (error) {
    if (error instanceof DataAccessError) return undefined;
    throw error;
  }
}

/**
 * The last time within the range, or its end where the rows go on behind it. The row captured last need not have it: the
 * clock may have been set back.
 */
async function newestWithin(
  client: PlanClient,
  profile: ProfileDescription,
  newest: CosemDateTime,
  to: CosemDateTime,
): Promise<CosemDateTime> {
  const times = await timesOf(client, profile, { kind: "range", from: newest, to });
  if (times.kind !== "instants") return to;
  const last = times.instants.reduce((latest, instant, row) => (instant > (times.instants[latest] ?? 0) ? row : latest), 0);
  const [instant, deviation] = [times.instants[last], times.deviations[last]];
  if (instant === undefined || deviation === undefined || Number.isNaN(instant)) return to;
  return timeAt(instant - deviation * 60_000 + hundredth, newest.deviation === undefined ? undefined : deviation);
}

/** The time of a single row; undefined where there is no such row, or no time in it. */
async function timeOf(client: PlanClient, profile: ProfileDescription, entry: number): Promise<CosemDateTime | undefined> {
  const { values, columns, rowCount } = await rowsOf(client, profile, { kind: "entries", from: entry, to: entry });
  if (rowCount === 0) return undefined;
  const cell = values.cell(0, columns.findIndex(isClockTime));
  const isTime = (cell.type === "octet-string" || cell.type === "date-time") && cell.value.length === dateTimeLength;
  return isTime ? decodeDateTime(cell.value) : undefined;
}

/** The column of times of the selected rows. */
async function timesOf(client: PlanClient, profile: ProfileDescription, selection: ProfileSelection): Promise<Column> {
  const { values, columns } = await rowsOf(client, profile, selection);
  return values.column(columns.findIndex(isClockTime));
}

async function rowsOf(client: PlanClient, profile: ProfileDescription, selection: ProfileSelection): Promise<ProfileTable> {
  return new ProfileTable(profile, await client.getRaw(await rowsAddress(client, profile, selection)));
}
