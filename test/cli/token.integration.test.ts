import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { sampleStaTables } from "../../src/sts/index.ts";
import { type CliResult, runCli } from "../support/cli.ts";
import { credit, expectNoKeys, meter, ofMeter, pan, secretVariables, station } from "./token-samples.ts";

interface Issued {
  readonly tokens: readonly string[];
  readonly tid?: number;
}

const at = ["--at", "2026-11-22T12:00:00Z", "--random", "5"];

describe("dlms token", function () {
  this.timeout(60_000);
  let root = "";
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), "dlms-token-"))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const run = async (...args: readonly string[]): Promise<CliResult> => {
    const result = await runCli(["token", ...args], { ...secretVariables, XDG_STATE_HOME: root });
    if (args[0] !== "key") expectNoKeys(args.join(" "), result.stdout + result.stderr);
    return result;
  };
  const json = async <Result = Issued>(...args: readonly string[]): Promise<Result> => {
    const { code, stdout, stderr } = await run(...args, "--json");
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as Result;
  };
  const file = (name: string, text: string): string => {
    writeFileSync(join(root, name), text);
    return join(root, name);
  };

  it("derives the decoder key of a meter", async () => {
    expect(await json("key", ...ofMeter)).to.deep.equal({ decoderKey: "bd192fa6021fa142a940f1f81339139f" });
  });

  it("issues a token, no identifier twice, and prints the same digits again without a key", async () => {
    const first = await json("generate", "credit-electricity", "25.6", ...ofMeter, ...at);
    expect(first).to.deep.equal({
      tokens: [credit],
      tid: 6_780_240,
      issued: "2026-11-22T12:00:00Z",
      meter: pan,
      service: "credit-electricity",
      value: { value: 25.6, unit: "kWh" },
    });
    const second = await json("generate", "max-power-limit", "3500", ...ofMeter, ...at);
    expect(second.tid).to.equal(6_780_241);
    const [last, one, all, unknown] = await Promise.all([
      json("reprint", "--meter", meter),
      json("reprint", "--meter", pan, "--tid", "6780240"),
      json("reprint", "--meter", pan, "--all"),
      run("reprint", "--meter", meter, "--tid", "1", "--json"),
    ]);
    expect([last, one, all]).to.deep.equal([second, first, [first, second]]);
    expect([unknown.code, JSON.parse(unknown.stdout).error.code]).to.deep.equal([2, "config"]);
  });

  it("keeps nothing where it is told to, and says so", async () => {
    const args = ["generate", "credit-electricity", "25.6", ...ofMeter, ...at, "--no-store"];
    for (const { code, stdout, stderr } of await Promise.all([run(...args), run(...args)])) {
      expect([code, stdout.split("\n")[0]]).to.deep.equal([0, "6725 9421 5966 2658 1768"]);
      expect(stderr).to.match(/^warning: nothing is kept/m);
    }
    expect((await run("reprint", "--meter", meter)).code).to.equal(2);
  });

  it("makes a key change with roll-over, whose parts are named, and shown on demand", async () => {
    const renewed = ["--new-vending-key", "env:TOKEN_NEW", "--new-krn", "2", "--new-base-date", "2014"];
    const { tokens } = await json("generate", "key-change", ...ofMeter, "--base-date", "1993", ...renewed);
    expect(tokens).to.have.lengthOf(4);
    const decode = ["decode", tokens[0] ?? "", ...ofMeter, "--base-date", "1993"];
    const [named, shown, { decoderKey }] = await Promise.all([
      json(...decode),
      json(...decode, "--show-key"),
      json<{ readonly decoderKey: string }>("key", "--meter", meter, "--vending-key", "env:TOKEN_NEW", "--sgc", "123456", "--krn", "2"),
    ]);
    expect(named).to.deep.include({ class: 2, subclass: 3, keyRevisionNumber: 2, rollover: true, keyType: 2, newKeyHigh: "KeyPart" });
    expect(shown).to.have.property("newKeyHigh", decoderKey.slice(0, 8));
  });

  it("makes the tokens of tests for any meter", async () => {
    expect((await json("generate", "test", "0")).tokens).to.deep.equal(["56493153725450313471"]);
    expect((await json("generate", "test", "18", "--manufacturer", "0000")).tokens).to.deep.equal(["01153484454694514832"]);
  });

  it("ends with the exit code of the interface", async () => {
    const csv = file("meters.csv", `meter,value\n${meter},10\n1234567897,10\n`);
    const codes = await Promise.all([
      run("generate", "credit-electricity", "--csv", csv, ...station),
      run("decode", "67259421596626581769", ...ofMeter),
      run("decode", credit),
    ]);
    expect(codes.map(({ code }) => code)).to.deep.equal([2, 5, 2]);
  });

  it("gives 200 identifiers to two processes at once, none of them twice", async () => {
    const csv = file("meters.csv", `meter,value\n${`${meter},1\n`.repeat(100)}`);
    const args = ["generate", "credit-electricity", "--csv", csv, ...station, "--at", "2026-11-22T12:00Z", "--json"];
    const both = await Promise.all([run(...args), run(...args)]);
    const issued = both.flatMap(({ stdout }) => stdout.trimEnd().split("\n")).map((line) => JSON.parse(line) as Issued);
    expect(both.map(({ code }) => code)).to.deep.equal([0, 0]);
    expect(new Set(issued.map(({ tid }) => tid)).size).to.equal(200);
    expect(new Set(issued.map(({ tokens }) => tokens[0])).size).to.equal(200);
  });

  it("takes the tables of EA07 from a file, of which an error says nothing", async () => {
    const args = ["generate", "clear-tamper", ...ofMeter, "--ea", "07", ...at, "--no-store"];
    const tables = file("tables.json", JSON.stringify({ ...sampleStaTables, S1: sampleStaTables.S2, S2: sampleStaTables.S1 }));
    const [sample, own, broken] = await Promise.all([
      run(...args),
      run(...args, "--sta-tables", tables),
      run(...args, "--sta-tables", file("broken.json", '{"S1":[12,10,8,4,')),
    ]);
    expect([sample.code, own.code, broken.code]).to.deep.equal([0, 0, 2]);
    expect(own.stderr).not.to.include("sample");
    expect(own.stdout.split("\n")[0]).not.to.equal(sample.stdout.split("\n")[0]);
    expect(broken.stderr)
      .to.match(/error: --sta-tables: cannot use .*: it is not JSON/)
      .and.not.to.include("12,10");
  });
});
