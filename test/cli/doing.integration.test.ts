import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { MeterHost } from "../../src/cli/meter-host.ts";
import { packageFile } from "../../src/cli/package-files.ts";
import { loadYaml } from "../../src/config/load.ts";
import { virtualMeterSchema } from "../../src/config/virtual-meter.ts";
import { runCli } from "../support/cli.ts";

const environment = { EK: "000102030405060708090A0B0C0D0E0F", AK: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF" };
const management = ["--client", "1", "--auth", "gmac", "--ek", "env:EK", "--ak", "env:AK"];
const reader = ["--client", "2", "--auth", "lls", "--password", "text:00000000"];

describe("Commands that change a meter", function () {
  this.timeout(60_000);
  let host: MeterHost;
  let target = "";
  let folder = "";

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dlms-doing-"));
    host = new MeterHost({
      config: { ...loadYaml(packageFile("config/virtual-meter.yaml"), virtualMeterSchema), timezone: "UTC" },
      directory: packageFile("config"),
      onFailure: (error) => {
        throw error;
      },
    });
    const [tcp] = await host.start("127.0.0.1", { tcp: 0 });
    target = `tcp://127.0.0.1:${tcp?.port}`;
  });
  after(async () => {
    await host.stop();
    rmSync(folder, { recursive: true });
  });

  async function run(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly json: Record<string, unknown>; readonly stderr: string }> {
    const { code, stdout, stderr } = await runCli([...args, "--json"], { ...environment, XDG_STATE_HOME: folder });
    return { code, json: stdout === "" ? {} : (JSON.parse(stdout) as Record<string, unknown>), stderr };
  }

  it("show the clock and its drift, and set it within limits", async () => {
    const shown = await run("clock", target, ...reader);
    expect([shown.code, Math.abs(shown.json["driftSeconds"] as number) < 10, shown.json["timeZone"]], shown.stderr).to.deep.equal([
      0,
      true,
      0,
    ]);
    const shifted = await run("clock", target, "--shift", "-60", ...management);
    expect(shifted.json["driftSeconds"], shifted.stderr).to.be.within(-70, -55);
    const set = await run("clock", target, "--set", "now", ...management);
    expect(Math.abs(set.json["driftSeconds"] as number), set.stderr).to.be.lessThan(10);
    const far = await run("clock", target, "--set", "2030-01-01T00:00:00Z", ...management);
    expect([far.code, JSON.stringify(far.json).includes("--force")]).to.deep.equal([2, true]);
    expect(Math.abs(host.meter.clockTime - Date.now())).to.be.lessThan(10_000);
    const both = await run("clock", target, "--set", "now", "--shift", "1", ...management);
    expect(both.code).to.equal(2);
  });

  it("move the supply switch, and say why it is where it is", async () => {
    expect((await run("relay", target, ...reader)).json).to.include({ outputState: true, controlState: "connected", reason: "closed" });
    const off = await run("relay", target, "disconnect", ...management);
    expect(off.json, off.stderr).to.include({ outputState: false, controlState: "disconnected", reason: "remote-command" });
    expect(host.meter.relay.closed).to.equal(false);
    expect((await run("relay", target, "connect", ...management)).json).to.include({ outputState: true });
    const refused = await run("relay", target, "disconnect", ...reader);
    expect([refused.code, host.meter.relay.closed], refused.stderr).to.deep.equal([1, true]);
    expect((await run("relay", target, "open", ...management)).code).to.equal(2);
  });

  it("write attributes in the types of what is there, and read them back", async () => {
    const set = await run("set", target, "1-0:0.9.11", "120", ...management);
    expect([set.code, set.json["after"]], set.stderr).to.deep.equal([0, 120]);
    expect(host.meter.limits.clockShiftLimit).to.equal(120_000);
    const typed = await run("set", target, "1-0:0.9.11", "long-unsigned:90", ...management);
    expect([typed.json["before"], typed.json["after"]], typed.stderr).to.deep.equal([120, 90]);
    for (const wrong of ["-1", "70000", "long-unsigned:x", '"many"']) {
      const refused = await run("set", target, "1-0:0.9.11", wrong, ...management);
      expect(refused.code, wrong).to.equal(2);
    }
    expect((await run("set", target, "1-0:0.9.11", "60", ...reader)).code).to.equal(1);
    expect((await run("set", target, "1-0:99.99.99", "60", ...management)).code).to.equal(2);
    expect(host.meter.limits.clockShiftLimit).to.equal(90_000);
  });

  it("invoke methods by number and by name", async () => {
    const captured = host.meter.profile("load").rows.length;
    for (const method of ["2", "capture"]) {
      const done = await run("invoke", target, "1-0:99.1.0", method, ...management);
      expect(done.code, done.stderr).to.be.oneOf([0, 1]);
    }
    expect(host.meter.profile("load").rows.length).to.be.at.least(captured);
    const reset = await run("invoke", target, "1-0:99.1.0", "reset", "integer:0", ...management);
    expect([reset.code, host.meter.profile("load").rows.length], reset.stderr).to.deep.equal([0, 0]);
    const unknown = await run("invoke", target, "1-0:99.1.0", "explode", ...management);
    expect([unknown.code, JSON.stringify(unknown.json).includes("capture")]).to.deep.equal([2, true]);
  });
});
