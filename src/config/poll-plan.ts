import { Cron } from "croner";
import { durationExpected, parseDuration } from "./duration.ts";
import { textField } from "./fields.ts";

/** When a meter is polled: every so many milliseconds, or by a calendar in this machine's zone. */
export type PollPlan = number | { readonly cron: string };

const longestWait = 366 * 86_400_000;

/** "5s", or the five or six fields of a cron pattern. */
export function parsePollPlan(text: string): PollPlan | undefined {
  const interval = parseDuration(text);
  if (interval !== undefined) return interval > 0 ? interval : undefined;
  return /^\S+( \S+){4,5}$/.test(text) && isCron(text) ? { cron: text } : undefined;
}

/** A plan in the configuration. */
export const pollPlan = () => textField(`${durationExpected}, or a cron pattern`, parsePollPlan);

/** Milliseconds from a time, ms UTC, to the poll after it. */
export function nextPoll(plan: PollPlan, wallClock: number): number {
  if (typeof plan === "number") return plan;
  const next = new Cron(plan.cron, { paused: true }).nextRun(new Date(wallClock));
  return next === null ? longestWait : Math.max(1, next.getTime() - wallClock);
}

/** Milliseconds between polls, about: what lies between the next two. */
export function intervalOf(plan: PollPlan, wallClock: number): number {
  if (typeof plan === "number") return plan;
  const first = wallClock + nextPoll(plan, wallClock);
  return nextPoll(plan, first);
}

function isCron(text: string): boolean {
  try {
    return new Cron(text, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}
