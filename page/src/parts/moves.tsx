import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { byKey, latest, type Span } from "../span.ts";
import type { Movable } from "./chart-gestures.ts";

/** A time that starts at the end of what there is, and follows it while nobody looks elsewhere. */
export function useMovable(all: Span, first: number, least: number): Movable {
  // A little more than what is looked at first is shown whole.
  const span = useSignal(all.max - all.min < first * 1.1 ? all : latest(all, first));
  const whole = useSignal(all);
  useEffect(() => {
    const follows = span.peek().max >= whole.peek().max;
    whole.value = all;
    if (follows) span.value = latest(all, span.peek().max - span.peek().min);
  }, [all.min, all.max]);
  return useMemo(() => ({ span, all: whole, least }), [span, whole, least]);
}

const moves = [
  ["◀", "earlier", "PageUp"],
  ["▶", "later", "PageDown"],
  ["−", "longer", "-"],
  ["+", "shorter", "+"],
  ["all", "all there is", "0"],
] as const;

/** What dragging and keys do, for who does neither. */
export function Moves({ movable: { span, all, least } }: { readonly movable: Movable }) {
  return (
    <span class="moves">
      {moves.map(([face, name, key]) => (
        <button
          type="button"
          key={key}
          aria-label={name}
          onClick={() => {
            span.value = byKey(key, span.value, all.value, least) ?? span.value;
          }}
        >
          {face}
        </button>
      ))}
    </span>
  );
}
