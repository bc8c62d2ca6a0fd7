import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const reader = ["--client", "2", "--auth", "lls", "--password", "env:READER"];
const environment = { READER: "00000000" };

describe("the command line against a meter", function () {
  this.timeout(60_000);
  const folder = temporaryFolder("suite");
  let meter: CliService;
  let target: string;

  before(async () => {
    const port = await freePort();
    target = `tcp://127.0.0.1:${port}`;
    meter = await CliService.start(
      [
        "meter",
        "--tcp",
        String(port),
        "--serial-number",
        "4711",
        "--start",
        "2026-03-01T12:00:00Z",
        "--history",
        "P3D",
        "--timezone",
        "Europe/Paris",
        "--json",
      ],
      /listening/,
    );
  });

  after(async () => {
    expect(await meter.stop("SIGTERM")).to.equal(0);
  });

  it("announces its listener as an event", () => {
    expect(JSON.parse(meter.output.split("\n")[0] as string)).to.include({ event: "listening", link: "tcp" });
  });

  it("reads objects named in every form, in the documented shape", async () => {
    const { code, stdout } = await runCli(
      ["read", target, ...reader, "--json", "1.0.1.8.0.255", "1-0:1.8.0", "active_energy_import", "clock:time_zone"],
      environment,
    );
    expect(code).to.equal(0);
    const rows = JSON.parse(stdout) as Record<string, unknown>[];
    for (const row of rows.slice(0, 3)) {
      expect(row).to.include({
        logicalName: "1.0.1.8.0.255",
        obis: "1-0:1.8.0*255",
        classId: 3,
        attribute: 2,
        name: "Active energy import (+A)",
        unit: "Wh",
        type: "double-long-unsigned",
      });
      expect(row["value"]).to.be.a("number").and.to.equal(row["raw"]);
    }
    expect(rows[3]).to.include({ classId: 8, attribute: 3, value: -60 });
  });

  it("shows the public client its identity and clock, and names what it may not see", async () => {
    const { code, stdout, stderr } = await runCli(["read", target, "--json"]);
    expect(code).to.equal(0);
    expect((JSON.parse(stdout) as { logicalName: string }[]).map(({ logicalName }) => logicalName))
      .to.include("0.0.1.0.0.255")
      .and.not.include("1.0.1.8.0.255");
    expect(stderr).to.contain("not shown to client 16").and.to.contain("--client 2");
  });

  it("lists objects with names and rights", async () => {
    const { stdout } = await runCli(["objects", target, ...reader, "--json"], environment);
    const objects = JSON.parse(stdout) as {
      logicalName: string;
      classId: number;
      attributes: { id: number; access: string }[];
      methods: unknown[];
    }[];
    const register = objects.find(({ logicalName }) => logicalName === "1.0.1.8.0.255");
    expect(register).to.deep.equal({
      logicalName: "1.0.1.8.0.255",
      classId: 3,
      version: 0,
      name: "Active energy import (+A)",
      attributes: [
        { id: 1, name: "logicalName", access: "r" },
        { id: 2, name: "value", access: "r" },
        { id: 3, name: "scalerUnit", access: "r" },
      ],
      methods: [{ id: 1, name: "reset", access: "-" }],
    });
  });

  it("gives profiles as table, CSV and JSON, by range in the meter's own time and by entry", async () => {
    const range = ["--from", "2026-03-01T00:00", "--to", "2026-03-01T02:00"];
    const csv = await runCli(["profile", target, "hourly", ...range, "--format", "csv", ...reader], environment);
    expect(
      csv.stdout
        .trim()
        .split("\n")
        .map((line) => line.split(",")[0]),
    ).to.deep.equal(["Clock", "2026-03-01T00:00:00+01:00", "2026-03-01T01:00:00+01:00", "2026-03-01T02:00:00+01:00"]);
    const json = await runCli(["profile", target, "1.0.99.1.1.255", "--entries", "2:3", "--json", ...reader], environment);
    const profile = JSON.parse(json.stdout) as {
      logicalName: string;
      columns: { logicalName: string; unit?: string }[];
      rows: unknown[][];
    };
    expect(profile.logicalName).to.equal("1.0.99.1.1.255");
    expect(profile.columns.map(({ logicalName, unit }) => [logicalName, unit])).to.deep.equal([
      ["0.0.1.0.0.255", undefined],
      ["0.0.96.10.4.255", undefined],
      ["1.0.1.8.0.255", "Wh"],
      ["1.0.2.8.0.255", "Wh"],
    ]);
    expect(profile.rows).to.have.lengthOf(2);
  });

  it("checks a gateway's configuration", async () => {
    const file = folder.path("gateway.yaml");
    const meters = (poll: string): string =>
      `mqtt: { url: mqtt://127.0.0.1:1883 }\nmeters:\n  - id: house\n    target: ${target}?client=2&auth=lls\n    password: env:READER\n    poll: ${poll}\n    profiles: [hourly]\n`;
    writeFileSync(file, meters("5s"));
    const good = await runCli(["gateway", "--config", file, "--check", "--json"], environment);
    expect(good.code, good.stderr).to.equal(0);
    expect(JSON.parse(good.stdout)).to.deep.equal({ ok: true, meters: ["house"] });
    const without = await runCli(["gateway", "--config", file, "--check"], { READER: "" });
    expect(without.code).to.equal(2);
    expect(without.stderr).to.match(/^error: meter house: .*READER/m);
    writeFileSync(file, meters("15"));
    const bad = await runCli(["gateway", "--config", file, "--check"], environment);
    expect(bad.code).to.equal(2);
    expect(bad.stderr).to.contain("meters[0].poll: expected a duration such as 5s or 15m, or a cron pattern, got 15");
  });

  const failures: readonly {
    readonly what: string;
    readonly args: () => readonly string[];
    readonly code: number;
    readonly error: string;
    readonly says: RegExp;
  }[] = [
    { what: "an object that is not visible", args: () => ["read", target, "1.0.1.8.0.255"], code: 1, error: "", says: /object-undefined/ },
    { what: "a wrong flag", args: () => ["read", target, "--clinet", "2"], code: 2, error: "config", says: /--clinet/ },
    {
      what: "a wrong value of a flag",
      args: () => ["read", target, "--client", "x"],
      code: 2,
      error: "config",
      says: /--client: expected a whole number/,
    },
    { what: "no target", args: () => ["read"], code: 2, error: "config", says: /target/ },
    { what: "a target that is none", args: () => ["read", "tpc://x"], code: 2, error: "config", says: /expected a target such as/ },
    {
      what: "a secret that is not there",
      args: () => ["read", target, "--auth", "lls", "--password", "env:NOT_SET"],
      code: 2,
      error: "config",
      says: /NOT_SET/,
    },
    { what: "a name nobody knows", args: () => ["read", target, "no such thing"], code: 2, error: "config", says: /no such thing/ },
    {
      what: "a port where nobody listens",
      args: () => ["read", "tcp://127.0.0.1:1"],
      code: 3,
      error: "refused",
      says: /refused the connection/,
    },
    {
      what: "a host that does not exist",
      args: () => ["read", "tcp://no-such-host.invalid"],
      code: 3,
      error: "open-failed",
      says: /unknown host/,
    },
    {
      what: "a wrong password",
      args: () => ["read", target, "--client", "2", "--auth", "lls", "--password", "text:nope"],
      code: 4,
      error: "association-rejected",
      says: /authentication-failure/,
    },
    {
      what: "a client nobody foresaw",
      args: () => ["read", target, "--client", "99", "--auth", "lls", "--password", "text:00000000"],
      code: 4,
      error: "association-rejected",
      says: /authentication-failure/,
    },
    {
      what: "a configuration that does not exist",
      args: () => ["meter", "--config", "no-such-file.yaml"],
      code: 2,
      error: "config",
      says: /no-such-file/,
    },
    {
      what: "a load that does not exist",
      args: () => ["meter", "--tcp", "0", "--load", "csv:no-such.csv"],
      code: 2,
      error: "config",
      says: /no-such\.csv/,
    },
    {
      what: "demonstration secrets beyond loopback",
      args: () => ["meter", "--listen", "0.0.0.0", "--tcp", "0"],
      code: 2,
      error: "config",
      says: /demonstration secrets/,
    },
  ];

  for (const { what, args, code, error, says } of failures) {
    it(`refuses ${what} in one line with exit code ${code}`, async () => {
      const result = await runCli([...args(), "--json"]);
      expect(result.code, result.stdout + result.stderr).to.equal(code);
      expect(result.stdout).to.match(says);
      if (error === "") return;
      const failure = (JSON.parse(result.stdout) as { error: Record<string, string> }).error;
      expect(failure).to.include({ code: error }).and.to.have.all.keys("code", "layer", "message", "hint");
      expect(failure["hint"]).to.not.equal("");
    });
  }
});
