import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { tokenGenerateCommand } from "../../src/cli/commands/token-generate.ts";
import { issuedServices } from "../../src/cli/commands/token-issuer.ts";
import { MeterHost } from "../../src/cli/meter-host.ts";
import { packageFile } from "../../src/cli/package-files.ts";
import { loadYaml } from "../../src/config/load.ts";
import { virtualMeterSchema } from "../../src/config/virtual-meter.ts";
import { runCli } from "../support/cli.ts";

const page = readFileSync(new URL("../../docs/tokens.md", import.meta.url), "utf8");

interface Example {
  readonly command: string;
  /** What the page shows below it. */
  readonly output: string;
}

/** What the page shows after each prompt of its console blocks, in order. */
const examples: readonly Example[] = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => ({ command: text.slice(0, text.indexOf("\n")), output: text.slice(text.indexOf("\n") + 1) })),
);

describe("docs/tokens.md", function () {
  this.timeout(60_000);
  let root = "";
  let meter: MeterHost;
  /** Where the meter of the page is found. */
  let address = "";
  before(async () => {
    root = mkdtempSync(join(tmpdir(), "dlms-token-docs-"));
    const config = loadYaml(packageFile("config/virtual-meter.yaml"), virtualMeterSchema);
    meter = new MeterHost({
      // Time stands still, so that nothing is consumed.
      config: { ...config, mode: "prepaid", credit: 50, start: "2026-11-22T12:00:00Z", speed: 1e-9 },
      directory: packageFile("config"),
      onFailure: (error) => {
        throw error;
      },
    });
    const [tcp] = await meter.start("127.0.0.1", { tcp: 0 });
    address = `tcp://127.0.0.1:${tcp?.port}`;
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
      else if (program === "cat") writeFileSync(join(root, name), output);
      else {
        const placed = args.map((argument) =>
          argument.endsWith(".csv") ? join(root, argument) : argument.replace("tcp://127.0.0.1:4059", address),
        );
        const { code, stdout, stderr } = await runCli(placed, environment);
        const shown = code === 0 ? stdout : `${stdout}[exit code ${code}]\n`;
        expect([program, shown], `${command}: ${stderr}`).to.deep.equal(["dlms", output]);
        run++;
      }
    }
    expect(run).to.be.at.least(7);
  });

  it("names every service and every option of generate", () => {
    for (const service of [...issuedServices, "test"]) {
      // Those of a currency differ in their ends.
      const [, end = service] = /^credit-currency(-.*)$/.exec(service) ?? [];
      expect(page.includes(`\`${service}\``) || page.includes(`\`${end}\``), service).to.equal(true);
    }
    const common = ["--json", "--trace", "--timeout"];
    const options = tokenGenerateCommand().options.map(({ long }) => String(long));
    for (const option of options.filter((each) => !common.includes(each))) expect(page, option).to.include(option);
  });
});
