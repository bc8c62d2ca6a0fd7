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
