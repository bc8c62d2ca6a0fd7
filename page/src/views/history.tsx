import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { PageProfile, PageRows } from "../../../src/dashboard/contract.ts";
import { DateRange, lastDays } from "../parts/date-range.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Period } from "../parts/period.tsx";
import { live } from "../server.ts";
import { type HistorySpan, historySpans } from "../spans.ts";
import { offsetOf } from "../wall-clock.ts";

const chosen = signal<HistorySpan>(historySpans[0]);
/** Rows that are there already stay; this often it is looked for new ones. */
const freshFor = 900_000;

export function HistoryView({ meter }: { readonly meter: string }) {
  const base = `/meters/${encodeURIComponent(meter)}/profiles`;
  const span = chosen.value;
  return (
    <>
      <fieldset class="choice">
        <legend class="sr">Period</legend>
        {historySpans.map((known) => (
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
          const path = `${base}/${profile.logicalName}`;
          return span.rows === undefined ? (
            <LoadProfile meter={meter} path={path} span={span} key={path} />
          ) : (
            // One row more, as energy is what a register grew by.
            <Rows meter={meter} path={`${path}?last=${span.rows + 1}`} span={span} key={path} />
          );
        }}
      </Loaded>
    </>
  );
}

function Rows({ meter, path, span }: { readonly meter: string; readonly path: string; readonly span: HistorySpan }) {
  return (
    <Loaded<PageRows> path={path} version={Math.floor((live.value?.readTime ?? 0) / freshFor)}>
      {(rows) => <Period span={span} rows={rows} meter={meter} />}
    </Loaded>
  );
}

/** A profile that is too long to be read whole: its days are chosen. */
function LoadProfile({ meter, path, span }: { readonly meter: string; readonly path: string; readonly span: HistorySpan }) {
  const stamp = live.value?.meterTime ?? new Date().toISOString();
  const [range, setRange] = useState(() => lastDays(stamp, 7));
  const offset = /(Z|[+-]\d\d:\d\d)$/.exec(stamp)?.[0] ?? "Z";
  const query = new URLSearchParams({ from: `${range.from}T00:00:00${offset}`, to: `${range.to}T00:00:00${offset}` });
  return (
    <>
      <DateRange range={range} today={stamp.slice(0, 10)} onChange={setRange} />
      <Rows meter={meter} path={`${path}?${query}`} span={span} key={`${query} ${offsetOf(stamp)}`} />
    </>
  );
}
