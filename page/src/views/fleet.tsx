import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { FleetRow } from "../../../src/dashboard/contract.ts";
import { age, number } from "../format.ts";
import { hashOf } from "../route.ts";
import { fleet, gone } from "../server.ts";
import { rowWindow } from "../window.ts";
import { plain, silenceOf } from "../words.ts";

const rowHeight = 36;
const locale = navigator.language;

interface Column {
  readonly name: string;
  readonly sortBy: (row: FleetRow) => number | string;
  readonly text: (row: FleetRow) => string;
  readonly right?: boolean;
}

const columns: readonly Column[] = [
  { name: "Meter", sortBy: ({ name }) => name, text: ({ name }) => name },
  { name: "Serial number", sortBy: ({ serialNumber }) => serialNumber ?? "", text: ({ serialNumber }) => serialNumber ?? "" },
  { name: "State", sortBy: ({ online }) => (online ? 1 : 0), text: (row) => silenceOf(row, false) ?? "online" },
  {
    name: "Last contact",
    sortBy: ({ lastRead }) => -(lastRead ?? 0),
    text: ({ lastRead }) => (lastRead === null ? "never" : `${age(Date.now() - lastRead)} ago`),
    right: true,
  },
  {
    name: "Drift",
    sortBy: ({ driftSeconds }) => Math.abs(driftSeconds ?? 0),
    text: ({ driftSeconds }) => (driftSeconds === null ? "" : `${driftSeconds} s`),
    right: true,
  },
  {
    name: "Power",
    sortBy: ({ power }) => power ?? -1,
    text: ({ power }) => (power === null ? "" : `${number(power, locale, 0)} W`),
    right: true,
  },
  {
    name: "Credit",
    sortBy: ({ credit }) => credit?.value ?? Number.POSITIVE_INFINITY,
    text: ({ credit }) => (credit === null ? "" : `${number(credit.value, locale, 2)} ${credit.unit}`),
    right: true,
  },
  { name: "Supply", sortBy: ({ relay }) => relay ?? "", text: ({ relay }) => plain(relay ?? "") },
  { name: "Alarms", sortBy: ({ alarms }) => -alarms.length, text: ({ alarms }) => alarms.map(plain).join(", ") },
];

const search = signal("");
const order = signal<{ readonly column: number; readonly down: boolean }>({ column: 0, down: false });

/** The rows that are looked for, in the order that is wanted. */
function shownRows(): readonly FleetRow[] {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...fleet.value.values()].filter((row) => {
    const text = [row.id, row.name, row.serialNumber, row.model, ...row.alarms].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const { column, down } = order.value;
  const sortBy = columns[column]?.sortBy ?? (({ id }: FleetRow) => id);
  const sorted = found.map((row) => ({ row, by: sortBy(row) }));
  sorted.sort((one, other) =>
    typeof one.by === "number" && typeof other.by === "number"
      ? one.by - other.by
      : String(one.by).localeCompare(String(other.by), locale, { numeric: true }),
  );
  if (down) sorted.reverse();
  return sorted.map(({ row }) => row);
}

export function FleetView() {
  const rows = shownRows();
  return (
    <>
      <div class="heading">
        <h1>Meters</h1>
        <p class="muted" role="status">
          {gone.value ? "the gateway does not answer" : `${rows.length} of ${fleet.value.size}`}
        </p>
        <label>
          <span class="sr">Search</span>
          <input
            type="search"
            placeholder="search"
            value={search.value}
            onInput={({ currentTarget }) => (search.value = currentTarget.value)}
          />
        </label>
      </div>
      <Rows rows={rows} />
    </>
  );
}

function Rows({ rows }: { readonly rows: readonly FleetRow[] }) {
  const frame = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const look = () => setSeen({ top: element.scrollTop, height: element.clientHeight });
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, []);
  const { first, last } = rowWindow(seen.top, seen.height, rowHeight, rows.length);
  const { column: by, down } = order.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="frame" ref={frame} tabIndex={0} aria-label="Table of meters">
      <table class="fleet" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map(({ name, right }, index) => (
              <th
                key={name}
                scope="col"
                class={right ? "right" : ""}
                aria-sort={index === by ? (down ? "descending" : "ascending") : "none"}
              >
                <button type="button" class="quiet" onClick={() => (order.value = { column: index, down: index === by && !down })}>
                  {name}
                  <span aria-hidden="true">{index === by ? (down ? " ▾" : " ▴") : ""}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} />
          {rows.slice(first, last).map((row, index) => (
            <tr key={row.id} aria-rowindex={first + index + 2} class={row.online ? "" : "off"}>
              {columns.map(({ name, text, right }, place) => (
                <td key={name} class={right ? "right" : ""}>
                  {place === 0 ? <a href={hashOf({ view: "live", meter: row.id })}>{text(row)}</a> : text(row)}
                </td>
              ))}
            </tr>
          ))}
          <Gap rows={rows.length - last} />
        </tbody>
      </table>
    </section>
  );
}

/** Stands for rows that are not drawn. */
function Gap({ rows }: { readonly rows: number }) {
  return (
    <tr class="gap" style={{ height: `${rows * rowHeight}px` }}>
      <td colSpan={columns.length} />
    </tr>
  );
}
