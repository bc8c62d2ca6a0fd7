import { createInterface } from "node:readline";
import { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import { realTimers } from "../../session/timers.ts";
import { connectTcp } from "../../transport/tcp.ts";
import { runScript } from "../keypad/keypad-script.ts";
import { runTerminal } from "../keypad/keypad-terminal.ts";
import { LiveKeypad } from "../keypad/live-keypad.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { traceTo } from "../session.ts";
import { commandAction } from "./action.ts";

interface KeypadOptions extends CommonOptions {
  readonly ciu: { readonly host: string; readonly port: number };
  readonly unit: string;
  readonly meter?: string;
}

/** Milliseconds for a connection, and for one that is lost to come back. */
const usualTimeout = 10_000;

/** `dlms keypad --ciu HOST:PORT` */
export function keypadCommand(): Command {
  return withCommonOptions(new Command("keypad"))
    .description("the keypad unit of a split meter: on a terminal its face, on a pipe a line for each entry")
    .requiredOption("--ciu <host:port>", "link of the meter, as dlms meter --ciu opens it", parseAddress)
    .option(
      "--unit <name>",
      "name of this unit",
      parseText("--unit", /^[0-9A-Za-z-]{1,32}$/, "1 to 32 letters, digits and dashes"),
      "CIU-1",
    )
    .option(
      "--meter <number>",
      "meter that this unit is paired with; without it any, and then the same",
      parseText("--meter", /^[0-9A-Za-z]{1,20}$/, "1 to 20 letters and digits"),
    )
    .addHelpText("after", "\nExamples:\n  dlms keypad --ciu 127.0.0.1:4061\n  echo 007 | dlms keypad --ciu 127.0.0.1:4061")
    .action(commandAction(keypad));
}

async function keypad(output: Output, options: KeypadOptions): Promise<void> {
  const { ciu, unit, meter, timeout = usualTimeout } = options;
  let changed = (): void => {};
  const live = new LiveKeypad(
    {
      unit,
      ...(meter !== undefined && { meter }),
      connect: () => connectTcp({ ...ciu, connectTimeout: timeout }),
      timers: realTimers,
      random: Math.random,
      trace: traceTo(options, output),
    },
    () => changed(),
  );
  try {
    await live.open(timeout);
    if (process.stdin.isTTY) {
      await runTerminal(live, { input: process.stdin, stdout: process.stdout, output, listen: (listener) => (changed = listener) });
    } else {
      process.exitCode = await runScript(live, createInterface({ input: process.stdin }), output, timeout);
    }
  } finally {
    await live.close();
    // Whoever writes to the pipe may be there for long after a line that cannot be keyed.
    process.stdin.destroy();
  }
}

/** @throws ConfigError */
function parseAddress(text: string): KeypadOptions["ciu"] {
  const [, v6, host, digits] = /^(?:\[([^\]]+)\]|([^\s:]+)):(\d{1,5})$/.exec(text) ?? [];
  const name = v6 ?? host;
  const port = Number(digits);
  if (name === undefined || port < 1 || port > 65_535) {
    throw new ConfigError("--ciu", `expected a host and a port such as 127.0.0.1:4061, got ${JSON.stringify(text)}`);
  }
  return { host: name, port };
}

/** @throws ConfigError */
function parseText(option: string, pattern: RegExp, expected: string): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw new ConfigError(option, `expected ${expected}, got ${JSON.stringify(text)}`);
  };
}
