import type { DlmsClient } from "../client/dlms-client.ts";
import { describeProfiles, rowsAddress } from "../client/profile-reader.ts";
import { isClockTime } from "../cosem-objects/capture-object.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import type { PlainValue } from "../cosem-objects/plain-value.ts";
import { type ProfileDescription, ProfileTable } from "../cosem-objects/profile-table.ts";
import { type CosemDateTime, formatDateTime, instantToDateTime } from "../dlms/axdr/date-time.ts";
import type { Checkpoint } from "./gateway-store.ts";

type FollowedClient = Pick<DlmsClient, "get" | "getRaw" | "getMany" | "getManyRaw">;

/** Rows of a profile that nobody has been told of. */
export interface FollowedRows {
  readonly profile: ProfileDescription;
  readonly columns: ProfileTable["columns"];
  readonly rows: readonly (readonly PlainValue[])[];
  /** Stamps of the rows, ms UTC; NaN where a row has none. */
  readonly instants: readonly number[];
  /** ISO 8601 with offset: the range that was asked for. */
  readonly from: string;
  readonly to: string;
  /** Nothing newer is in the meter. */
  readonly final: boolean;
  /** How far the profile has been told once the rows have arrived. */
  readonly checkpoint: Checkpoint;
}

export interface ProfileFollowerOptions {
  readonly client: FollowedClient;
  /** How far a profile has been told; undefined when it never was. */
  readonly place: (profile: LogicalName) => Checkpoint | undefined;
  /** Milliseconds since 1970, of this machine. */
  readonly wallClock: () => number;
}

/** Rows asked for at once: a slow line carries them in some seconds. */
const rowsAtOnce = 96;
/** Rows this close to the last one are asked for again, for clocks that are moved; ms. */
const overlap = 3_600_000;
/** How far ahead of its clock a meter may have rows; ms. */
const ahead = 10 * 366 * 86_400_000;
/** The least number of rows that are known again. */
const leastRemembered = 64;
/** Clocks do not run alike: this much is not a clock that was set back; ms. */
const tolerance = 60_000;

/** Reads what a meter has recorded since the last row that arrived, oldest first and piece by piece. */
export class ProfileFollower {
  readonly #options: ProfileFollowerOptions;
  readonly #profiles: readonly ProfileDescription[];
  /** Up to where a profile is known to have nothing behind a place, where that is further than its row; ms UTC. */
  readonly #empty = new Map<LogicalName, { readonly behind: Checkpoint; readonly until: number }>();

  private constructor(options: ProfileFollowerOptions, profiles: readonly ProfileDescription[]) {
    this.#options = options;
    this.#profiles = profiles;
  }

  /** Learns the columns of the profiles; those without a clock cannot be followed and are left out. */
  static async open(
    options: ProfileFollowerOptions,
    reader: Parameters<typeof describeProfiles>[1],
    names: readonly LogicalName[],
  ): Promise<ProfileFollower> {
    const profiles = names.length === 0 ? [] : await describeProfiles(options.client, reader, names);
    return new ProfileFollower(
      options,
      profiles.filter(({ captureObjects }) => captureObjects.some(isClockTime)),
    );
  }

  /** The profiles that can be followed. */
  get profiles(): readonly ProfileDescription[] {
    return this.#profiles;
  }

