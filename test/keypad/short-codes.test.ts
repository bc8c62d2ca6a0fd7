import { expect } from "chai";
import { shortCodes, textCells } from "../../src/keypad/index.ts";
import { shortCodeOf } from "../../src/keypad/short-codes.ts";

/** Every code of the table, as often as it stands there. */
function everyCode(): readonly string[] {
  return shortCodes.flatMap((row) => {
    const count = "count" in row ? row.count : 1;
    const own = Array.from({ length: count }, (_, index) => String(row.from + index).padStart(3, "0"));
    return [...own, ...("aliases" in row ? row.aliases : [])];
  });
}

describe("short codes", () => {
  it("mean one thing each", () => {
    const codes = everyCode();
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).to.deep.equal([]);
    expect(codes.filter((code) => shortCodeOf(code) === undefined)).to.deep.equal([]);
  });

  it("are those of the proposed list: 125 of a month, a day or a token, and the single ones", () => {
    const codes = new Set(everyCode());
    expect([...codes].filter((code) => /^[123]\d\d$/.test(code) && code !== "123")).to.have.lengthOf(13 + 62 + 50);
    for (let code = 1; code <= 9; code++) expect(codes.has(`00${code}`)).to.equal(true);
    for (const alias of ["37", "38", "41", "44", "54", "59", "75", "79", "81", "804", "812"]) expect(codes.has(alias)).to.equal(true);
  });

  it("have labels that leave room for a unit on the small line", () => {
    expect(shortCodes.filter(({ label }) => label.length > textCells - "kvarh ".length).map(({ label }) => label)).to.deep.equal([]);
  });
});
