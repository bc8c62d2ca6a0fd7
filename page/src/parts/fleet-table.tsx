import { type Signal, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { FleetRow } from "../../../src/dashboard/contract.ts";
import { now } from "../clock.ts";
import { type FleetOrder, rowByKey } from "../fleet-rows.ts";
import { age, number } from "../format.ts";
import { hashOf } from "../route.ts";
import { rowWindow } from "../window.ts";
import { plain, silenceOf } from "../words.ts";

/** As the style sheet has it. */
const rowHeight = 36;
const locale = navigator.language;

interface Column {
  readonly by: FleetOrder;
  readonly name: string;
  readonly text: (row: FleetRow) => string;
  /** On the right are numbers; wide ones are left out where there is little room. */
  readonly looks: string;
}

const columns: readonly Column[] = [
  { by: "meter", name: "Meter", text: ({ name }) => name, looks: "" },
  { by: "serial", name: "Serial number", text: ({ serialNumber }) => serialNumber ?? "", looks: "wide" },
  { by: "state", name: "State", text: (row) => silenceOf(row, undefined) ?? "online", looks: "" },
  {
    by: "contact",
    name: "Last contact",
    text: ({ lastRead }) => (lastRead === null ? "never" : `${age(now.value - lastRead)} ago`),
    looks: "right wide",
  },
  { by: "drift", name: "Drift", text: ({ driftSeconds }) => (driftSeconds === null ? "" : `${driftSeconds} s`), looks: "right wide" },
  { by: "power", name: "Power", text: ({ power }) => (power === null ? "" : `${number(power, locale, 0)} W`), looks: "right wide" },
  {
    by: "credit",
    name: "Credit",
    text: ({ credit }) => (credit === null ? "" : `${number(credit.value, locale, 2)} ${credit.unit}`),
    looks: "right",
  },
  { by: "supply", name: "Supply", text: ({ relay }) => plain(relay ?? ""), looks: "wide" },
  { by: "alarms", name: "Alarms", text: ({ alarms }) => alarms.map(plain).join(", "), looks: "" },
];

/** Where somebody was before a meter was opened. */
const place = signal<{ readonly top: number; readonly meter: string | undefined }>({ top: 0, meter: undefined });

interface FleetTableProps {
  readonly rows: readonly FleetRow[];
  readonly order: Signal<{ readonly by: FleetOrder; readonly down: boolean }>;
}

/** All meters, of which those are drawn that can be seen; arrows lead from one to the next, Enter opens it. */
export function FleetTable({ rows, order }: FleetTableProps) {
  const frame = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState({ top: place.peek().top, height: 800 });
  const [active, setActive] = useState(place.peek().meter);
  // The row that is to get the focus as soon as it is drawn: by a key, or as somebody comes back from it.
  const wanted = useRef(place.peek().meter);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    element.scrollTop = place.peek().top;
    const look = () => {
      // What was taken out of the page has no place any more.
      if (!element.isConnected) return;
      setSeen({ top: element.scrollTop, height: element.clientHeight });
      place.value = { ...place.peek(), top: element.scrollTop };
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, []);
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    const link = frame.current?.querySelector<HTMLElement>(`[data-meter="${CSS.escape(wanted.current)}"]`);
    if (link == null) return;
    wanted.current = undefined;
    link.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const element = frame.current;
    if (element === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const present = rows.findIndex(({ id }) => id === active);
    const next = rowByKey(event.key, present, rows.length, Math.max(1, Math.floor(seen.height / rowHeight) - 2));
    const row = next === undefined ? undefined : rows[next];
    if (next === undefined || row === undefined) return;
    event.preventDefault();
    wanted.current = row.id;
    setActive(row.id);
    place.value = { ...place.peek(), meter: row.id };
    // The heading lies over the first row.
    const top = next * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + 2 * rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + 2 * rowHeight - element.clientHeight;
  };

  const { first, last } = rowWindow(seen.top, seen.height, rowHeight, rows.length);
  const { by, down } = order.value;
  // One link takes part in the order of the Tab key: the one that was used last, or the first.
  const stop = rows.some(({ id }) => id === active) ? active : rows[first]?.id;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="frame" ref={frame} tabIndex={0} aria-label="Table of meters" onKeyDown={onKeyDown}>
      <table class="fleet" aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th
                key={column.by}
                scope="col"
                class={column.looks}
                aria-sort={column.by !== by ? "none" : down ? "descending" : "ascending"}
              >
                <button
                  type="button"
                  class="quiet"
                  onClick={() => {
                    order.value = { by: column.by, down: column.by === by && !down };
                  }}
                >
                  {column.name}
                  <span aria-hidden="true">{column.by !== by ? "" : down ? " ▾" : " ▴"}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} />
          {rows.slice(first, last).map((row, index) => (
            <tr key={row.id} aria-rowindex={first + index + 2} class={row.online ? "" : "off"}>
              {columns.map(({ by: name, text, looks }) => (
                <td key={name} class={looks}>
                  {name === "meter" ? (
                    <a
                      href={hashOf({ view: "live", meter: row.id })}
                      data-meter={row.id}
                      tabIndex={row.id === stop ? 0 : -1}
                      onFocus={() => {
                        setActive(row.id);
                        place.value = { ...place.peek(), meter: row.id };
                      }}
                    >
                      {text(row)}
                    </a>
                  ) : (
                    text(row)
                  )}
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
