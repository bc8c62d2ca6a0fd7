import { dirname } from "node:path";
import { Command } from "commander";
import { type Endpoint, parseEndpoint } from "../../config/endpoint.ts";
import { type GatewayConfig, gatewaySchema } from "../../config/gateway.ts";
import { type Frozen, loadYaml } from "../../config/load.ts";
import { intervalOf } from "../../config/poll-plan.ts";
import type { BoardMeter } from "../../dashboard/index.ts";
import { ConfigError } from "../../errors.ts";
import { realTimers } from "../../session/timers.ts";
import { mqttOptions } from "../gateway/mqtt-options.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { untilStopped } from "../until-stopped.ts";
import { version } from "../version.ts";
import { commandAction } from "./action.ts";

interface DashboardCommandOptions extends CommonOptions {
  readonly config: string;
  readonly http?: Endpoint;
}

/** `dlms dashboard --config FILE` */
export function dashboardCommand(): Command {
  return withCommonOptions(new Command("dashboard"))
    .description("the page alone, fed by the MQTT tree of a gateway elsewhere")
    .requiredOption("--config <file>", "YAML configuration of that gateway, or one with its broker alone")
    .option("--http <host:port>", "where the page is served, in place of http.listen", parseListen)
    .addHelpText("after", "\nExample:\n  dlms dashboard --config config/gateway.yaml --http 127.0.0.1:8081")
    .action(commandAction(dashboard));
}

async function dashboard(output: Output, options: DashboardCommandOptions): Promise<void> {
  // Loaded here, so that the commands of a technician do not wait for MQTT and a server.
  const { createLogger } = await import("../../log/logger.ts");
  const { accessOptions } = await import("../dashboard/access-options.ts");
  const { MqttPage } = await import("../dashboard/mqtt-page.ts");
  const { servePage } = await import("../dashboard/serve-page.ts");
  const directory = dirname(options.config);
  const config = loadYaml(options.config, gatewaySchema);
  const listen = options.http ?? config.http.listen;
  const { homeAssistant: _, ...broker } = mqttOptions(config, directory);
  const logger = createLogger({ level: "info", json: options.json === true, stream: process.stderr, now: Date.now });
  await untilStopped(async () => {
    const page = new MqttPage({
      ...broker,
      pageVersion: version,
      price: config.http.price ?? null,
      meters: boardMeters(config),
      timers: realTimers,
      random: Math.random,
      wallClock: Date.now,
      onRefused: (filter) => logger.warn(`the broker does not let us read ${filter}`, { hint: "look at its access rights" }),
      onConnection: (error) => {
        if (error === undefined) logger.info(`connected to ${broker.url}`);
        else logger.warn(error.message, { code: error.code, hint: error.hint });
      },
    });
    const access = accessOptions({ ...config.http, listen }, directory);
    const served = await servePage(page.ports, { access, port: listen.port, logger });
    page.start();
    output.item({ link: "http", address: `${listen.host}:${served.port}`, url: served.url }, () => `page ${served.url}`);
    return async () => {
      await served.close();
      await page.close();
    };
  });
}

/** What is done to meters is done by their own gateway, so there are no actions here. */
function boardMeters({ meters }: Frozen<GatewayConfig>): readonly BoardMeter[] {
  return meters.map(({ id, address, poll }) => ({
    id,
    transport: address.kind,
    pollPeriod: intervalOf(poll, Date.now()) / 1000,
    actions: [],
    keypad: false,
  }));
}

/** @throws ConfigError */
function parseListen(text: string): Endpoint {
  const endpoint = parseEndpoint(text);
  if (endpoint !== undefined) return endpoint;
  throw new ConfigError("--http", `expected an address such as 127.0.0.1:8080, got ${JSON.stringify(text)}`);
}
