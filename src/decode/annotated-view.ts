import { toHex } from "../bytes/hex.ts";
import type { Annotation } from "./explanation.ts";

/** Octets shown of a field; of a longer one the first and the last. */
const shownOctets = 8;
const octetsWidth = shownOctets * 3 - 1;
const indent = "  ";

/** Annotations as lines for people: offset, octets, field, meaning. Passwords stay hidden. */
export function annotatedView(input: Uint8Array, annotations: readonly Annotation[]): readonly string[] {
  const offsetWidth = Math.max(4, input.length.toString(16).length);
  const names = annotations.map(({ depth, field }) => `${indent.repeat(depth)}${field}`);
  const nameWidth = Math.min(widestName, Math.max(0, ...sample(names).map(({ length }) => length)));
  return annotations.map(({ offset, length, meaning, secret }, index) => {
    const place = offset.toString(16).padStart(offsetWidth, "0");
    const octets = secret === true ? `(${length} octets)` : elided(input.subarray(offset, offset + length));
    return `${place}  ${octets.padEnd(octetsWidth)}  ${(names[index] as string).padEnd(nameWidth)}  ${meaning ?? ""}`.trimEnd();
  });
}

const widestName = 40;

/** Enough to see how wide a column has to be: spreading all of a long input would overflow the stack. */
function sample(names: readonly string[]): readonly string[] {
  return names.slice(0, 10_000);
}

function elided(octets: Uint8Array): string {
  if (octets.length <= shownOctets) return toHex(octets, " ");
  return `${toHex(octets.subarray(0, shownOctets - 3), " ")} .. ${toHex(octets.subarray(-2), " ")}`;
}
