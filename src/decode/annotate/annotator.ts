import type { Annotation, PlainSection } from "../explanation.ts";
import { inputSection, Located } from "../located.ts";

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
  /** By section. */
  readonly #annotations: Annotation[][] = [[]];
  readonly #plain: Omit<PlainSection, "annotations">[] = [];

  /**
   * Begins a section of its own, for octets that the input does not show.
   * @param from what they were deciphered from
   */
  begin(octets: Uint8Array, from: Located, authenticated: boolean): Located {
    const [place = { section: inputSection, at: 0 }] = from.places();
    this.#plain.push({ from: { section: place.section, offset: place.at }, octets, authenticated });
    return Located.of(octets, 0, octets.length, this.#annotations.push([]) - 1);
  }

  /** Says what the octets of `source` from `start` up to `end` are; nothing for no octets. */
  mark(source: Located, start: number, end: number, depth: number, { field, meaning, secret }: Field): void {
    let first = true;
    for (const { at, length, section } of source.places(start, end)) {
      this.#annotations[section]?.push({
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

  /** The annotations of the input, in order. */
  annotations(): readonly Annotation[] {
    return this.#sorted(inputSection);
  }

  /** The plain texts that were deciphered, with their annotations. */
  sections(): readonly PlainSection[] {
    return this.#plain.map((section, index) => ({ ...section, annotations: this.#sorted(inputSection + 1 + index) }));
  }

  #sorted(section: number): readonly Annotation[] {
    return (this.#annotations[section] ?? []).sort((a, b) => a.offset - b.offset);
  }
}
