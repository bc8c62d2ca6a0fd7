import type { UnitSurroundings } from "../unit.ts";
import { type Instant, minute } from "../units.ts";

/** What a meter under keys can tell of somebody who has not got them: an APDU that came before, one that no key opens. */
export const intrusionKinds = ["replay", "decryption"] as const;
export type IntrusionKind = (typeof intrusionKinds)[number];

/** How often ever, and in the window that began at a true time. */
export interface IntrusionState {
  count: number;
  windowFrom: Instant | undefined;
  inWindow: number;
}

/** Nobody has tried. */
export function newIntrusions(): Record<IntrusionKind, IntrusionState> {
  const none = (): IntrusionState => ({ count: 0, windowFrom: undefined, inWindow: 0 });
  return { replay: none(), decryption: none() };
}

/** One is a client that has lost its place, or has other keys. So many within the window are an attack. */
const attempts = 3;
/** An attack is logged once in so long, so that it cannot push all else out of the logs. */
const quietTime = 15 * minute;

const eventNames = {
  replay: ["replayAttack", "replayNoted"],
  decryption: ["decryptionFailed", "decryptionFailureNoted"],
} as const;

/** Counts APDUs that were refused for their protection, and logs attacks: for the utility as fraud, and as a matter of security. */
export class Intrusions {
  readonly #state: Record<IntrusionKind, IntrusionState>;
  readonly #surroundings: Pick<UnitSurroundings, "clock" | "now" | "record">;

  /** Takes possession of `state`. */
  constructor(state: Record<IntrusionKind, IntrusionState>, surroundings: Pick<UnitSurroundings, "clock" | "now" | "record">) {
    this.#state = state;
    this.#surroundings = surroundings;
  }

  /** How often there was one. */
  count(kind: IntrusionKind): number {
    return this.#state[kind].count;
  }

  /** There was one. */
  note(kind: IntrusionKind): void {
    const state = this.#state[kind];
    const { clock, now } = this.#surroundings;
    state.count += 1;
    if (state.windowFrom === undefined || now - state.windowFrom >= quietTime) {
      state.windowFrom = now;
      state.inWindow = 0;
    }
    state.inWindow += 1;
    if (state.inWindow !== attempts) return;
    for (const name of eventNames[kind]) this.#surroundings.record(name, clock.at(now));
  }
}
