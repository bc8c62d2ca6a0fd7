import type { PageAmount, PageRows, PageToken, PageValue } from "../../dashboard/index.ts";

// What the log of tokens of this kind of meter captures beside the time: the members of PageToken by where they come from.
const sources = {
  digits: ["0.0.19.40.0.255", 2],
  way: ["0.0.19.40.0.255", 5],
  amount: ["0.0.96.60.9.255", 2],
  credit: ["0.0.96.60.0.255", 2],
} as const;
// token_delivery_method of Token gateway (Blue Book, class 115).
const ways = ["remote", "local", "manual"];

/** The rows of the log of tokens, newest first. */
export function pageTokens({ columns, stamps, cells }: PageRows): readonly PageToken[] {
  const place = ([logicalName, attribute]: readonly [string, number]): number =>
    columns.findIndex((column) => column.logicalName === logicalName && column.attribute === attribute);
  const [digits, way, amount, credit] = [place(sources.digits), place(sources.way), place(sources.amount), place(sources.credit)];
  const known = new Set([digits, way, amount, credit]);
  const rows = stamps.map((stamp, row): PageToken => {
    const cell = (column: number): PageValue => cells[column]?.[row] ?? null;
    const amountIn = (column: number): PageAmount | null => {
      const value = cell(column);
      return typeof value === "number" ? { value, unit: columns[column]?.unit ?? null } : null;
    };
    const came = cell(way);
    return {
      stamp,
      digits: textOf(cell(digits)),
      amount: amountIn(amount),
      credit: amountIn(credit),
      way: typeof came === "number" ? (ways[came] ?? null) : textOf(came),
      details: Object.fromEntries(columns.flatMap(({ name }, column) => (known.has(column) ? [] : [[name, cell(column)]]))),
    };
  });
  return rows.reverse();
}

function textOf(value: PageValue): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
