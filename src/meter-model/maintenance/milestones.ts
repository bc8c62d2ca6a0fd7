import type { DomainEvent } from "../events.ts";
import type { Instant } from "../units.ts";

/** What the meter keeps the time of, when it happened last. */
export type Milestone = "clockSet" | "calendarActivated" | "firmwareActivated";

/** Clock times; undefined for what has never happened. */
export type MilestoneState = Record<Milestone, Instant | undefined>;

/** Nothing has happened. */
export function newMilestones(): MilestoneState {
  return { clockSet: undefined, calendarActivated: undefined, firmwareActivated: undefined };
}

/** The milestone that an event is, by its type, or by the name that it is logged by. */
const milestones: Readonly<Record<string, Milestone>> = {
  "clock-set": "clockSet",
  "calendar-activated": "calendarActivated",
  firmwareActivated: "firmwareActivated",
};

/** Keeps the time of an event that is a milestone. */
export function noteMilestone(state: MilestoneState, event: DomainEvent): void {
  const milestone = milestones[event.type === "logged" ? event.name : event.type];
  if (milestone !== undefined) state[milestone] = event.at;
}
