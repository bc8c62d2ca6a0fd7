import type { ReadonlySignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { number, stampText } from "../format.ts";
import { type Interval, type Series, shownRange } from "../series.ts";
import type { Span } from "../span.ts";

const locale = navigator.language;
/** Rows of the table; whoever wants all takes the file. */
const mostRows = 200;

interface TableProps {
  readonly intervals: readonly Interval[];
  readonly series: Series;
  readonly shown: ReadonlySignal<Span>;
}

/** The shown intervals as a table, which is made when it is looked at. */
export function IntervalTable({ intervals, series, shown }: TableProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && <TableRows intervals={intervals} series={series} shown={shown} />}
    </details>
  );
}

function TableRows({ intervals, series: { unit, name, values }, shown }: TableProps) {
  const { first, end } = shownRange(intervals, shown.value);
  const from = Math.max(first, end - mostRows);
  return (
    <>
      {from > first && <p class="muted">the last {mostRows}; the file has all</p>}
      <table>
        <thead>
          <tr>
            <th scope="col">To</th>
            <th scope="col" class="right">
              {name} {unit === null ? "" : `[${unit}]`}
            </th>
          </tr>
        </thead>
        <tbody>
          {intervals.slice(from, end).map(({ stamp, to }, index) => {
            const value = values[from + index];
            return (
              <tr key={to}>
                <td>{stampText(stamp, locale)}</td>
                <td class="right">{value == null ? "–" : number(value, locale)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
