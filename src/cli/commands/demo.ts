import { Command } from "commander";
import { connect } from "../../client/connect.ts";
import { loadYaml } from "../../config/load.ts";
import { virtualMeterSchema } from "../../config/virtual-meter.ts";
import type { Logger } from "../../log/logger.ts";
import type { GatewayHostOptions } from "../gateway/gateway-host.ts";
import type { MeterHostConfig } from "../meter-host.ts";
import { type CommonOptions, parsePort, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { packageFile } from "../package-files.ts";
import { untilStopped } from "../until-stopped.ts";
import { commandAction } from "./action.ts";
import { report } from "./meter.ts";

interface DemoOptions extends CommonOptions {
  readonly portBase?: number;
  readonly udp?: number;
}

const host = "127.0.0.1";
const meterId = "demo";
const reader = { clientSap: 2, password: "00000000" };
const defaultPorts = { tcp: 4059, hdlc: 4060, mqtt: 1883, ciu: 4062 };
const history: NonNullable<MeterHostConfig["history"]> = { months: 14, days: 0, milliseconds: 0 };
/** kWh with which the customer moved in. */
const openingCredit = 50;
const pollInterval = 5000;

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
    .addHelpText("after", "\nExample:\n  dlms demo --port-base 5000")
    .action(commandAction(demo));
}

async function demo(output: Output, options: DemoOptions): Promise<void> {
  // Loaded here, so that the commands of a technician do not wait for a broker and a database.
  const { EmbeddedBroker } = await import("../../broker/embedded-broker.ts");
  const { createLogger } = await import("../../log/logger.ts");
  const { GatewayHost } = await import("../gateway/gateway-host.ts");
  const { MeterHost } = await import("../meter-host.ts");
  const ports = portsOf(options.portBase);
  const config: MeterHostConfig = {
    ...loadYaml(packageFile("config/virtual-meter.yaml"), virtualMeterSchema),
    mode: "prepaid",
    credit: openingCredit,
    history,
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
      const gateway = new GatewayHost(gatewayTo(broker.url, ports.tcp, logger));
      stops.push(() => gateway.stop());
      await gateway.start();
    } catch (error) {
      await stop();
      throw error;
    }
    if (!output.json) output.item(undefined, () => whatNext(ports, config.keys));
    return stop;
  });
}

function gatewayTo(url: string, port: number, logger: Logger): GatewayHostOptions {
  return {
    // The embedded broker speaks MQTT 3.1.1.
    mqtt: { url, version: 4, homeAssistant: { enabled: true } },
    logger,
    meters: [
      {
        id: meterId,
        interval: pollInterval,
        extra: [],
        transport: "tcp",
        connect: () =>
          connect(
            { link: "wrapper", host, port },
            { clientSap: reader.clientSap, authentication: { mechanism: "lls", password: new TextEncoder().encode(reader.password) } },
          ),
      },
    ],
  };
}

function portsOf(base: number | undefined): typeof defaultPorts {
  return base === undefined ? defaultPorts : { tcp: base, hdlc: base + 1, mqtt: base + 2, ciu: base + 4 };
}

function whatNext({ tcp, hdlc, mqtt }: typeof defaultPorts, { encryption, authentication }: MeterHostConfig["keys"]): string {
  const [ek, ak] = [encryption?.value, authentication?.value];
  const as = `--client ${reader.clientSap} --auth lls --password text:${reader.password}`;
  return [
    "",
    "The secrets of this demonstration are known to everybody:",
    "",
    `* reader (client 2): password ${reader.password}`,
    `* technician, management, vending and firmware (clients 3, 1, 4 and 5, --auth gmac): --ek hex:${ek} --ak hex:${ak}`,
    "",
    "Try, in another terminal:",
    "",
    `  ./dlms read tcp://${host}:${tcp} ${as}`,
    `  ./dlms profile hdlc://${host}:${hdlc} load --last 8 ${as}`,
    `  mosquitto_sub -h ${host} -p ${mqtt} -v -t 'dlms/#'`,
    "",
    "Ctrl-C ends the demonstration.",
  ].join("\n");
}
