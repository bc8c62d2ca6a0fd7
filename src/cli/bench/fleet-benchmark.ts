import { spawn } from "node:child_process";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { connect } from "../../client/connect.ts";
import { InvariantError } from "../../errors.ts";
import { packageFile } from "../package-files.ts";
import { type Benchmark, type Measurement, measurement } from "./measurement.ts";

const meterCount = 200;
/** As many as one `dlms meter` carries, in round numbers. */
const metersPerProcess = 100;
const pollInterval = 60_000;
/** The first minute is for first contacts; the figures are of the ones after it. */
const minutes = 2;
const firstPort = 24_100;
const host = "127.0.0.1";

/** A gateway that polls two hundred virtual meters every minute: what it costs, and whether it keeps its time. */
export const fleetBenchmark: Benchmark = {
  name: "fleet",
  description: `${meterCount} virtual meters polled every minute for ${minutes} minutes, after one of first contacts`,
  onlyByName: true,
  run: async () => {
    const hosts: (() => void)[] = [];
    try {
      for (let first = 0; first < meterCount; first += metersPerProcess) hosts.push(await startMeters(firstPort + first));
      return await measureGateway();
    } finally {
      for (const stop of hosts) stop();
    }
  },
};

/** A hundred meters in a process of their own, each with a port. */
async function startMeters(port: number): Promise<() => void> {
  const config = packageFile("config/virtual-meter.yaml");
  const words = ["meter", "--config", config, "--count", String(metersPerProcess), "--tcp", String(port), "--json"];
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] as string, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    let listening = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      listening += text.split('"listening"').length - 1;
      if (listening >= metersPerProcess) resolve();
    });
    child.once("exit", (code) => reject(new InvariantError(`the meters of the benchmark ended with ${code}`)));
  });
  return () => {
    child.removeAllListeners("exit");
    child.kill("SIGTERM");
  };
}

async function measureGateway(): Promise<readonly Measurement[]> {
  const { EmbeddedBroker } = await import("../../broker/embedded-broker.ts");
  const { GatewayHost } = await import("../gateway/gateway-host.ts");
  const broker = await EmbeddedBroker.start({ host, port: 0 });
  const silent = (): void => {};
  const password = new TextEncoder().encode("00000000");
  const gateway = new GatewayHost({
    mqtt: { url: broker.url, version: 4, homeAssistant: { enabled: true } },
    logger: { error: silent, warn: silent, info: silent, debug: silent },
    meters: Array.from({ length: meterCount }, (_, index) => ({
      id: `meter${index}`,
      interval: pollInterval,
      extra: [],
      transport: "tcp",
      profiles: ["1.0.99.1.1.255" as const],
      connect: () =>
        connect({ link: "wrapper", host, port: firstPort + index }, { clientSap: 2, authentication: { mechanism: "lls", password } }),
    })),
  });
  await gateway.start();
  const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  await wait(pollInterval);
  const shares: number[] = [];
  const memories: number[] = [];
  const lags: number[] = [];
  const longest: number[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const before = process.cpuUsage();
    await wait(pollInterval);
    delay.disable();
    const { user, system } = process.cpuUsage(before);
    shares.push((100 * (user + system)) / 1000 / pollInterval);
    memories.push(process.memoryUsage().rss / 1_048_576);
    // The resolution is part of what is measured.
    lags.push(Math.max(0, delay.percentile(99) / 1e6 - 10));
    longest.push(Math.max(0, delay.max / 1e6 - 10));
  }
  const { online } = gateway.statistics["meters"] as { readonly online: number };
  await gateway.stop();
  await broker.close();
  return [
    measurement("fleet.online", "meters", "higher", [online]),
    measurement("fleet.cpu", "% of a core", "lower", shares),
    measurement("fleet.memory", "MiB", "lower", memories),
    measurement("fleet.lag.p99", "ms", "lower", lags),
    measurement("fleet.lag.longest", "ms", "lower", longest),
  ];
}
