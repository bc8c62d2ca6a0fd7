import { expect } from "chai";
import fc from "fast-check";
import { age, stampText, valueText } from "../../page/src/format.ts";
import { cellsOf } from "../../page/src/parts/segments.ts";
import { hashOf, parseRoute, views } from "../../page/src/route.ts";
import { csv, intervals, total } from "../../page/src/series.ts";
import { rowWindow } from "../../page/src/window.ts";
import { silenceOf } from "../../page/src/words.ts";
import type { PageRows } from "../../src/dashboard/contract.ts";

const hour = 3_600_000;

function rows(values: readonly (number | null)[], stamps: readonly string[]): PageRows {
  const column = { logicalName: "1.0.1.8.0.255", attribute: 2, name: "Active energy import (+A)", unit: "Wh" };
  return { columns: [column], times: stamps.map((stamp) => Date.parse(stamp)), stamps, cells: [values] };
}

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

describe("Energy between rows", () => {
  const stamps = ["2026-10-25T01:00:00+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"];

  it("is what the register grew by, also in an hour that autumn repeats", () => {
    const { times, energy } = intervals(rows([1000, 1500, 2500, 2500], stamps));
    expect(energy).to.deep.equal([0.5, 1, 0]);
    expect(times.map((time, index) => (index === 0 ? hour : time - (times[index - 1] ?? 0)))).to.deep.equal([hour, hour, hour]);
    expect(total(energy)).to.equal(1.5);
  });

  it("is unknown where the register went down or is not known", () => {
    expect(intervals(rows([1000, 200, null, 300], stamps)).energy).to.deep.equal([null, null, null]);
    expect(total([null])).to.equal(null);
  });

  it("is a file of the meter's own times", () => {
    expect(csv(intervals(rows([1000, 1500, 2500, 2400], stamps)))).to.equal(
      "time,energy [kWh]\r\n2026-10-25T02:00:00+02:00,0.5\r\n2026-10-25T02:00:00+01:00,1\r\n2026-10-25T03:00:00+01:00,\r\n",
    );
  });

  it("is none where there are no rows, or no register", () => {
    expect(intervals(rows([], [])).energy).to.deep.equal([]);
    expect(intervals({ columns: [], times: [1, 2], stamps: ["", ""], cells: [] }).energy).to.deep.equal([]);
  });
});

describe("Texts of the page", () => {
  it("show stamps as the meter's clock did", () => {
    expect(stampText("2026-11-23T23:01:42.11+00:00")).to.equal("2026-11-23 23:01:42");
    expect(stampText("2026-10-25T02:00:00Z")).to.equal("2026-10-25 02:00:00");
  });

  it("show values by the locale", () => {
    expect(valueText(1234.5678, "en")).to.equal("1,234.568");
    expect(valueText(1234.5, "de")).to.equal("1.234,5");
    expect([null, true, [], ["a", "b"], "x"].map((value) => valueText(value, "en"))).to.deep.equal(["–", "yes", "none", "a, b", "x"]);
  });

  it("say how long ago something was", () => {
    expect([0, 89_000, 600_000, 3 * hour, 50 * hour].map(age)).to.deep.equal(["0 s", "89 s", "10 min", "3 h", "2 d"]);
  });

  it("say why there is nothing new", () => {
    expect(silenceOf({ online: true, reason: null, lastRead: 1 }, false)).to.equal(undefined);
    expect(silenceOf({ online: true, reason: null, lastRead: 1 }, true)).to.contain("gateway");
    expect(silenceOf({ online: false, reason: "decrypt", lastRead: 1 }, false)).to.contain("key is wrong");
    expect(silenceOf({ online: false, reason: null, lastRead: null }, false)).to.contain("not been read yet");
    expect(silenceOf({ online: false, reason: "other", lastRead: 1 }, false)).to.equal("it says other");
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
