import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { brokerSettling } from "../mqtt-bridge/index.ts";
import type { Timers } from "../session/timers.ts";
import type { Checkpoint, GatewayStore } from "./gateway-store.ts";

export interface ProfilePlacesOptions {
  /** The meter's id in the configuration. */
  readonly meterId: string;
  readonly store: GatewayStore;
  readonly timers: Timers;
  /** The store failed; the place stays where it was and its rows may be told again. */
  readonly failed: (error: unknown) => void;
}

/**
 * How far the profiles of one meter have been told. A place is stored a while after the broker took its rows: should broker
 * and gateway fall together, as when their box loses power, the rows between are told again, and none is lost.
 */
export class ProfilePlaces {
  readonly #options: ProfilePlacesOptions;
  /** Reached since the last sweep, and before it. */
  #young = new Map<LogicalName, Checkpoint>();
  #old = new Map<LogicalName, Checkpoint>();
  #cancelSweep: (() => void) | undefined;
  #storing: Promise<void> = Promise.resolve();

  constructor(options: ProfilePlacesOptions) {
    this.#options = options;
  }

  /** Where a profile goes on; undefined when it was never told. */
  at(profile: LogicalName): Checkpoint | undefined {
    const { meterId, store } = this.#options;
    return this.#young.get(profile) ?? this.#old.get(profile) ?? store.checkpoint({ meterId, profile });
  }

  /** The broker has the rows up to here. */
  reached(profile: LogicalName, checkpoint: Checkpoint): void {
    this.#young.set(profile, checkpoint);
    this.#sweepLater();
  }

  /** What was not stored yet does not count: the broker went away, or another device is in the meter's place. */
  forget(): void {
    this.#young.clear();
    this.#old.clear();
  }

  /** Stores every place, for the end of the process. */
  async settle(): Promise<void> {
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    this.#keep(this.#old);
    this.#keep(this.#young);
    await this.#storing;
  }

  #sweepLater(): void {
    this.#cancelSweep ??= this.#options.timers.schedule(brokerSettling, () => {
      this.#cancelSweep = undefined;
      this.#keep(this.#old);
      this.#old = this.#young;
      this.#young = new Map();
      if (this.#old.size > 0) this.#sweepLater();
    });
  }

  #keep(places: Map<LogicalName, Checkpoint>): void {
    const { meterId, store, failed } = this.#options;
    for (const [profile, checkpoint] of places) {
      const kept = (): void => {
        // Until it is stored it stands here; a later one may have taken its place.
        if (places.get(profile) === checkpoint) places.delete(profile);
      };
      this.#storing = this.#storing.then(() => store.advance({ meterId, profile }, checkpoint)).then(kept, failed);
    }
  }
}
