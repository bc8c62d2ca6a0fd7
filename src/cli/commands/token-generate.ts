import { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import { type IssueBook, MemoryIssueBook } from "../../vending/index.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { commandAction } from "./action.ts";
import { type IssuerOptions, issuedServices, issuerOf, withIssuerOptions } from "./token-issuer.ts";
import { flagNames, type NameOf, withVendingOptions } from "./token-options.ts";
import { openIssueBook, withStoreOption } from "./token-store.ts";
import { printTestToken, type TestOptions, testService } from "./token-test.ts";
import { issueJson, issueText } from "./token-view.ts";

interface GenerateOptions extends CommonOptions, IssuerOptions, TestOptions {
  readonly meter?: string;
  /** False for --no-store. */
  readonly store?: string | false;
  readonly csv?: string;
}

const services = [...issuedServices, testService];

/** `dlms token generate SERVICE [VALUE]` */
export function tokenGenerateCommand(): Command {
  return withStoreOption(withIssuerOptions(withVendingOptions(withCommonOptions(new Command("generate")))))
    .description("issue a token; it is kept before it is printed, so that no meter gets two with the same identifier")
    .argument("<service>", services.join(", "))
    .argument("[value]", "kWh, m3, min, W, an amount of the currency, a register, a mode, the number of a test")
    .option("--no-store", "keep nothing: the time alone decides about the identifier")
    .option("--csv <file>", "a token for each line: columns meter, value, and sgc, krn, kt, ti, ken where they differ")
    .option("--manufacturer <digits>", "test: code of the manufacturer, of two or four digits")
    .addHelpText(
      "after",
      "\nExamples:\n  dlms token generate credit-electricity 25.6 --meter 01234567897 --vending-key env:VENDING_KEY --sgc 123456" +
        "\n  dlms token generate key-change --new-krn 2 --new-vending-key env:NEW --meter 01234567897 --vending-key env:OLD --sgc 123456" +
        "\n  dlms token generate credit-electricity --csv meters.csv --vending-key env:VENDING_KEY --sgc 123456 --json" +
        "\n  dlms token generate test 0",
    )
    .action(commandAction(generate));
}

async function generate(output: Output, options: GenerateOptions, service: string, value?: string): Promise<void> {
  if (service === testService) {
    if (options.csv !== undefined) throw new ConfigError("--csv", "the token of a test is the same for all meters");
    printTestToken(output, value, options);
    return;
  }
  if (options.manufacturer !== undefined) throw new ConfigError("--manufacturer", `is for ${testService} alone`);
  const issuer = issuerOf(service, options, output);
  if (options.csv !== undefined && (value !== undefined || options.meter !== undefined)) {
    throw new ConfigError("--csv", "meters and values stand in the file, so neither VALUE nor --meter goes with it");
  }
  const book = await bookOf(options, output);
  try {
    if (options.csv !== undefined) {
      const { issueBatch } = await import("./token-batch.ts");
      process.exitCode = issueBatch(output, options.csv, book, issuer);
      return;
    }
    const issue = issuer(book, { value }, argumentNames);
    output.result(issueJson(issue), () => issueText(issue));
  } finally {
    await book.close();
  }
}

const argumentNames: NameOf = (name) => (name === "value" ? "VALUE" : flagNames(name));

async function bookOf({ store }: GenerateOptions, output: Output): Promise<IssueBook> {
  if (store !== false) return openIssueBook(store);
  output.note("warning: nothing is kept, so nothing prevents another token of the meter with the same identifier");
  return new MemoryIssueBook();
}
