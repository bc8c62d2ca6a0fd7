import { existsSync, readFileSync } from "node:fs";

/** One entry of the token vectors; which of the other members it has follows from `kind`. */
export interface TokenVector {
  readonly id: string;
  readonly kind: string;
  readonly [member: string]: unknown;
}

const file = process.env["DLMS_STS_VECTORS"] ?? new URL("../../../shared/data/sts-vectors.json", import.meta.url);

/** The vectors that lie beside the repository or where DLMS_STS_VECTORS says; undefined where there are none. */
export function tokenVectorsBeside(): readonly TokenVector[] | undefined {
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly vectors: readonly TokenVector[] }).vectors;
}
