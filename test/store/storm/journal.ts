/** What a process said of the states it saved, up to the moment it was killed. */
export class Journal {
  /** The state that was acknowledged last. */
  acknowledged: string;
  /** The one that was about to be saved, which may have been. */
  begun: string | undefined;
  /** Things that were carried out and acknowledged. */
  readonly done = new Map<string, number>();

  /** @param found the state that the process found */
  constructor(found: string) {
    this.acknowledged = found;
  }

  /** A whole line: "save" and the state, or "done", what, and whether it was accepted. */
  note(line: string): void {
    const [word, what = "", outcome] = line.split(" ");
    if (word === "save") this.begun = what;
    if (word !== "done") return;
    this.acknowledged = this.begun ?? this.acknowledged;
    this.begun = undefined;
    if (outcome === "accepted") this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }

  /** Whether a state may be what is found after the kill: what was acknowledged is in it, and nothing is half done. */
  explains(found: string): boolean {
    return found === this.acknowledged || found === this.begun;
  }
}
