import type { LogicalName } from "../cosem-objects/logical-name.ts";
import type { PlainValue } from "../cosem-objects/plain-value.ts";
import { TransportError } from "../errors.ts";
import type { ProfileChunk, ReadingValue } from "../mqtt-bridge/index.ts";
import type { Timers } from "../session/timers.ts";
import type { Checkpoint, GatewayStore } from "./gateway-store.ts";
import type { FollowedMeter, MeterOutput } from "./meter-options.ts";
import type { FollowedRows } from "./profile-follower.ts";
import { ratioOf } from "./readings.ts";

/** Milliseconds behind the acknowledgement in which a broker that dies may take along what it has acknowledged. */
const settling = 2000;
/** Told later than this behind their capture, rows are history; ms. */
const historicalAfter = 600_000;

interface Young {
  readonly profile: LogicalName;
  readonly begin: Checkpoint;
  readonly at: number;
}

/** Brings the rows of one meter to the broker, and the checkpoint behind them when the broker has them. */
export class ProfilePublisher {
  readonly #meter: FollowedMeter;
  readonly #output: MeterOutput;
  readonly #store: GatewayStore;
  readonly #timers: Timers;
  #young: Young[] = [];
  #storing: Promise<void> = Promise.resolve();

  constructor(meter: FollowedMeter, output: MeterOutput, store: GatewayStore, timers: Timers) {
    this.#meter = meter;
    this.#output = output;
    this.#store = store;
    this.#timers = timers;
  }

  /** False when the broker did not take the rows: they are still to be told. @throws StoreError */
  async publish(rows: FollowedRows): Promise<boolean> {
    if (rows.rows.length === 0) return true;
    try {
      await Promise.all(this.#chunksOf(rows).map((chunk) => this.#output.publishProfile(chunk)));
    } catch (error) {
      if (error instanceof TransportError) return false;
      throw error;
    }
    const profile = rows.profile.logicalName;
    const now = this.#timers.now();
    // Noted before the checkpoint is stored: the broker may go away in between.
    this.#young = [...this.#young.filter(({ at }) => now - at <= settling), { profile, begin: rows.begin, at: now }];
    await this.#keep(profile, rows.checkpoint);
    return true;
  }

  /** The broker went away: what it took just before is told again, as nobody knows whether it passed it on. */
  async rewind(): Promise<void> {
    const now = this.#timers.now();
    const lost = this.#young.filter(({ at }) => now - at <= settling);
    this.#young = [];
    const earliest = new Map([...lost].reverse().map(({ profile, begin }) => [profile, begin]));
    for (const [profile, begin] of earliest) await this.#keep(profile, begin);
  }

  /** One behind the other, so that going back is not overtaken by what was on its way forward. */
  #keep(profile: LogicalName, checkpoint: Checkpoint): Promise<void> {
    const store = () => this.#store.advance({ meterId: this.#meter.meterId, profile }, checkpoint);
    const stored = this.#storing.then(store, store);
    this.#storing = stored.catch(() => {});
    return stored;
  }

  /** Rows that are told late go apart from those of now. */
  #chunksOf(rows: FollowedRows): readonly ProfileChunk[] {
    const late = Math.max(historicalAfter, 2000 * rows.profile.capturePeriod);
    const limit = this.#output.wallClock() - late;
    const current = rows.instants.findIndex((instant) => instant >= limit);
    const split = current < 0 ? rows.rows.length : current;
    const factors = rows.columns.map(({ unit }) => ratioOf(unit, this.#meter.ratio));
    const parts = [
      { historical: true, cells: rows.rows.slice(0, split) },
      { historical: false, cells: rows.rows.slice(split) },
    ].filter(({ cells }) => cells.length > 0);
    return parts.map(({ historical, cells }, index) => ({
      meterId: this.#meter.meterId,
      logicalName: rows.profile.logicalName,
      columns: rows.columns.map(({ name, unit }) => (unit === undefined ? name : `${name} [${unit}]`)),
      rows: cells.map((row) => row.map((cell, column) => published(cell, factors[column] ?? 1))),
      from: rows.from,
      to: rows.to,
      final: rows.final && index === parts.length - 1,
      ...(historical ? { historical } : {}),
    }));
  }
}

/** A cell as subscribers get it; composed ones as their JSON. */
function published(cell: PlainValue, factor: number): ReadingValue | undefined {
  if (cell === null) return undefined;
  if (typeof cell === "number") return factor === 1 ? cell : cell * factor;
  return typeof cell === "object" ? JSON.stringify(cell) : cell;
}
