import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { MeterHost } from "../../src/cli/meter-host.ts";
import { packageFile } from "../../src/cli/package-files.ts";
import type { MeterReport } from "../../src/cli/report/meter-report.ts";
import { loadYaml } from "../../src/config/load.ts";
import { virtualMeterSchema } from "../../src/config/virtual-meter.ts";
import { runCli } from "../support/cli.ts";
import { elements, parseDocument, textOf } from "./report/document.ts";

const asReader = ["--client", "2", "--auth", "lls", "--password", "env:P"];
const environment = { P: "00000000" };

describe("reports and events of a virtual meter", function () {
  this.timeout(60_000);
  let folder = "";
  let meter: MeterHost;
  let target = "";
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dlms-report-"));
    meter = new MeterHost({
      // As good as stopped, so that what is read twice is the same.
      config: {
        ...loadYaml(packageFile("config/virtual-meter.yaml"), virtualMeterSchema),
        mode: "prepaid",
        credit: 50,
        history: { months: 1, days: 0, milliseconds: 0 },
        start: "2026-11-22T12:07:00Z",
        speed: 0.001,
      },
      directory: packageFile("config"),
      onFailure: (error) => {
        throw error;
      },
    });
    const [tcp] = await meter.start("127.0.0.1", { tcp: 0 });
    target = `tcp://127.0.0.1:${tcp?.port}`;
  });
  after(async () => {
    await meter.stop();
    rmSync(folder, { recursive: true });
  });

  it("dlms report writes a page, and its figures as CSV and JSON beside it", async () => {
    const out = join(folder, "house.html");
    const { code, stdout } = await runCli(["report", target, "--out", out, "--days", "3", "--json", ...asReader], environment);
    expect(code).to.equal(0);
    const files = ["html", "csv", "json"].map((extension) => join(folder, `house.${extension}`));
    expect(JSON.parse(stdout)).to.deep.equal({ files, notRead: [] });
    const report = JSON.parse(readFileSync(files[2] as string, "utf8")) as MeterReport;
    const page = parseDocument(readFileSync(out, "utf8"));
    expect(elements(page, "h1").map(textOf)).to.deep.equal([`Meter ${report.device}`]);
    expect(elements(page, "svg")).to.have.length(2);
    expect(report.profiles.map(({ name, rows }) => [name, rows.length])).to.deep.include(["load", 288]);

    const energy = await runCli(["read", target, "1-0:1.8.0", "--json", ...asReader], environment);
    const [reading] = JSON.parse(energy.stdout);
    const readings = report.sections.flatMap(({ readings }) => readings);
    expect(readings).to.deep.include(reading);
    expect(readFileSync(files[1] as string, "utf8")).to.include(`energy,${reading.name},${reading.obis},,${reading.value},Wh,\n`);
  });

  it("dlms report names once what the public client may not read", async () => {
    const { code, stderr } = await runCli(["report", target, "--out", join(folder, "public.html")]);
    expect(code).to.equal(0);
    expect(stderr).to.match(/^not shown to client 16: .*energy.*load profile.*event logs\n$/);
  });

  it("dlms events gives the rows of logs with what their codes mean", async () => {
    const { code, stdout } = await runCli(["events", target, "credit", "--json", ...asReader], environment);
    expect(code).to.equal(0);
    const [first] = JSON.parse(stdout);
    expect(first).to.have.all.keys("log", "at", "code", "event", "details");
    expect(first).to.deep.include({ log: "credit", code: 1, event: "credit_token_accepted" });
    expect(first.at).to.match(/^2026-1[01]-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
  });

  it("dlms events refuses what is no log, before it connects", async () => {
    const { code, stderr } = await runCli(["events", "tcp://127.0.0.1:1", "nonsense"]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^error: LOG: "nonsense" is no event log \(config\); try: use standard, fraud/);
  });
});
