import { Command } from "commander";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { Clock } from "../../cosem-objects/classes/clock.ts";
import { dateTimeToInstant, formatDateTime, instantToDateTime } from "../../dlms/axdr/date-time.ts";
import { ConfigError } from "../../errors.ts";
import { parseNumber, withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { parseTimeLimit } from "../time-limit.ts";
import { commandAction } from "./action.ts";

interface ClockOptions extends TargetOptions {
  readonly set?: string;
  readonly shift?: number;
  readonly force?: boolean;
}

const clock = "0.0.1.0.0.255";
/** Seconds that a clock is set by without being asked twice: rows of profiles are lost or doubled by more. */
const usualLimit = 300;

/** `dlms clock TARGET` */
export function clockCommand(): Command {
  return withTargetOptions(new Command("clock"))
    .description("show the clock of a meter and its drift, or set it")
    .argument("<target>", "as for dlms read")
    .option("--set <time>", "now, or a time such as 2026-11-22T12:00:00+01:00")
    .option("--shift <seconds>", "move it by so many seconds, -900 to 900", parseNumber("--shift", -900, 900))
    .option("--force", `set it though it is further off than ${usualLimit} s`)
    .addHelpText("after", "\nExample:\n  dlms clock meter:house --set now --client 1 --auth gmac --ek env:EK --ak env:AK")
    .action(commandAction(run));
}

interface ClockJson {
  readonly meterTime: string;
  /** Seconds that the meter is ahead of this computer. */
  readonly driftSeconds: number | null;
  /** Minutes from local time to UTC. */
  readonly timeZone: number;
  readonly status: number;
}

async function run(output: Output, { set, shift, force = false, ...options }: ClockOptions, target: string): Promise<void> {
  if (set !== undefined && shift !== undefined) throw new ConfigError("--shift", "expected either --set or --shift");
  // What cannot be read as a time is refused before anything is connected.
  const wanted = set === undefined || set === "now" ? undefined : parseTimeLimit("--set", set);
  await withClient(target, options, output, async (client) => {
    const before = await read(client);
    if (set !== undefined) {
      const time = await client.get(Clock, clock, "time");
      const now = dateTimeToInstant(time);
      // In the zone of the meter, as its clock shows it.
      const next = wanted ?? instantToDateTime(Date.now(), time.deviation ?? 0);
      const instant = dateTimeToInstant({ ...next, deviation: next.deviation ?? time.deviation });
      const step = now === undefined || instant === undefined ? 0 : Math.abs(instant - now) / 1000;
      if (step > usualLimit && !force) {
        throw new ConfigError("--set", `the clock would move by ${Math.round(step)} s, which tears holes into profiles`, {
          hint: "add --force to do it",
        });
      }
      await client.set(Clock, clock, "time", next);
    }
    if (shift !== undefined) await client.invoke(Clock, clock, "shiftTime", shift);
    const after = set === undefined && shift === undefined ? before : await read(client);
    output.result(after, () => {
      const moved = before === after ? "" : `was   ${before.meterTime}\n`;
      const drift = after.driftSeconds === null ? "" : `\ndrift ${after.driftSeconds} s against this computer`;
      return `${moved}time  ${after.meterTime}${drift}`;
    });
  });
}

async function read(client: DlmsClient): Promise<ClockJson> {
  const time = await client.get(Clock, clock, "time");
  const timeZone = await client.get(Clock, clock, "timeZone");
  const instant = dateTimeToInstant(time, timeZone);
  return {
    meterTime: formatDateTime(time),
    driftSeconds: instant === undefined ? null : Math.round((instant - Date.now()) / 1000),
    timeZone,
    status: time.clockStatus ?? 0xff,
  };
}
