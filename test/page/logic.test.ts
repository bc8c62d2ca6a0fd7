import { expect } from "chai";
import fc from "fast-check";
import { age, amountText, momentText, rangeText, stampText, valueText } from "../../page/src/format.ts";
import { cellsOf } from "../../page/src/parts/segments.ts";
import { hashOf, parseRoute, views } from "../../page/src/route.ts";
import { grouped } from "../../page/src/token.ts";
import { rowWindow } from "../../page/src/window.ts";
import { creditSentence, silenceOf } from "../../page/src/words.ts";

const hour = 3_600_000;

describe("The page's route", () => {
  it("comes back from its hash, whatever a meter is called", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom(...views), (meter, view) => {
        expect(parseRoute(hashOf({ view, meter }))).to.deep.equal({ view, meter });
      }),
    );
  });

  it("is the fleet where the hash means nothing", () => {
    for (const hash of ["", "#/", "#/meter/", "#/meter/%E0%A4%A/live", "#nonsense"])
      expect(parseRoute(hash)).to.deep.equal({ view: "fleet" });
    expect(parseRoute("#/meter/a/unknown")).to.deep.equal({ view: "live", meter: "a" });
  });
});

describe("Texts of the page", () => {
  it("show stamps as the meter's clock did, by the locale", () => {
    expect(stampText("2026-11-23T23:01:42.11+00:00", "de")).to.equal("23.11.2026, 23:01:42");
    expect(stampText("2026-10-25T02:00:00Z", "de")).to.equal("25.10.2026, 02:00:00");
    expect(stampText("2026-10-25T02:00:00+14:00", "de")).to.equal("25.10.2026, 02:00:00");
    expect(stampText("*-*-* 02:00", "de")).to.equal("*-*-* 02:00");
  });

  it("show from when to when, of whole days the last one", () => {
    const [from, to] = [Date.UTC(2026, 9, 1), Date.UTC(2026, 9, 8)];
    expect(rangeText(from, to, true, "de")).to.equal("01.–07.10.2026");
    expect(rangeText(from, to, false, "de")).to.match(/^01\.10\.2026, 00:00.*08\.10\.2026, 00:00$/);
  });

  it("show amounts in the currency of the meter", () => {
    expect(amountText({ value: 12_345, unit: "Wh" }, "EUR", "de")).to.equal("12,35 kWh");
    expect(amountText({ value: 1234.5, unit: "currency" }, "EUR", "de")).to.equal("1.234,5 EUR");
    expect(amountText({ value: 3, unit: null }, undefined, "de")).to.equal("3");
  });

  it("say how it stands with credits", () => {
    expect(creditSentence({ state: "in-use", active: true })).to.equal("in use now");
    expect(creditSentence({ state: "enabled", active: false })).to.equal("not set up");
  });

  it("group the digits of a token, whatever stands between them", () => {
    expect(grouped("67259421596626581768")).to.equal("6725 9421 5966 2658 1768");
    expect(grouped("6725-94 x")).to.equal("6725 94");
    expect(grouped(`${"1".repeat(30)}`)).to.have.lengthOf(24);
    expect(grouped("")).to.equal("");
  });

  it("show values by the locale", () => {
    expect(valueText(1234.5678, "en")).to.equal("1,234.568");
    expect(valueText(1234.5, "de")).to.equal("1.234,5");
    expect([null, true, [], ["a", "b"], "x"].map((value) => valueText(value, "en"))).to.deep.equal(["–", "yes", "none", "a, b", "x"]);
  });

  it("say how long ago something was", () => {
    expect([0, 89_000, 600_000, 3 * hour, 50 * hour].map(age)).to.deep.equal(["0 s", "89 s", "10 min", "3 h", "2 d"]);
  });

  it("say when something was, with the day where it was another", () => {
    const at = Date.UTC(2026, 10, 24, 10, 5);
    expect(momentText(at, at + hour, "de")).to.match(/^\d\d:05:00$/);
    expect(momentText(at, at + 20 * hour, "de")).to.match(/^2[345]\.11\.2026, \d\d:05$/);
  });

  it("say why there is nothing new", () => {
    expect(silenceOf({ online: true, reason: null, lastRead: 1 }, undefined)).to.equal(undefined);
    expect(silenceOf({ online: true, reason: null, lastRead: 1 }, "nobody is there")).to.equal("nobody is there");
    expect(silenceOf({ online: false, reason: "decrypt", lastRead: 1 }, undefined)).to.contain("key is wrong");
    expect(silenceOf({ online: false, reason: null, lastRead: null }, undefined)).to.contain("not been read yet");
    expect(silenceOf({ online: false, reason: "other", lastRead: 1 }, undefined)).to.equal("it says other");
  });
});

describe("The large line of the display", () => {
  it("has a cell for each character, and none for a point", () => {
    expect(cellsOf("12.50", 8).map(({ segments, point }) => segments.length + (point ? 0.5 : 0))).to.deep.equal([0, 0, 0, 0, 2, 5.5, 5, 6]);
    expect(cellsOf("", 8)).to.have.lengthOf(8);
    expect(cellsOf("123456789", 8)).to.have.lengthOf(8);
  });
});

describe("The rows of a long table that are drawn", () => {
  it("are those that can be seen, and few others", () => {
    fc.assert(
      fc.property(fc.nat(400_000), fc.integer({ min: 1, max: 2000 }), fc.nat(10_000), (top, height, count) => {
        const { first, last } = rowWindow(top, height, 36, count);
        expect(first).to.be.within(0, count);
        expect(last - first).to.be.lessThan(height / 36 + 19);
        for (let row = Math.ceil(top / 36); row * 36 < top + height && row < count; row++) expect(row).to.be.within(first, last - 1);
      }),
    );
  });
});
