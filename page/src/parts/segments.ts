/** Which of the seven segments a..g are lit for a character, from the top clockwise, the middle last. */
const lit: Readonly<Record<string, string>> = {
  "0": "abcdef",
  "1": "bc",
  "2": "abdeg",
  "3": "abcdg",
  "4": "bcfg",
  "5": "acdfg",
  "6": "acdefg",
  "7": "abc",
  "8": "abcdefg",
  "9": "abcdfg",
  "-": "g",
  _: "d",
  A: "abcefg",
  b: "cdefg",
  C: "adef",
  c: "deg",
  d: "bcdeg",
  E: "adefg",
  F: "aefg",
  G: "acdef",
  H: "bcefg",
  h: "cefg",
  I: "ef",
  i: "e",
  J: "bcd",
  L: "def",
  n: "ceg",
  N: "abcef",
  O: "abcdef",
  o: "cdeg",
  P: "abefg",
  q: "abcfg",
  r: "eg",
  S: "acdfg",
  t: "defg",
  U: "bcdef",
  u: "cde",
  y: "bcdfg",
  "?": "abeg",
};

/** A cell of the large line: its segments, and whether the point behind it is lit. */
export interface Cell {
  readonly segments: string;
  readonly point: boolean;
}

/** The cells of a line like "12.50", right-aligned. */
export function cellsOf(line: string, count: number): readonly Cell[] {
  const cells: Cell[] = [];
  for (const character of line) {
    const before = cells.at(-1);
    if (character === "." && before !== undefined && !before.point) cells[cells.length - 1] = { ...before, point: true };
    else
      cells.push({
        segments: lit[character] ?? lit[character.toUpperCase()] ?? lit[character.toLowerCase()] ?? "",
        point: character === ".",
      });
  }
  const shown = cells.slice(-count);
  return [...Array.from({ length: count - shown.length }, () => ({ segments: "", point: false })), ...shown];
}
