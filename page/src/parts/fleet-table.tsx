import { useMemo, useRef } from "preact/hooks";
import type { FleetRow } from "../../../src/dashboard/contract.ts";
import { layout } from "../fleet-layout.ts";
import { active, goTo, useFocus, useSeen, useTopOfEachOrder } from "../fleet-place.ts";
import { order, shown, use } from "../fleet-state.ts";
import { fleet } from "../server.ts";
import { rowByKey, rowWindow } from "../window.ts";
import { fleetColumns } from "./fleet-columns.tsx";
import { FleetLine } from "./fleet-line.tsx";

/** All meters, of which those are drawn that can be seen; arrows lead from one to the next, Enter opens it. */
export function FleetTable() {
  const frame = useRef<HTMLElement>(null);
  const rows = shown.value;
  const sizes = layout.value;
  const { rowHeight, head, narrow } = sizes;
  const id = active.value;
  const present = useMemo(() => rows.findIndex((row) => row.id === id), [rows, id]);
  const seen = useSeen(frame, sizes);
  useTopOfEachOrder(frame);
  useFocus(frame, rows, present, sizes);

  const onKeyDown = (event: KeyboardEvent): void => {
    const element = frame.current;
    if (element === null || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const next = rowByKey(event.key, present, rows.length, Math.max(1, Math.floor((element.clientHeight - head) / rowHeight) - 1));
    if (next === undefined) return;
    use();
    event.preventDefault();
    goTo(element, rows, next, sizes);
  };
  const onFocusIn = ({ target }: FocusEvent): void => {
    const meter = (target as HTMLElement).dataset["meter"];
    if (meter === undefined) return;
    use();
    active.value = meter;
  };

  const { first, last } = rowWindow(seen.top, seen.height, rowHeight, rows.length);
  // The row with the focus is always there, or its keys would lead nowhere.
  const above = present >= 0 && present < first ? present : undefined;
  const below = present >= last ? present : undefined;
  const known = fleet.value;
  const line = (row: FleetRow, index: number) => (
    <FleetLine
      key={`row ${row.id}`}
      row={known.get(row.id) ?? row}
      number={index + (narrow ? 1 : 2)}
      isStop={index === (present < 0 ? first : present)}
      narrow={narrow}
      by={order.value.by}
    />
  );
  const pinned = (index: number) => line(rows[index] as FleetRow, index);
  const gap = (name: string, count: number) => (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: an empty row takes no focus.
    <tr key={name} class="gap" aria-hidden="true" style={{ height: `${count * rowHeight}px` }}>
      <td />
    </tr>
  );
  return (
    <section class="frame" ref={frame} aria-label="Table of meters" onKeyDown={onKeyDown} onFocusIn={onFocusIn} onPointerMove={use}>
      <table class={narrow ? "fleet narrow" : "fleet"} style={{ "--row": `${rowHeight}px` }} aria-rowcount={rows.length + (narrow ? 0 : 1)}>
        {narrow ? <caption class="sr">Meters</caption> : <Heading />}
        <tbody>
          {/* Lists of their own: what goes from one to another is made anew, for Chromium scrolls to what it moves with the focus. */}
          {above !== undefined && [gap("above", above), pinned(above)]}
          {gap("top", above === undefined ? first : first - above - 1)}
          {rows.slice(first, last).map((row, index) => line(row, first + index))}
          {gap("bottom", (below ?? rows.length) - last)}
          {below !== undefined && [pinned(below), gap("below", rows.length - below - 1)]}
        </tbody>
      </table>
    </section>
  );
}

function Heading() {
  const { by, down } = order.value;
  return (
    <>
      <colgroup>
        {fleetColumns.map((column) => (
          <col key={column.by} class={`${column.by} ${column.looks}`} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {fleetColumns.map((column) => (
            <th key={column.by} scope="col" class={column.looks} aria-sort={column.by !== by ? "none" : down ? "descending" : "ascending"}>
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
    </>
  );
}
