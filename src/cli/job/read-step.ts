import { parseObject } from "../object-argument.ts";
import { toJson } from "../output.ts";
import { displayValue, readingToJson } from "../readings.ts";
import type { ConnectedMeter } from "./connected-meter.ts";
import { writeOutputFile } from "./output-file.ts";
import type { JobStepReport } from "./run-job.ts";

/**
 * Reads attributes, into a file where one is named; what a meter refuses is a finding.
 * @param file undefined in a dry run too
 * @throws ConfigError for objects that are none
 */
export async function readStep(meter: ConnectedMeter, objects: readonly string[], file: string | undefined): Promise<JobStepReport> {
  const reader = await meter.reader();
  const readings = (await reader.read(objects.map((object) => parseObject(object, reader)))).map(readingToJson);
  if (file !== undefined) writeOutputFile(file, `${toJson(readings)}\n`);
  const refused = readings.filter(({ error }) => error !== undefined).length;
  return {
    json: { step: "read", result: refused === 0 ? "done" : "refused", readings, ...(file === undefined ? {} : { file }) },
    text: readings.map((reading) => `${displayValue(reading)}${reading.unit === undefined ? "" : ` ${reading.unit}`}`).join(", "),
    verdict: refused === 0 ? "ok" : "finding",
  };
}
