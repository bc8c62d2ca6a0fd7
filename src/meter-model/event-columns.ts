import type { EventLogName } from "./event-catalogue.ts";
import { type ControlState, controlStates } from "./relay/control-mode.ts";

/** The registers that logs keep beside the code of an event, as they stand when it is written. */
export interface EventSource {
  /** Of the supply control. */
  readonly controlState: ControlState;
  /** Why the supply is off. */
  readonly cause: number;
  /** Wh */
  readonly imported: number;
  /** What can be consumed, in units of the account. */
  readonly credit: number;
  /** Entries ever written to the log, this one included. */
  readonly count: number;
  /** Changes of the configuration. */
  readonly changes: number;
}

/** What a log keeps of an event beside its code. */
export type EventColumn = keyof EventSource;

/** What each log keeps besides, in order. */
export const eventColumns: Readonly<Record<EventLogName, readonly EventColumn[]>> = {
  standard: [],
  fraud: ["count"],
  disconnector: ["controlState", "cause", "imported"],
  programming: ["count", "changes"],
  powerQuality: [],
  communication: [],
  tariff: [],
  credit: ["count", "credit"],
  security: [],
  firmware: [],
};

/** The number that a column keeps. */
export function eventValue(source: EventSource, column: EventColumn): number {
  return column === "controlState" ? controlStates.indexOf(source.controlState) : source[column];
}
