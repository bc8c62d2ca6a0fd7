/** What a chart shows of time: seconds since 1970. */
export interface Span {
  readonly min: number;
  readonly max: number;
}

/** Moved by so many seconds, but not beyond what there is. */
export function moved(span: Span, by: number, all: Span): Span {
  const inside = Math.min(Math.max(by, all.min - span.min), all.max - span.max);
  return { min: span.min + inside, max: span.max + inside };
}

/** Longer by `factor` around an instant that stays where it is, within what there is and not shorter than `least` seconds. */
export function zoomed(span: Span, factor: number, at: number, all: Span, least: number): Span {
  const length = span.max - span.min;
  const wanted = Math.min(Math.max(length * factor, Math.min(least, all.max - all.min)), all.max - all.min);
  const min = at - ((at - span.min) * wanted) / length;
  return moved({ min, max: min + wanted }, 0, all);
}

/** The last so many seconds of what there is. */
export function latest(all: Span, length: number): Span {
  return { min: Math.max(all.min, all.max - length), max: all.max };
}

/** What a key moves by, as a part of what is shown. */
const step = 0.25;
/** What one step of a zoom leaves. */
export const closer = 0.7;

/** What a key makes of a time; undefined for other keys. */
export function byKey(key: string, span: Span, all: Span, least: number): Span | undefined {
  const length = span.max - span.min;
  const middle = (span.min + span.max) / 2;
  switch (key) {
    case "ArrowLeft":
      return moved(span, -length * step, all);
    case "ArrowRight":
      return moved(span, length * step, all);
    case "PageUp":
      return moved(span, -length, all);
    case "PageDown":
      return moved(span, length, all);
    case "Home":
      return moved(span, all.min - all.max, all);
    case "End":
      return moved(span, all.max - all.min, all);
    case "+":
      return zoomed(span, closer, middle, all, least);
    case "-":
      return zoomed(span, 1 / closer, middle, all, least);
    case "0":
      return all;
    default:
      return undefined;
  }
}
