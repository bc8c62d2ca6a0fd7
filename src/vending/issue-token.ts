import { ConfigError } from "../errors.ts";
import {
  type BaseDate,
  baseDates,
  type EncryptionAlgorithm,
  encodeToken,
  isKeyExpired,
  issueTime,
  largestTokenIdentifier,
  nextTokenIdentifier,
} from "../sts/index.ts";
import type { GivenIdentifiers, Issue, IssueBook } from "./issue.ts";
import type { MeterKey } from "./meter-key.ts";
import { draftOf, type VendingServiceName } from "./vending-service.ts";

/** Whole years that the 24 bits of an identifier last, in minutes. */
const identifierYears = Math.floor(largestTokenIdentifier / (60 * 24 * 365.25));

/** One token to be issued. */
export interface TokenOrder {
  readonly key: MeterKey;
  readonly algorithm: EncryptionAlgorithm;
  readonly service: VendingServiceName;
  /** As people write it: kWh, W, a word. */
  readonly value?: string | undefined;
  /** Milliseconds since 1970 in UTC. */
  readonly now: number;
  /** 0 to 15. */
  readonly random: number;
}

/**
 * Issues a token that no other token of the meter has the identifier of, and keeps it in the book.
 * @throws ConfigError `value`, `random`, `baseDate` where it gives no identifier any more, `keyExpiryNumber` where it has passed
 */
export function issueToken(book: IssueBook, { key, algorithm, service, value, now, random }: TokenOrder): Issue {
  const { pan, baseDate, decoderKey } = key;
  // Also for currencies, which have no place for them, so that what is wrong is said whatever the service.
  if (!Number.isInteger(random) || random < 0 || random > 15) {
    throw new ConfigError("random", `expected an integer from 0 to 15, got ${random}`);
  }
  const draft = draftOf(service, value);
  return book.add(pan.digits, (given) => {
    const tokenIdentifier = freeIdentifier(given, now, baseDate);
    checkExpiry(tokenIdentifier, key);
    return {
      meter: pan.digits,
      service,
      ...(draft.value !== undefined && { value: draft.value }),
      tokens: [encodeToken(draft.tokenWith({ random, tokenIdentifier }), decoderKey, algorithm)],
      issued: issueTime(tokenIdentifier, baseDate),
      identifier: { tokenIdentifier, baseDate },
    };
  });
}

/**
 * The identifier of the minute, or the next that the meter was never given. A number that was counted from another base date
 * is left out too: whether the meter has forgotten it since, only the meter knows.
 */
function freeIdentifier(given: GivenIdentifiers, now: number, baseDate: BaseDate): number {
  // A meter counts 0 as used once it has rolled over.
  let free = nextTokenIdentifier(now, baseDate, given.latest(baseDate) ?? 0);
  while (free !== undefined && given.has(free)) free = nextTokenIdentifier(now, baseDate, free);
  if (free === undefined) throw noIdentifier(now, baseDate);
  return free;
}

function noIdentifier(now: number, baseDate: BaseDate): ConfigError {
  if (now < issueTime(0, baseDate))
    return new ConfigError("baseDate", `token identifiers count from ${baseDate} on; nothing is issued before`);
  const later = baseDates.find((each) => each > baseDate && issueTime(0, each) <= now);
  return new ConfigError(
    "baseDate",
    `the token identifiers that count from ${baseDate} are used up: they last for ${identifierYears} years`,
    {
      hint: later === undefined ? "leave the time of issue to the clock" : `change the meter to a vending key with the base date ${later}`,
    },
  );
}

/**
 * Does nothing for a key that may have tokens with this identifier.
 * @throws ConfigError `keyExpiryNumber`
 */
export function checkExpiry(tokenIdentifier: number, { keyExpiryNumber }: Pick<MeterKey, "keyExpiryNumber">): void {
  if (!isKeyExpired(tokenIdentifier, keyExpiryNumber)) return;
  throw new ConfigError(
    "keyExpiryNumber",
    `the vending key has expired: identifier ${tokenIdentifier} is beyond its number ${keyExpiryNumber}`,
    {
      hint: "change the meter to a key that is still valid",
    },
  );
}
