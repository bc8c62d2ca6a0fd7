import type { DlmsClient } from "../../client/dlms-client.ts";
import { Clock } from "../../cosem-objects/classes/clock.ts";
import { dateTimeToInstant, instantToDateTime } from "../../dlms/axdr/date-time.ts";
import type { JobStepReport } from "./run-job.ts";

const clock = "0.0.1.0.0.255";

export interface ClockStepOptions {
  readonly mode: "check" | "set";
  /** The drift in milliseconds that is left alone. */
  readonly limit: number;
  /** The drift in milliseconds from which a clock is not set any more: rows of profiles would be lost or doubled. */
  readonly most: number;
  readonly dryRun: boolean;
  readonly now: () => number;
}

type ClockClient = Pick<DlmsClient, "get" | "set">;

/** Looks how far a meter's clock is off, and sets it where that is wanted and not too far. @throws DataAccessError where the meter refuses */
export async function clockStep(client: ClockClient, { mode, limit, most, dryRun, now }: ClockStepOptions): Promise<JobStepReport> {
  const before = await readDrift(client, now);
  const drift = before.drift;
  if (drift === undefined) return report("unknown", { driftSeconds: null }, "clock shows no time", "finding");
  const within = (one: number | undefined): boolean => one !== undefined && Math.abs(one) <= limit;
  const state = { driftSeconds: seconds(drift) };
  if (within(drift)) return report("within", state, `clock ${signed(drift)}`, "ok");
  if (mode === "check" || Math.abs(drift) > most) return report("off", state, `clock off by ${signed(drift)}`, "finding");
  if (dryRun) return report("would-set", state, `clock ${signed(drift)}, would be set`, "ok");
  // In the zone of the meter, as its clock shows it.
  await client.set(Clock, clock, "time", instantToDateTime(now(), before.deviation));
  const after = await readDrift(client, now);
  const result = { driftSeconds: after.drift === undefined ? null : seconds(after.drift), wasSeconds: seconds(drift) };
  return within(after.drift)
    ? report("set", result, `clock set, was ${signed(drift)}`, "ok")
    : report("off", result, `clock does not keep what it is set to`, "finding");
}

function report(result: string, state: Readonly<Record<string, unknown>>, text: string, verdict: JobStepReport["verdict"]): JobStepReport {
  return { json: { step: "clock", result, ...state }, text, verdict };
}

/** Milliseconds that the meter is ahead; undefined where its clock shows no time. */
async function readDrift(
  client: ClockClient,
  now: () => number,
): Promise<{ readonly drift: number | undefined; readonly deviation: number }> {
  const time = await client.get(Clock, clock, "time");
  const deviation = time.deviation ?? (await client.get(Clock, clock, "timeZone"));
  const instant = dateTimeToInstant(time, deviation);
  return { drift: instant === undefined ? undefined : instant - now(), deviation };
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

function signed(ms: number): string {
  return `${ms > 0 ? "+" : ""}${seconds(ms)} s`;
}
