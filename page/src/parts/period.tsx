import { useMemo, useState } from "preact/hooks";
import type { PageRows } from "../../../src/dashboard/contract.ts";
import { csv, type History, historyOf, type Interval, type Present, type Series, shownRange } from "../series.ts";
import { info, live } from "../server.ts";
import type { HistorySpan } from "../spans.ts";
import { type WallClock, wallClock } from "../wall-clock.ts";
import { Chart } from "./chart.tsx";
import { IntervalTable } from "./interval-table.tsx";
import { Moves, useMovable } from "./moves.tsx";
import { Sums } from "./sums.tsx";

/** The least that is looked at, in intervals. */
const leastIntervals = 3;

interface PeriodProps {
  readonly span: HistorySpan;
  readonly rows: PageRows;
  readonly meter: string;
}

/** What rows of the meter say, over a time that can be moved. */
export function Period({ span, rows, meter }: PeriodProps) {
  const present = usePresent(span.kind === "bars");
  const currency = live.value?.row.credit?.unit;
  const price = info.value?.price ?? null;
  const history = useMemo(() => historyOf(rows, price, currency, present), [rows, price, currency, present]);
  const clock = useMemo(
    () =>
      wallClock(
        history.intervals.map(({ to }) => to),
        history.intervals.map(({ stamp }) => stamp),
      ),
    [history],
  );
  if (history.intervals.length === 0) return <p class="notice">there are no rows yet</p>;
  return <Plot span={span} history={history} clock={clock} meter={meter} />;
}

/** How things are now, each minute anew. */
function usePresent(wanted: boolean): Present | undefined {
  const { readTime = null, meterTime = null, values = [] } = live.value ?? {};
  const minute = readTime === null ? 0 : Math.floor(readTime / 60_000);
  // The minute stands for what is read in it.
  return useMemo(() => {
    const energy = values.find(({ key }) => key === "active_energy_import_total");
    if (!wanted || readTime === null || meterTime === null || typeof energy?.value !== "number") return undefined;
    return { time: Date.parse(meterTime), stamp: meterTime, energy: energy.value * (energy.unit === "kWh" ? 1000 : 1) };
  }, [minute, wanted]);
}

interface PlotProps {
  readonly span: HistorySpan;
  readonly history: History;
  readonly clock: WallClock;
  readonly meter: string;
}

function Plot({ span, history, clock, meter }: PlotProps) {
  const { intervals, series } = history;
  const [name, setName] = useState("Energy");
  const shown = series.find((each) => each.name === name) ?? series[0];
  const first = intervals[0] as Interval;
  const movable = useMovable({ min: first.from / 1000, max: endOf(history) / 1000 }, span.first, leastIntervals * lengthOf(first));
  const drawn = useMemo(() => shown && dataOf(intervals, shown, clock, span), [intervals, shown, clock, span]);
  if (shown === undefined || drawn === undefined) return <p class="notice">these rows have no numbers</p>;
  return (
    <>
      <Sums span={span} history={history} clock={clock} shown={movable.span} />
      <p class="filters">
        <label>
          <span class="sr">Show</span>
          <select value={shown.name} onChange={({ currentTarget }) => setName(currentTarget.value)}>
            {series.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        </label>
        <Moves movable={movable} />
        <button
          type="button"
          onClick={() => download(`${meter}-${span.name}.csv`, csv(intervals, shown, shownRange(intervals, movable.span.value)))}
        >
          CSV of what is shown
        </button>
      </p>
      <Chart
        label={shown.name}
        unit={shown.unit ?? ""}
        kind={shown.adds ? span.kind : "steps"}
        height={340}
        fromZero={shown.adds}
        clock={clock}
        movable={movable}
        {...drawn}
      />
      <p class="muted hint">Drag to move; pinch, or turn the wheel with Ctrl, to zoom; double click shows all.</p>
      <IntervalTable intervals={intervals} series={shown} shown={movable.span} />
    </>
  );
}

function lengthOf({ from, to }: Interval): number {
  return (to - from) / 1000;
}

/** Where the chart ends: an interval that is not over gets the room of the one before. */
function endOf({ intervals, open }: History): number {
  const [before, last] = [intervals.at(-2), intervals.at(-1) as Interval];
  return open && before !== undefined ? Math.max(last.to, last.from + before.to - before.from) : last.to;
}

/** Columns for the chart, with an end behind the last interval; beside bars stands the same a day, a week or a year earlier. */
function dataOf(intervals: readonly Interval[], { values, adds }: Series, clock: WallClock, span: HistorySpan) {
  const times = intervals.map(({ from }) => from / 1000);
  const last = intervals.at(-1) as Interval;
  const before = adds && span.earlier !== undefined ? earlier(intervals, values, clock, span.earlier.wall) : undefined;
  if (span.kind === "bars" && adds)
    return { times, values, ...(before === undefined ? {} : { before: { name: span.earlier?.name ?? "", values: before } }) };
  return { times: [...times, last.to / 1000], values: [...values, values.at(-1) ?? null] };
}

function earlier(intervals: readonly Interval[], values: readonly (number | null)[], clock: WallClock, back: (wall: number) => number) {
  const byWall = new Map(intervals.map(({ from }, index) => [clock.wallOf(from), values[index] ?? null]));
  const found = intervals.map(({ from }) => byWall.get(back(clock.wallOf(from))) ?? null);
  return found.some((value) => value !== null) ? found : undefined;
}

/** Gives the browser a file. */
function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
