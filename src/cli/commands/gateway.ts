import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { type GatewayConfig, gatewaySchema } from "../../config/gateway.ts";
import { type Frozen, loadYaml } from "../../config/load.ts";
import { resolveSecret } from "../../config/secret.ts";
import { ConfigError } from "../../errors.ts";
import type { MqttTlsOptions } from "../../mqtt-bridge/index.ts";
import type { HostedMeter } from "../gateway-host.ts";
import { parseObject } from "../object-argument.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { checkTarget, connectTarget } from "../session.ts";
import { resolveTarget } from "../target.ts";
import { untilStopped } from "../until-stopped.ts";
import { commandAction } from "./action.ts";

interface GatewayOptions extends CommonOptions {
  readonly config: string;
  readonly check?: boolean;
}

/** `dlms gateway --config FILE [--check]` */
export function gatewayCommand(): Command {
  return withCommonOptions(new Command("gateway"))
    .description("poll meters and publish what they say to MQTT")
    .requiredOption("--config <file>", "YAML configuration")
    .option("--check", "validate the configuration and end")
    .addHelpText("after", "\nExample:\n  dlms gateway --config config/gateway.yaml --check")
    .action(commandAction(gateway));
}

async function gateway(output: Output, options: GatewayOptions): Promise<void> {
  const directory = dirname(options.config);
  const config = loadYaml(options.config, gatewaySchema);
  const meters = config.meters.map((meter) => hostedMeter(meter, options, directory, join(resolve(directory, config.state), "counters")));
  const unserved = notServed(config);
  if (unserved.length > 0) output.note(`accepted, but not served yet: ${unserved.join(", ")}`);
  if (options.check === true) {
    output.result({ ok: true, meters: meters.map(({ id }) => id) }, () => `${options.config}: ${meters.length} meters, nothing wrong`);
    return;
  }
  // Loaded here, so that the commands of a technician do not wait for MQTT.
  const { createLogger } = await import("../../log/logger.ts");
  const { GatewayHost } = await import("../gateway-host.ts");
  const logger = createLogger({ level: "info", json: options.json === true, stream: process.stderr, now: Date.now });
  await untilStopped(async () => {
    const host = new GatewayHost({ mqtt: mqttOptions(config, directory), meters, logger });
    await host.start();
    return () => host.stop();
  });
}

/** Keys of the configuration that mean something later: nobody should believe that they work already. */
function notServed({ mqtt, push, northbound, coordination, meters }: Frozen<GatewayConfig>): readonly string[] {
  const some = (has: (meter: MeterEntry) => boolean): boolean => meters.some(has);
  const keys: Readonly<Record<string, boolean>> = {
    "mqtt.sparkplug": mqtt.sparkplug.enabled,
    push: push?.tcp !== undefined || push?.udp !== undefined || push?.hdlc !== undefined,
    northbound: northbound !== undefined || some(({ northboundPort }) => northboundPort !== undefined),
    "coordination nats": coordination.kind !== "local",
    profiles: some(({ profiles }) => profiles.length > 0),
    events: some(({ events }) => events),
    allow: some(({ allow }) => allow.length > 0),
    ratio: some(({ ratio }) => ratio.current !== 1 || ratio.voltage !== 1),
    "clock.correct": some(({ clock }) => clock.correct),
  };
  return Object.keys(keys).filter((key) => keys[key] === true);
}

type MeterEntry = Frozen<GatewayConfig>["meters"][number];

function hostedMeter(meter: MeterEntry, options: CommonOptions, directory: string, counters: string): HostedMeter {
  const book = { directory, load: () => ({ meters: [meter] }) };
  const target = resolveTarget(`meter:${meter.id}`, {}, book);
  // A secret that is missing, or a link that is not served, is found now and not at the first poll.
  try {
    checkTarget(target);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`meter ${meter.id}`, error.message, { cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) });
  }
  return {
    id: meter.id,
    interval: meter.poll,
    extra: meter.read.map((object) => parseObject(object, { find: () => undefined }).logicalName),
    transport: meter.address.kind,
    connect: () => connectTarget(target, options, { note: () => {} }, counters),
  };
}

function mqttOptions({ mqtt }: Frozen<GatewayConfig>, directory: string) {
  const secret = (reference: Parameters<typeof resolveSecret>[0], path: string): string =>
    new TextDecoder().decode(resolveSecret(reference, { path, format: "text", environment: process.env, directory }).bytes);
  const file = (name: string, path: string): string => {
    try {
      return readFileSync(resolve(directory, name), "utf8");
    } catch (cause) {
      throw new ConfigError(path, `cannot read ${name}: ${(cause as Error).message}`, { cause });
    }
  };
  const tls: MqttTlsOptions | undefined = mqtt.tls && {
    ...(mqtt.tls.ca === undefined ? {} : { ca: file(mqtt.tls.ca, "mqtt.tls.ca") }),
    ...(mqtt.tls.cert === undefined ? {} : { cert: file(mqtt.tls.cert, "mqtt.tls.cert") }),
    ...(mqtt.tls.key === undefined ? {} : { key: secret(mqtt.tls.key, "mqtt.tls.key") }),
  };
  return {
    url: mqtt.url,
    version: mqtt.version,
    base: mqtt.base,
    homeAssistant: mqtt.homeAssistant,
    ...(mqtt.username === undefined ? {} : { username: mqtt.username }),
    ...(mqtt.password === undefined ? {} : { password: secret(mqtt.password, "mqtt.password") }),
    ...(tls === undefined ? {} : { tls }),
  };
}
