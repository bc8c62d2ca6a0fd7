import { signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { FleetRow } from "../../src/dashboard/contract.ts";
import type { FleetLayout } from "./fleet-layout.ts";
import { filter, order, search, use } from "./fleet-state.ts";
import { scrolledTo } from "./window.ts";

/** What scrolls. */
type Frame = RefObject<HTMLElement | null>;

/** The meter that had the focus last: one comes back to it. */
export const active = signal<string | undefined>(undefined);
/** How far it was scrolled, in rows, and which row the active meter was in, when the table was left. */
const left = { top: 0, row: -1 };

/** What can be seen is told in steps of so many rows: not every pixel is a reason to draw. */
const step = 4;

/** What can be seen of what scrolls, in pixels, and a step more. It begins where it was left. */
export function useSeen(frame: Frame, { rowHeight }: FleetLayout): { readonly top: number; readonly height: number } {
  const [seen, setSeen] = useState({ top: left.top * rowHeight, height: 800 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    // Where rows are of another height now, the same one is the first that can be seen.
    element.scrollTop = left.top * rowHeight;
    const look = () => {
      // What was taken out of the page has no place any more.
      if (!element.isConnected) return;
      left.top = element.scrollTop / rowHeight;
      const top = Math.floor(left.top / step) * step * rowHeight;
      const next = { top, height: element.clientHeight + rowHeight * step };
      setSeen((known) => (known.top === next.top && known.height === next.height ? known : next));
    };
    const onScroll = () => {
      use();
      look();
    };
    look();
    element.addEventListener("scroll", onScroll, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", onScroll);
      observer.disconnect();
    };
  }, [frame, rowHeight]);
  return seen;
}

/** The link of a meter in the table, if it is drawn. */
function linkOf(frame: HTMLElement | null, meter: string | undefined): HTMLElement | null {
  return meter === undefined ? null : (frame?.querySelector<HTMLElement>(`[data-meter="${CSS.escape(meter)}"]`) ?? null);
}

/**
 * Keeps the focus on its meter, and that where it is on the screen, whatever happens to the rows; where it is gone, the next one has it.
 * @param present row of the active meter; -1 for none
 */
export function useFocus(frame: Frame, rows: readonly FleetRow[], present: number, { rowHeight, head }: FleetLayout) {
  // As it is before this is drawn: what is taken out or moved loses the focus.
  const hasFocus = (document.activeElement as HTMLElement | null)?.dataset["meter"] !== undefined;
  const mounted = useRef(false);
  const wanted = useRef(false);
  const before = useRef(rows);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const comesBack = !mounted.current && document.activeElement === document.body;
    const was = left.row;
    const hasMoved = present >= 0 && was >= 0 && present !== was && (rows !== before.current || comesBack);
    mounted.current = true;
    before.current = rows;
    left.row = present;
    wanted.current ||= hasFocus || comesBack;
    if (!wanted.current) return;
    if (present < 0 && active.peek() !== undefined) {
      active.value = rows[Math.min(was, rows.length - 1)]?.id;
      return;
    }
    wanted.current = false;
    const place = was * rowHeight + head - element.scrollTop;
    if (hasMoved && place > -rowHeight && place < element.clientHeight) element.scrollTop += (present - was) * rowHeight;
    const link = linkOf(element, active.peek());
    if (link !== document.activeElement) link?.focus({ preventScroll: true });
  });
}

/** What is looked for or put in order anew begins at the top. */
export function useTopOfEachOrder(frame: Frame): void {
  const asked = [search.value, filter.value, order.value];
  const before = useRef(asked);
  useLayoutEffect(() => {
    if (before.current.every((each, index) => each === asked[index])) return;
    before.current = asked;
    if (frame.current !== null) frame.current.scrollTop = 0;
  });
}

/** Leads to a row. */
export function goTo(frame: HTMLElement, rows: readonly FleetRow[], row: number, { rowHeight, head }: FleetLayout): void {
  active.value = rows[row]?.id;
  frame.scrollTop = scrolledTo(row, frame.scrollTop, frame.clientHeight, rowHeight, head);
}
