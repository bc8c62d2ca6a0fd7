import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";

const environment = { READER: "00000000" };

interface ObjectJson {
  readonly logicalName: string;
  readonly classId: number;
  readonly baseName?: number;
}

describe("the command line with short names", function () {
  this.timeout(60_000);
  let meter: CliService;
  let target: string;
  const run = (command: string, ...rest: readonly string[]) =>
    runCli([command, target, "--client", "2", "--auth", "lls", "--password", "env:READER", ...rest, "--json"], environment);

  before(async () => {
    const port = await freePort();
    target = `tcp://127.0.0.1:${port}`;
    const history = ["--start", "2026-03-01T12:00:00Z", "--history", "P2D"];
    meter = await CliService.start(["meter", "--tcp", String(port), "--serial-number", "4712", ...history, "--json"], /listening/);
  });

  after(async () => {
    expect(await meter.stop("SIGTERM")).to.equal(0);
  });

  it("lists the objects with their base names, and without where logical names are used", async () => {
    const listed = async (...rest: readonly string[]) => JSON.parse((await run("objects", ...rest)).stdout) as readonly ObjectJson[];
    // Each way after the other: neither may take what the other left in the cache.
    const [before, named, after] = [await listed(), await listed("--referencing", "sn"), await listed()];
    expect(after).to.deep.equal(before);
    expect(before.filter(({ baseName }) => baseName !== undefined)).to.deep.equal([]);
    expect(named.find(({ classId }) => classId === 12)).to.include({ logicalName: "0.0.40.0.0.255", baseName: 0xfa00 });
    expect(named.find(({ logicalName }) => logicalName === "0.0.42.0.0.255")?.baseName).to.equal(0xfd00);
    const others = (list: readonly ObjectJson[]) =>
      list.filter(({ classId }) => classId !== 12 && classId !== 15).map(({ baseName: _, ...object }) => object);
    expect(others(named)).to.deep.equal(others(before));
  });

  it("reads objects and profiles, whether asked to by flag or in the target", async () => {
    const readings = ["1.0.1.8.0.255", "0.0.96.1.0.255", "clock:time_zone"];
    const byFlag = await run("read", "--referencing", "sn", ...readings);
    expect(byFlag.code).to.equal(0);
    const rows = JSON.parse(byFlag.stdout) as readonly Record<string, unknown>[];
    expect(rows.map(({ value }) => value).slice(1)).to.deep.equal(["4712", 0]);
    expect(rows[0]).to.include({ classId: 3, unit: "Wh", type: "double-long-unsigned" });
    target = `${target}?referencing=sn`;
    const profile = JSON.parse((await run("profile", "hourly", "--entries", "1:1")).stdout) as { readonly rows: readonly unknown[] };
    expect(profile.rows).to.have.length(1);
  });
});
