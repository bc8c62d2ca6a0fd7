import type { Field } from "../annotate/annotator.ts";
import type { ExplainedReading, LinkItem } from "../explanation.ts";

/** A field of a link's header or trailer: its octets lie between the field before it and `end`, an offset of the input. */
export interface LinkField extends Field {
  readonly end: number;
}

/** A whole message or a segment of one, between the fields of its frame. */
export interface Payload {
  readonly start: number;
  readonly end: number;
  /** Addresses of the sender and the receiver: each direction joins its own segments and blocks. */
  readonly channel: string;
  /** Segments of the same message follow. */
  readonly more: boolean;
  /** Where segments count: this one's number, the modulus, and the number of the first if that is always the same. */
  readonly numbered?: { readonly number: number; readonly modulus: number; readonly first?: number };
  /** An LLC header may stand before the APDU. */
  readonly llc: boolean;
}

/** What stands at an offset of the input. */
export interface Found {
  readonly end: number;
  /** Proved by a check sum or by more than chance would make: a place to go on from after rubbish. */
  readonly sound: boolean;
  /** Absent for fill between frames. */
  readonly item?: LinkItem;
  /** All octets but those of the payload. */
  readonly fields: readonly LinkField[];
  readonly payload?: Payload;
  readonly readings?: readonly ExplainedReading[];
  readonly warnings?: readonly string[];
}

/** What is wrong with octets that begin like a link's message. */
export interface Fault {
  readonly kind: LinkItem["kind"];
  readonly error: string;
}

/** One link: how its messages begin, and what is wrong where one begins but is none. */
export interface Link {
  /**
   * @param following the octets follow a message of the same link
   * @returns undefined where no message of this link begins, or not a whole one
   */
  readonly at: (input: Uint8Array, offset: number, following: boolean) => Found | undefined;
  readonly faultAt: (input: Uint8Array, offset: number) => string | undefined;
}
