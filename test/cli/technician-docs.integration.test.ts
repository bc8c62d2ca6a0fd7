import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { MeterHost } from "../../src/cli/meter-host.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { runCli } from "../support/cli.ts";
import { managedMeter } from "./managed-meter.ts";

const page = readFileSync(new URL("../../docs/technician.md", import.meta.url), "utf8");

/** What the page shows after each prompt of its console blocks, in order. */
const examples = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => ({ command: text.slice(0, text.indexOf("\n")), output: text.slice(text.indexOf("\n") + 1) })),
);

/** The clocks of two computers, or of two moments, are never quite the same. */
const withoutDrift = (text: string): string => text.replaceAll(/clock [+-]?\d s {1,2}/g, "clock 0 s  ");

describe("docs/technician.md", function () {
  this.timeout(60_000);
  let root = "";
  let meter: MeterHost;
  let port = 0;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), "dlms-technician-docs-"));
    meter = managedMeter();
    port = (await meter.start("127.0.0.1", { tcp: 0 }))[0]?.port ?? 0;
  });
  after(async () => {
    await meter.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it("shows what its commands print", async () => {
    const environment: Record<string, string> = { XDG_STATE_HOME: root };
    let run = 0;
    for (const { command, output } of examples) {
      const [program, ...args] = command.split(" ");
      const [name = "", value = ""] = (args[0] ?? "").split("=");
      if (program === "export") environment[name] = value;
      else if (program === "cat") writeFileSync(join(root, name), output.replace("127.0.0.1:4059", `127.0.0.1:${port}`));
      else {
        const placed = args.map((argument) => (/\.(yaml|ndjson)$/.test(argument) ? join(root, argument) : argument));
        const { code, stdout, stderr } = await runCli(placed, environment);
        expect([program, code, withoutDrift(stdout)], `${command}: ${stderr}`).to.deep.equal(["dlms", 0, withoutDrift(output)]);
        run++;
      }
    }
    expect(run).to.be.at.least(5);
  });

  it("names commands and options that exist", async () => {
    const program = await buildProgram();
    const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
    expect(lines.length).to.be.at.least(10);
    for (const line of [...lines, ...examples.map(({ command }) => command)]) {
      const [tool, name, ...args] = line.split(" ");
      if (tool !== "dlms") continue;
      const command = program.commands.find((candidate) => candidate.name() === name);
      const options = command?.options.map(({ long }) => long) ?? [];
      for (const option of args.filter((argument) => argument.startsWith("--"))) expect(options, line).to.include(option);
      expect(command, line).not.to.equal(undefined);
    }
  });
});
