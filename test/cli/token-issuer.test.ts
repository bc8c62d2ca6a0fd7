import { expect } from "chai";
import { tokenGenerateCommand } from "../../src/cli/commands/token-generate.ts";
import { type IssuerOptions, issuerOf } from "../../src/cli/commands/token-issuer.ts";
import { ConfigError } from "../../src/errors.ts";
import { type Issue, MemoryIssueBook } from "../../src/vending/index.ts";
import { credit, expectNoKeys, meter, ofMeter, pan, parsed, station, withSecretVariables } from "./token-samples.ts";

interface Issued {
  readonly issue: Issue;
  readonly notes: readonly string[];
}

function issue(service: string, value: string | undefined, ...args: readonly string[]): Issued {
  const notes: string[] = [];
  const options = parsed<IssuerOptions>(tokenGenerateCommand(), args);
  const issuer = issuerOf(service, options, { note: (text) => notes.push(text) });
  const names = (name: string): string => (name === "value" ? "VALUE" : `--${name}`);
  return { issue: issuer(new MemoryIssueBook(), { value }, names), notes };
}

function refusal(service: string, value: string | undefined, ...args: readonly string[]): string {
  try {
    issue(service, value, ...args);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expectNoKeys("a refusal", error.message);
    return error.path;
  }
  throw new TypeError("nothing was refused");
}

