import { InvariantError } from "../errors.ts";
import { decodeAmount, encodeAmount } from "./amount.ts";
import { type BitField, type BitRange, type FieldCodec, flag, unsigned, widthOf } from "./bit-field.ts";
import { decodeCurrency, encodeCurrency } from "./currency.ts";
import { KeyPart } from "./key-part.ts";
import type { KeyType } from "./key-type.ts";

/** A field of some bits that is a plain number unless a codec says otherwise. */
export function field<const Name extends string>(name: Name, range: BitRange): BitField<Name, number>;
export function field<const Name extends string, Value>(
  name: Name,
  ranges: BitRange | readonly BitRange[],
  codec: FieldCodec<Value>,
): BitField<Name, Value>;
export function field(name: string, ranges: BitRange | readonly BitRange[], codec?: FieldCodec<unknown>): BitField {
  const list = isRange(ranges) ? [ranges] : ranges;
  const width = list.reduce((sum, range) => sum + widthOf(range), 0);
  if (width > 44) throw new InvariantError(`the field ${name} has more bits than a token has data`);
  return { name, ranges: list, codec: codec ?? (unsigned(2 ** width - 1) as FieldCodec<unknown>) };
}

function isRange(ranges: BitRange | readonly BitRange[]): ranges is BitRange {
  return typeof ranges[0] === "number";
}

/** The subclass, as a field of tokens that share one layout over several. */
export function subclassField(lowest: number, highest: number): BitField<"subclass", number> {
  return field("subclass", [63, 60], unsigned(highest, lowest));
}

/** The 32 bits of a part of a new decoder key. */
export function keyPartField<const Name extends string>(name: Name): BitField<Name, KeyPart> {
  return field(name, [47, 16], {
    read: (bits) => KeyPart.of(bits),
    write(part) {
      const [a, b, c, d] = part.exposeSecret() as Uint8Array & [number, number, number, number];
      return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    },
  });
}

/** Four bits that make tokens differ which are equal otherwise; no meter interprets them. */
export const random: BitField<"random", number> = field("random", [59, 56]);

/** Minutes from the base date to the issue of the token. */
export const tokenIdentifier: BitField<"tokenIdentifier", number> = field("tokenIdentifier", [55, 32]);

/** An amount of 0.1 kWh, 0.1 m3 or 0.1 min, as the service says. */
export const amount: BitField<"amount", number> = field("amount", [31, 16], { read: decodeAmount, write: encodeAmount });

/** An amount of watts. */
export const limit: BitField<"limit", number> = field("limit", [31, 16], { read: decodeAmount, write: encodeAmount });

/** A signed amount of 0.00001 of the currency, over the place of the random bits too. */
export const currency: BitField<"amount", bigint> = field(
  "amount",
  [
    [59, 56],
    [31, 16],
  ],
  { read: decodeCurrency, write: encodeCurrency },
);

/** The type of a new key. */
export const keyType: BitField<"keyType", KeyType> = field("keyType", [49, 48], {
  read: (bits) => bits as KeyType,
  write: (value, path) => unsigned(3).write(value, path),
});

/** Whether the meter forgets its token identifiers, as it must when the base date moves on. */
export const rollover: BitField<"rollover", boolean> = field("rollover", [51, 51], flag);

/** Whether a set for EA07 has a third section, with the supply group code. */
export const thirdSection: BitField<"thirdSection", boolean> = field("thirdSection", [50, 50], flag);
