import { dirname, join } from "node:path";
import { Command } from "commander";
import { type GatewayConfig, gatewaySchema } from "../../config/gateway.ts";
import { type Frozen, loadYaml } from "../../config/load.ts";
import { hostedMeters, stateOf } from "../gateway/hosted-meters.ts";
import { mqttOptions } from "../gateway/mqtt-options.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
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
  if (options.check === true) return check(output, options);
  // Loaded here, so that the commands of a technician do not wait for MQTT and a database.
  const { createLogger } = await import("../../log/logger.ts");
  const { runGateway } = await import("../gateway/run-gateway.ts");
  const logger = createLogger({ level: "info", json: options.json === true, stream: process.stderr, now: Date.now });
  await untilStopped((fail) => runGateway({ file: options.config, options, logger, fail }));
}

/** Everything has to be right, every meter included. */
function check(output: Output, options: GatewayOptions): void {
  const directory = dirname(options.config);
  const config = loadYaml(options.config, gatewaySchema);
  const { meters, faults } = hostedMeters(config, options, directory);
  for (const { error } of faults) throw error;
  mqttOptions(config, directory);
  const unserved = notServed(config);
  if (unserved.length > 0) output.note(`accepted, but not served yet: ${unserved.join(", ")}`);
  output.result({ ok: true, meters: meters.map(({ id }) => id) }, () =>
    [`${options.config}: ${meters.length} meters, nothing wrong`, `state in ${join(stateOf(config, directory))}`].join("\n"),
  );
}

/** Keys of the configuration that mean something later: nobody should believe that they work already. */
function notServed({ coordination }: Frozen<GatewayConfig>): readonly string[] {
  return coordination.kind === "local" ? [] : ["coordination nats"];
}
