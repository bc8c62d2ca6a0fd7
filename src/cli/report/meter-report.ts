import type { profileJson } from "../profile-text.ts";
import type { ReadingJson } from "../readings.ts";
import type { EventJson } from "./event-rows.ts";

/** What belongs together, under one heading. */
export interface ReportSection {
  readonly title: string;
  readonly readings: readonly ReadingJson[];
}

/** A profile with the name that users type for it. */
export type ReportProfile = { readonly name: string } & ReturnType<typeof profileJson>;

/** A bit of an alarm register that is set, and the events that set it; none where nobody knows. */
export interface RaisedAlarm {
  readonly register: number;
  readonly bit: number;
  readonly events: readonly string[];
}

/** The newest rows of a log, newest first. */
export interface ReportLog {
  readonly log: string;
  readonly events: readonly EventJson[];
}

/** Everything `dlms report` says about a meter; its JSON form is an interface. */
export interface MeterReport {
  /** By this computer's clock, ISO 8601 in UTC. */
  readonly created: string;
  /** SAP of the client that read it. */
  readonly client: number;
  /** Logical device name; null where it may not be read. */
  readonly device: string | null;
  /** Null where the clock may not be read; the drift is positive where the meter is ahead. */
  readonly clock: { readonly meterTime: string; readonly driftSeconds: number | null } | null;
  readonly sections: readonly ReportSection[];
  readonly alarms: readonly RaisedAlarm[];
  readonly profiles: readonly ReportProfile[];
  readonly logs: readonly ReportLog[];
  /** What the meter does not have, or not for this client. */
  readonly notRead: readonly string[];
}
