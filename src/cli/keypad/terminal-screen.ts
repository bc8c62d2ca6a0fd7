/** Lines at the bottom of a terminal that are drawn again only where they have changed. */
export class TerminalScreen {
  #lines: readonly string[] = [];

  /** What to write so that the terminal shows `lines`; empty where it does already. */
  draw(lines: readonly string[]): string {
    const before = this.#lines;
    this.#lines = lines;
    if (before.length !== lines.length) return `${up(before.length)}\r\x1b[J${lines.map((line) => `${line}\r\n`).join("")}`;
    return lines
      .flatMap((line, index) =>
        line === before[index] ? [] : [`${up(lines.length - index)}\r\x1b[2K${line}${down(lines.length - index)}\r`],
      )
      .join("");
  }

  /** What to write before everything is drawn anew, as after the terminal has changed its size and with it all lines. */
  forget(): string {
    this.#lines = [];
    return "\x1b[2J\x1b[H";
  }
}

function up(lines: number): string {
  return lines === 0 ? "" : `\x1b[${lines}A`;
}

function down(lines: number): string {
  return lines === 0 ? "" : `\x1b[${lines}B`;
}
