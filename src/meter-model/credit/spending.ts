import type { LocalTime } from "../local-time.ts";
import { day, type Instant } from "../units.ts";

/** What was spent by days and months, in ledger units, whether or not it was paid in advance. */
export interface SpendingState {
  /** The local day that `today` is about, counted from 1970. */
  date: number;
  today: number;
  /** The days before, the latest first. */
  days: number[];
  /** Since the billing period began. */
  month: number;
}

/** Days that a mean goes over. */
const window = 7;
/** Shown where nothing is spent, and credit lasts for ever. */
export const daysWithoutEnd = 9999;

export function newSpending(at: Instant, local: LocalTime): SpendingState {
  return { date: dateOf(at, local), today: 0, days: [], month: 0 };
}

/** Counts what is spent by local days, and says how long credit lasts at the pace of the last week. */
export class Spending {
  readonly #state: SpendingState;

  /** Takes possession of `state`. */
  constructor(state: SpendingState) {
    this.#state = state;
  }

  get month(): number {
    return this.#state.month;
  }

  add(cost: number): void {
    this.#state.today += cost;
    this.#state.month += cost;
  }

  /** What was spent on the day before that of clock time `at`. */
  yesterday(at: Instant, local: LocalTime): number {
    return this.#asOf(at, local).days[0] ?? 0;
  }

  today(at: Instant, local: LocalTime): number {
    return this.#asOf(at, local).today;
  }

  /** Days that `credit` lasts: 0 for none, `daysWithoutEnd` where nothing was spent. */
  daysLeft(credit: number, at: Instant, local: LocalTime): number {
    if (credit <= 0) return 0;
    const { days } = this.#asOf(at, local);
    const spent = days.reduce((sum, cost) => sum + cost, 0);
    return spent <= 0 ? daysWithoutEnd : Math.min(daysWithoutEnd, Math.floor((credit * days.length) / spent));
  }

  /** Begins a new day where the clock is in one. */
  follow(at: Instant, local: LocalTime): void {
    Object.assign(this.#state, this.#asOf(at, local));
  }

  beginMonth(): void {
    this.#state.month = 0;
  }

  clear(): void {
    Object.assign(this.#state, { today: 0, days: [], month: 0 });
  }

  /** A clock that was set back goes on with the day it is in. */
  #asOf(at: Instant, local: LocalTime): Pick<SpendingState, "date" | "today" | "days"> {
    const date = dateOf(at, local);
    const { days, today, date: known } = this.#state;
    if (date <= known) return { date, today, days };
    const empty = new Array<number>(Math.min(window, date - known - 1)).fill(0);
    return { date, today: 0, days: [...empty, today, ...days].slice(0, window) };
  }
}

function dateOf(at: Instant, local: LocalTime): number {
  return Math.floor((at + local.offsetAt(at)) / day);
}
