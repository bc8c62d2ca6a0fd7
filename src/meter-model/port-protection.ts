import type { UnitSurroundings } from "./unit.ts";
import { type Instant, second } from "./units.ts";

/** When a port is locked (class 124): always, after failed attempts, never. */
export const protectionModes = ["locked", "locked-on-failed-attempts", "unlocked"] as const;
export type ProtectionMode = (typeof protectionModes)[number];

/** Ports of the meter that secrets, or tokens, may be tried at; that of the network is never locked, and only counted. */
export const protectedPorts = ["optical", "keypad", "network"] as const;
export type ProtectedPort = (typeof protectedPorts)[number];

/** Parameters of the protection; times in seconds. */
export interface ProtectionSettings {
  mode: ProtectionMode;
  allowedFailures: number;
  initialLockout: number;
  /** How many times longer each further lock is. */
  steepness: number;
  longestLockout: number;
}

/** The part of the meter's state that is the protection of one port. */
export interface PortProtectionState {
  settings: ProtectionSettings;
  /** Failed attempts since the last success, reset or lock. */
  sinceLock: number;
  /** Failed attempts since the last success or reset, and ever. */
  failures: number;
  cumulative: number;
  /** Locks since the last success or reset. */
  locks: number;
  /** True time until when the port is locked. */
  lockedUntil: Instant | undefined;
}

/** A port that nothing was tried at. The optical one is locked where a client wants it to be: by default nobody can lock out others. */
export function newPortProtection(port: ProtectedPort): PortProtectionState {
  return {
    settings: {
      mode: port === "keypad" ? "locked-on-failed-attempts" : "unlocked",
      allowedFailures: 5,
      // Whoever guesses tokens waits for an hour; who mistypes a password does not wait for long at first.
      initialLockout: port === "keypad" ? 3600 : 60,
      steepness: port === "keypad" ? 1 : 2,
      longestLockout: 3600,
    },
    sinceLock: 0,
    failures: 0,
    cumulative: 0,
    locks: 0,
    lockedUntil: undefined,
  };
}

/** Counts the failed attempts at a port and locks it for longer each time (Blue Book, class 124). */
export class PortProtection {
  readonly #state: PortProtectionState;
  readonly #surroundings: Pick<UnitSurroundings, "now">;

  /** Takes possession of `state`. */
  constructor(state: PortProtectionState, surroundings: Pick<UnitSurroundings, "now">) {
    this.#state = state;
    this.#surroundings = surroundings;
  }

  get settings(): Readonly<ProtectionSettings> {
    return this.#state.settings;
  }

  get status(): "unlocked" | "temporarily-locked" | "locked" {
    if (this.#state.settings.mode === "locked") return "locked";
    return this.remaining > 0 ? "temporarily-locked" : "unlocked";
  }

  /** ms until it is unlocked by itself. */
  get remaining(): number {
    const { settings, lockedUntil } = this.#state;
    if (settings.mode !== "locked-on-failed-attempts" || lockedUntil === undefined) return 0;
    return Math.max(0, lockedUntil - this.#surroundings.now);
  }

  get failures(): number {
    return this.#state.failures;
  }

  get cumulative(): number {
    return this.#state.cumulative;
  }

  /** Changes parameters; false, and nothing changed, for one out of range. */
  configure(changes: Partial<ProtectionSettings>): boolean {
    const settings = { ...this.#state.settings, ...changes };
    const { mode, allowedFailures, initialLockout, steepness, longestLockout } = settings;
    const whole = (value: number, least: number, most: number) => Number.isInteger(value) && value >= least && value <= most;
    if (!protectionModes.includes(mode) || !whole(allowedFailures, 1, 0xffff) || !whole(steepness, 1, 0xff)) return false;
    if (!whole(initialLockout, 0, 0xffff_ffff) || !whole(longestLockout, 0, 0xffff_ffff)) return false;
    Object.assign(this.#state.settings, settings);
    if (mode !== "locked-on-failed-attempts") this.#state.lockedUntil = undefined;
    return true;
  }

  /** An attempt failed; true where these were as many as are allowed. One at a locked port is none. */
  failed(): boolean {
    if (this.status !== "unlocked") return false;
    const state = this.#state;
    state.sinceLock += 1;
    state.failures += 1;
    state.cumulative += 1;
    const { mode, allowedFailures, initialLockout, steepness, longestLockout } = state.settings;
    if (state.sinceLock < allowedFailures) return false;
    state.sinceLock = 0;
    if (mode !== "locked-on-failed-attempts") return true;
    const seconds = Math.min(initialLockout * steepness ** state.locks, longestLockout);
    state.lockedUntil = this.#surroundings.now + seconds * second;
    state.locks += 1;
    return true;
  }

  /** Failed attempts that lie back too far do not count towards the next lock. */
  forget(): void {
    this.#state.sinceLock = 0;
  }

  /** Ends a lock whose time is over; true where there was one. */
  unlock(): boolean {
    const { lockedUntil } = this.#state;
    if (lockedUntil === undefined || lockedUntil > this.#surroundings.now) return false;
    this.#state.lockedUntil = undefined;
    return true;
  }

  /** An attempt was right, or a client resets the count. */
  reset(): void {
    Object.assign(this.#state, { sinceLock: 0, failures: 0, locks: 0, lockedUntil: undefined });
  }
}
