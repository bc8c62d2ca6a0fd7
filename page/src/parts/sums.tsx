import type { ReadonlySignal } from "@preact/signals";
import { number, rangeText } from "../format.ts";
import { type History, rangeBefore, type Series, shownRange, total } from "../series.ts";
import type { Span } from "../span.ts";
import type { HistorySpan } from "../spans.ts";
import type { WallClock } from "../wall-clock.ts";

const locale = navigator.language;

interface SumsProps {
  readonly span: HistorySpan;
  readonly history: History;
  readonly clock: WallClock;
  readonly shown: ReadonlySignal<Span>;
}

/** What the shown intervals add up to, and those before them. */
export function Sums({ span, history: { intervals, series, open }, clock, shown }: SumsProps) {
  const range = shownRange(intervals, shown.value);
  const [start, last] = [intervals[range.first], intervals[range.end - 1]];
  if (start === undefined || last === undefined || range.end <= range.first) return <p class="muted">nothing is over in this time</p>;
  const before = rangeBefore(intervals, range, clock, span.measure);
  return (
    <div class="sums">
      {series
        .filter(({ adds, name }) => adds && (name === "Energy" || name === "Cost"))
        .map((each) => (
          <Sum key={each.name} series={each} now={total(each, range)} before={before === undefined ? null : total(each, before)} />
        ))}
      <p class="muted">
        {rangeText(clock.wallOf(start.from), clock.wallOf(last.to), span.wholeDays, locale)}
        {open && range.end === intervals.length ? ", so far" : ""}
      </p>
    </div>
  );
}

function Sum({
  series: { name, unit },
  now,
  before,
}: {
  readonly series: Series;
  readonly now: number | null;
  readonly before: number | null;
}) {
  const change = now !== null && before !== null && before > 0 ? (100 * (now - before)) / before : null;
  return (
    <p>
      <strong data-sum={name}>
        {now === null ? "–" : number(now, locale, 2)} {unit}
      </strong>
      {before !== null && (
        <span class="muted">
          {number(before, locale, 2)} {unit} in the time before
          {change !== null && ` (${change >= 0 ? "+" : "−"}${number(Math.abs(change), locale, 0)} %)`}
        </span>
      )}
    </p>
  );
}
