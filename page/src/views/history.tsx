import { signal } from "@preact/signals";
import type { PageProfile, PageRows } from "../../../src/dashboard/contract.ts";
import { number, stampText } from "../format.ts";
import { Chart } from "../parts/chart.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { csv, intervals, total } from "../series.ts";

const locale = navigator.language;

/** The meter's own freezes: how many rows are looked at, and as many before them to compare with. */
const spans = [
  { name: "hourly", title: "Hours", rows: 24 },
  { name: "daily", title: "Days", rows: 31 },
  { name: "monthly", title: "Months", rows: 6 },
  { name: "load", title: "Load profile", rows: 5760 },
] as const;
type Span = (typeof spans)[number];

const chosen = signal<Span>(spans[0]);

export function HistoryView({ meter }: { readonly meter: string }) {
  const base = `/meters/${encodeURIComponent(meter)}/profiles`;
  const span = chosen.value;
  return (
    <>
      <fieldset class="choice">
        <legend class="sr">Period</legend>
        {spans.map((known) => (
          <button
            type="button"
            key={known.name}
            aria-pressed={known === span}
            onClick={() => {
              chosen.value = known;
            }}
          >
            {known.title}
          </button>
        ))}
      </fieldset>
      <Loaded<readonly PageProfile[]> path={base}>
        {(profiles) => {
          const profile = profiles.find(({ name }) => name === span.name);
          if (profile === undefined) return <p class="notice">this meter has no {span.title.toLowerCase()} of its own</p>;
          // One row before the first, as energy is what a register grew by; and the period before, to compare with.
          const rows = span.name === "load" ? span.rows : 2 * span.rows + 1;
          return (
            <Loaded<PageRows> path={`${base}/${profile.logicalName}?last=${rows}`} key={profile.logicalName}>
              {(data) => <Period span={span} rows={data} meter={meter} />}
            </Loaded>
          );
        }}
      </Loaded>
    </>
  );
}

function Period({ span, rows, meter }: { readonly span: Span; readonly rows: PageRows; readonly meter: string }) {
  const all = intervals(rows);
  const begin = span.name === "load" ? 0 : Math.max(0, all.times.length - span.rows);
  const present = { times: all.times.slice(begin), stamps: all.stamps.slice(begin), energy: all.energy.slice(begin) };
  const before = span.name === "load" ? null : total(all.energy.slice(Math.max(0, begin - span.rows), begin));
  const sum = total(present.energy);
  if (present.times.length === 0) return <p class="notice">there are no rows yet</p>;
  const change = sum !== null && before !== null && before > 0 ? (100 * (sum - before)) / before : null;
  return (
    <>
      <p class="sum">
        <strong data-key="sum">{sum === null ? "–" : number(sum, locale, 2)} kWh</strong> from {stampText(present.stamps[0] ?? "")} to{" "}
        {stampText(present.stamps.at(-1) ?? "")}
        {before !== null && `, ${number(before, locale, 2)} kWh in the period before`}
        {change !== null && ` (${change >= 0 ? "+" : ""}${number(change, locale, 0)} %)`}
      </p>
      <Chart
        label={span.title}
        unit="kWh"
        bars={span.name !== "load"}
        height={320}
        times={present.times.map((time) => time / 1000)}
        values={present.energy}
      />
      <p>
        <a download={`${meter}-${span.name}.csv`} href={`data:text/csv;charset=utf-8,${encodeURIComponent(csv(present))}`}>
          CSV of what is shown
        </a>{" "}
        <span class="muted">wheel: zoom · shift and wheel: move · double click: all</span>
      </p>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">To</th>
              <th scope="col" class="right">
                kWh
              </th>
            </tr>
          </thead>
          <tbody>
            {present.stamps.slice(-100).map((stamp, index) => {
              const energy = present.energy.slice(-100)[index];
              return (
                <tr key={`${stamp} ${index}`}>
                  <td>{stampText(stamp)}</td>
                  <td class="right">{energy == null ? "–" : number(energy, locale)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </details>
    </>
  );
}
