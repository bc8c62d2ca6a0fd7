import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { theme } from "../theme.ts";

/** A curve or bars over time: seconds since 1970 and values beside them. */
export interface ChartProps {
  readonly label: string;
  readonly unit: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  readonly bars?: boolean;
  readonly height?: number;
}

/** uPlot draws; wheel and drag zoom, a double click shows all again. */
export function Chart({ label, unit, times, values, bars = false, height = 240 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  // Drawn anew in other colours.
  const colours = theme.value;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const style = getComputedStyle(element);
    const [ink, line] = [style.getPropertyValue("--ink").trim(), style.getPropertyValue("--accent").trim()];
    const axis = { stroke: ink, grid: { stroke: style.getPropertyValue("--rule").trim(), width: 1 }, ticks: { show: false } };
    const drawn = new uPlot(
      {
        width: element.clientWidth,
        height,
        series: [
          {},
          {
            label: `${label} [${unit}]`,
            stroke: line,
            fill: `${line}33`,
            width: 1.5,
            points: { show: false },
            ...(bars && uPlot.paths.bars !== undefined ? { paths: uPlot.paths.bars({ size: [0.8, 60] }), fill: `${line}aa` } : {}),
          },
        ],
        axes: [axis, { ...axis, size: 60 }],
        legend: { live: true },
        hooks: { ready: [wheelZoom] },
      },
      [[], []],
      element,
    );
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
    };
  }, [label, unit, bars, height, colours]);
  useEffect(() => {
    plot.current?.setData([[...times], [...values]]);
  }, [times, values, label, unit, bars, height, colours]);
  return <div class="chart" ref={place} role="img" aria-label={`${label}, ${values.length} values`} />;
}

/** The wheel zooms around the pointer; with shift it moves along. */
function wheelZoom(plot: uPlot): void {
  plot.over.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { min, max } = plot.scales["x"] ?? {};
    if (min == null || max == null) return;
    const span = max - min;
    if (event.shiftKey) {
      const by = (span / 10) * Math.sign(event.deltaY + event.deltaX);
      plot.setScale("x", { min: min + by, max: max + by });
      return;
    }
    const factor = event.deltaY < 0 ? 0.8 : 1.25;
    const at = plot.posToVal(event.offsetX, "x");
    plot.setScale("x", { min: at - (at - min) * factor, max: at + (max - at) * factor });
  });
}
