import { Command, Option } from "commander";
import { didYouMean } from "../../config/did-you-mean.ts";
import { type CaseGroup, type CaseResult, type ConformanceCase, caseGroups } from "../../conformance/case.ts";
import { conformanceCases } from "../../conformance/cases/index.ts";
import { runCases } from "../../conformance/runner.ts";
import { ConfigError } from "../../errors.ts";
import { declareDevice } from "../conformance/declaration.ts";
import { caseAsJson, caseAsText, sumOf } from "../conformance/report.ts";
import { exitCodes } from "../exit-codes.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { connectTarget, type TargetOptions, targetOf, traceTo } from "../session.ts";
import { formatTable } from "../table.ts";
import type { Target } from "../target.ts";
import { commandAction } from "./action.ts";

interface ConformanceOptions extends TargetOptions {
  readonly cti?: string;
  readonly group?: CaseGroup;
  readonly case?: readonly string[];
  readonly list?: boolean;
  readonly log?: boolean;
}

/** `dlms conformance TARGET` */
export function conformanceCommand(): Command {
  return withTargetOptions(new Command("conformance"))
    .description("test a meter against the standard: HDLC, application layer, objects and security, case by case")
    .argument("[target]", "as for dlms read; its association is the one that most cases use")
    .option("--cti <file>", "what is declared of the device besides, as in docs/conformance.md")
    .addOption(new Option("--group <name>", "only the cases of one group").choices(caseGroups))
    .option("--case <id...>", "only these cases")
    .option("--list", "list the cases, and test nothing")
    .option("--log", "show what passed the line in what failed")
    .addHelpText(
      "after",
      "\nNothing is changed in the device unless the file of --cti says `write: true`.\n\nExamples:\n  dlms conformance --list\n  dlms conformance hdlc://10.0.0.5:4059 --client 2 --auth lls --password env:PASSWORD --group hdlc\n  dlms conformance tcp://10.0.0.5 --client 3 --auth gmac --ek env:EK --ak env:AK --cti device.yaml --json",
    )
    .action(commandAction(conformance));
}

async function conformance(output: Output, options: ConformanceOptions, text: string | undefined): Promise<void> {
  const cases = chosen(options);
  if (options.list === true) {
    list(cases, output);
    return;
  }
  if (text === undefined) throw new ConfigError("TARGET", "expected a device to test, got nothing", { hint: "see the cases with --list" });
  const target = await targetOf(text, options);
  const { declaration, expected, warnings } = await declareDevice(target, options.cti, options, traceTo(options, output));
  for (const warning of warnings) output.note(`warning: ${warning}`);
  if (cases.some(({ group }) => group !== "hdlc")) await tryOut(target, options);
  const results: CaseResult[] = [];
  for await (const result of runCases(cases, declaration)) {
    results.push(result);
    if (!output.json) output.item(result, () => caseAsText(result, expected.get(result.id), options.log === true));
    if (!output.open) return;
  }
  output.result(
    results.map((result) => caseAsJson(result, expected.get(result.id))),
    () => sumOf(results),
  );
  if (results.some(({ id, verdict }) => isSurprise(verdict, expected.get(id)))) process.exitCode = exitCodes.refused;
}

/** What fails is, unless it is known to; and so is what was expected otherwise. */
function isSurprise(verdict: CaseResult["verdict"], expected: string | undefined): boolean {
  return expected === undefined ? verdict === "failed" : verdict !== expected;
}

/**
 * Where the declared association does not come about at all, the cases would all say so and nothing else. Under keys the
 * counters go on where the meter has them from here on.
 * @throws TransportError, AssociationRejectedError, SecurityError
 */
async function tryOut(target: Target, options: ConformanceOptions): Promise<void> {
  const client = await connectTarget(target, { timeout: options.timeout ?? tryOutTimeout }, { note: () => {} });
  await client.close();
}

const tryOutTimeout = 10_000;

function chosen({ group, case: ids }: ConformanceOptions): readonly ConformanceCase[] {
  const ofGroup = group === undefined ? conformanceCases : conformanceCases.filter((each) => each.group === group);
  if (ids === undefined) return ofGroup;
  const known = ofGroup.map(({ id }) => id);
  for (const id of ids) {
    if (known.includes(id)) continue;
    const nearest = didYouMean(id, known);
    throw new ConfigError("--case", `there is no case ${JSON.stringify(id)}${nearest === undefined ? "" : `, did you mean ${nearest}?`}`, {
      hint: "see the cases with --list",
    });
  }
  return ofGroup.filter(({ id }) => ids.includes(id));
}

function list(cases: readonly ConformanceCase[], output: Output): void {
  const rows = cases.map(({ id, group, title, source }) => ({ id, group, title, source }));
  const columns = [{ title: "Case" }, { title: "Group" }, { title: "Title" }, { title: "Source" }];
  output.result(rows, () =>
    formatTable(
      columns,
      rows.map(({ id, group, title, source }) => [id, group, title, source]),
      { width: output.width },
    ),
  );
}
