/** Where the number of the latest CONNECT outlives the process. */
export interface BirthSequenceStore {
  /** 0 to 255; undefined before the first CONNECT. */
  read(): number | undefined;
  /** Resolves when the number would survive a crash. */
  write(value: number): Promise<void>;
}

/** Keeps the number for as long as the process lives. */
export class MemoryBirthSequenceStore implements BirthSequenceStore {
  #value: number | undefined;

  read(): number | undefined {
    return this.#value;
  }

  write(value: number): Promise<void> {
    this.#value = value;
    return Promise.resolve();
  }
}

/** The number after this one: 255 is followed by 0, and so is nothing (`payloads-sequence-num-incrementing`, `bdSeq`). */
export function nextSequence(previous: number | undefined): number {
  return previous === undefined ? 0 : (previous + 1) & 0xff;
}
