import { ByteReader } from "../../bytes/byte-reader.ts";
import type { Annotation } from "../../decode/explanation.ts";
import { plausibleDateTime } from "../../dlms/axdr/date-time.ts";
import { readLength } from "../../dlms/axdr/length.ts";
import { DecodeError } from "../../errors.ts";

/** A field of a trace: where its octets are, which segments and blocks may have torn apart. */
export interface TraceField {
  readonly name: string;
  /** Offsets of its octets in the trace, in the order of the field. */
  readonly places: readonly number[];
}

/** What is to be done with the octets of a field from `from` on: stay, give way to a pseudonym or to zeros, or not be shown at all. A secret is a name of which nothing stays. */
export type Treatment =
  | { readonly kind: "keep" }
  | { readonly kind: "name" | "secret" | "blank"; readonly from: number }
  | { readonly kind: "omit" };

/** Puts together the pieces of each field. */
export function fieldsOf(annotations: readonly Annotation[]): readonly TraceField[] {
  const fields: (TraceField & { readonly places: number[] })[] = [];
  const latest = new Map<string, { readonly places: number[] }>();
  for (const { field, offset, length } of annotations) {
    const places = Array.from({ length }, (_, index) => offset + index);
    const name = field.replace(/, continued$/, "");
    const before = name === field ? undefined : latest.get(name);
    if (before !== undefined) before.places.push(...places);
    else {
      const begun = { name, places };
      fields.push(begun);
      latest.set(name, begun);
    }
  }
  return fields;
}

/** No meter is told from another by as little as this. */
const harmlessLength = 3;

/** Fields of links and APDUs that say what is done, and not with whom. */
const harmless =
  /^(destination|source|LLC|information|APDU|choice|length|.* length|invocationCounter|(.*\.)?(invoke|longInvokeIdAndPriority|classId|logicalName|(proposed|negotiated)Conformance))$/;
/** The same of ACSE, whose fields begin with a context-specific tag; an xDLMS field of the same name does not. */
const harmlessAcse =
  /^(protocol-version|application-context-name|mechanism-name|(sender|responder)-acse-requirements|result|result-source-diagnostic|user-information)$/;
const contextSpecific = 0x80;

/** What only keys open, however short it is. */
const sealed = /^(ciphertext|tag)$/;

/** Octets that were not understood may be anything, and telegrams of IEC 62056-21 tell the meter's name in every line. */
const unshown = /^(not understood|damaged frame|request|identification|acknowledgement|line|empty line)$/;
/** The control field of HDLC has one octet; the line of a telegram that begins with a control character has more. */
const controlField = "control";

/** Titles, passwords and challenges (Green Book 9.3.2). */
const acseNames = /^(called|calling|responding)-(AP-title|AE-qualifier)$/;
const acseSecrets = /^(calling|responding)-authentication-value$/;
const titles = /(^|\.)(originatorSystemTitle|recipientSystemTitle|systemTitle|physicalDeviceAddress|transactionId)$/;

const dataTags = { octetString: 9, visibleString: 10, utf8String: 12 } as const;
/** Numbers, times, the heads of arrays and structures: types of data that hold no text. */
const plainTags: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]);
const tagAndLogicalName = 8;

/** What is to be done with a field. What is not known to be harmless does not stay as it is. */
export function treatmentOf(name: string, octets: Uint8Array): Treatment {
  if (unshown.test(name) || (name === controlField && octets.length > 1)) return { kind: "omit" };
  if (sealed.test(name)) return { kind: "blank", from: 0 };
  if (octets.length <= harmlessLength || harmless.test(name)) return { kind: "keep" };
  if (harmlessAcse.test(name) && (octets[0] ?? 0) >= contextSpecific) return { kind: "keep" };
  if (acseNames.test(name)) return { kind: "name", from: berContent(octets) };
  if (acseSecrets.test(name)) return { kind: "secret", from: berContent(octets) };
  const string = Object.values(dataTags).some((tag) => tag === octets[0]) ? lengthEnd(octets, 1) : undefined;
  if (string !== undefined) return isNameOrTime(octets, string) ? { kind: "keep" } : { kind: "name", from: string };
  const content = lengthEnd(octets, 0);
  if (content !== undefined && isTime(octets, content)) return { kind: "keep" };
  if (titles.test(name)) return { kind: "name", from: content ?? 0 };
  if (isTaggedNumber(octets)) return { kind: "keep" };
  return { kind: "blank", from: content ?? 0 };
}

/** Where the content begins when a length stands at `at` and fits exactly; undefined when none does. */
function lengthEnd(octets: Uint8Array, at: number): number | undefined {
  try {
    const reader = new ByteReader(octets.subarray(at));
    return readLength(reader, "length") === reader.remaining ? at + reader.offset : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Where the innermost value begins, behind the tags and lengths around it (X.690 8.1). */
function berContent(octets: Uint8Array): number {
  const outer = lengthEnd(octets, 1) ?? 1;
  return lengthEnd(octets, outer + 1) ?? outer;
}

function isNameOrTime(octets: Uint8Array, from: number): boolean {
  const isLogicalName = octets.length === tagAndLogicalName && octets.length - from === 6 && octets.at(-1) === 0xff;
  return isLogicalName || isTime(octets, from);
}

function isTime(octets: Uint8Array, from: number): boolean {
  if (octets.length - from !== 12) return false;
  return plausibleDateTime(new DataView(octets.buffer, octets.byteOffset, octets.byteLength), from);
}

/** A tag of data, and no more octets than such data take. */
function isTaggedNumber(octets: Uint8Array): boolean {
  const tag = octets[0] ?? 0xff;
  return plainTags.has(tag) && (octets.length <= 9 || tag === 19 || (tag === 25 && octets.length === 13));
}
