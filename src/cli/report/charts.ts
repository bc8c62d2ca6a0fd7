import { type Markup, markup } from "./markup.ts";
import type { Point, Series } from "./series.ts";

const width = 680;
const height = 200;
const margin = { left: 56, right: 8, top: 8, bottom: 24 } as const;
const plot = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom } as const;
const day = 86_400_000;
/** What differs by less is the same for everybody who looks. */
const leastStep = 1e-6;
/** More labels than that run into each other. */
const mostLabels = 8;

/** A curve over time, with gaps where there is no value; undefined where there are not two values. */
export function curve(series: Series): Markup | undefined {
  const { points } = series;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || last.at <= first.at || !points.some(({ value }) => value !== null)) return undefined;
  const scale = scaleOf(points);
  const x = (at: number): number => margin.left + ((at - first.at) / (last.at - first.at)) * plot.width;
  const midnights = points.filter((point, index) => index > 0 && dateOf(point) !== dateOf(points[index - 1] as Point));
  const labels = midnights.map((point) => label(x(point.at), dateOf(point)));
  return chart(series, scale, [markup`<path class="curve" d="${curvePath(points, x, scale.y)}"/>`, ...thinned(labels)]);
}

/** A bar for each value; undefined where there is none. */
export function bars(series: Series): Markup | undefined {
  const { points } = series;
  if (!points.some(({ value }) => value !== null)) return undefined;
  const scale = scaleOf(points);
  const step = plot.width / points.length;
  const labels = points.map((point, index) => label(margin.left + (index + 0.5) * step, dateOf(point)));
  const shapes = points.flatMap((point, index) => {
    if (point.value === null) return [];
    const [left, top] = [margin.left + (index + 0.1) * step, scale.y(point.value)];
    const title = `${dateOf(point)}: ${inThousands(point.value, series.unit)}`;
    return markup`<rect class="bar" x="${fixed(left)}" y="${fixed(top)}" width="${fixed(step * 0.8)}" height="${fixed(scale.y(0) - top)}"><title>${title}</title></rect>`;
  });
  return chart(series, scale, [...shapes, ...thinned(labels)]);
}

/** 1500 Wh as 1.5 kWh. */
export function inThousands(value: number, unit: string): string {
  const large = Math.abs(value) >= 1000;
  return `${Number((large ? value / 1000 : value).toFixed(3))} ${large ? "k" : ""}${unit}`;
}

interface Scale {
  readonly ticks: readonly number[];
  readonly y: (value: number) => number;
}

/** From zero, or below, to a round number above the greatest value, in a few steps of 1, 2 or 5. */
function scaleOf(points: readonly Point[]): Scale {
  const values = points.flatMap(({ value }) => value ?? []);
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 0] as [number, number]);
  const step = roundStep((most - least) / 4);
  const [bottom, top] = [Math.floor(least / step) * step, Math.max(1, Math.ceil(most / step)) * step];
  const ticks = Array.from({ length: Math.round((top - bottom) / step) + 1 }, (_, index) => bottom + index * step);
  return { ticks, y: (value) => margin.top + ((top - value) / (top - bottom)) * plot.height };
}

function roundStep(rough: number): number {
  if (rough < leastStep) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
}

function chart({ title, unit }: Series, { ticks, y }: Scale, content: readonly Markup[]): Markup {
  const grid = ticks.map((tick) => {
    const at = fixed(y(tick));
    return markup`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/><text class="tick" x="${margin.left - 6}" y="${at}" dy="4" text-anchor="end">${inThousands(tick, unit)}</text>`;
  });
  return markup`<figure><figcaption>${title}</figcaption><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${grid}${content}</svg></figure>`;
}

/** Interrupted where there is no value, and where rows are missing. */
function curvePath(points: readonly Point[], x: (at: number) => number, y: (value: number) => number): string {
  const usual = usualStep(points);
  let drawing = false;
  return points
    .flatMap(({ at, value }, index) => {
      const before = points[index - 1];
      const follows = drawing && before !== undefined && at - before.at <= 1.5 * usual;
      drawing = value !== null;
      return value === null ? [] : [`${follows ? "L" : "M"}${fixed(x(at))} ${fixed(y(value))}`];
    })
    .join("");
}

/** The median of the times between points. */
function usualStep(points: readonly Point[]): number {
  const steps = points.slice(1).map(({ at }, index) => at - (points[index] as Point).at);
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? day;
}

/** Day and month of the meter's local time. */
function dateOf({ local }: Point): string {
  return local.slice("2026-".length, "2026-11-22".length);
}

function label(x: number, text: string): Markup {
  return markup`<text class="tick" x="${fixed(x)}" y="${height - 6}" text-anchor="middle">${text}</text>`;
}

function thinned(labels: readonly Markup[]): readonly Markup[] {
  const every = Math.ceil(labels.length / mostLabels);
  return labels.filter((_, index) => index % every === 0);
}

function fixed(value: number): string {
  return String(Number(value.toFixed(1)));
}
