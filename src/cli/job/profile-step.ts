import { type ProfileSelection, readProfile } from "../../client/profile-reader.ts";
import type { WrittenJobStep } from "../../config/job.ts";
import { type LogicalName, tryParseLogicalName } from "../../cosem-objects/logical-name.ts";
import { logicalNameByName } from "../../cosem-objects/names.ts";
import { instantToDateTime } from "../../dlms/axdr/date-time.ts";
import { ConfigError } from "../../errors.ts";
import { toJson } from "../output.ts";
import { limitsOf } from "../profile-plan.ts";
import { profileCsv, profileJson } from "../profile-text.ts";
import type { ConnectedMeter } from "./connected-meter.ts";
import { writeOutputFile } from "./output-file.ts";
import type { JobStepReport } from "./run-job.ts";

type WrittenProfileStep = WrittenJobStep & { readonly kind: "profile" };

/** A profile step that holds for all meters of a job. */
export interface ProfileStep {
  /** As it was written. */
  readonly name: string;
  readonly logicalName: LogicalName;
  readonly selection: ProfileSelection;
  readonly format: "csv" | "json";
}

/** @param startedAt when the job began, in milliseconds since 1970, so that all meters are read from the same time on. @throws ConfigError */
export function prepareProfile({ profile, rows, format }: WrittenProfileStep, startedAt: number): ProfileStep {
  const logicalName = tryParseLogicalName(profile) ?? logicalNameByName(profile);
  if (logicalName === undefined)
    throw new ConfigError("profile", `${JSON.stringify(profile)} is no profile`, {
      hint: "use load, hourly, daily, monthly, tokens or a logical name",
    });
  return { name: profile, logicalName, selection: selectionOf(rows, startedAt), format };
}

function selectionOf(rows: WrittenProfileStep["rows"], startedAt: number): ProfileSelection {
  switch (rows.kind) {
    case "last":
      return rows;
    case "since": {
      const from = { ...instantToDateTime(startedAt - rows.span, 0), dayOfWeek: undefined, clockStatus: undefined };
      return { kind: "range", from, to: limitsOf({ to: "2099-12-31T00:00Z" }).to };
    }
    case "range":
      return rows.from === undefined && rows.to === undefined ? { kind: "all" } : { kind: "range", ...limitsOf(rows) };
  }
}

/** Reads a profile into a file. @throws DataAccessError where the meter refuses, ConfigError for a file that cannot be written */
export async function profileStep(
  meter: ConnectedMeter,
  { name, logicalName, selection, format }: ProfileStep,
  file: string,
  dryRun: boolean,
): Promise<JobStepReport> {
  const about = { step: "profile", profile: name, logicalName, file };
  if (dryRun) return { json: { ...about, result: "would-read" }, text: `${name} would be read`, verdict: "ok" };
  const table = await readProfile(meter.client, await meter.reader(), logicalName, selection);
  writeOutputFile(file, `${format === "csv" ? profileCsv(table) : toJson(profileJson(table))}\n`);
  return { json: { ...about, result: "done", rows: table.rowCount }, text: `${name} ${table.rowCount} rows`, verdict: "ok" };
}
