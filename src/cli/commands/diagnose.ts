import { Command } from "commander";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { Clock } from "../../cosem-objects/classes/clock.ts";
import { dateTimeToInstant } from "../../dlms/axdr/date-time.ts";
import { DlmsError } from "../../errors.ts";
import { clockFinding, type Finding, findingsOf } from "../diagnose/findings.ts";
import { LineCounters } from "../diagnose/line-counters.ts";
import { exitCodes } from "../exit-codes.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { connectTarget, type TargetOptions, targetOf, traceTo } from "../session.ts";
import { commandAction } from "./action.ts";

/** `dlms diagnose TARGET` */
export function diagnoseCommand(): Command {
  return withTargetOptions(new Command("diagnose"))
    .description("say layer by layer what works on the way to a meter, and what does not")
    .argument("<target>", "as for dlms read")
    .addHelpText("after", "\nExample:\n  dlms diagnose optical:///dev/ttyUSB0 --client 2 --auth lls --password env:PASSWORD")
    .action(commandAction(diagnose));
}

async function diagnose(output: Output, options: TargetOptions, text: string): Promise<void> {
  const counters = new LineCounters();
  const trace = traceTo(options, output);
  const findings = await examine(counters, () =>
    connectTarget(targetOf(text, options), options, output, undefined, (record) => {
      counters.note(record);
      trace?.(record);
    }),
  );
  output.result(findings, () => findings.map(lineOf).join("\n"));
  if (findings.some(({ ok }) => !ok)) process.exitCode = exitCodes.refused;
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
