import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import type { ScalarType } from "../../dlms/axdr/scalar.ts";

/** What a value in a push is: all of it plain JSON, so that templates can be read from files. */
export interface PushQuantity {
  readonly logicalName: LogicalName;
  /** The attribute pushed; 2 unless given. */
  readonly attribute?: number;
  /** Value = raw x 10^scaler; only together with `unit`. */
  readonly scaler?: number;
  /** Unit code of the Blue Book, table 4 (255: none). */
  readonly unit?: number;
  /** Meters that send more digits in the same list: raw values of at least `from` have this scaler. */
  readonly finer?: { readonly from: number; readonly scaler: number };
}

/** A place in a positional list: its type on the wire and what the value is, as far as that is known. */
export interface PushItem extends Partial<PushQuantity> {
  readonly type: ScalarType;
  /** How many octets there must be, and what they must be, where the type alone would fit lists of other makes. */
  readonly length?: number;
  readonly content?: "text" | "date-time";
  /** What the text must begin with: the identifier of the list. */
  readonly startsWith?: string;
}

/** A structure or an array inside a positional list. */
export interface PushGroup {
  readonly type: "structure" | "array";
  readonly items: readonly PushElement[];
}

export type PushElement = PushItem | PushGroup;

interface TemplateHead {
  /** Stable, in kebab case. */
  readonly id: string;
  readonly make: string;
  readonly description: string;
  /** The public list, or the public capture, that the template follows. */
  readonly source: string;
}

/** A structure without names: the types of `items`, in order, are its signature. */
export interface PositionalTemplate extends TemplateHead {
  readonly layout: "positional";
  readonly items: readonly PushElement[];
  /** The signature fits anything: matched only for a meter known to be of this make. */
  readonly ambiguous?: true;
}

/** A structure of logical names and values in turn, without scalers and units; values may be left out as null-data. */
export interface NamedTemplate extends TemplateHead {
  readonly layout: "named";
  /** The identifier of the list begins with this; it is the first element, or the value of the first name. */
  readonly listId: string;
  /** What is known of the quantities; others are given raw. */
  readonly items: readonly PushQuantity[];
}

/** How one make arranges one push. */
export type PushTemplate = PositionalTemplate | NamedTemplate;
