import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { SerialPair } from "../support/serial-pair.ts";

const reader = ["--client", "2", "--auth", "lls", "--password", "text:00000000"];

describe("A meter on a serial line", function () {
  this.timeout(60_000);
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

  it("is read by the commands that read any other", async () => {
    meter = await CliService.start(["meter", "--serial", `${pair.a}?baud=19200`, "--history", "P2D"], /listening serial/);
    const target = `serial://${pair.b}?baud=19200`;
    const value = await runCli(["read", target, "1-0:1.8.0", "--json", ...reader]);
    expect([value.code, value.stderr.includes("error")], value.stderr).to.deep.equal([0, false]);
    const profile = await runCli(["profile", target, "load", "--last", "96", "--json", ...reader]);
    expect(profile.code, profile.stderr).to.equal(0);
    expect(await meter.stop()).to.equal(0);
  });

  it("is told from a port that is not there", async () => {
    const { code, stderr } = await runCli(["read", `serial://${pair.b}-none`, ...reader]);
    expect([code, stderr.includes("no such port"), stderr.includes("/dev/serial/by-id")], stderr).to.deep.equal([3, true, true]);
  });

  it("shares its line with others", async () => {
    meter = await CliService.start(["meter", "--serial", pair.a, "--count", "2"], /listening serial/);
    const serials: string[] = [];
    for (const physical of ["17", "18"]) {
      const read = await runCli(["read", `serial://${pair.b}`, "0-0:96.1.0", "--json", "--physical", physical, ...reader]);
      expect(read.code, read.stderr).to.equal(0);
      serials.push(/35933\d+/.exec(read.stdout)?.[0] ?? "");
    }
    expect(serials).to.deep.equal(["35933512", "35933513"]);
  });
});
