import { Command } from "commander";
import { type ArgumentSpec, type CommandSpec, type OptionSpec, specOf } from "../../src/cli/completion/command-spec.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { withCommonOptions, withTargetOptions } from "../../src/cli/options.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { version } from "../../src/cli/version.ts";
import { keyFileVariables } from "../../src/config/key-file-passphrase.ts";
import { secretExpected } from "../../src/config/secret.ts";
import { targetExpected } from "../../src/config/target.ts";

const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: "done",
  refused: "the meter said no: access denied, token refused and the like",
  usage: "usage or configuration",
  connection: "no connection, or a time-out",
  security: "authentication, keys, security",
  malformed: "malformed data",
};

const environment: readonly (readonly [string, string])[] = [
  [keyFileVariables.file, "the encrypted key file, as \\-\\-key\\-file names it"],
  [keyFileVariables.passphrase, "its passphrase, where nobody is there to type it"],
  [keyFileVariables.newPassphrase, "the passphrase that dlms keys file change\\-passphrase gives it"],
  [keyFileVariables.descriptor, "the descriptor that the passphrase is read from, as \\-\\-key\\-passphrase\\-fd names it"],
  ["NO_COLOR", "no colours, if it is set to anything"],
  ["COLUMNS", "the width of tables, where standard output is a terminal that does not tell"],
  ["XDG_CACHE_HOME", "what meters have is remembered there, so that it is not read again"],
  ["XDG_STATE_HOME", "invocation counters and issued tokens are kept there"],
];

const program = await buildProgram();

/** docs/dlms.1: the manual page, from the commands as they are. */
export function manualPage(): string {
  const spec = specOf(program);
  const examples = examplesOf(program);
  return `${[
    '.\\" Generated from the commands by npm run docs:pages.',
    `.TH DLMS 1 "" "dlms\\-gateway ${version}" "User Commands"`,
    ".SH NAME",
    `dlms \\- ${roff(spec.description)}`,
    ".SH SYNOPSIS",
    ".B dlms",
    ".I COMMAND",
    "[options] [arguments]",
    ".SH DESCRIPTION",
    "Results go to standard output, progress and logs to standard error. With",
    ".B \\-\\-json",
    "there is one JSON document on standard output, or one a line where results come one by one; failures too.",
    ".PP",
    "A TARGET says where a meter is:",
    roff(`${targetExpected.replace("expected a target such as ", "")}.`),
    "The options of the association stand behind a question mark, as in tcp://10.0.0.5?client=2&auth=lls, or as options of the command.",
    ".PP",
    "A secret is written as",
    roff(`${secretExpected.replace("expected a secret as ", "")};`),
    "the last two are seen by everybody on the machine.",
    ".SH COMMANDS",
    ...pathsOf(spec).flatMap(([path, command]) => commandSection(path, command, examples.get(path) ?? "")),
    ".SH OPTIONS OF EVERY COMMAND",
    ...spec.options.flatMap(optionItem),
    ...commonOptions.flatMap(optionItem),
    ".SH OPTIONS OF A TARGET",
    ...targetOptions.flatMap(optionItem),
    ".SH EXIT STATUS",
    ...Object.entries(exitCodes).flatMap(([name, code]) => item(String(code), exitMeanings[name as keyof typeof exitCodes])),
    ".SH ENVIRONMENT",
    ...environment.flatMap(([name, meaning]) => [".TP", `.B ${name}`, meaning]),
    ".SH FILES",
    ...item("config/meters.yaml", "the address book that meter:NAME is looked up in"),
    ".SH SEE ALSO",
    "Each command has examples in",
    '.BR "dlms COMMAND \\-\\-help" .',
  ].join("\n")}\n`;
}

/** What the page says of every TARGET in one place. */
const usualTarget = /^(as for dlms read|.*or meter:NAME)$/;
const isHelp = ({ flags }: OptionSpec) => flags.includes("--help");
const commonOptions = specOf(withCommonOptions(new Command("common"))).options.filter((option) => !isHelp(option));
const targetOptions = without(specOf(withTargetOptions(new Command("target"))).options, commonOptions);

function without(options: readonly OptionSpec[], others: readonly OptionSpec[]): readonly OptionSpec[] {
  const known = new Set(others.map(({ flags }) => flags.at(-1)));
  return options.filter((option) => !isHelp(option) && !known.has(option.flags.at(-1)));
}

/** The commands below the program, each with its path: "dlms keys wrap". */
function pathsOf(spec: CommandSpec): readonly (readonly [string, CommandSpec])[] {
  return spec.commands.flatMap((each) => {
    const path = `${spec.name} ${each.name}`;
    return [[path, each] as const, ...pathsOf({ ...each, name: path })];
  });
}

function commandSection(path: string, command: CommandSpec, examples: string): readonly string[] {
  const ofTarget = command.arguments.some(({ name }) => name === "target");
  const own = without(without(command.options, commonOptions), ofTarget ? targetOptions : []);
  const place = ({ name, required, variadic }: ArgumentSpec) => {
    const written = `${name.toUpperCase()}${variadic ? "..." : ""}`;
    return required ? written : `[${written}]`;
  };
  return [
    `.SS ${roff([path, ...command.arguments.map(place)].join(" "))}`,
    roff(sentence(command.description)),
    ...command.arguments
      .filter(({ description }) => !usualTarget.test(description))
      .flatMap(({ name, description }) => item(name.toUpperCase(), description)),
    ...own.flatMap(optionItem),
    ...(examples === "" ? [] : [".PP", ".EX", ...examples.split("\n").map(roff), ".EE"]),
  ];
}

function optionItem({ flags, placeholder, description, values, standard }: OptionSpec): readonly string[] {
  const choices = Array.isArray(values) && !values.every((value) => description.includes(value)) ? ` (${values.join(", ")})` : "";
  const otherwise = standard === undefined ? "" : `; without it ${standard}`;
  return item(
    `${flags.join(", ")}${placeholder === undefined ? "" : ` ${placeholder.toUpperCase()}`}`,
    `${description}${choices}${otherwise}`,
  );
}

function item(title: string, text: string): readonly string[] {
  return [".TP", `.B ${roff(title)}`, roff(text)];
}

/** What the help of each command says behind its options, by the path of the command. */
function examplesOf(command: Command, above = ""): ReadonlyMap<string, string> {
  const path = `${above} ${command.name()}`.trim();
  let help = "";
  command.configureOutput({ writeOut: (text) => void (help += text) });
  command.outputHelp();
  const examples = help.slice(command.helpInformation().length).replace(/^\s*\n|\s+$/g, "");
  return new Map([[path, examples], ...command.commands.flatMap((each) => [...examplesOf(each, path)])]);
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

/** Text as roff shows it: a hyphen that can be copied, and no line that begins like a request. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^(?=[.'])/, "\\&");
}
