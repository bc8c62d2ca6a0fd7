import { day, hour, type Instant, type Meter, minute } from "../meter-model/index.ts";
import { type BaseDate, DecoderKey, encodeToken, nextTokenIdentifier } from "../sts/index.ts";

/** A customer who lives with a prepaid meter, the shop, and the utility. */
export interface CustomerOptions {
  readonly meter: Meter;
  /** Of the tokens that the shop sells. */
  readonly baseDate: BaseDate;
  /** Another seed, other habits. */
  readonly seed: number;
}

/** Tenths of a kWh that are bought at a time. */
const amounts = [1000, 1500, 2000, 1200] as const;
/** Wh at which the customer goes to the shop. */
const shopping = 25_000;
/** Each so many purchases a digit is mistyped first. */
const mistake = 6;
/** What one of the currency buys where credit is money: a purchase is of as many tenths of it. */
const tenth = 10_000;

/** The third alarm register, and its alarms of low credit, which the utility clears when it has heard of them. */
const prepaymentAlarms = 2;
const lowCredit = 0b111;

/**
 * Lets a prepaid meter live until `until` as it does in a household: every evening somebody looks at the display, and goes
 * for a token when credit runs low. A meter without a key, or that is not paid in advance, just lives.
 */
export function liveAsCustomer({ meter, baseDate, seed }: CustomerOptions, until: Instant): void {
  const { config } = meter.tokens;
  let purchases = seed % amounts.length;
  for (;;) {
    const evening = (Math.floor((meter.now - 18 * hour) / day) + 1) * day + 18 * hour + (seed % 50) * minute;
    if (config === undefined || evening >= until) break;
    meter.advance(Math.max(meter.now, evening));
    if (meter.credit.mode === "postpaid" || meter.credit.available > shopping) continue;
    const tokenIdentifier = nextTokenIdentifier(meter.clockTime - 40 * minute, baseDate);
    if (tokenIdentifier === undefined) break;
    const amount = amounts[purchases % amounts.length] ?? amounts[0];
    const random = purchases % 16;
    const key = DecoderKey.from(meter.state.tokens.key?.decoderKey ?? config.key.decoderKey);
    const digits = encodeToken(
      meter.credit.unit === "energy"
        ? { service: "transfer-credit-electricity", random, tokenIdentifier, amount }
        : { service: "transfer-credit-currency-electricity", amount: BigInt(amount * tenth), tokenIdentifier },
      key,
      config.algorithm,
    );
    purchases += 1;
    if (purchases % mistake === 0) meter.tokens.enter(mistyped(digits), "manual");
    meter.tokens.enter(digits, "manual");
    meter.events.keepAlarms(prepaymentAlarms, ~lowCredit >>> 0, meter.clockTime);
  }
  meter.advance(until);
}

/** The last digit is another. */
function mistyped(digits: string): string {
  return digits.slice(0, -1) + String((Number(digits.slice(-1)) + 1) % 10);
}
