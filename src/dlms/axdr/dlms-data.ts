import type { ScalarType, ScalarValues } from "./scalar.ts";

type ScalarData = { readonly [T in ScalarType]: { readonly type: T; readonly value: ScalarValues[T] } }[ScalarType];

/**
 * `Data` as a tagged tree: lossless, for values whose type nobody declared. Octet strings are views of the source.
 */
export type DlmsData =
  | ScalarData
  | { readonly type: "array" | "structure"; readonly value: readonly DlmsData[] }
  | { readonly type: "compact-array"; readonly value: CompactArray };

/** Type of the elements of a compact-array (TypeDescription of the Green Book, 9.5). */
export type ElementDescription =
  | { readonly type: ScalarType }
  /** Every element has this many elements of its own. */
  | { readonly type: "array"; readonly count: number; readonly element: ElementDescription }
  | { readonly type: "structure"; readonly elements: readonly ElementDescription[] };

/** Rows that share one type, which is given once. */
export interface CompactArray {
  readonly element: ElementDescription;
  readonly rows: readonly DlmsData[];
}

/** Deepest nesting accepted, far beyond any COSEM attribute (the object list needs six). */
export const maxDataDepth = 16;
