/** Where a run of octets begins: within its `Located` and within the input. */
interface Piece {
  readonly start: number;
  /** Undefined for octets that stand nowhere. */
  readonly at: number | undefined;
  /** Of `at`. */
  readonly section: number;
}

/** A run of octets of the input. */
export interface Place {
  /** 0 for the input itself, else the number of a plain text that was deciphered from it. */
  readonly section: number;
  readonly at: number;
  readonly length: number;
}

type Run = Omit<Place, "at"> & Pick<Piece, "at">;

/** Number of the input among the sections. */
export const inputSection = 0;

/**
 * Octets that know where in the input they stand. A message may be spread over segments and blocks; joined, it is
 * decoded as one, and each of its fields can still be shown at its place.
 */
export class Located {
  readonly bytes: Uint8Array;
  readonly #pieces: readonly Piece[];
  /** Position of `bytes` within what the pieces describe. */
  readonly #base: number;

  private constructor(bytes: Uint8Array, pieces: readonly Piece[], base: number) {
    this.bytes = bytes;
    this.#pieces = pieces;
    this.#base = base;
  }

  /** The octets of the input, or of another section, from `start` up to `end`. */
  static of(octets: Uint8Array, start = 0, end = octets.length, section = inputSection): Located {
    return new Located(octets.subarray(start, end), [{ start: 0, at: start, section }], 0);
  }

  /** Octets that stand in no section. */
  static nowhere(bytes: Uint8Array): Located {
    return new Located(bytes, [{ start: 0, at: undefined, section: inputSection }], 0);
  }

  /** The parts one after the other; one part alone is not copied. */
  static join(parts: readonly Located[]): Located {
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
    const pieces: Piece[] = [];
    let start = 0;
    for (const part of parts) {
      bytes.set(part.bytes, start);
      for (const { at, length, section } of part.#runs(0, part.length)) {
        pieces.push({ start, at, section });
        start += length;
      }
    }
    return new Located(bytes, pieces, 0);
  }

  get length(): number {
    return this.bytes.length;
  }

  /** The part from `start` up to `end`. */
  slice(start: number, end = this.length): Located {
    return new Located(this.bytes.subarray(start, end), this.#pieces, this.#base + start);
  }

  /** Whether `view` shows a part of these octets. */
  holds(view: Uint8Array): boolean {
    const start = view.byteOffset - this.bytes.byteOffset;
    return view.buffer === this.bytes.buffer && start >= 0 && start + view.length <= this.length;
  }

  /** The part that `view`, a view of these octets, shows. */
  locate(view: Uint8Array): Located {
    const start = view.byteOffset - this.bytes.byteOffset;
    return this.slice(start, start + view.length);
  }

  /** The runs of the input that the octets from `start` up to `end` stand in, in order. */
  places(start = 0, end = this.length): readonly Place[] {
    return this.#runs(start, end).filter((run): run is Place => run.at !== undefined);
  }

  #runs(start: number, end: number): readonly Run[] {
    const runs: Run[] = [];
    const last = this.#base + end;
    let from = this.#base + start;
    for (let index = this.#pieceAt(from); from < last; index++) {
      const piece = this.#pieces[index] as Piece;
      const until = Math.min(last, this.#pieces[index + 1]?.start ?? last);
      const at = piece.at === undefined ? undefined : piece.at + from - piece.start;
      if (until > from) runs.push({ at, length: until - from, section: piece.section });
      from = until;
    }
    return runs;
  }

  /** Index of the last piece that begins at `position` or before. */
  #pieceAt(position: number): number {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle] as Piece).start <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