  /**
   * The next piece behind the profile's place, empty where a stretch has no rows; the place has to be moved on before the
   * next one is asked for.
   * @param clock the meter's clock, ms UTC
   * @throws DataAccessError where the meter refuses
   */
  async next(profile: ProfileDescription, clock: number): Promise<FollowedRows> {
    const { place, wallClock } = this.#options;
    const begin = place(profile.logicalName) ?? (await this.#beginning(profile));
    const now = wallClock();
    // Without a first row there is nothing to read yet.
    if (begin === undefined) return this.#nothing(profile, { at: Number.NaN, deviation: 0, rows: [], seen: now });
    if (Number.isNaN(begin.at)) return this.#read(profile, begin, Number.NEGATIVE_INFINITY, clock + ahead, now);
    const setBack = clock < begin.at - tolerance;
    const from = setBack ? Math.min(begin.at, clock - Math.max(0, now - begin.seen)) : begin.at;
    const empty = this.#empty.get(profile.logicalName);
    // It holds for its own place: that may have been given up since, with the broker that had the rows before it.
    const start = !setBack && empty !== undefined && isSamePlace(empty.behind, begin) ? Math.max(from, empty.until) : from;
    const end = profile.capturePeriod === 0 || setBack ? clock + ahead : start + rowsAtOnce * profile.capturePeriod * 1000;
    return this.#read(profile, begin, start - overlap, end >= clock ? clock + ahead : end, now, end >= clock);
  }

  async #read(profile: ProfileDescription, begin: Checkpoint, from: number, to: number, now: number, final = true): Promise<FollowedRows> {
    const [first, last] = [Math.max(from, 0), to].map((at) => instantToDateTime(at, begin.deviation)) as [CosemDateTime, CosemDateTime];
    const address = await rowsAddress(this.#options.client, profile, { kind: "range", from: first, to: last });
    const table = new ProfileTable(profile, await this.#options.client.getRaw(address));
    const clockColumn = profile.captureObjects.findIndex(isClockTime);
    const times = table.values.column(clockColumn);
    const rows: (readonly PlainValue[])[] = [];
    const instants: number[] = [];
    const fresh: string[] = [];
    const unseen = new Unseen(begin.rows);
    let { at, deviation } = begin;
    for (let row = 0; row < table.rowCount; row++) {
      const cells = table.row(row);
      const text = JSON.stringify(cells, (_, cell: unknown) => (typeof cell === "bigint" ? String(cell) : cell));
      const instant = times.kind === "instants" ? (times.instants[row] as number) : Number.NaN;
      if (!Number.isNaN(instant)) {
        at = instant;
        deviation = times.kind === "instants" ? (times.deviations[row] as number) : deviation;
      }
      if (!unseen.take(text)) continue;
      rows.push(cells);
      instants.push(instant);
      fresh.push(text);
    }
    const checkpoint = { at, deviation, rows: [...begin.rows, ...fresh].slice(-rememberedOf(profile)), seen: now };
    const place = rows.length === 0 ? begin : checkpoint;
    if (final) this.#empty.delete(profile.logicalName);
    else this.#empty.set(profile.logicalName, { behind: place, until: to - overlap });
    const asked = { from: formatDateTime(first), to: formatDateTime(last) };
    return { profile, columns: table.columns, rows, instants, ...asked, final, checkpoint };
  }

  /** A profile that is followed for the first time is told from its oldest row on. */
  async #beginning(profile: ProfileDescription): Promise<Checkpoint | undefined> {
    const { client, wallClock } = this.#options;
    const address = await rowsAddress(client, profile, { kind: "entries", from: 1, to: 1 });
    const table = new ProfileTable(profile, await client.getRaw(address));
    if (table.rowCount === 0) return undefined;
    const times = table.values.column(profile.captureObjects.findIndex(isClockTime));
    const [at, deviation] = times.kind === "instants" ? [times.instants[0] as number, times.deviations[0] as number] : [Number.NaN, 0];
    return { at, deviation, rows: [], seen: wallClock() };
  }

  #nothing(profile: ProfileDescription, checkpoint: Checkpoint): FollowedRows {
    return { profile, columns: [], rows: [], instants: [], from: "", to: "", final: true, checkpoint };
  }
}

/** Places come back from the disk as copies. */
function isSamePlace(one: Checkpoint, other: Checkpoint): boolean {
  return one.at === other.at && one.seen === other.seen && one.rows.length === other.rows.length;
}

/** As many as are asked for again, and some of one instant. */
function rememberedOf({ capturePeriod }: ProfileDescription): number {
  return capturePeriod === 0 ? 4 * leastRemembered : Math.max(leastRemembered, Math.ceil(overlap / 1000 / capturePeriod) + 16);
}

/** Tells rows that were taken before from new ones; equal rows are as many as there are of them. */
class Unseen {
  readonly #left = new Map<string, number>();

  constructor(known: readonly string[]) {
    for (const text of known) this.#left.set(text, (this.#left.get(text) ?? 0) + 1);
  }

  take(text: string): boolean {
    const count = this.#left.get(text) ?? 0;
    this.#left.set(text, count - 1);
    return count <= 0;
  }
}
