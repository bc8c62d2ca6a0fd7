import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { makeImage } from "../../src/virtual-meter/mapping/firmware/image-format.ts";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";

const secrets = { EK: "000102030405060708090A0B0C0D0E0F", AK: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF" };

describe("Doing more to a meter", function () {
  this.timeout(60_000);
  let folder: string;
  let meter: CliService;
  let target: string;
  // A state of its own: the counters of this meter would make those of the next test's, of the same name, look replayed.
  let keys: Readonly<Record<string, string>> = secrets;
  const secure = (client: number) => ["--client", String(client), "--auth", "gmac", "--ek", "env:EK", "--ak", "env:AK"];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dlms-doing-"));
    keys = { ...secrets, XDG_STATE_HOME: folder };
    const port = await freePort();
    target = `tcp://127.0.0.1:${port}`;
    meter = await CliService.start(["meter", "--config", "config/virtual-meter.yaml", "--tcp", String(port)], /listening tcp/);
  });
  after(async () => {
    await meter.stop();
    rmSync(folder, { recursive: true });
  });

  async function run(...args: readonly string[]) {
    const { code, stdout, stderr } = await runCli([...args, "--json"], keys);
    return {
      code,
      json: (stdout === "" ? {} : JSON.parse(stdout)) as Record<string, unknown>,
      stderr: `${stderr}${code === 0 ? "" : stdout}`,
    };
  }

  describe("dlms tariff", () => {
    const file = () => join(folder, "tariff.yaml");

    it("shows what load takes, which then has nothing to write", async () => {
      const shown = await runCli(["tariff", "show", target, ...secure(1)], keys);
      expect(shown.code, shown.stderr).to.equal(0);
      writeFileSync(file(), shown.stdout);
      const passive = await runCli(["tariff", "show", target, "--passive", ...secure(1)], keys);
      writeFileSync(join(folder, "passive.yaml"), passive.stdout);
      const again = await run("tariff", "load", target, file(), "--dry-run", ...secure(1));
      expect(again.code, again.stderr).to.equal(0);
      expect(again.json["changes"]).to.equal(0);
    });

    const another = [
      "name: NIGHT27",
      "seasons:",
      "  - { name: S1, from: '*-01-01', week: W1 }",
      "  - { name: S2, from: '*-07-01', week: W2 }",
      "weeks:",
      "  - { name: W1, days: [1, 1, 1, 1, 1, 2, 2] }",
      "  - { name: W2, days: [2, 2, 2, 2, 2, 2, 2] }",
      "days:",
      "  - { id: 1, schedule: [{ at: '00:00', script: 2 }, { at: '06:30', script: 1 }, { at: '22:00', script: 2 }] }",
      "  - { id: 2, schedule: [{ at: '00:00', script: 2 }] }",
      "specialDays:",
      "  - { date: '*-12-25', day: 2 }",
    ].join("\n");

    it("writes nothing in a dry run", async () => {
      writeFileSync(file(), another);
      const dry = await run("tariff", "load", target, file(), "--dry-run", ...secure(1));
      expect(dry.code, dry.stderr).to.equal(0);
      expect(dry.json["wouldWrite"]).to.deep.equal(["passive calendar", "special days"]);
      const { json } = await run("tariff", "show", target, ...secure(1));
      expect((json["passive"] as { name: string }).name).to.not.equal("NIGHT27");
    });

    it("loads it as the one that waits, once, and puts it in force", async () => {
      const loaded = await run("tariff", "load", target, file(), ...secure(1));
      expect(loaded.code, loaded.stderr).to.equal(0);
      expect(loaded.json["written"]).to.deep.equal(["passive calendar", "special days"]);
      expect((await run("tariff", "load", target, file(), ...secure(1))).json["written"]).to.deep.equal([]);
      const planned = await run("tariff", "activate", target, "--at", "2099-01-01T00:00", ...secure(1));
      expect(planned.code, planned.stderr).to.equal(0);
      expect(String(planned.json["activation"])).to.match(/^2099-01-01T00:00/);
      const activated = await run("tariff", "activate", target, ...secure(1));
      expect(activated.json["active"], activated.stderr).to.equal("NIGHT27");
      const text = await runCli(["tariff", "load", target, file(), "--dry-run", ...secure(1)], keys);
      expect(text.stdout).to.contain("as the tariff in force").and.contain("nothing to write");
    });

    it("is refused with the place of the fault before anything is connected", async () => {
      writeFileSync(file(), another.replace("week: W2", "week: W3").replace("'06:30'", "'00:00'"));
      const { code, stderr } = await run("tariff", "load", "tcp://127.0.0.1:1", file());
      expect(code).to.equal(2);
      expect(stderr).to.contain("seasons[1].week: there is no week W3");
    });

    it("names what a client may not write", async () => {
      writeFileSync(file(), another.replace("NIGHT27", "OTHER"));
      const { code, stderr } = await run("tariff", "load", target, file(), "--client", "2", "--auth", "lls", "--password", "text:00000000");
      expect(code).to.equal(1);
      expect(stderr).to.match(/0\.0\.13\.0\.0\.255.*(read-write-denied|object-undefined)/);
    });
  });

  describe("dlms alarms", () => {
    it("shows the registers, and clears them", async () => {
      const { code, json, stderr } = await run("alarms", target, ...secure(1));
      expect(code, stderr).to.equal(0);
      expect((json["registers"] as unknown[]).length).to.equal(3);
      // Somebody who fails to sign on five times is an alarm.
      for (let attempt = 0; attempt < 6; attempt++)
        await run("read", target, "--client", "2", "--auth", "lls", "--password", "text:11111111");
      const raised = (await run("alarms", target, ...secure(1))).json["alarms"] as { events: string[] }[];
      expect(raised.length).to.be.greaterThan(0);
      expect(raised.every(({ events }) => events.length > 0)).to.equal(true);
      const cleared = await run("alarms", target, "--clear", ...secure(1));
      expect(cleared.code, cleared.stderr).to.equal(0);
      expect((cleared.json["before"] as unknown[]).length).to.equal(raised.length);
      expect((cleared.json["alarms"] as unknown[]).length).to.be.lessThan(raised.length);
    });
  });

  describe("dlms firmware", () => {
    const image = () => join(folder, "app-2.img");

    it("brings an image, has it verified, and activates it when told to", async () => {
      writeFileSync(image(), makeImage("application", "A2.0", new Uint8Array(20_000).fill(0x5a)));
      const brought = await run("firmware", target, image(), ...secure(5));
      expect(brought.code, brought.stderr).to.equal(0);
      expect(brought.json).to.include({ identifier: "app-2.img", verification: "verification-successful", activation: null, resumedAt: 0 });
      const activated = await run("firmware", target, image(), "--activate", ...secure(5));
      expect(activated.code, activated.stderr).to.equal(0);
      expect(activated.json["activation"]).to.equal("activation-successful");
      const versions = await run("read", target, "1-1:0.2.0", ...secure(1));
      expect(JSON.stringify(versions.json), versions.stderr).to.contain("A2.0");
    });

    it("says so where the image is damaged", async () => {
      const damaged = readFileSync(image());
      damaged[1000] = 0;
      writeFileSync(image(), damaged);
      const { code, stderr } = await run("firmware", target, image(), ...secure(5));
      expect(code).to.equal(1);
      expect(stderr).to.contain("verification-failed");
    });

    it("is refused before anything is connected where the file or the options are wrong", async () => {
      expect((await run("firmware", "tcp://127.0.0.1:1", join(folder, "none.img"))).code).to.equal(2);
      expect((await run("firmware", "tcp://127.0.0.1:1", image(), "--activate", "--at", "2027-01-01T00:00")).code).to.equal(2);
    });
  });
});
