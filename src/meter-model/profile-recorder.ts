import { CaptureBuffer, type CaptureRows } from "./capture-buffer.ts";
import type { MeterClock } from "./meter-clock.ts";
import { type CaptureSource, captureColumns, type ProfileDefinition, type ProfileName, type ProfileState, RowStatus } from "./profiles.ts";
import { type Instant, minute, second } from "./units.ts";

/** Writes the rows of one profile. */
export class ProfileRecorder {
  readonly name: ProfileName;
  readonly definition: ProfileDefinition;
  readonly #state: ProfileState;
  readonly #clock: MeterClock;

  /** Rows stored under another definition are made to fit: other columns begin afresh, another capacity keeps the newest. */
  constructor(name: ProfileName, definition: ProfileDefinition, state: ProfileState, clock: MeterClock) {
    this.name = name;
    this.definition = definition;
    this.#state = state;
    this.#clock = clock;
    const { rows } = state;
    if (rows.columns.join() !== definition.columns.join()) {
      state.rows = new CaptureBuffer(definition.columns, definition.capacity, rows.nextSequence);
    } else if (rows.capacity !== definition.capacity) {
      state.rows = rows.resized(definition.capacity);
    }
  }

  /** Seconds; 0: by command only. */
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
    return this.period === 0 ? Number.POSITIVE_INFINITY : this.#clock.local.nextBoundary(after, this.period * second);
  }

  /** Marks the running interval with bits of `RowStatus`. */
  mark(status: number): void {
    this.#state.pendingStatus |= status;
  }

  /** Ends the interval at the boundary `at` with its row. */
  closeInterval(source: CaptureSource, at: Instant): void {
    if (this.capture(source, at)) this.#state.pendingStatus = 0;
  }

  /**
   * Writes a row stamped `stamp`, with what the running interval is marked with so far. False, and no row, when the newest
   * row is not older: after the clock was set back, an interval that is present already is not written twice.
   */
  capture(source: CaptureSource, stamp: Instant): boolean {
    const { rows, pendingStatus } = this.#state;
    if (rows.lastStamp !== undefined && stamp <= rows.lastStamp) return false;
    const { local, valid } = this.#clock;
    rows.append({
      stamp,
      offsetMinutes: local.offsetAt(stamp) / minute,
      status: pendingStatus | (local.dstActive(stamp) ? RowStatus.daylightSaving : 0) | (valid ? 0 : RowStatus.clockInvalid),
      values: this.definition.columns.map((column) => captureColumns[column](source)),
    });
    return true;
  }

  /** Drops all rows. */
  clear(): void {
    this.#state.rows.clear();
  }
}
