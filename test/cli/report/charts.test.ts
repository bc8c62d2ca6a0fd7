import { expect } from "chai";
import fc from "fast-check";
import { bars, curve, inThousands } from "../../../src/cli/report/charts.ts";
import { markup } from "../../../src/cli/report/markup.ts";
import type { Point } from "../../../src/cli/report/series.ts";
import { type Element, elements, parseDocument, textOf } from "./document.ts";

const quarter = 900_000;
const begin = Date.UTC(2026, 10, 21, 23, 0);

const pointsOf = (values: readonly (number | null)[], step = quarter): Point[] =>
  values.map((value, index) => {
    const at = begin + index * step;
    return { at, local: `${new Date(at + 3_600_000).toISOString().slice(0, 19)}+01:00`, value };
  });
const drawn = (chart: ReturnType<typeof curve>): Element => parseDocument(markup`<!DOCTYPE html>\n${chart}`.text);
const path = (values: readonly (number | null)[], step?: number): string =>
  elements(drawn(curve({ title: "t", unit: "W", points: pointsOf(values, step) })), "path")[0]?.attributes["d"] ?? "";
const labels = (chart: Element): readonly string[] => elements(chart, "text").map(textOf);

const someValues = fc.array(
  fc.oneof(fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.integer({ min: -5, max: 5000 }), fc.constant(null)),
  { minLength: 2, maxLength: 100 },
);

describe("charts of a report", () => {
  it("draw a curve from the left to the right, zero at the bottom", () => {
    expect(path([0, 1000, 2000])).to.equal("M56 176L364 92L672 8");
  });

  it("interrupt the curve where a value is missing, and where rows are", () => {
    expect(path([0, null, 2000, 2000]).match(/M/g)).to.have.length(2);
    const points = pointsOf([1, 1, 1, 1, 1, 1]).filter((_, index) => index !== 3);
    const [gap] = elements(drawn(curve({ title: "t", unit: "W", points })), "path");
    expect(gap?.attributes["d"]?.match(/[ML]/g)?.join("")).to.equal("MLLML");
  });

  it("label round steps and each midnight of the meter's time", () => {
    const chart = drawn(curve({ title: "t", unit: "W", points: pointsOf(Array(200).fill(3700)) }));
    expect(labels(chart)).to.deep.equal(["0 W", "1 kW", "2 kW", "3 kW", "4 kW", "11-23", "11-24"]);
  });

  it("draw a bar for each value, with its day and amount", () => {
    const chart = drawn(bars({ title: "t", unit: "Wh", points: pointsOf([8000, null, 4000, 0], 86_400_000) }));
    const shapes = elements(chart, "rect");
    expect(shapes.map(({ attributes }) => Number(attributes["height"]))).to.deep.equal([168, 84, 0]);
    expect(shapes.map(textOf)).to.deep.equal(["11-22: 8 kWh", "11-24: 4 kWh", "11-25: 0 Wh"]);
  });

  it("draw nothing without values", () => {
    for (const points of [[], pointsOf([null, null])]) {
      expect(bars({ title: "t", unit: "Wh", points })).to.equal(undefined);
      expect(curve({ title: "t", unit: "W", points })).to.equal(undefined);
    }
    expect(curve({ title: "t", unit: "W", points: pointsOf([1]) })).to.equal(undefined);
  });

  it("stay within their frame whatever the values are", () => {
    fc.assert(
      fc.property(someValues, fc.integer({ min: 1, max: 10 * 86_400_000 }), (values, step) => {
        const series = { title: "t", unit: "W", points: pointsOf(values, step) };
        for (const chart of [curve(series), bars(series)]) {
          if (chart === undefined) {
            expect(values.every((value) => value === null)).to.equal(true);
            continue;
          }
          const document = drawn(chart);
          const numbers = (name: string, keys: readonly string[]) =>
            elements(document, name).flatMap(({ attributes }) => keys.map((key) => Number(attributes[key])));
          const [across, down] = [
            [...numbers("rect", ["x"]), ...numbers("text", ["x"])],
            [...numbers("rect", ["y"]), ...numbers("line", ["y1", "y2"]), ...numbers("text", ["y"])],
          ];
          for (const [, x, y] of elements(document, "path").flatMap(({ attributes }) => [
            ...(attributes["d"] ?? "").matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g),
          ])) {
            across.push(Number(x));
            down.push(Number(y));
          }
          for (const x of across) expect(x).to.be.within(0, 680);
          for (const y of down) expect(y).to.be.within(0, 200);
          expect(labels(document).length).to.be.lessThan(24);
        }
      }),
    );
  });

  it("write thousands with their prefix", () => {
    expect([0, 999, 1000, 12_345.6, -1500].map((value) => inThousands(value, "Wh"))).to.deep.equal([
      "0 Wh",
      "999 Wh",
      "1 kWh",
      "12.346 kWh",
      "-1.5 kWh",
    ]);
  });
});
