import { readFileSync } from "node:fs";
import { expect } from "chai";
import { shortCodes } from "../../src/keypad/index.ts";
import { linkErrors } from "../../src/keypad/messages.ts";

const page = readFileSync(new URL("../../docs/keypad.md", import.meta.url), "utf8");

/** The row of the page for a row of the table. */
function rowOf(row: (typeof shortCodes)[number]): string {
  const threeDigits = (code: number): string => String(code).padStart(3, "0");
  const last = "count" in row ? row.from + row.count - 1 : row.from;
  const range = last === row.from ? threeDigits(row.from) : `${threeDigits(row.from)} to ${threeDigits(last)}`;
  const code = row.kind === "set" ? `${range}xx` : range;
  const name = row.kind === "show" ? row.item : row.kind === "act" ? row.act : row.kind === "set" ? row.setting : row.does;
  const aliases: readonly string[] = "aliases" in row ? row.aliases : [];
  return `| ${code} | ${row.kind} | ${row.label} | \`${name}\` | ${aliases.join(", ")} |`;
}

describe("the page about the keypad", () => {
  it("has a row for each short code, and no other", () => {
    const rows = page.split("\n").filter((line) => /^\| \d{3}.* \| (show|act|set|unit) \|/.test(line));
    expect([...rows].sort()).to.deep.equal(shortCodes.map(rowOf).sort());
  });

  it("names every error of the link", () => {
    expect(linkErrors.filter((error) => !page.includes(error))).to.deep.equal([]);
  });
});
