import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { issueBatch } from "../../src/cli/commands/token-batch.ts";
import { tokenGenerateCommand } from "../../src/cli/commands/token-generate.ts";
import { type IssuerOptions, issuerOf } from "../../src/cli/commands/token-issuer.ts";
import { ConfigError, StoreError } from "../../src/errors.ts";
import { type IssueBook, MemoryIssueBook } from "../../src/vending/index.ts";
import { meter, pan, parsed, station, type Written, withSecretVariables, written } from "./token-samples.ts";

interface Line {
  readonly line: number;
  readonly tid?: number;
  readonly meter: string;
  readonly error?: { readonly message: string };
}

const mixed = `\ufeffMeter,value,krn\r\n${meter},10,\r\n1234567897,10,\r\n${meter},ten,2\r\n\r\n${pan},5,2\r\n${meter},5\r\n${meter},7,12\r\n`;

describe("tokens for the lines of a file", () => {
  withSecretVariables();
  let root = "";
  before(() => (root = mkdtempSync(join(tmpdir(), "token-batch-"))));
  after(() => rmSync(root, { recursive: true, force: true }));

  function issue(text: string, { json = true, book = new MemoryIssueBook() }: { json?: boolean; book?: IssueBook } = {}): Written<number> {
    const file = join(root, "meters.csv");
    writeFileSync(file, text);
    const options = parsed<IssuerOptions>(tokenGenerateCommand(), [...station, "--at", "2026-11-22T12:00Z"]);
    return written(json, (output) => issueBatch(output, file, book, issuerOf("credit-electricity", options, { note: () => undefined })));
  }

  const linesOf = ({ out }: Written<number>): readonly Line[] =>
    out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);

  it("are issued where they can be, and the other lines are reported by their numbers", () => {
    const issued = issue(mixed);
    const lines = linesOf(issued);
    expect(lines.map(({ line, error }) => [line, error?.message.split(":")[0]])).to.deep.equal([
      [2, undefined],
      [3, "meter"],
      [4, "value"],
      [6, undefined],
      [7, "expected 3 cells, as the header has, got 2"],
      [8, "krn"],
    ]);
    expect(lines.map(({ tid }) => tid)).to.deep.equal([6_780_240, undefined, undefined, 6_780_241, undefined, undefined]);
    expect([issued.result, issued.err]).to.deep.equal([2, "4 of 6 lines were refused\n"]);
  });

  it("are a line each for people, with the refusals on standard error", () => {
    const { out, err } = issue(mixed, { json: false });
    expect(out).to.match(new RegExp(`^(${pan}  (\\d{4} ){4}\\d{4}\n){2}$`));
    expect(err.match(/^error: line \d+: .*\(config\); try: .*$/gm)).to.have.lengthOf(4);
    expect(err).to.match(/line 3: meter: .*leading zeros/);
  });

  it("end well where every line was made, however many there are", () => {
    const issued = issue(`meter,value\n${`${meter},1\n`.repeat(250)}`);
    expect([issued.result, issued.err]).to.deep.equal([0, ""]);
    expect(new Set(linesOf(issued).map(({ tid }) => tid)).size).to.equal(250);
    expect(issue("meter,value\n").result).to.equal(0);
  });

  for (const text of ["", "meter;value\n", "value\n1\n", "meter,meter\n", `meter,value\n${meter},10\n${meter},"10\n`]) {
    it(`are none for a file that is no such table: ${JSON.stringify(text)}`, () => {
      const book = new MemoryIssueBook();
      expect(() => issue(text, { book }))
        .to.throw(ConfigError)
        .with.property("path", "--csv");
      expect(book.last(pan)).to.equal(undefined);
    });
  }

  it("end with the first that cannot be kept, and nothing is printed that is not", () => {
    class FullBook extends MemoryIssueBook {
      override together<Result>(): Result {
        throw new StoreError("store-failed", "the disk is full");
      }
    }
    expect(() =>
      written(true, (output) => {
        const file = join(root, "meters.csv");
        writeFileSync(file, `meter,value\n${meter},1\n`);
        const options = parsed<IssuerOptions>(tokenGenerateCommand(), station);
        const silent = { ...output, item: () => expect.fail("a token was printed") };
        issueBatch(silent, file, new FullBook(), issuerOf("credit-electricity", options, output));
      }),
    ).to.throw(StoreError);
  });
});
