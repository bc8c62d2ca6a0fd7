import { expect } from "chai";
import { Observer } from "../mqtt-bridge/observer.ts";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";

const reader = ["--client", "2", "--auth", "lls", "--password", "env:READER"];
const environment = { READER: "00000000" };

/** Three ports in a row that nobody uses. */
async function portBase(): Promise<number> {
  return Math.min((await freePort()) & ~7, 65_000);
}

describe("the demonstration", function () {
  this.timeout(60_000);
  let demo: CliService;
  let base: number;

  before(async () => {
    base = await portBase();
    demo = await CliService.start(["demo", "--port-base", String(base)], /Ctrl-C/);
  });

  after(async () => {
    expect(await demo.stop()).to.equal(0);
  });

  it("says what listens where and what to try", () => {
    expect(demo.output).to.contain(`listening tcp 127.0.0.1:${base}`);
    expect(demo.output).to.contain(`listening hdlc 127.0.0.1:${base + 1}`);
    expect(demo.output).to.contain(`listening mqtt 127.0.0.1:${base + 2}`);
    expect(demo.output.match(/^ {2}\S/gm)).to.have.lengthOf(3);
  });

  for (const link of ["tcp", "hdlc"] as const) {
    const target = (): string => `${link}://127.0.0.1:${link === "tcp" ? base : base + 1}`;

    it(`prints the summary over ${link}`, async () => {
      const { code, stdout, stderr } = await runCli(["read", target(), ...reader], environment);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(/Active energy import \(\+A\) +\d+ +Wh/);
      expect(stdout).to.match(/Voltage L1 +2\d\d(\.\d)? +V/);
      expect(stdout).to.contain("Clock drift");
    });

    it(`reads rows of history over ${link}`, async () => {
      const { code, stdout } = await runCli(["profile", target(), "load", "--last", "5", "--json", ...reader], environment);
      const profile = JSON.parse(stdout) as { readonly rows: readonly (readonly unknown[])[]; readonly capturePeriod: number };
      expect(code).to.equal(0);
      expect(profile.rows).to.have.lengthOf(5);
      expect(profile.capturePeriod).to.equal(900);
    });
  }

  it("publishes the state and the discovery message of the meter", async () => {
    const observer = await Observer.start(`mqtt://127.0.0.1:${base + 2}`);
    const state = await observer.message("dlms/demo/state");
    const discovery = await observer.message("homeassistant/device/dlms_demo/config");
    await observer.message("dlms/bridge/state", ({ state: word }) => word === "online");
    await observer.message("dlms/demo/availability", ({ state: word }) => word === "online");
    expect(JSON.parse(state.payload)).to.include.keys("active_energy_import_total", "voltage_l1", "meter_time", "read_time");
    expect(JSON.parse(discovery.payload)).to.have.nested.property("cmps.energy_import.unit_of_measurement", "kWh");
    await observer.stop();
  });

  it("names a port that is in use, in one line", async () => {
    const { code, stderr } = await runCli(["demo", "--port-base", String(base)]);
    expect(code).to.equal(3);
    expect(stderr.trim().split("\n").at(-1)).to.match(new RegExp(`${base + 2}.*in use`));
  });
});
