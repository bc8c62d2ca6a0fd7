import { readFileSync } from "node:fs";
import { CsvError, parse } from "csv-parse/sync";
import { ConfigError, DlmsError, StoreError } from "../../errors.ts";
import type { Issue, IssueBook } from "../../vending/index.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "../exit-codes.ts";
import { describeFailure, failureLine, type Output } from "../output.ts";
import type { Issuer, OrderTexts } from "./token-issuer.ts";
import { flagNames } from "./token-options.ts";
import { inGroups, issueJson } from "./token-view.ts";

const columns = ["meter", "value", "sgc", "krn", "kt", "ti", "ken"] as const satisfies readonly (keyof OrderTexts)[];
type Column = (typeof columns)[number];

/** Lines that are kept at once: the disk takes longer than the tokens of a line. */
const linesAtOnce = 100;

interface Line {
  readonly number: number;
  readonly cells: readonly string[];
}

/** What became of a line. */
type Outcome = { readonly line: Line } & ({ readonly issue: Issue } | { readonly refusal: DlmsError });

/**
 * Issues for each line of a CSV file. A line that cannot be is reported with its number, and the others are made.
 * @returns the exit code of the first line that was not made
 * @throws ConfigError for a file that is no such table, before anything is issued
 */
export function issueBatch(output: Output, file: string, book: IssueBook, issuer: Issuer): ExitCode {
  const { header, lines } = readLines(file);
  const refusals: DlmsError[] = [];
  for (let start = 0; start < lines.length && output.open; start += linesAtOnce) {
    const some = lines.slice(start, start + linesAtOnce);
    for (const outcome of book.together(() => some.map((line) => issueLine(book, issuer, header, line)))) {
      if ("refusal" in outcome) refusals.push(outcome.refusal);
      printOutcome(output, header, outcome);
    }
  }
  if (refusals.length === 0) return exitCodes.done;
  output.note(`${refusals.length} of ${lines.length} lines were refused`);
  return exitCodeOf(refusals[0]);
}

function issueLine(book: IssueBook, issuer: Issuer, header: readonly Column[], line: Line): Outcome {
  try {
    if (line.cells.length !== header.length) {
      throw new ConfigError("", `expected ${header.length} cells, as the header has, got ${line.cells.length}`);
    }
    const order: OrderTexts = Object.fromEntries(
      header.flatMap((name, index) => {
        const cell = line.cells[index];
        return cell === "" ? [] : [[name, cell]];
      }),
    );
    return { line, issue: issuer(book, order, (name) => (header.some((each) => each === name) ? name : flagNames(name))) };
  } catch (error) {
    // Where the book itself fails, the other lines would too.
    if (!(error instanceof DlmsError) || error instanceof StoreError) throw error;
    return { line, refusal: error };
  }
}

function printOutcome(output: Output, header: readonly Column[], outcome: Outcome): void {
  const { number, cells } = outcome.line;
  if ("issue" in outcome) {
    const { issue } = outcome;
    output.item({ line: number, ...issueJson(issue) }, () => [issue.meter, ...issue.tokens.map(inGroups)].join("  "));
    return;
  }
  const failure = describeFailure(outcome.refusal);
  const meter = cells[header.indexOf("meter")] ?? "";
  if (output.json) output.item({ line: number, meter, error: failure }, () => "");
  else output.note(failureLine({ ...failure, message: `line ${number}: ${failure.message}` }));
}

function readLines(file: string): { readonly header: readonly Column[]; readonly lines: readonly Line[] } {
  const [first, ...rest] = records(file);
  if (first === undefined) throw new ConfigError("--csv", `${file} is empty`);
  const header = first.cells.map((name) => {
    const column = columns.find((each) => each === name.toLowerCase());
    if (column === undefined) throw new ConfigError("--csv", `expected the columns ${columns.join(", ")}, got ${JSON.stringify(name)}`);
    return column;
  });
  if (new Set(header).size < header.length) throw new ConfigError("--csv", "a column stands there twice");
  if (!header.includes("meter")) throw new ConfigError("--csv", "expected a column meter");
  return { header, lines: rest };
}

function records(file: string): readonly Line[] {
  try {
    const parsed = parse(readFileSync(file, "utf8"), {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
    return parsed.map(({ record, info }) => ({ number: info.lines, cells: record }));
  } catch (cause) {
    const why = cause instanceof CsvError ? cause.message : ((cause as NodeJS.ErrnoException).code ?? "unknown failure");
    throw new ConfigError("--csv", `cannot read ${file}: ${why}`, { cause });
  }
}
