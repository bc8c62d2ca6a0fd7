import { expect } from "chai";
import fc from "fast-check";
import { cellsOf, page } from "../../src/keypad/frame.ts";
import { mainCells, textCells } from "../../src/keypad/index.ts";

const shown = (value: string, unit?: string, label?: string): string => {
  const { main, text } = page({ value, ...(unit !== undefined && { unit }), ...(label !== undefined && { label }) });
  return `${main}|${text}`;
};

describe("a page of the display", () => {
  it("has the value above, where a point takes no cell, and name and unit below", () => {
    expect(shown("123456.78", "kWh", "Import")).to.equal("123456.78|Import               kWh");
    expect(shown("12:00:00")).to.equal("12:00:00|");
    expect(shown("On", undefined, "Relay, reason")).to.equal("On|Relay, reason");
  });

  it("leaves out decimals for which there is no room, never digits before the point", () => {
    expect(shown("1234567.89", "kWh")).to.equal("1234567.8|                     kWh");
    expect(shown("12345678.9")).to.equal("12345678|");
    expect(shown("-1234567.89")).to.equal("-1234567|");
    expect(shown("123456789.5")).to.equal("|123456789.5");
    expect(shown("123456789")).to.equal("|123456789");
  });

  it("has what is longer below, and cuts a name before its unit", () => {
    expect(shown("6725 9421 5966 2658 1768", "kWh", "Token")).to.equal("|6725 9421 5966 2658 1768");
    expect(shown("1", "kvarh", "A name that is much too long")).to.equal("1|A name that is muc kvarh");
  });

  it("fits whatever the meter says", () => {
    const text = (maxLength: number) => fc.string({ maxLength });
    fc.assert(
      fc.property(text(24), text(8), text(24), (value, unit, label) => {
        const { main, text: below } = page({ value, unit, label });
        expect(cellsOf(main)).to.be.at.most(mainCells);
        expect(below.length).to.be.at.most(textCells);
      }),
    );
  });
});
