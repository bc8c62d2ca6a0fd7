import { Command } from "commander";
import { parseSecretReference, resolveSecret, secretExpected } from "../../config/secret.ts";
import { ActionError, ConfigError } from "../../errors.ts";
import { parseDataSets } from "../../optical/data-set.ts";
import type { ProgrammingAnswer, ProgrammingRequest, SignedOn } from "../../optical/index.ts";
import { realTimers } from "../../session/timers.ts";
import { type CommonOptions, parseNumber, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { commandAction } from "./action.ts";

interface ReadoutOptions extends CommonOptions {
  readonly address?: string;
  readonly maxBaud?: number;
  readonly wakeUp?: boolean;
  readonly read: readonly ProgrammingRequest[];
  readonly write: readonly ProgrammingRequest[];
  readonly password?: string;
}

/** `dlms readout PORT` */
export function readoutCommand(): Command {
  return withCommonOptions(new Command("readout"))
    .description("take the readout of a meter through an optical probe (IEC 62056-21, modes A to C), or single values in programming mode")
    .argument("<port>", "serial port of the probe")
    .option("--address <text>", "address of the device; without it any answers")
    .option("--max-baud <rate>", "fastest that the probe manages (9600)", parseNumber("--max-baud", 300, 115_200))
    .option("--wake-up", "wake a battery meter first")
    .option("--read <address>", "read a value in programming mode, such as 1.8.0; may be repeated", collect(readRequest), [])
    .option(
      "--write <address=value>",
      "write a value in programming mode; may be repeated, and is done before what is read",
      collect(writeRequest),
      [],
    )
    .option("--password <secret>", "opens programming mode: env:NAME, file:PATH, keyfile:NAME or text:...")
    .addHelpText(
      "after",
      "\nExample:\n  dlms readout /dev/ttyUSB0 --json\n  dlms readout /dev/ttyUSB0 --read 1.8.0 --password env:METER_PASSWORD",
    )
    .action(commandAction(readout));
}

async function readout(output: Output, options: ReadoutOptions, path: string): Promise<void> {
  const { address, maxBaud, wakeUp } = options;
  const requests = [...options.write, ...options.read];
  const password = options.password === undefined ? undefined : passwordOf(options.password, output);
  if (password !== undefined && requests.length === 0) throw new ConfigError("--password", "expected --read or --write with it");
  // Loaded here, so that nobody else needs a serial port.
  const { openOpticalPort } = await import("../../optical/open-optical.ts");
  const signedOn = await openOpticalPort({
    path,
    want: requests.length === 0 ? "readout" : "programming",
    timers: realTimers,
    ...(address !== undefined && { address }),
    ...(maxBaud !== undefined && { maxBaudRate: maxBaud }),
    ...(wakeUp !== undefined && { wakeUp }),
  });
  try {
    if (signedOn.result.type === "programming") return await program(output, signedOn, requests, password);
  } finally {
    await signedOn.line.close();
  }
  if (signedOn.result.type !== "readout") return;
  const { manufacturer, ident } = signedOn.result.identification;
  // The last line is the end mark.
  const data = signedOn.result.data.replace(/!\s*$/, "").replaceAll("\r", "").trimEnd();
  output.result({ manufacturer, ident, dataSets: parseDataSets(data) }, () => `${manufacturer} ${ident}\n${data}`);
}

/** Asks one thing after the other; what the meter refuses ends the command with its error. */
async function program(
  output: Output,
  { line, result }: SignedOn,
  requests: readonly ProgrammingRequest[],
  password: string | undefined,
): Promise<void> {
  if (result.type !== "programming") return;
  const { runProgramming } = await import("../../optical/open-optical.ts");
  const { identification, baudRate, operand } = result;
  const login = password === undefined ? {} : { login: { command: "P1", password } as const };
  const answers = await runProgramming(line, { baudRate, operand, requests, ...login }, realTimers);
  const { manufacturer, ident } = identification;
  const outcomes = requests.map(({ command, address }, index) => ({ command, address, ...(answers[index] as ProgrammingAnswer) }));
  output.result({ manufacturer, ident, outcomes }, () =>
    outcomes
      .map(
        (outcome) =>
          `${outcome.address}  ${outcome.type === "data" ? outcome.data : outcome.type === "done" ? "written" : `refused: ${outcome.error}`}`,
      )
      .join("\n"),
  );
  const refused = outcomes.flatMap((outcome) => (outcome.type === "refused" ? [`${outcome.address}: ${outcome.error}`] : []));
  if (refused.length > 0) throw new ActionError("refused", `the meter refused ${refused.join(", ")}`);
}

function collect(parse: (text: string) => ProgrammingRequest) {
  return (text: string, before: readonly ProgrammingRequest[]): readonly ProgrammingRequest[] => [...before, parse(text)];
}

function readRequest(address: string): ProgrammingRequest {
  return { command: "R1", address };
}

function writeRequest(text: string): ProgrammingRequest {
  const [, address, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (address === undefined || value === undefined) throw new ConfigError("--write", `expected ADDRESS=VALUE, got ${JSON.stringify(text)}`);
  return { command: "W1", address, value };
}

function passwordOf(text: string, output: Output): string {
  const reference = parseSecretReference(text);
  if (reference === undefined) throw new ConfigError("--password", `${secretExpected}, got something else`);
  const { bytes, visible } = resolveSecret(reference, { path: "--password", format: "text", environment: process.env, directory: "." });
  if (visible) output.note("warning: --password: the command line shows this secret to everybody on this machine");
  return new TextDecoder("latin1").decode(bytes);
}
