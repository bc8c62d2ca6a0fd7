import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { number } from "../format.ts";
import { isDark } from "../theme.ts";
import { localClock, type WallClock } from "../wall-clock.ts";
import { dateOnWall, momentLabel, timeLabels } from "./chart-axis.ts";
import { type Movable, moveByHand } from "./chart-gestures.ts";

/** A curve, steps or bars over time. */
export interface ChartProps {
  readonly label: string;
  readonly unit: string;
  /** Seconds since 1970, ascending; steps and bars go from one to the next. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** The same at an earlier time, to compare with. */
  readonly before?: { readonly name: string; readonly values: readonly (number | null)[] };
  readonly kind: "line" | "steps" | "bars";
  readonly height: number;
  /** Sums and powers are shown as long as they are; else what differs fills the chart. */
  readonly fromZero?: boolean;
  /** Whose times are shown; those of who looks without one. */
  readonly clock?: WallClock;
  /** Lets the time be moved and zoomed. */
  readonly movable?: Movable;
}

const locale = navigator.language;

/** uPlot draws; what it is given anew is drawn into the same chart. */
export function Chart({ label, unit, times, values, before, kind, height, fromZero = false, clock = localClock, movable }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const dark = isDark.value;
  const compares = before?.name;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const drawn = new uPlot(
      optionsOf({ label, unit, kind, height, fromZero, clock, isMovable: movable !== undefined }, element, compares),
      compares === undefined ? [[], []] : [[], [], []],
      element,
    );
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const letGo = movable && moveByHand(drawn.over, element, movable);
    return () => {
      letGo?.();
      observer.disconnect();
      drawn.destroy();
    };
  }, [label, unit, kind, height, fromZero, clock, movable, compares, dark]);
  useEffect(() => {
    const data = [times, values, ...(before === undefined ? [] : [before.values])] as unknown as uPlot.AlignedData;
    // What can be moved stays where it is.
    plot.current?.setData(data, movable === undefined);
    if (movable !== undefined) plot.current?.setScale("x", movable.span.peek());
  }, [times, values, before, label, unit, kind, height, fromZero, clock, movable, dark]);
  useSignalEffect(() => {
    const span = movable?.span.value;
    if (span !== undefined) plot.current?.setScale("x", span);
  });
  const name = `${label}, ${values.length} values`;
  if (movable === undefined) return <div class="chart" ref={place} role="img" aria-label={name} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by keys.
    <section class="chart movable" ref={place} tabIndex={0} aria-label={`${name}; arrows move, plus and minus zoom, 0 shows all`} />
  );
}

interface Looks extends Pick<ChartProps, "label" | "unit" | "kind" | "height" | "fromZero"> {
  readonly clock: WallClock;
  readonly isMovable: boolean;
}

function optionsOf(
  { label, unit, kind, height, fromZero, clock, isMovable }: Looks,
  element: HTMLElement,
  compares: string | undefined,
): uPlot.Options {
  const style = getComputedStyle(element);
  const [ink, rule, line] = ["--muted", "--rule", "--accent"].map((name) => style.getPropertyValue(name).trim()) as [
    string,
    string,
    string,
  ];
  const axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { show: false } };
  const paths = pathsOf(kind);
  const shown = (value: number | null): string => (value === null ? "–" : `${number(value, locale, 3)} ${unit}`);
  const series: uPlot.Series[] = [
    { label: "Time", value: (_, time) => (time == null ? "" : momentLabel(time, clock, locale)) },
    {
      label,
      stroke: line,
      fill: kind === "bars" ? `${line}cc` : `${line}33`,
      width: kind === "bars" ? 0 : 1.5,
      points: { show: false },
      value: (_, value) => shown(value),
      ...paths,
    },
  ];
  if (compares !== undefined)
    series.push({
      label: compares,
      stroke: ink,
      width: 1.5,
      points: { show: false },
      value: (_, value) => shown(value),
      ...pathsOf("steps"),
    });
  return {
    width: element.clientWidth,
    height,
    series,
    tzDate: (seconds) => dateOnWall(seconds, clock),
    axes: [
      { ...axis, values: (_, splits, __, ___, step) => [...timeLabels(splits, step, clock, locale)] },
      { ...axis, size: 64, values: (_, splits) => splits.map((split) => number(split, locale)) },
    ],
    scales: { ...(isMovable ? { x: { auto: false } } : {}), ...(fromZero === true ? { y: { range: zeroBased } } : {}) },
    cursor: { drag: { setScale: false, x: false, y: false }, points: { show: kind !== "bars" } },
    legend: { show: isMovable, live: true },
  };
}

function zeroBased(_: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  return [Math.min(0, min ?? 0), max === null || max <= 0 ? 1 : max * 1.05];
}

function pathsOf(kind: ChartProps["kind"]): Pick<uPlot.Series, "paths"> {
  const { bars, stepped } = uPlot.paths;
  if (kind === "bars" && bars !== undefined) return { paths: bars({ size: [0.85, 80], align: 1 }) };
  return kind === "steps" && stepped !== undefined ? { paths: stepped({ align: 1 }) } : {};
}
