/**
 * The words of a line of bash up to the cursor, the last of which may be empty; as bash takes them, expansions apart.
 * What stands before the command, as in `A=1 dlms`, is left out, and so is the command.
 */
export function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  let quote: string | undefined;
  let begun = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at] as string;
    if (quote !== undefined && character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) [quote, begun] = [character, true];
    else if (character === "\\" && quote !== "'") word += line[++at] ?? "";
    else if (quote === undefined && /\s/.test(character)) {
      if (begun || word !== "") words.push(word);
      [word, begun] = ["", false];
    } else word += character;
  }
  const all = [...words, word];
  return all.slice(all.findIndex((each) => !/^[A-Za-z_]\w*=/.test(each)) + 1);
}

/**
 * What bash replaces of a word: what follows the last character that breaks words, `:` in `meter:house` for example. The
 * part before it has to be left out of what bash is offered.
 */
export function keptByBash(word: string, breaks: string): string {
  for (let end = word.length; end > 0; end--) if (breaks.includes(word[end - 1] as string)) return word.slice(0, end);
  return "";
}
