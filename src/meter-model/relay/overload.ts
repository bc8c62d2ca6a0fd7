import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { type Instant, minute, second } from "../units.ts";

/** Which limit was passed: each is a request of its own, with a cause of its own. */
export type OverloadRequest = "overload" | "overCurrent";

/** What an overload asks of the relay: to open, and then to connect by itself or to let a press connect. */
export interface OverloadedRelay {
  request(name: OverloadRequest, raised: boolean, after?: "itself" | "press"): void;
}

/** Parameters of the reconnection after an overload that a client may change. */
export interface OverloadSettings {
  /** Seconds after which the meter connects again. */
  reconnectDelay: number;
  /** Times that it does; 0 for always. */
  attempts: number;
  /** Seconds without overload after which the times are counted anew. */
  clearTime: number;
}

/** The part of the meter's state that is its way with overloads. */
export interface OverloadState {
  settings: OverloadSettings;
  /** What the relay was asked to open for; undefined while it was not. */
  tripped: OverloadRequest | undefined;
  /** Overloads since they were last cleared. */
  trips: number;
  /** Whether the lock-out has been waited for, after which there is one more attempt. */
  lockedOut: boolean;
  /** True times at which the request is withdrawn, and at which the overloads are cleared. */
  withdrawAt: Instant | undefined;
  clearAt: Instant | undefined;
}

/** ms for which the relay stays open when the attempts are used up. */
const lockOut = 30 * minute;

/** No overload so far: a minute until each of five reconnections, half an hour until they are counted anew. */
export function newOverload(): OverloadState {
  return {
    settings: { reconnectDelay: 60, attempts: 5, clearTime: 1800 },
    tripped: undefined,
    trips: 0,
    lockedOut: false,
    withdrawAt: undefined,
    clearAt: undefined,
  };
}

/**
 * What follows an overload: disconnection, reconnection after a delay, a limited number of times; then a lock-out with
 * one more attempt, and then a press has to connect.
 */
export class Overload implements MeterUnit {
  readonly #state: OverloadState;
  readonly #surroundings: UnitSurroundings;
  readonly #relay: OverloadedRelay;

  /** Takes possession of `state`. */
  constructor(state: OverloadState, surroundings: UnitSurroundings, relay: OverloadedRelay) {
    this.#state = state;
    this.#surroundings = surroundings;
    this.#relay = relay;
  }

  /** Without supply nothing is done: what was due meanwhile is, with its return. */
  get due(): Instant {
    return this.#surroundings.supplied ? Math.min(this.#state.withdrawAt ?? never, this.#state.clearAt ?? never) : never;
  }

  get settings(): Readonly<OverloadSettings> {
    return this.#state.settings;
  }

  /** Overloads since they were last cleared. */
  get trips(): number {
    return this.#state.trips;
  }

  /** Changes parameters for what comes; false, and nothing changed, for one out of range. */
  configure(changes: Partial<OverloadSettings>): boolean {
    const settings = { ...this.#state.settings, ...changes };
    const whole = (value: number, limit: number) => Number.isInteger(value) && value >= 0 && value <= limit;
    if (!whole(settings.reconnectDelay, 0xffff) || !whole(settings.attempts, 0xff) || !whole(settings.clearTime, 0xffff)) return false;
    Object.assign(this.#state.settings, settings);
    return true;
  }

  /** A limit was passed for as long as it may be. */
  trip(request: OverloadRequest): void {
    const state = this.#state;
    if (state.tripped !== undefined) return;
    const { now } = this.#surroundings;
    const { reconnectDelay, attempts } = state.settings;
    const usedUp = attempts > 0 && state.trips >= attempts;
    state.tripped = request;
    state.trips += 1;
    state.clearAt = undefined;
    state.withdrawAt = now + (usedUp && !state.lockedOut ? lockOut : reconnectDelay * second);
    this.#log("overloadBegan");
    this.#relay.request(request, true);
  }

  /** Connects before the delay is over, as the action of a limiter may. */
  release(): void {
    if (this.#state.tripped !== undefined) this.#withdraw();
  }

  settle(): void {
    const { now, supplied } = this.#surroundings;
    if (!supplied) return;
    const { withdrawAt, clearAt } = this.#state;
    if (withdrawAt !== undefined && withdrawAt <= now) this.#withdraw();
    if (clearAt !== undefined && clearAt <= now) {
      this.#state.trips = 0;
      this.#state.lockedOut = false;
      this.#state.clearAt = undefined;
    }
  }

  #withdraw(): void {
    const state = this.#state;
    const { tripped } = state;
    if (tripped === undefined) return;
    const { attempts, clearTime } = state.settings;
    const usedUp = attempts > 0 && state.trips > attempts;
    const last = usedUp && state.lockedOut;
    state.lockedOut = usedUp && !last;
    if (last) state.trips = 0;
    state.tripped = undefined;
    state.withdrawAt = undefined;
    state.clearAt = last ? undefined : this.#surroundings.now + clearTime * second;
    this.#log("overloadEnded");
    this.#relay.request(tripped, false, last ? "press" : "itself");
  }

  #log(name: "overloadBegan" | "overloadEnded"): void {
    const { clock, now } = this.#surroundings;
    this.#surroundings.record(name, clock.at(now));
  }
}
