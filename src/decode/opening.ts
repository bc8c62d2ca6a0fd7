import { ByteReader } from "../bytes/byte-reader.ts";
import { readApdu } from "../dlms/xdlms/apdu.ts";
import { type ApduKind, tagMeaning } from "../dlms/xdlms/tags.ts";
import { DecodeError } from "../errors.ts";
import { isProtected, readProtected } from "./protected-apdu.ts";

/** Names of keys, as they are told to people. */
export type KeyName = "encryption key" | "broadcast key" | "dedicated key" | "master key" | "agreement key" | "key used before";

/** What came of opening a protected APDU. */
export interface Opening {
  /** What it carries; a view of the APDU where that stands in it as it is. */
  readonly plain?: Uint8Array;
  /** Of `plain`: a tag or a signature proves who made it. */
  readonly authenticated?: boolean;
  /** What it was opened with. */
  readonly key?: KeyName;
  /** What would be needed for more. */
  readonly note?: string;
  /** Why there is no `plain`, though there are keys. */
  readonly error?: string;
  /** Of `error`: what to check. */
  readonly hint?: string;
}

/**
 * The kind of the APDU that octets begin with; undefined where they begin with none.
 * @param whole nothing may stand behind it
 */
export function lawfulKind(octets: Uint8Array, whole: boolean): ApduKind | undefined {
  const tag = octets[0];
  const kind = tag === undefined ? undefined : tagMeaning(tag)?.kind;
  if (tag === undefined || kind === undefined) return undefined;
  try {
    const length = isProtected(tag) ? readProtected(octets).octets.length : lengthOf(octets);
    return whole && length < octets.length ? undefined : kind;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function lengthOf(octets: Uint8Array): number {
  const reader = new ByteReader(octets);
  readApdu(reader);
  return reader.offset;
}
