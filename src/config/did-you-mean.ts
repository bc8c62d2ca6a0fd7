/** The candidate nearest to what was written, when it is near enough to be a slip of the fingers. */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  // Long enough for every key of ours, and a bound on the work somebody else's input can cause.
  if (written.length > 64) return undefined;
  const spelling = plain(written);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(spelling.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(spelling, plain(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** `max-pdu`, `max_pdu` and `maxPdu` are the same word. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[-_]/g, "");
}

/** Least number of insertions, deletions and replacements (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
