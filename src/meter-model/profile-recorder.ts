import { type FreezeActionName, freezeActions } from "./automation/action-schedules.ts";
import { nextExecution } from "./automation/execution-time.ts";
import { CaptureBuffer, type CaptureRows } from "./capture-buffer.ts";
import { type CaptureColumn, type CaptureSource, captureColumns } from "./columns.ts";
import type { MeterClock } from "./meter-clock.ts";
import { type ProfileDefinition, type ProfileName, type ProfileState, RowStatus } from "./profiles.ts";
import type { MeterState } from "./state.ts";
import { type Instant, minute, second } from "./units.ts";

type Select = (source: CaptureSource) => number;

/** Columns that a profile may have besides time and status: all of the largest, and room for more. */
const mostColumns = 128;

const selectsOf = (columns: readonly CaptureColumn[]): readonly Select[] => columns.map((column) => captureColumns[column] as Select);

/** Writes the rows of one profile. */
export class ProfileRecorder {
  readonly name: ProfileName;
  readonly definition: ProfileDefinition;
  /** The single action schedule that says when rows are captured; undefined where the period does. */
  readonly action: FreezeActionName | undefined;
  readonly #state: ProfileState;
  readonly #schedules: MeterState["automation"]["schedules"];
  readonly #clock: MeterClock;
  #selects: readonly Select[];

  /** Rows keep the columns that they were stored with; those of columns that there are not begin afresh, another capacity keeps the newest. */
  constructor(name: ProfileName, definition: ProfileDefinition, { profiles, automation }: MeterState, clock: MeterClock) {
    const state = profiles[name];
    this.name = name;
    this.definition = definition;
    this.action = definition.dates !== undefined && name in freezeActions ? freezeActions[name as keyof typeof freezeActions] : undefined;
    this.#state = state;
    this.#schedules = automation.schedules;
    this.#clock = clock;
    const { rows } = state;
    if (!rows.columns.every((column) => column in captureColumns)) {
      state.rows = new CaptureBuffer(definition.columns, definition.capacity, rows.nextSequence);
    } else if (rows.capacity !== definition.capacity) {
      state.rows = rows.resized(definition.capacity);
    }
    this.#selects = selectsOf(state.rows.columns);
  }

  /** What is captured, in order. */
  get columns(): readonly CaptureColumn[] {
    return this.#state.rows.columns;
  }

  /** Captures other columns from now on, and drops all rows. False, and nothing changed, for columns that there are not. */
  setColumns(columns: readonly CaptureColumn[]): boolean {
    if (columns.length > mostColumns || !columns.every((column) => Object.hasOwn(captureColumns, column))) return false;
    const { rows } = this.#state;
    this.#state.rows = new CaptureBuffer([...columns], this.definition.capacity, rows.nextSequence);
    this.#selects = selectsOf(columns);
    return true;
  }

  /** Seconds; 0: by command only, or by dates. */
  get period(): number {
    return this.#state.period;
  }

  set period(seconds: number) {
    this.#state.period = seconds;
  }

  /** The rows, live: later captures change them. `snapshot` copies. */
  get rows(): CaptureRows & Pick<CaptureBuffer, "snapshot"> {
    return this.#state.rows;
  }

  nextBoundary(after: Instant): Instant {
    if (this.action !== undefined) return nextExecution(this.#schedules[this.action].times, after, this.#clock.local);
    return this.period === 0 ? Number.POSITIVE_INFINITY : this.#clock.local.nextBoundary(after, this.period * second);
  }

  /** The latest boundary from `planned`, or the first one missed before, to `until`, both included; undefined where there is none. */
  latestBoundary(planned: Instant, until: Instant): Instant | undefined {
    let latest: Instant | undefined;
    for (let boundary = Math.min(planned, this.#state.missedSince ?? planned); boundary <= until; boundary = this.nextBoundary(boundary))
      latest = boundary;
    return latest;
  }

  /** Marks the running interval with bits of `RowStatus`. */
  mark(status: number): void {
    this.#state.pendingStatus |= status;
  }

  /** Ends the interval at the boundary `at` with its row; false, and no row, where the newest row is not older. */
  closeInterval(source: CaptureSource, at: Instant): boolean {
    if (!this.capture(source, at)) {
      if (!this.#clock.valid && this.definition.catchUp === "latest") this.#state.missedSince ??= at;
      return false;
    }
    this.#state.pendingStatus = 0;
    this.#state.missedSince = undefined;
    return true;
  }

  /**
   * Writes a row stamped `stamp`, with what the running interval is marked with so far. False, and no row, when the newest
   * row is not older: after the clock was set back, an interval that is present already is not written twice. A freeze is
   * not written by a clock that nobody has set either.
   */
  capture(source: CaptureSource, stamp: Instant): boolean {
    const { rows, pendingStatus } = this.#state;
    const { local, valid } = this.#clock;
    if (rows.lastStamp !== undefined && stamp <= rows.lastStamp) return false;
    if (!valid && this.definition.catchUp !== undefined) return false;
    rows.append({
      stamp,
      offsetMinutes: local.offsetAt(stamp) / minute,
      status: pendingStatus | (local.dstActive(stamp) ? RowStatus.daylightSaving : 0) | (valid ? 0 : RowStatus.clockInvalid),
      values: this.#selects.map((select) => select(source)),
    });
    return true;
  }

  /** Drops all rows. */
  clear(): void {
    this.#state.rows.clear();
  }
}
