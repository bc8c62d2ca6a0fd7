import type { PlainValue } from "../cosem-objects/plain-value.ts";

/** JSON without `any`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What was found on the link layer, in order: frames, PDUs, telegrams, and octets that are none of them. */
export interface LinkItem {
  readonly kind: "hdlc" | "wrapper" | "mbus" | "iec62056-21" | "llc" | "none";
  readonly ok: boolean;
  readonly error?: string;
  readonly [detail: string]: Json | undefined;
}

/** An APDU: its type and fields, or what is wrong with it. */
export interface ApduItem {
  readonly type: string;
  readonly [field: string]: Json;
}

/** A value that some APDU carries, with whatever is known of where it belongs. */
export interface ExplainedReading {
  readonly logicalName?: string;
  readonly attribute?: number;
  readonly name?: string;
  /** Place within a notification, counted from 1. */
  readonly position?: number;
  readonly value: PlainValue;
  readonly unit?: string;
  readonly raw: PlainValue;
  readonly type: string;
}

/** What some consecutive octets of the input mean. */
export interface Annotation {
  /** From the start of the input, or of the plain text. */
  readonly offset: number;
  readonly length: number;
  /** Nesting: fields of a field are one deeper. */
  readonly depth: number;
  readonly field: string;
  readonly meaning?: string;
  /** Octets that are a password or an answer to a challenge: not to be printed. */
  readonly secret?: true;
}

/** A plain text that the input holds enciphered. */
export interface PlainSection {
  /** Where the ciphered APDU begins; section 0 is the input, the others are numbered from 1 in the order of the list. */
  readonly from: { readonly section: number; readonly offset: number };
  readonly octets: Uint8Array;
  readonly authenticated: boolean;
  /** What each of its octets means, in order and each once. */
  readonly annotations: readonly Annotation[];
}

/** Everything that could be understood; the keys are an interface. */
export interface Explanation {
  readonly link: readonly LinkItem[];
  readonly apdus: readonly ApduItem[];
  readonly readings: readonly ExplainedReading[];
  /** Octets at the end that nothing was made of. */
  readonly remaining: number;
  readonly warnings: readonly string[];
}

/** Fields of an item that hold an item, or several. */
const itemFields = ["apdu", "userInformation"] as const;

/** APDUs and those inside them, each before what it holds. */
export function* allItems(items: readonly ApduItem[]): Generator<ApduItem> {
  for (const item of items) {
    yield item;
    for (const field of itemFields) {
      const inside = item[field] ?? [];
      yield* allItems((Array.isArray(inside) ? inside : [inside]) as readonly ApduItem[]);
    }
  }
}

/** True when every frame and every APDU was understood to its end. */
export function isComplete({ link, apdus, remaining }: Explanation): boolean {
  return remaining === 0 && link.every(({ ok }) => ok) && [...allItems(apdus)].every((apdu) => !("error" in apdu));
}
