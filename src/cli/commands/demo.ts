import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { loadYaml } from "../../config/load.ts";
import { virtualMeterSchema } from "../../config/virtual-meter.ts";
import { realTimers } from "../../session/timers.ts";
import { memoryTransportPair } from "../../transport/memory.ts";
import type { Transport } from "../../transport/transport.ts";
import type { MeterHost, MeterHostConfig } from "../meter-host.ts";
import { type CommonOptions, parsePort, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { packageFile } from "../package-files.ts";
import { untilStopped } from "../until-stopped.ts";
import { version } from "../version.ts";
import { commandAction } from "./action.ts";
import { report } from "./meter.ts";

interface DemoOptions extends CommonOptions {
  readonly portBase?: number;
  readonly udp?: number;
  readonly scenario?: string;
}

const host = "127.0.0.1";
const meterId = "demo";
const reader = { clientSap: 2, password: "00000000" };
const defaultPorts = { tcp: 4059, hdlc: 4060, mqtt: 1883, ciu: 4062, http: 8080 };
const history: NonNullable<MeterHostConfig["history"]> = { months: 14, days: 0, milliseconds: 0 };
/** kWh with which the customer moved in. */
const openingCredit = 50;

/** `dlms demo` */
export function demoCommand(): Command {
  return withCommonOptions(new Command("demo"))
    .description("a virtual meter with history, an MQTT broker and the bridge, in one process")
    .option(
      "--port-base <port>",
      "wrapper on this port, HDLC and MQTT on the next, the keypad unit on the fourth after it",
      parsePort("--port-base"),
    )
    .option("--udp <port>", "serve the meter over UDP as well", parsePort("--udp"))
    .option("--scenario <file>", "scripted load, outages and tamper, such as config/scenarios/thief.yaml")
    .addHelpText("after", "\nExample:\n  dlms demo --port-base 5000")
    .action(commandAction(demo));
}

async function demo(output: Output, options: DemoOptions): Promise<void> {
  // Loaded here, so that the commands of a technician do not wait for a broker and a database.
  const { EmbeddedBroker } = await import("../../broker/embedded-broker.ts");
  const { createLogger } = await import("../../log/logger.ts");
  const { GatewayHost } = await import("../gateway/gateway-host.ts");
  const { MeterHost } = await import("../meter-host.ts");
  const { demoMeter } = await import("../demo-gateway.ts");
  const { GatewayPage } = await import("../dashboard/gateway-page.ts");
  const { LineTraces } = await import("../dashboard/page-traces.ts");
  const { UnitKeypads } = await import("../dashboard/page-keypads.ts");
  const { servePage } = await import("../dashboard/serve-page.ts");
  const ports = portsOf(options.portBase);
  const config: MeterHostConfig = {
    ...loadYaml(packageFile("config/virtual-meter.yaml"), virtualMeterSchema),
    mode: "prepaid",
    credit: openingCredit,
    history,
    ...(options.scenario === undefined ? {} : { scenario: resolve(options.scenario) }),
  };
  const logger = createLogger({ level: "warn", json: options.json === true, stream: process.stderr, now: Date.now });
  await untilStopped(async (fail) => {
    const stops: (() => Promise<void>)[] = [];
    const stop = async (): Promise<void> => {
      for (const step of stops.reverse()) await step();
    };
    try {
      const broker = await EmbeddedBroker.start({ host, port: ports.mqtt });
      stops.push(() => broker.close());
      output.note("simulating fourteen months of a household ...");
      const meterHost = new MeterHost({ config, directory: packageFile("config"), onFailure: fail });
      stops.push(() => meterHost.stop());
      for (const listening of await meterHost.start(host, { ...ports, udp: options.udp })) report(output, listening);
      report(output, { link: "mqtt", address: `${host}:${ports.mqtt}` });
      const traces = new LineTraces(Date.now);
      const keypads = new UnitKeypads(new Map([[meterId, () => keypadLink(meterHost)]]), realTimers, Math.random);
      const state = mkdtempSync(join(tmpdir(), "dlms-demo-"));
      stops.push(async () => rmSync(state, { recursive: true, force: true }));
      const meter = demoMeter({ id: meterId, host, port: ports.tcp, keys: config.keys, state, trace: traces.sink(meterId) });
      const page = new GatewayPage({
        info: { version, source: "demo", price: { currency: "EUR", perKwh: 0.31 } },
        timers: realTimers,
        wallClock: Date.now,
        isPrivate: true,
        keypads,
        traces,
        secrets: () => ({ ...meter.push?.keys, systemTitles: traces.titles(meterId) }),
      });
      stops.push(() => page.close());
      const gateway = new GatewayHost({
        // The embedded broker speaks MQTT 3.1.1.
        mqtt: { url: broker.url, version: 4, homeAssistant: { enabled: true } },
        logger,
        meters: [meter],
        page,
      });
      stops.push(() => gateway.stop());
      await gateway.start();
      const served = await servePage(page.ports, { access: { host }, port: ports.http, logger, besides: gateway.routes });
      stops.push(() => served.close());
      report(output, { link: "http", address: `${host}:${served.port}` });
    } catch (error) {
      await stop();
      throw error;
    }
    if (!output.json) output.item(undefined, () => whatNext(ports, config.keys));
    return stop;
  });
}

/** A keypad unit in this process, at the other end of a link without a socket. */
async function keypadLink(meter: MeterHost): Promise<Transport> {
  const { a, b } = memoryTransportPair(realTimers);
  meter.serveKeypad(b);
  return a;
}

function portsOf(base: number | undefined): typeof defaultPorts {
  return base === undefined ? defaultPorts : { tcp: base, hdlc: base + 1, mqtt: base + 2, ciu: base + 4, http: base + 3 };
}

function whatNext({ tcp, hdlc, mqtt, http }: typeof defaultPorts, { encryption, authentication }: MeterHostConfig["keys"]): string {
  const [ek, ak] = [encryption?.value, authentication?.value];
  const as = `--client ${reader.clientSap} --auth lls --password text:${reader.password}`;
  return [
    "",
    "The secrets of this demonstration are known to everybody:",
    "",
    `* reader (client 2): password ${reader.password}`,
    `* technician, management, vending and firmware (clients 3, 1, 4 and 5, --auth gmac): --ek hex:${ek} --ak hex:${ak}`,
    "",
    `Look at http://${host}:${http}/, and try, in another terminal:`,
    "",
    `  ./dlms read tcp://${host}:${tcp} ${as}`,
    `  ./dlms profile hdlc://${host}:${hdlc} load --last 8 ${as}`,
    `  mosquitto_sub -h ${host} -p ${mqtt} -v -t 'dlms/#'`,
    "",
    "Ctrl-C ends the demonstration.",
  ].join("\n");
}
