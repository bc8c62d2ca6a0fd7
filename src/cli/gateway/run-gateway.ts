import { watch } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type GatewayConfig, gatewaySchema } from "../../config/gateway.ts";
import type { Frozen } from "../../config/load.ts";
import { loadYamlLeavingOut } from "../../config/load-leaving-out.ts";
import { Access } from "../../dashboard/index.ts";
import { type ConfigError, DlmsError } from "../../errors.ts";
import type { Logger } from "../../log/logger.ts";
import { realTimers } from "../../session/timers.ts";
import { LmdbGatewayStore } from "../../store/index.ts";
import { accessOptions } from "../dashboard/access-options.ts";
import { GatewayPage } from "../dashboard/gateway-page.ts";
import { LineTraces } from "../dashboard/page-traces.ts";
import { servePage } from "../dashboard/serve-page.ts";
import type { CommonOptions } from "../options.ts";
import { version } from "../version.ts";
import { GatewayHost, type PushPorts } from "./gateway-host.ts";
import { type HostedMeters, hostedMeters, stateOf } from "./hosted-meters.ts";
import { mqttOptions } from "./mqtt-options.ts";
import { notifySystemd } from "./systemd.ts";

export interface GatewayRun {
  /** The configuration. */
  readonly file: string;
  readonly options: CommonOptions;
  readonly logger: Logger;
  /** Ends the process with an error. */
  readonly fail: (error: unknown) => void;
}

/** Editors write a file in several steps; ms. */
const afterChange = 500;

/**
 * Runs a gateway by its configuration, and again by it when it changes or SIGHUP comes: meters come and go without the others
 * being disturbed, what else changes waits for the next start. Gives what stops it.
 * @throws ConfigError for a configuration that cannot be run, StoreError for a state that cannot be used
 */
export async function runGateway({ file, options, logger }: GatewayRun): Promise<() => Promise<void>> {
  const directory = dirname(file);
  const traces = new LineTraces(Date.now);
  let { config, meters } = load(file, options, logger, traces);
  const store = new LmdbGatewayStore(join(stateOf(config, directory), "gateway"));
  const backUp = async (): Promise<string> => {
    const folder = join(stateOf(config, directory), "backups", new Date().toISOString().replaceAll(/[:.]/g, "-"));
    await store.backUp(folder);
    return folder;
  };
  const access = accessOptions(config.http, directory);
  const page = new GatewayPage({
    info: { version, source: "gateway", price: config.http.price ?? null },
    timers: realTimers,
    wallClock: Date.now,
    isPrivate: new Access(access).local,
    traces,
    secrets: (meterId) => ({ ...meters.find(({ id }) => id === meterId)?.push?.keys, systemTitles: traces.titles(meterId) }),
  });
  const host = new GatewayHost({
    mqtt: mqttOptions(config, directory),
    meters,
    logger,
    store,
    limits: config.limits,
    ...northboundOf(config),
    ...pushOf(config),
    page,
    ...(config.mqtt.sparkplug.enabled ? { sparkplug: sparkplugOf(config.mqtt.sparkplug) } : {}),
    ...(config.mqtt.requests ? { requests: { backUp } } : {}),
  });
  await host.start();
  const served = await servePage(page.ports, { access, port: config.http.listen.port, logger, besides: host.routes });
  logger.info(`listening ${served.url}`);

  let reloading = Promise.resolve();
  const reload = (): void => {
    reloading = reloading.then(async () => {
      try {
        const next = load(file, options, logger, traces);
        const { added, changed, removed } = await host.update(next.meters);
        const restart = restartRequired(config, next.config);
        ({ config, meters } = next);
        logger.info("configuration read again", { added, changed, removed });
        if (restart.length > 0) logger.warn(`restart to use the new ${restart.join(", ")}`);
        host.setRestartRequired(restart.length > 0);
      } catch (error) {
        if (!(error instanceof DlmsError)) throw error;
        // A file that is wrong now does not end what was right before.
        logger.error(`the new configuration is not used: ${error.message}`, { code: error.code, hint: error.hint });
      }
    });
  };
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(reload, afterChange);
  };
  // The folder is watched: editors put a new file in the place of the old one.
  const watcher = watch(directory, (_, name) => {
    if (name === basename(file)) later();
  });
  watcher.on("error", (error) => logger.warn(`the configuration is not watched: ${error.message}`));
  process.on("SIGHUP", reload);
  const leaveSystemd = notifySystemd(process.env, realTimers);
  return async () => {
    process.removeListener("SIGHUP", reload);
    leaveSystemd();
    watcher.close();
    clearTimeout(timer);
    await reloading;
    await served.close();
    await page.close();
    await host.stop();
  };
}

function load(
  file: string,
  options: CommonOptions,
  logger: Logger,
  traces: LineTraces,
): { readonly config: Frozen<GatewayConfig> } & Pick<HostedMeters, "meters"> {
  const { config, faults } = loadYamlLeavingOut(file, gatewaySchema, "meters");
  const { meters, faults: more } = hostedMeters(config, options, dirname(file), (meterId) => traces.sink(meterId));
  for (const fault of [...faults, ...more.map(({ error }) => error)]) leftOut(fault, logger);
  return { config, meters };
}

function sparkplugOf({ group, edge, primaryHost }: Frozen<GatewayConfig>["mqtt"]["sparkplug"]) {
  return { group, edge, ...(primaryHost === undefined ? {} : { primaryHost }) };
}

function pushOf({ push }: Frozen<GatewayConfig>): { readonly push?: PushPorts } {
  if (push === undefined) return {};
  const { listen, tcp, udp, hdlc } = push;
  const ports = {
    ...(tcp === undefined ? {} : { wrapper: tcp }),
    ...(udp === undefined ? {} : { "wrapper-udp": udp }),
    ...(hdlc === undefined ? {} : { hdlc }),
  };
  return { push: { host: listen, ports } };
}

/** Ports are opened where the configuration names one. */
function northboundOf({ northbound, meters }: Frozen<GatewayConfig>) {
  if (northbound === undefined && meters.every(({ northboundPort }) => northboundPort === undefined)) return {};
  return { northbound: { host: northbound?.listen ?? "127.0.0.1", prefixPort: northbound?.prefix } };
}

function leftOut(error: ConfigError, logger: Logger): void {
  logger.error(`a meter is left out: ${error.message}`, { hint: error.hint });
}

/** Sections that are used at the start alone. */
function restartRequired(before: Frozen<GatewayConfig>, after: Frozen<GatewayConfig>): readonly string[] {
  const { meters: _before, ...old } = before;
  const { meters: _after, ...fresh } = after;
  return (Object.keys(fresh) as (keyof typeof fresh)[]).filter((key) => JSON.stringify(old[key]) !== JSON.stringify(fresh[key]));
}
