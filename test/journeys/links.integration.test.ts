import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { freePort, freeUdpPort } from "../support/free-port.ts";

const reader = ["--client", "2", "--auth", "lls", "--password", "env:READER"];
const environment = { READER: "00000000" };
const serialNumber = "0.0.96.1.0.255";
const meterOptions = ["--start", "2026-03-01T12:00:00Z", "--history", "P2D", "--timezone", "Europe/Paris", "--json"];

async function serialNumberOf(target: string, ...flags: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runCli(["read", target, ...reader, ...flags, "--json", serialNumber], environment);
  expect(code, stderr).to.equal(0);
  return (JSON.parse(stdout) as { value: unknown }[])[0]?.value;
}

describe("a virtual meter over UDP", function () {
  this.timeout(60_000);
  let meter: CliService;
  let target: string;

  before(async () => {
    const port = await freeUdpPort();
    target = `udp://127.0.0.1:${port}`;
    meter = await CliService.start(["meter", "--udp", String(port), "--serial-number", "4711", ...meterOptions], /listening/);
  });

  after(async () => {
    expect(await meter.stop("SIGINT"), "Ctrl-C").to.equal(0);
  });

  it("announces the listener, and no other", () => {
    const events = meter.output.trim().split("\n");
    expect(events.filter((line) => line.includes("listening")).length).to.equal(1);
    expect(JSON.parse(events[0] as string)).to.include({ event: "listening", link: "udp", address: target.slice("udp://".length) });
  });

  it("is read", async () => {
    expect(await serialNumberOf(target)).to.equal("4711");
  });

  it("gives its profiles", async () => {
    const { code, stdout, stderr } = await runCli(["profile", target, "load", "--last", "8", ...reader, "--json"], environment);
    expect(code, stderr).to.equal(0);
    expect(stdout.length).to.be.above(100);
  });

  it("is reported missing where nobody listens", async () => {
    const { code, stderr } = await runCli(["read", `udp://127.0.0.1:${await freeUdpPort()}`, "--timeout", "5"]);
    expect(code).to.not.equal(0);
    expect(stderr).to.match(/udp 127\.0\.0\.1:\d+/);
  });
});

describe("several virtual meters in one process", function () {
  this.timeout(60_000);
  let meters: CliService;
  let port: number;

  before(async () => {
    port = await freePort();
    meters = await CliService.start(
      ["meter", "--count", "3", "--hdlc", String(port), "--serial-number", "0998", ...meterOptions],
      /"link":"hdlc"/,
    );
  });

  after(async () => {
    expect(await meters.stop("SIGINT"), "Ctrl-C").to.equal(0);
  });

  it("answer on one HDLC line, each at its physical address, with serial numbers that count up", async () => {
    for (const [index, expected] of ["0998", "0999", "1000"].entries()) {
      expect(await serialNumberOf(`hdlc://127.0.0.1:${port}`, "--physical", String(17 + index))).to.equal(expected);
    }
  });

  it("leave an address in silence that nobody has", async () => {
    const { code } = await runCli(["read", `hdlc://127.0.0.1:${port}`, ...reader, "--physical", "20", "--timeout", "1"], environment);
    expect(code).to.not.equal(0);
  });

  it("are refused in a number that no line can hold", async () => {
    const { code, stderr } = await runCli(["meter", "--count", "110", "--hdlc", "0"]);
    expect(code).to.not.equal(0);
    expect(stderr).to.contain("from 1 to 109");
  });
});
