import { Command } from "commander";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { loadYaml } from "../../config/load.ts";
import { formatTariff, type TariffFile, tariffSchema } from "../../config/tariff-file.ts";
import { formatDateTime } from "../../dlms/axdr/date-time.ts";
import { NotKeptError } from "../../errors.ts";
import { activatePassive, readPassive, readTariffs, writePassive, writeSpecialDays } from "../../field/tariff-table.ts";
import { lineDiff } from "../line-diff.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { dateText, specialDaysOf, tableOf, tariffOf } from "../tariff/tariff-text.ts";
import { parseTimeLimit } from "../time-limit.ts";
import { commandAction } from "./action.ts";

interface LoadOptions extends TargetOptions {
  readonly dryRun?: boolean;
}

interface ActivateOptions extends TargetOptions {
  readonly at?: string;
}

const example = "--client 1 --auth gmac --ek env:EK --ak env:AK";

/** `dlms tariff show|load|activate TARGET` */
export function tariffCommand(): Command {
  return new Command("tariff")
    .description("the time-of-use tariff of a meter: show it, load another one, put it in force")
    .addCommand(
      withTargetOptions(new Command("show"))
        .description("the tariff in force, and the one that waits, as files that load takes")
        .argument("<target>", "as for dlms read")
        .option("--passive", "the one that waits alone")
        .addHelpText("after", "\nExample:\n  dlms tariff show meter:house > tariff.yaml")
        .action(commandAction(show)),
    )
    .addCommand(
      withTargetOptions(new Command("load"))
        .description("make a file the tariff that waits, and say what differs from the one in force")
        .argument("<target>", "as for dlms read")
        .argument("<file>", "YAML: name, seasons, weeks, days, specialDays")
        .option("--dry-run", "say what differs, and write nothing")
        .addHelpText(
          "after",
          `\nSpecial days hold at once; the rest waits for activate.\n\nExample:\n  dlms tariff load meter:house tariff.yaml ${example}`,
        )
        .action(commandAction(load)),
    )
    .addCommand(
      withTargetOptions(new Command("activate"))
        .description("put the tariff that waits in force")
        .argument("<target>", "as for dlms read")
        .option("--at <time>", "at a time such as 2027-01-01T00:00 of the meter's clock, instead of now")
        .addHelpText("after", `\nExample:\n  dlms tariff activate meter:house --at 2027-01-01T00:00 ${example}`)
        .action(commandAction(activate)),
    );
}

async function show(
  output: Output,
  { passive = false, ...options }: TargetOptions & { readonly passive?: boolean },
  target: string,
): Promise<void> {
  await withClient(target, options, output, async (client) => {
    const tariffs = await readTariffs(client);
    const [active, waiting] = [tariffOf(tariffs.active, tariffs.specialDays), tariffOf(tariffs.passive)];
    const activation = isNever(tariffs.activation) ? null : formatDateTime(tariffs.activation);
    output.result(passive ? waiting : { active, passive: waiting, activation }, () => {
      if (passive) return formatTariff(waiting).trimEnd();
      const comment = (text: string) => text.trimEnd().replaceAll(/^/gm, "# ");
      const when = activation === null ? "whenever it is activated" : `from ${activation} on`;
      return `${formatTariff(active)}\n# waits, and holds ${when}:\n${comment(formatTariff(waiting))}`;
    });
  });
}

async function load(output: Output, { dryRun = false, ...options }: LoadOptions, target: string, file: string): Promise<void> {
  const wanted = loadYaml(file, tariffSchema) as TariffFile;
  await withClient(target, options, output, async (client) => {
    const before = await readTariffs(client);
    const { specialDays: wantedDays, ...wantedTable } = wanted;
    const daysBefore = tariffOf(before.active, before.specialDays).specialDays ?? [];
    const sameDays = wantedDays === undefined || isSame(wantedDays, daysBefore);
    const samePassive = isSame(wantedTable, tariffOf(before.passive));
    const diff = lineDiff(
      linesOf(tariffOf(before.active, before.specialDays)),
      linesOf({ ...wantedTable, specialDays: wantedDays ?? daysBefore }),
    );
    const changes = diff.filter(({ mark }) => mark !== " ").length;
    const writes = [...(samePassive ? [] : ["passive calendar"]), ...(sameDays ? [] : ["special days"])];
    if (!dryRun) {
      if (!samePassive) await writePassive(client, tableOf(wanted));
      if (!sameDays) await writeSpecialDays(client, specialDaysOf(wanted));
      await expectKept(client, wantedTable, wantedDays);
    }
    output.result({ name: wanted.name, changes, written: dryRun ? [] : writes, wouldWrite: dryRun ? writes : [] }, () =>
      [
        changes === 0 ? "as the tariff in force" : diff.map(({ mark, text }) => `${mark} ${text}`).join("\n"),
        "",
        writes.length === 0
          ? "nothing to write: the meter has it already"
          : `${dryRun ? "would write" : "wrote and read back"}: ${writes.join(", ")}`,
      ].join("\n"),
    );
  });
}

/** Meters that take what they do not keep are told of. */
async function expectKept(client: DlmsClient, table: TariffFile, days: TariffFile["specialDays"]): Promise<void> {
  const { specialDays } = await readTariffs(client);
  const kept = tariffOf(await readPassive(client), specialDays);
  const lost = (["name", "seasons", "weeks", "days"] as const).filter((key) => !isSame(table[key], kept[key]));
  const daysLost = days !== undefined && !isSame(days, kept.specialDays) ? ["specialDays"] : [];
  const all = [...lost, ...daysLost];
  if (all.length > 0) throw new NotKeptError(`the meter took the tariff and holds another one: ${all.join(", ")}`);
}

async function activate(output: Output, { at, ...options }: ActivateOptions, target: string): Promise<void> {
  const time = at === undefined ? undefined : parseTimeLimit("--at", at);
  await withClient(target, options, output, async (client) => {
    await activatePassive(client, time);
    const { active, passive, activation } = await readTariffs(client);
    const [name, waiting] = [tariffOf(active).name, tariffOf(passive).name];
    const when = isNever(activation) ? null : formatDateTime(activation);
    output.result({ active: name, passive: waiting, activation: when }, () =>
      time === undefined ? `in force: ${name}` : `in force: ${name}; ${waiting} takes over at ${when ?? at}`,
    );
  });
}

function isNever(time: Parameters<typeof dateText>[0]): boolean {
  return dateText(time) === "*-*-*";
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function linesOf(tariff: TariffFile): readonly string[] {
  return formatTariff(tariff).trimEnd().split("\n");
}
