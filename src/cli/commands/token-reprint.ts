import { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import type { IssueBook } from "../../vending/index.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { formatTable } from "../table.ts";
import { commandAction } from "./action.ts";
import { meterOf, wholeNumber } from "./token-options.ts";
import { openIssueBook, withStoreOption } from "./token-store.ts";
import { inGroups, issueJson, issueText, valueText } from "./token-view.ts";

interface ReprintOptions extends CommonOptions {
  readonly store?: string;
  readonly meter?: string;
  readonly tid?: string;
  readonly all?: boolean;
}

/** `dlms token reprint` */
export function tokenReprintCommand(): Command {
  return withStoreOption(withCommonOptions(new Command("reprint")))
    .description("print a lost token again: the same digits, from what was kept, without any key")
    .requiredOption("--meter <number>", "decoder reference number (11 or 13 digits) or meter PAN (18)")
    .option("--tid <number>", "the token with this identifier; by default the latest")
    .option("--all", "everything that was issued for the meter")
    .addHelpText("after", "\nExample:\n  dlms token reprint --meter 01234567897")
    .action(commandAction(reprint));
}

async function reprint(output: Output, options: ReprintOptions): Promise<void> {
  const { digits } = meterOf("--meter", options.meter);
  const identifier = options.tid === undefined ? undefined : wholeNumber("--tid", options.tid);
  if (identifier !== undefined && options.all === true) throw new ConfigError("--all", "goes without --tid");
  const book = await openIssueBook(options.store);
  try {
    if (options.all === true) printAll(output, book, digits);
    else printOne(output, book, digits, identifier);
  } finally {
    await book.close();
  }
}

function printOne(output: Output, book: IssueBook, meter: string, identifier: number | undefined): void {
  const issue = identifier === undefined ? book.last(meter) : book.find(meter, identifier);
  if (issue === undefined) {
    const what = identifier === undefined ? "nothing" : `no token with the identifier ${identifier}`;
    throw new ConfigError(identifier === undefined ? "--meter" : "--tid", `${what} was issued for ${meter}`, {
      hint: "check the number of the meter, and --store",
    });
  }
  output.result(issueJson(issue), () => issueText(issue));
}

function printAll(output: Output, book: IssueBook, meter: string): void {
  const issues = [...book.all(meter)];
  output.result(issues.map(issueJson), () =>
    formatTable(
      [{ title: "issued" }, { title: "tid", align: "right" }, { title: "service" }, { title: "value" }, { title: "tokens" }],
      issues.map((issue) => {
        const { issued, tid, service, tokens } = issueJson(issue);
        return [issued, String(tid ?? ""), service, valueText(issue), tokens.map(inGroups).join(", ")];
      }),
    ),
  );
}
