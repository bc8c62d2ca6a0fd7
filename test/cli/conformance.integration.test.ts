import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface Case {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly verdict: string;
  readonly expected?: string;
  readonly subtests: readonly { readonly id: string; readonly title: string; readonly verdict: string; readonly log?: readonly string[] }[];
}

describe("dlms conformance", function () {
  this.timeout(60_000);
  const folder = temporaryFolder("suite");
  const secrets = {
    // A place for counters of its own: the meters of other tests have this one's name, and counters that this one's are ahead of.
    XDG_STATE_HOME: "",
    PASSWORD: "00000000",
    EK: "000102030405060708090A0B0C0D0E0F",
    AK: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
  };
  const reader = ["--client", "2", "--auth", "lls", "--password", "env:PASSWORD"];
  let meter: CliService | undefined;
  let target = "";
  let hdlc = "";

  before(async () => {
    secrets.XDG_STATE_HOME = folder.path("state");
    const [tcp, overHdlc] = [await freePort(), await freePort()];
    meter = await CliService.start(["meter", "--tcp", String(tcp), "--hdlc", String(overHdlc)], /listening hdlc/);
    target = `tcp://127.0.0.1:${tcp}`;
    hdlc = `hdlc://127.0.0.1:${overHdlc}`;
  });
  after(async () => {
    await meter?.stop();
  });

  it("finds nothing wrong with the application layer of the meter, without keys and under them, over both links", async () => {
    const technician = ["--client", "3", "--auth", "gmac", "--ek", "env:EK", "--ak", "env:AK"];
    for (const [place, who] of [
      [target, reader],
      [hdlc, technician],
    ] as const) {
      const { code, stdout, stderr } = await runCli(["conformance", place, ...who, "--group", "application", "--json"], secrets);
      expect(code, stderr + stdout.slice(0, 2000)).to.equal(0);
      const cases = JSON.parse(stdout) as readonly Case[];
      expect(cases.length).to.equal(20);
      expect(cases.filter(({ verdict }) => verdict === "passed").length).to.be.greaterThan(12);
      expect(cases.filter(({ verdict }) => verdict === "failed")).to.deep.equal([]);
    }
  });

  it("says what fails, with what passed the line, and ends with 1", async () => {
    // A user list that the meter does not have: it takes everybody.
    const cti = folder.path("wrong.yaml");
    writeFileSync(cti, "users: { known: 1, unknown: 2 }\n");
    const args = ["conformance", target, ...reader, "--cti", cti, "--case", "APPL_OPEN_2", "APPL_OPEN_4"];
    const json = await runCli([...args, "--json"], secrets);
    expect(json.code, json.stderr).to.equal(1);
    const [users, version] = JSON.parse(json.stdout) as readonly Case[];
    expect(users).to.deep.include({ id: "APPL_OPEN_2", group: "application", verdict: "failed" });
    expect(users?.subtests.map(({ id, verdict }) => [id, verdict])).to.deep.equal([
      ["S1", "passed"],
      ["S2", "failed"],
    ]);
    expect(users?.subtests[0]?.log).to.equal(undefined);
    expect(users?.subtests[1]?.log?.[0]).to.match(/^ +\d+\.\d{3} -> 00 01 00 02 00 01 .* 60 /);
    expect(version?.verdict).to.equal("passed");
    const text = await runCli([...args, "--log"], secrets);
    expect([text.code, text.stderr]).to.deep.equal([1, ""]);
    expect(text.stdout).to.match(
      /^failed +APPL_OPEN_2 .*\(1\/2\)\n {4}S2 failed: .*\n {7}an unknown user is accepted\n {7} +\d+\.\d{3} ->/,
    );
    expect(text.stdout).to.match(/\npassed +APPL_OPEN_4 .*\n1 passed, 1 failed, 0 inconclusive, 0 inapplicable\n$/);
  });

  it("ends with 0 where a device does what it is known to do, and with 1 where it does better", async () => {
    const cti = folder.path("known.yaml");
    const run = (expected: string) => {
      writeFileSync(cti, `users: { known: 1, unknown: 2 }\nexpect: { APPL_OPEN_2: ${expected} }\n`);
      return runCli(["conformance", target, ...reader, "--cti", cti, "--case", "APPL_OPEN_2"], secrets);
    };
    const known = await run("failed");
    expect([known.code, known.stdout.includes("(1/2, as expected)")], known.stdout).to.deep.equal([0, true]);
    const better = await run("passed");
    expect([better.code, better.stdout.includes("expected: passed")], better.stdout).to.deep.equal([1, true]);
  });

  it("tests the associations of the file too, with secrets beside it", async () => {
    const cti = folder.path("all.yaml");
    writeFileSync(folder.path("technician.ek"), `${secrets.EK}\n`, { mode: 0o600 });
    writeFileSync(folder.path("technician.ak"), `${secrets.AK}\n`, { mode: 0o600 });
    writeFileSync(
      cti,
      [
        "associations:",
        "  - { name: public, client: 16 }",
        "  - { name: technician, client: 3, auth: gmac, ek: file:technician.ek, ak: file:technician.ak }",
        "  - { name: short names, client: 2, auth: lls, password: env:PASSWORD, referencing: sn }",
        "",
      ].join("\n"),
    );
    const ids = ["APPL_OPEN_1", "APPL_OPEN_3", "APPL_DATA_SN_N1"];
    const { code, stdout, stderr } = await runCli(["conformance", target, ...reader, "--cti", cti, "--case", ...ids, "--json"], secrets);
    expect(code, stderr + stdout).to.equal(0);
    const cases = JSON.parse(stdout) as readonly Case[];
    expect(cases.map(({ id, subtests }) => [id, subtests.map(({ verdict }) => verdict)])).to.deep.equal([
      ["APPL_OPEN_1", ["passed", "passed", "passed", "passed"]],
      ["APPL_OPEN_3", ["passed", "passed", "passed"]],
      ["APPL_DATA_SN_N1", ["passed", "passed", "passed"]],
    ]);
    expect(cases[0]?.subtests.map(({ title }) => title.split(" is ")[0])).to.deep.equal([
      "client 2",
      "public",
      "technician",
      "short names",
    ]);
  });

  it("lists its cases without a device", async () => {
    const { code, stdout } = await runCli(["conformance", "--list", "--group", "application"]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^Case +Group +Title +Source\nAPPL_IDLE_N1 +application /);
  });

  it("refuses what it cannot do, each in one line", async () => {
    const cti = folder.path("bad.yaml");
    writeFileSync(cti, "assocations: []\n");
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [["conformance"], 2, /TARGET: expected a device to test/],
      [["conformance", target, "--case", "APPL_OPEN_99"], 2, /there is no case "APPL_OPEN_99", did you mean APPL_OPEN_9\?/],
      [["conformance", target, "--group", "hdcl"], 2, /--group/],
      [["conformance", target, "--cti", cti], 2, /assocations/],
      [["conformance", "tcp://127.0.0.1:1"], 3, /refused the connection/],
      [["conformance", target, "--client", "2", "--auth", "lls", "--password", "env:WRONG"], 4, /authentication/],
    ];
    for (const [args, code, message] of cases) {
      const result = await runCli([...args], { WRONG: "99999999" });
      expect([result.code, result.stdout], result.stderr).to.deep.equal([code, ""]);
      expect(result.stderr).to.match(message);
      expect(result.stderr.trim().split("\n").length).to.equal(1);
    }
  });
});
