import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import { applySet } from "../job/apply-set.ts";
import { ChangeLog } from "../job/change-log.ts";
import { ParameterSet } from "../job/parameter-set.ts";
import { countResults, hasFailed, type StepReport, stepTable } from "../job/step-report.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { commandAction } from "./action.ts";
import { deviceView } from "./device-view.ts";

interface ApplyCommandOptions extends TargetOptions {
  readonly dryRun?: boolean;
  readonly keepGoing?: boolean;
  readonly invoke?: boolean;
  readonly log?: string;
}

/** `dlms apply TARGET FILE` */
export function applyCommand(): Command {
  return withTargetOptions(new Command("apply"))
    .description("bring a meter to what a parameter set says: shows what differs, writes that, and reads it back")
    .argument("<target>", "as for dlms read")
    .argument("<file>", "the parameter set, as in docs/technician.md")
    .option("--dry-run", "show what differs, and write nothing")
    .option("--keep-going", "go on after what the meter refuses")
    .option("--invoke", "take the invoke steps though nothing before them has changed, as after a run that was cut off")
    .option("--log <file>", "add a line of JSON there for everything that is changed")
    .addHelpText("after", "\nExample:\n  dlms apply meter:house residential.yaml --dry-run --client 1 --auth gmac --ek env:EK --ak env:AK")
    .action(commandAction(apply));
}

async function apply(output: Output, options: ApplyCommandOptions, target: string, file: string): Promise<void> {
  const { dryRun = false, keepGoing = false, invoke = false } = options;
  // What is wrong with the files is told before anything is connected.
  const set = ParameterSet.load(file, process.env);
  const log = options.log === undefined || dryRun ? undefined : new ChangeLog(options.log, Date.now);
  await withClient(target, options, output, async (client) => {
    const { view, save } = await deviceView(client);
    const done: StepReport[] = [];
    let steps: readonly StepReport[];
    try {
      // As a job calls it, so that one log can be about both.
      const meter = withoutQuery(target).replace(/^meter:/, "");
      const onStep = (step: StepReport) => void done.push(step);
      steps = await applySet(client, view, set, { dryRun, keepGoing, invoke, meter, log, progress: new Map(), onStep });
    } catch (error) {
      if (done.length > 0) output.note(`${stepTable(done, output.width)}\ncut off after ${countResults(done)}${howToGoOn}`);
      throw error;
    }
    save();
    output.result({ target: withoutQuery(target), file, dryRun, steps }, () => {
      const sum = `${countResults(steps)}${dryRun ? "; nothing was written" : ""}`;
      return `${stepTable(steps, output.width)}\n${sum}`;
    });
    if (steps.some(hasFailed)) process.exitCode = exitCodes.refused;
  });
}

const howToGoOn = ": run it again to go on, with --invoke for what was to be invoked";

/** The query of a target may hold secrets. */
function withoutQuery(target: string): string {
  return target.replace(/\?.*$/s, "");
}
