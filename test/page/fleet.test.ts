import { expect } from "chai";
import fc from "fast-check";
import { type FleetOrder, fleetFilters, fleetOrders, ordered, rowByKey, searched } from "../../page/src/fleet-rows.ts";
import type { FleetRow } from "../../src/dashboard/contract.ts";

const row = (id: string, rest: Partial<FleetRow> = {}): FleetRow => ({
  id,
  name: id,
  serialNumber: null,
  model: null,
  transport: "tcp",
  online: true,
  reason: null,
  lastRead: null,
  driftSeconds: null,
  alarms: [],
  power: null,
  credit: null,
  relay: null,
  ...rest,
});
const rows = fc.array(
  fc.record({
    id: fc.string(),
    power: fc.option(fc.integer()),
    drift: fc.option(fc.integer({ min: -100, max: 100 })),
    read: fc.option(fc.nat()),
    alarms: fc.subarray(["b", "a"]),
  }),
);

describe("A fleet", () => {
  it("is sorted by any column either way, with nothing to sort by at the end", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...(Object.keys(fleetOrders) as FleetOrder[])), fc.boolean(), (known, by, down) => {
        const meters = known.map(({ id, power, drift, read, alarms }) => row(id, { power, driftSeconds: drift, lastRead: read, alarms }));
        const sorted = ordered(meters, by, down, "en");
        expect(sorted).to.have.members(meters);
        const keys = sorted.map((each): string | number | null => fleetOrders[by](each));
        const known2 = keys.filter((key) => key !== null);
        expect(keys.slice(0, known2.length)).to.deep.equal(known2);
        const numbers = known2.filter((key) => typeof key === "number");
        for (let index = 1; index < numbers.length; index++)
          expect((numbers[index] ?? 0) - (numbers[index - 1] ?? 0)).to.satisfy((step: number) => (down ? step <= 0 : step >= 0));
      }),
    );
  });

  it("has meter 9 before meter 10, and the latest contact first", () => {
    const names = (by: FleetOrder, down: boolean) =>
      ordered([row("meter 10", { lastRead: 5 }), row("meter 9", { lastRead: 7 }), row("meter 11")], by, down, "en").map(({ name }) => name);
    expect(names("meter", false)).to.deep.equal(["meter 9", "meter 10", "meter 11"]);
    expect(names("contact", false)).to.deep.equal(["meter 9", "meter 10", "meter 11"]);
    expect(names("contact", true)).to.deep.equal(["meter 10", "meter 9", "meter 11"]);
  });

  it("is searched for every word, in name, number and alarms", () => {
    const all = [row("house", { serialNumber: "35933512", alarms: ["low_credit_1"] }), row("barn", { serialNumber: "359" })];
    const found = (text: string) => searched(all, text).map(({ id }) => id);
    expect(found("")).to.deep.equal(["house", "barn"]);
    expect(found("359")).to.deep.equal(["house", "barn"]);
    expect(found("359 Low credit")).to.deep.equal(["house"]);
    expect(found("nobody")).to.deep.equal([]);
  });

  it("is filtered by what somebody looks for", () => {
    const meters = [row("a", { relay: "disconnected" }), row("b", { relay: "connected", alarms: ["x"] }), row("c", { online: false })];
    const kinds = Object.entries(fleetFilters).map(([name, holds]) => [name, meters.filter(holds).map(({ id }) => id)]);
    expect(Object.fromEntries(kinds)).to.deep.equal({ all: ["a", "b", "c"], silent: ["c"], alarms: ["b"], "no supply": ["a"] });
  });

  it("is gone through by keys, and never left", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 20 }), fc.integer({ min: 0, max: 20 }), fc.string(), (start, count, other) => {
        for (const key of ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]) {
          const next = rowByKey(key, start, count, 5);
          if (count === 0) expect(next).to.equal(undefined);
          else expect(next).to.be.within(0, count - 1);
        }
        if (!/^(Arrow|Page)|^(Home|End)$/.test(other)) expect(rowByKey(`x${other}`, start, count, 5)).to.equal(undefined);
      }),
    );
    expect([rowByKey("ArrowDown", -1, 3, 5), rowByKey("ArrowDown", 0, 3, 5), rowByKey("End", 0, 3, 5)]).to.deep.equal([0, 1, 2]);
  });
});
