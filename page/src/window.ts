/** The rows of a long table that are drawn: those that can be seen, and some beyond. */
export interface RowWindow {
  readonly first: number;
  readonly last: number;
}

const beyond = 8;

/** @param height of what can be seen, `rowHeight` of a row, both in pixels */
export function rowWindow(scrollTop: number, height: number, rowHeight: number, count: number): RowWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - beyond);
  return { first: Math.min(first, count), last: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + beyond) };
}

/** The row that a key leads to, of `count`; undefined for other keys. `page` is how many rows are seen. */
export function rowByKey(key: string, row: number, count: number, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: -1,
    ArrowDown: 1,
    PageUp: -page,
    PageDown: page,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return step === undefined || count === 0 ? undefined : Math.min(Math.max(row + step, 0), count - 1);
}

/** How far it has to be scrolled so that a row can be seen, below a heading of `head` pixels that stays. */
export function scrolledTo(row: number, scrollTop: number, height: number, rowHeight: number, head: number): number {
  const top = row * rowHeight;
  return Math.min(top, Math.max(scrollTop, top + rowHeight + head - height));
}
