import { writeFileSync } from "node:fs";
import { Command } from "commander";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { Clock } from "../../cosem-objects/classes/clock.ts";
import { dateTimeToInstant } from "../../dlms/axdr/date-time.ts";
import { secureRandom } from "../../dlms/security/secure-random.ts";
import { ConfigError, DlmsError } from "../../errors.ts";
import { AnonymousTrace } from "../diagnose/anonymous-trace.ts";
import { clockFinding, type Finding, findingsOf } from "../diagnose/findings.ts";
import { LineCounters } from "../diagnose/line-counters.ts";
import { exitCodes } from "../exit-codes.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { connectTarget, type TargetOptions, targetOf, traceTo } from "../session.ts";
import { version } from "../version.ts";
import { commandAction } from "./action.ts";

/** `dlms diagnose TARGET` */
export function diagnoseCommand(): Command {
  return withTargetOptions(new Command("diagnose"))
    .description("say layer by layer what works on the way to a meter, and what does not")
    .argument("<target>", "as for dlms read")
    .option("--anonymize <file>", "write what passed the line there, fit to be published: nothing tells which meter it was")
    .addHelpText(
      "after",
      "\nExamples:\n  dlms diagnose optical:///dev/ttyUSB0 --client 2 --auth lls --password env:PASSWORD\n  dlms diagnose meter:house --anonymize trace.txt && dlms decode --file trace.txt",
    )
    .action(commandAction(diagnose));
}

interface DiagnoseOptions extends TargetOptions {
  readonly anonymize?: string;
}

async function diagnose(output: Output, options: DiagnoseOptions, text: string): Promise<void> {
  const counters = new LineCounters();
  const trace = traceTo(options, output);
  const anonymous = options.anonymize === undefined ? undefined : new AnonymousTrace();
  const findings = await examine(counters, async () =>
    connectTarget(await targetOf(text, options), options, output, undefined, (record) => {
      counters.note(record);
      trace?.(record);
      anonymous?.sink(record);
    }),
  );
  if (options.anonymize !== undefined && anonymous !== undefined) publish(options.anonymize, anonymous, findings, output);
  output.result(findings, () => findings.map(lineOf).join("\n"));
  if (findings.some(({ ok }) => !ok)) process.exitCode = exitCodes.refused;
}

function publish(file: string, trace: AnonymousTrace, findings: readonly Finding[], output: Output): void {
  const verdicts = findings.map(({ layer, ok }) => `${layer} ${ok ? "ok" : "fails"}`).join(", ");
  const lines = [`# dlms-gateway ${version}, ${verdicts}`, ...trace.lines(secureRandom)];
  try {
    writeFileSync(file, `${lines.join("\n")}\n`);
  } catch (cause) {
    throw new ConfigError("--anonymize", `cannot write ${file}: ${(cause as NodeJS.ErrnoException).code ?? "unknown failure"}`, { cause });
  }
  output.note(`${file} has the trace without the meter's identity; look it through before you publish it`);
}

async function examine(counters: LineCounters, connect: () => Promise<DlmsClient>): Promise<readonly Finding[]> {
  let client: DlmsClient;
  try {
    client = await connect();
  } catch (error) {
    if (!(error instanceof DlmsError)) throw error;
    return findingsOf(counters, error);
  }
  try {
    const drift = await driftOf(client);
    return [...findingsOf(counters, undefined), clockFinding(drift)];
  } catch (error) {
    if (!(error instanceof DlmsError)) throw error;
    return findingsOf(counters, error);
  } finally {
    await client.close();
  }
}

/** Seconds that the meter's clock is ahead; undefined where it gives none. */
async function driftOf(client: DlmsClient): Promise<number | undefined> {
  const [time] = await client.getMany([{ classId: Clock.classId, logicalName: "0.0.1.0.0.255", attribute: Clock.attributes.time.id }]);
  if (time?.value === undefined) return undefined;
  const instant = dateTimeToInstant(await client.get(Clock, "0.0.1.0.0.255", "time"));
  return instant === undefined ? undefined : Math.round((instant - Date.now()) / 1000);
}

function lineOf({ layer, ok, message, hint }: Finding): string {
  return `${ok ? "ok  " : "FAIL"} ${layer.padEnd(12)} ${message}${hint === undefined ? "" : `\n                  try: ${hint}`}`;
}
