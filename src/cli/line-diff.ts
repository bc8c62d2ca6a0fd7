/** A line of a difference: kept, gone or new. */
export interface DiffLine {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** What became of lines, by their longest common sequence; meant for files that people write. */
export function lineDiff(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  // lengths[i][j]: of the longest common sequence of before from i and after from j on.
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    const row = lengths[i] as Uint32Array;
    for (let j = after.length - 1; j >= 0; j--)
      row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: DiffLine[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ mark: " ", text: before[i] as string });
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1)))
      lines.push({ mark: "-", text: before[i++] as string });
    else lines.push({ mark: "+", text: after[j++] as string });
  }
  return lines;
}
