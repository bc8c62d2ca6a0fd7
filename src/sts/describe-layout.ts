import type { TokenLayout } from "./token-layouts.ts";

/** The data bits of a kind of token in words, for documentation: each field with its bits, in the order of the declaration. */
export function describeLayout({ fields }: TokenLayout): string {
  return fields
    .map(
      ({ name, ranges }) =>
        `${name} ${ranges.map(([highest, lowest]) => (highest === lowest ? highest : `${highest}..${lowest}`)).join(" and ")}`,
    )
    .join(", ");
}
