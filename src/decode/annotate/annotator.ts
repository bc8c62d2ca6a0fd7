import type { Annotation } from "../explanation.ts";
import type { Located } from "../located.ts";

/** What a field is: its name, and what its octets say. */
export interface Field {
  readonly field: string;
  readonly meaning?: string | undefined;
  readonly secret?: boolean;
}

/**
 * Collects annotations. Whoever explains octets marks each of them once; fields that lie across segments come apart
 * into one annotation a piece.
 */
export class Annotator {
  readonly #annotations: Annotation[] = [];

  /** Says what the octets of `source` from `start` up to `end` are; nothing for no octets. */
  mark(source: Located, start: number, end: number, depth: number, { field, meaning, secret }: Field): void {
    let first = true;
    for (const { at, length } of source.places(start, end)) {
      this.#annotations.push({
        offset: at,
        length,
        depth,
        field: first ? field : `${field}, continued`,
        ...(first && meaning !== undefined && { meaning }),
        ...(secret === true && { secret }),
      });
      first = false;
    }
  }

  /** All annotations in the order of the input. */
  annotations(): readonly Annotation[] {
    return this.#annotations.sort((a, b) => a.offset - b.offset);
  }
}
