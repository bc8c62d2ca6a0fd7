import type { PlainValue } from "../cosem-objects/plain-value.ts";
import { TransportError } from "../errors.ts";
import type { ProfileChunk, ReadingValue } from "../mqtt-bridge/index.ts";
import type { FollowedMeter, MeterOutput } from "./meter-options.ts";
import type { FollowedRows } from "./profile-follower.ts";
import type { ProfilePlaces } from "./profile-places.ts";
import { factorOf } from "./readings.ts";

/** Told later than this behind their capture, rows are history; ms. */
const historicalAfter = 600_000;

/** Brings the rows of one meter to the broker, and their place behind them when the broker has them. */
export class ProfilePublisher {
  readonly #meter: FollowedMeter;
  readonly #output: MeterOutput;
  readonly #places: ProfilePlaces;
  /** How often the broker went away. */
  #losses = 0;

  constructor(meter: FollowedMeter, output: MeterOutput, places: ProfilePlaces) {
    this.#meter = meter;
    this.#output = output;
    this.#places = places;
  }

  /** False when the broker did not take the rows, or went away with them: they are still to be told. */
  async publish(rows: FollowedRows): Promise<boolean> {
    if (rows.rows.length === 0) return true;
    const losses = this.#losses;
    try {
      await Promise.all(this.#chunksOf(rows).map((chunk) => this.#output.publishProfile(chunk)));
    } catch (error) {
      if (error instanceof TransportError) return false;
      throw error;
    }
    if (losses !== this.#losses) return false;
    this.#places.reached(rows.profile.logicalName, rows.checkpoint);
    return true;
  }

  /** The broker went away: what it took just before is told again, as nobody knows whether it passed it on. */
  brokerLost(): void {
    this.#losses += 1;
    this.#places.forget();
  }

  /** Rows that are told late go apart from those of now. */
  #chunksOf(rows: FollowedRows): readonly ProfileChunk[] {
    const late = Math.max(historicalAfter, 2000 * rows.profile.capturePeriod);
    const limit = this.#output.wallClock() - late;
    const current = rows.instants.findIndex((instant) => instant >= limit);
    const split = current < 0 ? rows.rows.length : current;
    const factors = rows.columns.map(({ logicalName, unit }) => factorOf(logicalName, unit, this.#meter));
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