describe("what is issued with the flags of a command", () => {
  withSecretVariables();
  const at = ["--at", "2026-11-22T12:00:00Z", "--random", "5"];

  it("is the token of the product's contract, for the short number of the meter or the long one", () => {
    expect(issue("credit-electricity", "25.6", ...ofMeter, ...at).issue.tokens).to.deep.equal([credit]);
    expect(issue("credit-electricity", "25.6", ...station, "--meter", pan, ...at).issue.tokens).to.deep.equal([credit]);
  });

  it("is the same whether the usual numbers are written or left out", () => {
    const usual = "--krn 1 --kt 2 --ti 01 --ken 255 --ea 11 --dkga 04 --base-date 2014".split(" ");
    expect(issue("credit-electricity", "25.6", ...ofMeter, ...at, ...usual).issue.tokens).to.deep.equal([credit]);
    for (const other of ["--krn 2", "--kt 1", "--ti 2", "--ea 07"]) {
      expect(issue("credit-electricity", "25.6", ...ofMeter, ...at, ...other.split(" ")).issue.tokens, other).not.to.deep.equal([credit]);
    }
  });

  it("has a time in UTC unless that has an offset", () => {
    const issued = (time: string) => issue("clear-tamper", undefined, ...ofMeter, "--at", time).issue.issued;
    expect(issued("2026-11-22T12:00")).to.equal(Date.UTC(2026, 10, 22, 12));
    expect(issued("2026-11-22T12:00+02:00")).to.equal(Date.UTC(2026, 10, 22, 10));
  });

  it("differs in its random bits where nobody chooses them", () => {
    const tokens = Array.from(
      { length: 40 },
      () => issue("credit-electricity", "1", ...ofMeter, "--at", "2026-11-22T12:00").issue.tokens[0],
    );
    expect(new Set(tokens).size).to.be.within(2, 16);
  });

  it("comes with a warning where a secret stands in the open, and with EA07 without a member's tables", () => {
    const open = ["--meter", meter, "--sgc", "1", "--vending-key", `hex:${"AB".repeat(20)}`];
    expect(issue("clear-tamper", undefined, ...open).notes).to.have.lengthOf(1);
    expect(issue("clear-tamper", undefined, ...ofMeter, "--ea", "07").notes.join()).to.match(/sample tables/);
    expect(issue("clear-tamper", undefined, ...ofMeter).notes).to.deep.equal([]);
  });

  it("comes with a warning where the time is far ahead of the clock", () => {
    const notes = (time: number) => issue("clear-tamper", undefined, ...ofMeter, "--at", new Date(time).toISOString()).notes.length;
    expect([notes(Date.now()), notes(Date.now() + 3 * 86_400_000)]).to.deep.equal([0, 1]);
  });

  it("is a key change to what is new, all else staying as it was", () => {
    const sections = (...args: readonly string[]) =>
      issue("key-change", undefined, ...ofMeter, "--at", "2026-11-22T12:00", ...args).issue.tokens;
    const written = sections("--new-krn", "2", "--new-sgc", "123456", "--new-kt", "2", "--new-ti", "1", "--new-base-date", "2014");
    expect(sections("--new-krn", "2")).to.deep.equal(written);
    expect(sections("--new-krn", "2", "--new-vending-key", "env:TOKEN_NEW")).not.to.deep.equal(written);
    expect(sections("--new-krn", "2", "--ea", "07")).to.have.lengthOf(2);
    expect(sections("--new-krn", "2", "--ea", "07", "--sgc-token")).to.have.lengthOf(3);
  });

  const without = (...flags: readonly string[]) => ofMeter.filter((_, index) => !flags.includes(ofMeter[index - (index % 2)] ?? ""));
  const refusals: readonly (readonly [path: string, service: string, value: string | undefined, ...args: readonly string[]])[] = [
    ["VALUE", "credit-electricity", "x", ...ofMeter],
    ["VALUE", "credit-electricity", undefined, ...ofMeter],
    ["VALUE", "clear-tamper", "1", ...ofMeter],
    ["VALUE", "key-change", "1", ...ofMeter, "--new-krn", "2"],
    ["SERVICE", "credit", "1", ...ofMeter],
    ["--meter", "credit-electricity", "1", ...station],
    ["--meter", "credit-electricity", "1", ...station, "--meter", "01234567890"],
    ["--meter", "credit-electricity", "1", ...station, "--meter", "0123456789x"],
    ["--sgc", "credit-electricity", "1", ...without("--sgc")],
    ["--sgc", "credit-electricity", "1", ...without("--sgc"), "--sgc", "1000000"],
    ["--vending-key", "credit-electricity", "1", ...without("--vending-key")],
    ["--vending-key", "credit-electricity", "1", ...without("--vending-key"), "--vending-key", "ABABABABABABABAB949494949494949401234567"],
    ["--vending-key", "credit-electricity", "1", ...without("--vending-key"), "--vending-key", "env:TOKEN_DECODER"],
    ["--vending-key", "credit-electricity", "1", ...ofMeter, "--ea", "07", "--dkga", "02"],
    ["--krn", "credit-electricity", "1", ...ofMeter, "--krn", "10"],
    ["--kt", "credit-electricity", "1", ...ofMeter, "--kt", "3"],
    ["--ti", "credit-electricity", "1", ...ofMeter, "--ti", "1.5"],
    ["--ken", "credit-electricity", "1", ...ofMeter, "--ken", "3"],
    ["--ken", "credit-electricity", "1", ...ofMeter, "--ken", "256"],
    ["--random", "clear-tamper", undefined, ...ofMeter, "--random", "16"],
    ["--random", "credit-currency-electricity", "1", ...ofMeter, "--random", "16"],
    ["--at", "clear-tamper", undefined, ...ofMeter, "--at", "yesterday"],
    ["--base-date", "clear-tamper", undefined, ...ofMeter, "--base-date", "1993", ...at],
    ["--sta-tables", "clear-tamper", undefined, ...ofMeter, "--sta-tables", "tables.json"],
    ["--new-krn", "clear-tamper", undefined, ...ofMeter, "--new-krn", "2"],
    ["--sgc-token", "clear-tamper", undefined, ...ofMeter, "--sgc-token"],
    ["", "key-change", undefined, ...ofMeter],
    ["--new-krn", "key-change", undefined, ...ofMeter, "--new-krn", "0"],
    ["--new-kt", "key-change", undefined, ...ofMeter, "--new-kt", "0"],
    ["--new-ken", "key-change", undefined, ...ofMeter, "--new-ken", "1"],
    ["--new-base-date", "key-change", undefined, ...ofMeter, "--new-base-date", "2035", ...at],
    ["--new-vending-key", "key-change", undefined, ...ofMeter, "--new-vending-key", "env:TOKEN_DECODER"],
  ];
  for (const [path, service, value, ...args] of refusals) {
    it(`names ${path === "" ? "nothing" : path} when it refuses ${[service, value, ...args].filter((each) => each !== undefined).join(" ")}`, () => {
      expect(refusal(service, value, ...args)).to.equal(path);
    });
  }
});
