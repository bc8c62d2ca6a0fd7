import { expect } from "chai";
import fc from "fast-check";
import { type FleetOrder, FleetSorter, fleetOrders } from "../../page/src/fleet-order.ts";
import { countsOf, type FleetFilter, fleetFilters, searched } from "../../page/src/fleet-rows.ts";
import { rowByKey, scrolledTo } from "../../page/src/window.ts";
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
const meters = fc
  .array(
    fc.record({
      id: fc.string(),
      power: fc.option(fc.integer()),
      drift: fc.option(fc.integer({ min: -100, max: 100 })),
      read: fc.option(fc.nat()),
      alarms: fc.subarray(["b", "a"]),
      online: fc.boolean(),
    }),
  )
  .map((known) =>
    known.map(({ id, power, drift, read, alarms, online }) =>
      row(id, { power, driftSeconds: drift, lastRead: read, alarms, online, reason: online ? null : "timeout" }),
    ),
  );
const orders = fc.constantFrom(...(Object.keys(fleetOrders) as FleetOrder[]));

describe("A fleet", () => {
  it("is sorted by any column either way, with nothing to sort by at the end, and equal ones as they came", () => {
    const { compare } = new Intl.Collator("en", { numeric: true });
    fc.assert(
      fc.property(fc.array(meters, { maxLength: 3 }), orders, fc.boolean(), (fleets, by, down) => {
        // One sorter for all of them: what it remembers of texts holds for others too.
        const sorter = new FleetSorter("en");
        for (const rows of fleets) {
          const sorted = sorter.sorted(rows, by, down);
          expect(sorted).to.have.members(rows);
          const keys = sorted.map((each): string | number | null => fleetOrders[by](each));
          for (let index = 1; index < keys.length; index++) {
            const [one, other] = [keys[index - 1] ?? null, keys[index] ?? null];
            const isInOrder =
              one === null || other === null
                ? Number(other === null) - Number(one === null)
                : (down ? -1 : 1) *
                  (typeof one === "number" && typeof other === "number" ? other - one : compare(String(other), String(one)));
            expect(isInOrder).to.be.at.least(0);
            if (isInOrder !== 0) continue;
            expect(rows.indexOf(sorted[index - 1] as FleetRow)).to.be.lessThan(rows.indexOf(sorted[index] as FleetRow));
          }
        }
      }),
    );
  });

  it("has meter 9 before meter 10, the latest contact first, and the worst clock last", () => {
    const rows = [
      row("meter 10", { lastRead: 5, driftSeconds: -9 }),
      row("meter 9", { lastRead: 7, driftSeconds: 3 }),
      row("meter 11", { driftSeconds: 0 }),
    ];
    const names = (by: FleetOrder, down: boolean) => new FleetSorter("en").sorted(rows, by, down).map(({ name }) => name);
    expect(names("meter", false)).to.deep.equal(["meter 9", "meter 10", "meter 11"]);
    expect(names("contact", false)).to.deep.equal(["meter 9", "meter 10", "meter 11"]);
    expect(names("contact", true)).to.deep.equal(["meter 10", "meter 9", "meter 11"]);
    expect(names("drift", false)).to.deep.equal(["meter 11", "meter 9", "meter 10"]);
  });

  it("compares credit in kWh with credit in kWh, and money with money of the same kind", () => {
    const credit = (value: number, unit: string) => row(`${value} ${unit}`, { credit: { value, unit } });
    const rows = [credit(5, "kWh"), credit(2, "EUR"), row("none"), credit(9, "EUR"), credit(1, "kWh"), credit(3, "XAF")];
    const names = (down: boolean) => new FleetSorter("en").sorted(rows, "credit", down).map(({ name }) => name);
    expect(names(false)).to.deep.equal(["2 EUR", "9 EUR", "3 XAF", "1 kWh", "5 kWh", "none"]);
    expect(names(true)).to.deep.equal(["9 EUR", "2 EUR", "3 XAF", "5 kWh", "1 kWh", "none"]);
  });

  it("is searched for every word, in name, number and alarms", () => {
    const all = [row("house", { serialNumber: "35933512", alarms: ["low_credit_1"] }), row("barn", { serialNumber: "359" })];
    const found = (text: string) => searched(all, text).map(({ id }) => id);
    expect(found("")).to.deep.equal(["house", "barn"]);
    expect(found("359")).to.deep.equal(["house", "barn"]);
    expect(found("359 Low credit")).to.deep.equal(["house"]);
    expect(found("nobody")).to.deep.equal([]);
  });

  it("is filtered by what somebody looks for, and counted", () => {
    const rows = [
      row("a", { relay: "disconnected" }),
      row("b", { relay: "connected", alarms: ["x"] }),
      row("c", { online: false }),
      row("d", { credit: { value: -0.5, unit: "EUR" } }),
      row("e", { alarms: ["out_of_credit"], credit: { value: 3, unit: "kWh" } }),
    ];
    const kinds = Object.keys(fleetFilters) as FleetFilter[];
    const found = kinds.map((name) => [name, rows.filter(fleetFilters[name]).map(({ id }) => id)]);
    expect(Object.fromEntries(found)).to.deep.equal({
      all: ["a", "b", "c", "d", "e"],
      "not answering": ["c"],
      "with alarms": ["b", "e"],
      "low credit or disconnected": ["a", "d", "e"],
    });
    expect(countsOf(rows)).to.deep.equal({ all: 5, "not answering": 1, "with alarms": 2, "low credit or disconnected": 3 });
  });

  it("is gone through by keys, and never left", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 20 }), fc.integer({ min: 0, max: 20 }), fc.string(), (start, count, other) => {
        for (const key of ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]) {
          const next = rowByKey(key, start, count, 5);
          if (count === 0) expect(next).to.equal(undefined);
          else expect(next).to.be.within(0, count - 1);
        }
        expect(rowByKey(`x${other}`, start, count, 5)).to.equal(undefined);
      }),
    );
    expect([rowByKey("ArrowDown", -1, 3, 5), rowByKey("ArrowDown", 0, 3, 5), rowByKey("End", 0, 3, 5)]).to.deep.equal([0, 1, 2]);
    expect(rowByKey("toString", 0, 3, 5)).to.equal(undefined);
  });

  it("is scrolled as little as shows the row, below the heading", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(36_000), fc.integer({ min: 100, max: 1000 }), fc.constantFrom(0, 36), (index, top, height, head) => {
        const scrolled = scrolledTo(index, top, height, 36, head);
        const y = index * 36 + head - scrolled;
        expect(y).to.be.at.least(head);
        expect(y + 36).to.be.at.most(height);
        const was = index * 36 + head - top;
        if (was >= head && was + 36 <= height) expect(scrolled).to.equal(top);
      }),
    );
  });
});
