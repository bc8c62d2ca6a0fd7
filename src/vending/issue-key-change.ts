import { ConfigError } from "../errors.ts";
import {
  allowsKeyTypeChange,
  type EncryptionAlgorithm,
  encodeToken,
  keyChangeSections,
  needsRollover,
  nextTokenIdentifier,
} from "../sts/index.ts";
import type { Issue, IssueBook } from "./issue.ts";
import { checkExpiry } from "./issue-token.ts";
import type { MeterKey } from "./meter-key.ts";

/** The name under which key changes are kept. */
export const keyChangeService = "key-change";

/** A key change to be issued. */
export interface KeyChangeOrder {
  /** The key that the meter has; it may have expired. */
  readonly from: MeterKey;
  /** The key that it is to have; of the same meter. */
  readonly to: MeterKey;
  readonly algorithm: EncryptionAlgorithm;
  /** Whether a set for EA07 has a third token with the supply group code; a set for EA11 always has one. */
  readonly withSupplyGroup: boolean;
  /** Milliseconds since 1970 in UTC. */
  readonly now: number;
}

/**
 * Issues the tokens of a key change, and keeps them in the book. The meter is told to forget its identifiers exactly where
 * the base date moves on; those of the new base date are counted on their own from there.
 * @throws ConfigError `keyType` where no meter would obey, `baseDate` and `keyExpiryNumber` where the new key has no tokens at `now`
 */
export function issueKeyChange(book: IssueBook, { from, to, algorithm, withSupplyGroup, now }: KeyChangeOrder): Issue {
  if (!allowsKeyTypeChange(from.keyType, to.keyType)) {
    throw new ConfigError("keyType", `a key change does not lead from type ${from.keyType} to type ${to.keyType}`);
  }
  const identifier = nextTokenIdentifier(now, to.baseDate);
  if (identifier === undefined)
    throw new ConfigError("baseDate", `the base date ${to.baseDate} gives no token identifiers at the time of issue`);
  checkExpiry(identifier, to);
  const rollover = needsRollover(from.baseDate, to.baseDate);
  if (rollover && to.decoderKey.equals(from.decoderKey)) {
    throw new ConfigError("baseDate", "the new key is the old one, so a meter that forgets its identifiers would take used tokens again");
  }
  const { supplyGroupCode, ...rest } = to;
  const sections = keyChangeSections({
    ...rest,
    rollover,
    ...((withSupplyGroup || algorithm.code === "11") && { supplyGroupCode }),
  });
  return book.add(from.pan.digits, () => ({
    meter: from.pan.digits,
    service: keyChangeService,
    tokens: sections.map((section) => encodeToken(section, from.decoderKey, algorithm)),
    issued: now,
  }));
}
