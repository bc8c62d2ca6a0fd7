import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { Command } from "commander";
import { loadYaml } from "../../config/load.ts";
import { virtualMeterSchema } from "../../config/virtual-meter.ts";
import { ConfigError } from "../../errors.ts";
import { realTimers } from "../../session/timers.ts";
import { memoryTransportPair } from "../../transport/memory.ts";
import { connectTcp } from "../../transport/tcp.ts";
import type { Transport } from "../../transport/transport.ts";
import { runScript } from "../keypad/keypad-script.ts";
import { runTerminal } from "../keypad/keypad-terminal.ts";
import { LiveKeypad } from "../keypad/live-keypad.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { packageFile } from "../package-files.ts";
import { traceTo } from "../session.ts";
import { commandAction } from "./action.ts";

interface KeypadOptions extends CommonOptions {
  readonly ciu?: { readonly host: string; readonly port: number };
  readonly state?: string;
  readonly config?: string;
  readonly unit: string;
  readonly meter?: string;
}

/** Milliseconds for a connection, and for one that is lost to come back. */
const usualTimeout = 10_000;

/** `dlms keypad --ciu HOST:PORT` */
export function keypadCommand(): Command {
  return withCommonOptions(new Command("keypad"))
    .description("the keypad unit of a split meter: on a terminal its face, on a pipe a line for each entry")
    .option("--ciu <host:port>", "link of the meter, as dlms meter --ciu opens it", parseAddress)
    .option("--state <dir>", "in place of --ciu where no meter runs: wake the virtual meter whose state is there")
    .option("--config <file>", "configuration of that meter")
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
    .addHelpText("after", "\nExamples:\n  dlms keypad --ciu 127.0.0.1:4062\n  echo 007 | dlms keypad --ciu 127.0.0.1:4062")
    .action(commandAction(keypad));
}

async function keypad(output: Output, options: KeypadOptions): Promise<void> {
  const { unit, meter, timeout = usualTimeout } = options;
  const line = await lineTo(options, timeout);
  let changed = (): void => {};
  const live = new LiveKeypad(
    {
      unit,
      ...(meter !== undefined && { meter }),
      connect: line.connect,
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
    await line.close();
  }
}

/** What a unit hangs on: a link over TCP, or a meter in this process. */
interface MeterLine {
  readonly connect: () => Promise<Transport>;
  readonly close: () => Promise<void>;
}

async function lineTo({ ciu, state, config }: KeypadOptions, timeout: number): Promise<MeterLine> {
  if ((ciu === undefined) === (state === undefined)) throw new ConfigError("--ciu", "expected either --ciu HOST:PORT or --state DIR");
  if (ciu !== undefined) return { connect: () => connectTcp({ ...ciu, connectTimeout: timeout }), close: () => Promise.resolve() };
  if (state === undefined || !existsSync(state)) {
    throw new ConfigError("--state", `expected the folder of a meter, and there is no ${JSON.stringify(state)}`);
  }
  return meterOf(state, config ?? packageFile("config/virtual-meter.yaml"));
}

async function meterOf(state: string, file: string): Promise<MeterLine> {
  // Loaded here, so that a unit at a link does not wait for a database.
  const { MeterHost } = await import("../meter-host.ts");
  const host = new MeterHost({
    config: { ...loadYaml(file, virtualMeterSchema), state },
    directory: dirname(file),
    onFailure: (error) => {
      throw error;
    },
  });
  await host.start("127.0.0.1", {});
  return {
    connect: () => {
      const { a, b } = memoryTransportPair({ schedule: (delay, callback) => realTimers.schedule(delay, callback) });
      host.serveKeypad(b);
      return Promise.resolve(a);
    },
    close: () => host.stop(),
  };
}

/** @throws ConfigError */
function parseAddress(text: string): KeypadOptions["ciu"] {
  const [, v6, host, digits] = /^(?:\[([^\]]+)\]|([^\s:]+)):(\d{1,5})$/.exec(text) ?? [];
  const name = v6 ?? host;
  const port = Number(digits);
  if (name === undefined || port < 1 || port > 65_535) {
    throw new ConfigError("--ciu", `expected a host and a port such as 127.0.0.1:4062, got ${JSON.stringify(text)}`);
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
