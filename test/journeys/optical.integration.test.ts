import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { SerialPair } from "../support/serial-pair.ts";

const reader = ["--client", "2", "--auth", "lls", "--password", "text:00000000"];

describe("A meter behind an optical probe", function () {
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

  it("signs on at 300 baud, changes to HDLC, and is read like any other, time and again", async () => {
    meter = await CliService.start(["meter", "--optical", pair.a, "--history", "P2D"], /listening optical/);
    const target = `optical://${pair.b}`;
    const value = await runCli(["read", target, "0-0:96.1.0", "--json", ...reader]);
    expect([value.code, value.stdout.includes("35933512")], value.stderr).to.deep.equal([0, true]);
    const profile = await runCli(["profile", target, "load", "--last", "96", "--format", "csv", ...reader]);
    expect([profile.code, profile.stdout.trim().split("\n").length], profile.stderr).to.deep.equal([0, 97]);
  });
});
