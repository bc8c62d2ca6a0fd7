import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { parsePeriod, periodExpected } from "../../config/duration.ts";
import { loadYaml } from "../../config/load.ts";
import { parseTarget } from "../../config/target.ts";
import { virtualMeterSchema } from "../../config/virtual-meter.ts";
import { ConfigError } from "../../errors.ts";
import type { ListeningLink, MeterHostConfig, MeterPorts } from "../meter-host.ts";
import { type CommonOptions, parseNumber, parsePort, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { packageFile } from "../package-files.ts";
import type { SerialSettings } from "../served-line.ts";
import { traceTo } from "../session.ts";
import { untilStopped } from "../until-stopped.ts";
import { commandAction } from "./action.ts";

interface MeterOptions extends CommonOptions {
  readonly config?: string;
  readonly listen?: string;
  readonly tcp?: number;
  readonly hdlc?: number;
  readonly state?: string;
  readonly serialNumber?: string;
  readonly drn?: string;
  readonly start?: string;
  readonly speed?: number;
  readonly history?: string;
  readonly timezone?: string;
  readonly load?: string;
  readonly allowDemoKeys?: boolean;
  readonly udp?: number;
  readonly serial?: string;
  readonly optical?: string;
  readonly ciu?: number;
  readonly scenario?: string;
  readonly mode?: string;
  readonly credit?: string;
  readonly count?: number;
}

/** `dlms meter` */
export function meterCommand(): Command {
  return withCommonOptions(new Command("meter"))
    .description("serve a virtual meter")
    .option("--config <file>", "configuration; a flag goes before the key of the same name")
    .option("--listen <address>", "address to listen on (127.0.0.1)")
    .option("--tcp <port>", "wrapper over TCP (4059)", parsePort("--tcp"))
    .option("--hdlc <port>", "HDLC over TCP (4060)", parsePort("--hdlc"))
    .option("--udp <port>", "wrapper over UDP", parsePort("--udp"))
    .option("--serial <path>", "HDLC on a serial line, 9600 baud unless ?baud= says otherwise")
    .option("--optical <path>", "optical port: sign-on at 300 baud, then HDLC")
    .option("--ciu <port>", "link of the keypad unit, besides the others", parsePort("--ciu"))
    .option("--state <dir>", "keep the state there; without it the meter forgets")
    .option("--serial-number <text>", "serial number")
    .option("--drn <digits>", "STS meter number")
    .option("--start <iso>", "first served instant; without an offset the meter's local time")
    .option("--speed <factor>", "meter time runs this much faster", parseNumber("--speed", 0.001, 10_000_000))
    .option("--history <period>", "simulate this past before serving (P14M)")
    .option("--timezone <name>", "IANA time zone (the machine's)")
    .option("--load <source>", "synthetic or csv:FILE")
    .option("--mode <mode>", "prepaid or postpaid")
    .option("--credit <kwh>", "credit at the start")
    .option("--scenario <file>", "scripted load, outages and tamper")
    .option(
      "--count <n>",
      "number of meters: one HDLC line with physical addresses 17, 18, ..., other ports counted up",
      parseNumber("--count", 1, 109),
    )
    .option("--allow-demo-keys", "serve the demonstration secrets beyond loopback")
    .addHelpText("after", "\nExample:\n  dlms meter --tcp 4059 --hdlc 4060 --history P14M --state ./state")
    .action(commandAction(meter));
}

async function meter(output: Output, options: MeterOptions): Promise<void> {
  // Loaded here, so that the commands of a technician do not wait for a database.
  const { refuseDemoSecrets } = await import("../keys/demo-secrets.ts");
  const { MeterFleet } = await import("../meter-fleet.ts");
  const file = options.config ?? packageFile("config/virtual-meter.yaml");
  const config = withFlags(loadYaml(file, virtualMeterSchema), options);
  if (config.mode === "postpaid" && config.credit !== undefined) throw new ConfigError("--credit", "expected only with --mode prepaid");
  const host = options.listen ?? config.listen.address;
  refuseDemoSecrets(config, dirname(file), host, options.allowDemoKeys === true);
  const count = countOf(options.count);
  const optical = options.optical ?? config.listen.optical;
  const serial = serialOf(options.serial ?? config.listen.serial);
  await untilStopped(async (fail) => {
    const meters = new MeterFleet({
      count,
      config,
      directory: dirname(file),
      trace: traceTo(options, output),
      onFailure: fail,
      onPushFailure: (name, error) => output.note(`push ${name}: ${error instanceof Error ? error.message : String(error)}`),
    });
    const ports = portsOf(config, options, count);
    try {
      for (const listening of await meters.start(host, ports)) report(output, listening);
      if (serial !== undefined) report(output, await meters.serveSerial(serial));
      if (optical !== undefined) report(output, await meters.serveOptical(optical));
    } catch (error) {
      await meters.stop();
      throw error;
    }
    return () => meters.stop();
  });
}

/** One line per listener, for people and scripts. */
export function report(output: Output, { link, address }: ListeningLink | { readonly link: string; readonly address: string }): void {
  output.item({ event: "listening", link, address }, () => `listening ${link} ${address}`);
}

const defaultPorts = { tcp: 4059, hdlc: 4060 };

/**
 * Links named by flags are the only ones; else those of the configuration, of several meters their common line; else the usual.
 * The keypad unit has a link of its own besides.
 */
function portsOf({ listen }: MeterHostConfig, options: MeterOptions, count: number): MeterPorts {
  const { tcp, udp, hdlc, ciu = listen.ciu, serial, optical } = options;
  const given = (ports: MeterPorts): boolean => Object.values(ports).some((port) => port !== undefined);
  if (given({ tcp, udp, hdlc }) || serial !== undefined || optical !== undefined) return { tcp, udp, hdlc, ciu };
  if (count > 1) return { hdlc: listen.hdlc ?? defaultPorts.hdlc, ciu };
  const configured = { tcp: listen.tcp, udp: listen.udp, hdlc: listen.hdlc };
  return { ...(given(configured) ? configured : defaultPorts), ciu };
}

/** A path, with its speed as a target has it. @throws ConfigError */
function serialOf(path: string | undefined): SerialSettings | undefined {
  if (path === undefined) return undefined;
  const { address } = parseTarget(`serial://${path}`, "--serial");
  return address?.kind === "serial" ? { path: address.path, baudRate: address.baud } : undefined;
}

function countOf(count = 1): number {
  if (!Number.isInteger(count)) throw new ConfigError("--count", `expected a whole number, got ${count}`);
  return count;
}

function withFlags(config: MeterHostConfig, options: MeterOptions): MeterHostConfig {
  return {
    ...config,
    ...(options.state === undefined ? {} : { state: options.state }),
    ...(options.serialNumber === undefined
      ? {}
      : { serialNumber: checked("--serial-number", options.serialNumber, /^[0-9A-Za-z]{1,20}$/, "1 to 20 letters and digits") }),
    ...(options.drn === undefined
      ? {}
      : { sts: { ...config.sts, drn: checked("--drn", options.drn, /^\d{11}(\d\d)?$/, "11 or 13 digits") } }),
    ...(options.mode === undefined ? {} : { mode: modeOf(options.mode) }),
    ...(options.credit === undefined ? {} : { credit: creditOf(options.credit) }),
    ...(options.start === undefined ? {} : { start: options.start }),
    ...(options.speed === undefined ? {} : { speed: options.speed }),
    ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
    ...(options.history === undefined ? {} : { history: historyOf(options.history) }),
    ...(options.load === undefined ? {} : { load: loadOf(options.load) }),
    // A path of the command line starts from where the command was given, one of the file from the file.
    ...(options.scenario === undefined ? {} : { scenario: resolve(options.scenario) }),
  };
}

function checked(flag: string, text: string, pattern: RegExp, expected: string): string {
  if (!pattern.test(text)) throw new ConfigError(flag, `expected ${expected}, got ${JSON.stringify(text)}`);
  return text;
}

function modeOf(text: string): MeterHostConfig["mode"] {
  if (text !== "prepaid" && text !== "postpaid") {
    throw new ConfigError("--mode", `expected prepaid or postpaid, got ${JSON.stringify(text)}`);
  }
  return text;
}

function creditOf(text: string): number {
  const amount = Number(text);
  if (text.trim() === "" || !(amount >= 0) || amount > 1e6) {
    throw new ConfigError("--credit", `expected an amount such as 25.6, got ${JSON.stringify(text)}`);
  }
  return amount;
}

function historyOf(text: string): NonNullable<MeterHostConfig["history"]> {
  const period = parsePeriod(text);
  if (period === undefined) throw new ConfigError("--history", `${periodExpected}, got ${JSON.stringify(text)}`);
  return period;
}

function loadOf(text: string): MeterHostConfig["load"] {
  if (text === "synthetic") return { kind: "synthetic" };
  if (/^csv:./.test(text)) return { kind: "csv", file: text.slice("csv:".length) };
  throw new ConfigError("--load", `expected synthetic or csv:FILE, got ${JSON.stringify(text)}`);
}

/** Options of the interface that this version does not serve are refused, not ignored. */
