import type { ReadonlySignal, Signal } from "@preact/signals";
import { byKey, closer, moved, type Span, zoomed } from "../span.ts";

/** What of a chart can be moved. */
export interface Movable {
  readonly span: Signal<Span>;
  /** All there is. */
  readonly all: ReadonlySignal<Span>;
  /** The shortest time that is worth looking at; seconds. */
  readonly least: number;
}

/**
 * Lets a time be moved and zoomed: dragged, pinched, by the wheel (with Ctrl, or once the chart has the focus, so that the page
 * still scrolls) and by keys. `element` is what is dragged, `focus` what has the focus. Returns how to stop.
 */
export function moveByHand(element: HTMLElement, focus: HTMLElement, { span, all, least }: Movable): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const pointers = new Map<number, number>();
  const secondsPerPixel = (): number => (span.value.max - span.value.min) / element.clientWidth;
  const at = (x: number): number => span.value.min + (x - element.getBoundingClientRect().left) * secondsPerPixel();
  const zoom = (factor: number, around: number): void => {
    span.value = zoomed(span.value, factor, around, all.value, least);
  };

  element.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      pointers.set(event.pointerId, event.clientX);
      element.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  element.addEventListener(
    "pointermove",
    ({ pointerId, clientX }) => {
      const before = pointers.get(pointerId);
      if (before === undefined) return;
      const other = [...pointers].find(([id]) => id !== pointerId)?.[1];
      if (other === undefined) span.value = moved(span.value, (before - clientX) * secondsPerPixel(), all.value);
      else if (clientX !== other) zoom(Math.abs((before - other) / (clientX - other)) || 1, at((clientX + other) / 2));
      pointers.set(pointerId, clientX);
    },
    { signal },
  );
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const)
    element.addEventListener(name, ({ pointerId }) => void pointers.delete(pointerId), { signal });

  element.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && document.activeElement !== focus) return;
      event.preventDefault();
      if (event.shiftKey) span.value = moved(span.value, (event.deltaX + event.deltaY) * secondsPerPixel(), all.value);
      else zoom(event.deltaY < 0 ? closer : 1 / closer, at(event.clientX));
    },
    { signal, passive: false },
  );
  element.addEventListener("dblclick", () => (span.value = all.value), { signal });

  focus.addEventListener(
    "keydown",
    (event) => {
      const next = byKey(event.key, span.value, all.value, least);
      if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      span.value = next;
    },
    { signal },
  );
  return () => stop.abort();
}
