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
  /** From the start of the input. */
  readonly offset: number;
  readonly length: number;
  /** Nesting: fields of a field are one deeper. */
  readonly depth: number;
  readonly field: string;
  readonly meaning?: string;
  /** Octets that are a password or an answer to a challenge: not to be printed. */
  readonly secret?: true;
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

/** True when every frame and every APDU was understood to its end. */
export function isComplete({ link, apdus, remaining }: Explanation): boolean {
  return remaining === 0 && link.every(({ ok }) => ok) && apdus.every((apdu) => !("error" in apdu));
}
