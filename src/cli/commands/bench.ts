import { Command, Option } from "commander";
import { ConfigError } from "../../errors.ts";
import { serveBench } from "../bench/bench-server.ts";
import { decodeBenchmark } from "../bench/decode-benchmark.ts";
import { fleetBenchmark } from "../bench/fleet-benchmark.ts";
import { getBenchmark } from "../bench/get-benchmark.ts";
import { lineBenchmark } from "../bench/line-benchmark.ts";
import type { Benchmark, Measurement } from "../bench/measurement.ts";
import { profileBenchmark } from "../bench/profile-benchmark.ts";
import { secureBenchmark } from "../bench/secure-benchmark.ts";
import { tokenBenchmark } from "../bench/token-benchmark.ts";
import { wireBenchmark } from "../bench/wire-benchmark.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { formatTable } from "../table.ts";
import { commandAction } from "./action.ts";

const benchmarks: readonly Benchmark[] = [
  decodeBenchmark,
  getBenchmark,
  secureBenchmark,
  profileBenchmark,
  wireBenchmark,
  lineBenchmark,
  tokenBenchmark,
  fleetBenchmark,
];

/** `dlms bench [NAME]` */
export function benchCommand(): Command {
  return withCommonOptions(new Command("bench"))
    .description("measure this machine: medians, and the runs they come from")
    .argument("[name]", benchmarks.map(({ name }) => name).join(", "))
    .addOption(new Option("--serve", "be the measured server").hideHelp())
    .addHelpText(
      "after",
      `\n${benchmarks.map(({ name, description }) => `  ${name.padEnd(8)} ${description}`).join("\n")}\n\nExample:\n  dlms bench get --json`,
    )
    .action(commandAction(bench));
}

async function bench(output: Output, options: CommonOptions & { readonly serve?: boolean }, name?: string): Promise<void> {
  if (options.serve === true) return serveBench();
  const chosen = benchmarks.filter((benchmark) => (name === undefined ? benchmark.onlyByName !== true : benchmark.name === name));
  if (chosen.length === 0) {
    throw new ConfigError("NAME", `there is no benchmark ${JSON.stringify(name)}`, {
      hint: `use ${benchmarks.map((benchmark) => benchmark.name).join(", ")}`,
    });
  }
  const measurements: Measurement[] = [];
  for (const benchmark of chosen) {
    output.note(`measuring ${benchmark.name}: ${benchmark.description}`);
    measurements.push(...(await benchmark.run()));
  }
  output.result(measurements, () =>
    formatTable(
      [
        { title: "Figure" },
        { title: "Median", align: "right" },
        { title: "Unit" },
        { title: "Lowest", align: "right" },
        { title: "Highest", align: "right" },
      ],
      measurements.map(({ name: figure, value, unit, runs }) => [
        figure,
        String(value),
        unit,
        String(Math.min(...runs)),
        String(Math.max(...runs)),
      ]),
      { width: output.width },
    ),
  );
}
