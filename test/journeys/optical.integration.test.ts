import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { SerialPair } from "../support/serial-pair.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const reader = ["--client", "2", "--auth", "lls", "--password", "text:00000000"];

describe("A meter behind an optical probe", function () {
  this.timeout(60_000);
  const folder = temporaryFolder("suite");
  let pair: SerialPair;
  let meter: CliService | undefined;

  before(async function () {
    const started = await SerialPair.start();
    if (started === undefined) this.skip();
    pair = started;
  });
  after(async () => {
    await meter?.stop();
    await pair?.stop();
  });

  it("signs on at 300 baud, changes to HDLC, and is read like any other, time and again", async () => {
    meter = await CliService.start(["meter", "--optical", pair.a, "--history", "P2D"], /listening optical/);
    const target = `optical://${pair.b}`;
    const value = await runCli(["read", target, "0-0:96.1.0", "--json", ...reader]);
    expect([value.code, value.stdout.includes("35933512")], value.stderr).to.deep.equal([0, true]);
    const profile = await runCli(["profile", target, "load", "--last", "96", "--format", "csv", ...reader]);
    expect([profile.code, profile.stdout.trim().split("\n").length], profile.stderr).to.deep.equal([0, 97]);
  });

  it("gives its readout to who wants no more", async () => {
    const { code, stdout, stderr } = await runCli(["readout", pair.b, "--json"]);
    expect(code, stderr + stdout.slice(0, 500)).to.equal(0);
    const { manufacturer, dataSets } = JSON.parse(stdout) as { manufacturer: string; dataSets: { address: string; values: unknown[] }[] };
    expect(manufacturer).to.equal("DGW");
    expect(dataSets.find(({ address }) => address === "0.0.0")?.values).to.deep.equal([{ value: "35933512" }]);
    expect(dataSets.map(({ address }) => address)).to.include.members(["1.8.0", "1.8.8", "2.8.0", "1.6.0", "32.7.0"]);
  });

  it("gives single values in programming mode to who has the password, and writes none", async () => {
    const values = await runCli(["readout", pair.b, "--json", "--read", "1.8.0", "--read", "0.0.0", "--password", "env:PASSWORD"], {
      PASSWORD: "00000000",
    });
    expect(values.code, values.stderr).to.equal(0);
    const { outcomes } = JSON.parse(values.stdout) as { outcomes: { address: string; type: string; data: string }[] };
    expect(outcomes.map(({ address, type }) => [address, type])).to.deep.equal([
      ["1.8.0", "data"],
      ["0.0.0", "data"],
    ]);
    expect(outcomes[0]?.data).to.match(/\(\d+\.\d+\*kWh\)/);
    expect(outcomes[1]?.data).to.contain("35933512");
    const written = await runCli(["readout", pair.b, "--write", "0.0.0=1", "--password", "env:PASSWORD"], { PASSWORD: "00000000" });
    expect([written.code, written.stderr.includes("refused")], written.stderr).to.deep.equal([1, true]);
    const wrong = await runCli(["readout", pair.b, "--read", "1.8.0", "--password", "env:PASSWORD"], { PASSWORD: "1" });
    expect(wrong.code, wrong.stderr).to.equal(4);
  });

  it("is found by a scan, which puts it into the address book", async () => {
    const book = folder.path("meters.yaml");
    const { code, stdout, stderr } = await runCli(["scan", pair.b, "--save", book]);
    expect([code, stdout], stderr).to.deep.equal([0, `- id: "DGW0000035933512"\n  target: "optical://${pair.b}"\n`]);
    const read = await runCli(["read", "meter:DGW0000035933512", "0-0:96.1.0", "--json", "--book", book]);
    expect([read.code, read.stdout.includes("35933512")], read.stderr).to.deep.equal([0, true]);
    expect(await meter?.stop()).to.equal(0);
  });

  it("is found where it speaks HDLC straight away, at whatever speed and address", async () => {
    meter = await CliService.start(["meter", "--serial", `${pair.a}?baud=19200`, "--count", "2"], /listening serial/);
    const { code, stdout, stderr } = await runCli(["scan", pair.b, "--json"]);
    expect(code, stderr).to.equal(0);
    // A pseudo-terminal carries at any speed, so the first that is tried will do.
    expect(JSON.parse(stdout)).to.deep.include({ id: "DGW0000035933512", target: `serial://${pair.b}?baud=9600&physical=17` });
  });
});
