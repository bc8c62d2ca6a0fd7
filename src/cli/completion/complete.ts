import type { ArgumentSpec, CommandSpec, OptionSpec } from "./command-spec.ts";
import type { Values } from "./values.ts";

/** A word that may stand at the cursor. */
export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** File names are good as well; the shell knows them. */
  readonly files: boolean;
  /** More is to follow in the same word: no space behind it. */
  readonly open: boolean;
}

/** What is looked up only when it is asked for. */
export interface CompletionSources {
  /** Names in the address book; of the usual one without `book`. */
  meters(book: string | undefined): readonly string[] | Promise<readonly string[]>;
  /** Paths of serial ports. */
  ports(): readonly string[];
}

const links: readonly Candidate[] = [
  { value: "tcp://", description: "wrapper" },
  { value: "udp://", description: "wrapper" },
  { value: "hdlc://", description: "HDLC over TCP" },
];
const secrets: readonly Candidate[] = [
  { value: "env:", description: "an environment variable" },
  { value: "file:", description: "a file of its own" },
  { value: "keyfile:", description: "the encrypted key file" },
];

/**
 * What may stand at the cursor.
 * @param words the words behind the program's name up to the cursor; the last, perhaps empty, is to be completed
 */
export async function complete(program: CommandSpec, words: readonly string[], sources: CompletionSources): Promise<Completion> {
  const current = words.at(-1) ?? "";
  const line = parse(program, words.slice(0, -1));
  const book = line.values.get("--book");
  const answer = async (values: Values | undefined, typed: string, before = ""): Promise<Completion> => {
    const files = values === "files" || (values === "secret" && typed.startsWith("file:"));
    const found = await candidatesOf(values, sources, book);
    return completion(found, typed, before, files);
  };
  if (line.pending !== undefined) return answer(line.pending.values, current);
  const [, flag, typed] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  if (flag !== undefined && typed !== undefined && !line.optionsEnded) return answer(optionOf(line, flag)?.values, typed, `${flag}=`);
  if (current.startsWith("-") && !line.optionsEnded) return completion(flagsOf(line), current, "", false);
  if (line.command.commands.length > 0) return completion(commandsOf(line.command), current, "", false);
  return answer(argumentAt(line)?.values, current);
}

interface ParsedLine {
  readonly command: CommandSpec;
  /** The command and those above it, whose options hold here as well. */
  readonly path: readonly CommandSpec[];
  /** How many arguments stand before the cursor. */
  readonly position: number;
  /** An option that waits for its value. */
  readonly pending: OptionSpec | undefined;
  readonly values: ReadonlyMap<string, string>;
  readonly optionsEnded: boolean;
}

/** Goes through the words before the cursor as commander would. */
function parse(program: CommandSpec, words: readonly string[]): ParsedLine {
  const path: [CommandSpec, ...CommandSpec[]] = [program];
  const values = new Map<string, string>();
  let [command, position, optionsEnded] = [program, 0, false];
  let pending: OptionSpec | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      values.set(pending.flags.at(-1) ?? "", word);
      pending = undefined;
    } else if (word === "--") optionsEnded = true;
    else if (word.startsWith("-") && !optionsEnded) {
      const [flag = word, value] = word.split("=", 2);
      const option = optionOf({ path }, flag);
      if (value !== undefined) values.set(flag, value);
      else if (option?.placeholder !== undefined) pending = option;
    } else {
      const below = command.commands.find(({ name }) => name === word);
      if (below === undefined) position++;
      else {
        command = below;
        path.push(below);
      }
    }
  }
  return { command, path, position, pending, values, optionsEnded };
}

function optionOf({ path }: Pick<ParsedLine, "path">, flag: string): OptionSpec | undefined {
  return path.flatMap(({ options }) => options).find(({ flags }) => flags.includes(flag));
}

function argumentAt({ command, position }: ParsedLine): ArgumentSpec | undefined {
  const last = command.arguments.at(-1);
  return command.arguments[position] ?? (last?.variadic === true ? last : undefined);
}

function flagsOf({ path }: ParsedLine): readonly Candidate[] {
  const options = path.flatMap(({ options }) => options);
  const unique = new Map(options.map(({ flags, description }) => [flags.at(-1) ?? "", description]));
  return [...unique].map(([value, description]) => ({ value, description }));
}

function commandsOf({ commands }: CommandSpec): readonly Candidate[] {
  return commands.map(({ name, description }) => ({ value: name, description }));
}

async function candidatesOf(
  values: Values | undefined,
  sources: CompletionSources,
  book: string | undefined,
): Promise<readonly Candidate[]> {
  switch (values) {
    case undefined:
    case "files":
      return [];
    case "secret":
      return secrets;
    case "ports":
      return sources.ports().map((value) => ({ value }));
    case "target":
      return [
        ...(await sources.meters(book)).map((name) => ({ value: `meter:${name}`, description: "address book" })),
        ...links,
        ...["optical", "serial"].flatMap((link) => sources.ports().map((port) => ({ value: `${link}://${port}` }))),
      ];
    default:
      return values.map((value) => ({ value }));
  }
}

function completion(all: readonly Candidate[], typed: string, before: string, files: boolean): Completion {
  const candidates = all.filter(({ value }) => value.startsWith(typed)).map(({ value, ...rest }) => ({ value: before + value, ...rest }));
  return { candidates, files, open: candidates.length > 0 && candidates.every(({ value }) => /[:/]$/.test(value)) };
}
