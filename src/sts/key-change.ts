import { ConfigError } from "../errors.ts";
import { unsigned } from "./bit-field.ts";
import { blockOf } from "./block.ts";
import { DecoderKey } from "./decoder-key.ts";
import { decoderKeyLengths, type EncryptionCode } from "./encryption-algorithm.ts";
import { checkKeyIdentity, type KeyIdentity, outOfRange } from "./key-identity.ts";
import { KeyPart } from "./key-part.ts";
import { neverExpires } from "./token-identifier.ts";
import type { TokenFor } from "./token-layouts.ts";

/** A new decoder key and what goes with it, as a set of tokens carries it; the base date is not in it. */
export interface KeyChange extends Omit<KeyIdentity, "supplyGroupCode"> {
  readonly decoderKey: DecoderKey;
  /** 0 to 255, of which 255 is never. */
  readonly keyExpiryNumber: number;
  /** The meter forgets the identifiers of its tokens, and nothing else. */
  readonly rollover: boolean;
  /** Absent from a set of two tokens. */
  readonly supplyGroupCode?: number;
}

/** The services that are sections of a key change. */
export type SectionService =
  | "set-decoder-key-1"
  | "set-decoder-key-2"
  | "set-decoder-key-3"
  | "set-decoder-key-4"
  | "set-supply-group-code";

/** One token of a key change. */
export type KeyChangeSection = TokenFor<SectionService>;

/** The sections a meter holds until it has all of them, in whatever order they came. */
export type HeldSections = { readonly [Service in SectionService]?: TokenFor<Service> };

/** What the sections held make: nothing yet, a key change, or one with a number that cannot be. */
export type JoinedSections =
  | { readonly state: "incomplete" }
  | { readonly state: "complete"; readonly change: KeyChange }
  | { readonly state: "out-of-range"; readonly field: keyof KeyIdentity };

/**
 * The tokens of a key change, in the order of their sections: two for EA07, three with a supply group code, four for EA11.
 * They are enciphered under the key that is in force until then.
 * @throws ConfigError with the name of the field that is out of range, or missing for EA11
 */
export function keyChangeSections(change: KeyChange): readonly KeyChangeSection[] {
  checkKeyIdentity(change);
  const { decoderKey, keyRevisionNumber, tariffIndex, keyType, rollover, supplyGroupCode } = change;
  const keyExpiryNumber = unsigned(neverExpires).write(change.keyExpiryNumber, "keyExpiryNumber");
  const parts = partsOf(decoderKey);
  const four = parts.length === 4;
  const first: KeyChangeSection = {
    service: "set-decoder-key-1",
    keyExpiryHigh: keyExpiryNumber >> 4,
    keyRevisionNumber,
    rollover,
    thirdSection: !four && supplyGroupCode !== undefined,
    keyType,
    newKeyHigh: parts[0],
  };
  const second: KeyChangeSection = {
    service: "set-decoder-key-2",
    keyExpiryLow: keyExpiryNumber & 15,
    tariffIndex,
    newKeyLow: four ? parts[3] : parts[1],
  };
  if (four) {
    if (supplyGroupCode === undefined) throw new ConfigError("supplyGroupCode", "a key for EA11 does not go without one");
    return [
      first,
      second,
      { service: "set-decoder-key-3", supplyGroupLow: supplyGroupCode & 0xfff, newKeyMiddle2: parts[1] },
      { service: "set-decoder-key-4", supplyGroupHigh: supplyGroupCode >> 12, newKeyMiddle1: parts[2] },
    ];
  }
  if (supplyGroupCode === undefined) return [first, second];
  return [first, second, { service: "set-supply-group-code", supplyGroupCode, padding: 0 }];
}

type Two = readonly [KeyPart, KeyPart];

/** The key in parts of 32 bits, the most significant first. */
function partsOf(decoderKey: DecoderKey): Two | readonly [...Two, ...Two] {
  const { high, low } = blockOf(decoderKey.exposeSecret());
  const upper = [KeyPart.of(high), KeyPart.of(low)] as const;
  if (decoderKey.length === decoderKeyLengths["07"]) return upper;
  const lower = blockOf(decoderKey.exposeSecret(), 8);
  return [...upper, KeyPart.of(lower.high), KeyPart.of(lower.low)];
}

/** The sections held, with one more; a section that comes again takes the place of the one before. */
export function withSection(held: HeldSections, section: KeyChangeSection): HeldSections {
  return { ...held, [section.service]: section };
}

/** What the sections that a meter of this encryption algorithm holds make. */
export function joinSections(held: HeldSections, encryption: EncryptionCode): JoinedSections {
  const set = encryption === "11" ? fourSections(held) : twoOrThreeSections(held);
  if (set === undefined) return { state: "incomplete" };
  const { first, second, parts, supplyGroupCode } = set;
  const identity = {
    keyRevisionNumber: first.keyRevisionNumber,
    keyType: first.keyType,
    tariffIndex: second.tariffIndex,
    ...(supplyGroupCode !== undefined && { supplyGroupCode }),
  };
  const field = outOfRange(identity);
  if (field !== undefined) return { state: "out-of-range", field };
  const keyExpiryNumber = (first.keyExpiryHigh << 4) | second.keyExpiryLow;
  return { state: "complete", change: { ...identity, decoderKey: joined(parts), keyExpiryNumber, rollover: first.rollover } };
}

/** A whole set: the sections every set has, the key from its most significant part on, the supply group code where there is one. */
interface WholeSet {
  readonly first: TokenFor<"set-decoder-key-1">;
  readonly second: TokenFor<"set-decoder-key-2">;
  readonly parts: readonly KeyPart[];
  readonly supplyGroupCode?: number;
}

function twoOrThreeSections(held: HeldSections): WholeSet | undefined {
  const { "set-decoder-key-1": first, "set-decoder-key-2": second, "set-supply-group-code": third } = held;
  if (first === undefined || second === undefined) return undefined;
  const parts = [first.newKeyHigh, second.newKeyLow];
  if (!first.thirdSection) return { first, second, parts };
  return third === undefined ? undefined : { first, second, parts, supplyGroupCode: third.supplyGroupCode };
}

function fourSections(held: HeldSections): WholeSet | undefined {
  const { "set-decoder-key-1": first, "set-decoder-key-2": second, "set-decoder-key-3": third, "set-decoder-key-4": fourth } = held;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) return undefined;
  // The third token has the second quarter of the key, the fourth token the third.
  const parts = [first.newKeyHigh, third.newKeyMiddle2, fourth.newKeyMiddle1, second.newKeyLow];
  return { first, second, parts, supplyGroupCode: (fourth.supplyGroupHigh << 12) | third.supplyGroupLow };
}

function joined(parts: readonly KeyPart[]): DecoderKey {
  return DecoderKey.from(Buffer.concat(parts.map((part) => part.exposeSecret())));
}
