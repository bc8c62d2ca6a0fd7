import { ConfigError } from "../errors.ts";
import {
  type CreditRegister,
  creditRegisters,
  encodeModeChange,
  modeChangeSubclass,
  type PaymentModeTarget,
  type Token,
} from "../sts/index.ts";
import { carriedUnits, type MeasuredService, measures, type Quantity, quantityOf } from "./measure.ts";

/** What makes one token of a meter differ from all others. */
export interface TokenStamp {
  /** 0 to 15. */
  readonly random: number;
  readonly tokenIdentifier: number;
}

/** A token that waits for its identifier. */
export interface TokenDraft {
  /** What the token will carry, where the service has a value: an amount as it was rounded, or a word, or a number. */
  readonly value?: Quantity | string | number;
  readonly tokenWith: (stamp: TokenStamp) => Token;
}

interface VendingService {
  /** What VALUE is, in words; absent where there is none. */
  readonly value?: string;
  /** @throws ConfigError `value` */
  readonly draft: (value: string) => TokenDraft;
}

type CurrencyService = Extract<MeasuredService, `${string}-currency-${string}`>;
type LimitService = Extract<MeasuredService, `set-${string}`>;
type CreditService = Exclude<MeasuredService, CurrencyService | LimitService>;

/** The services that people buy or utilities order, each one token with an identifier. */
export const vendingServices = {
  "credit-electricity": credit("transfer-credit-electricity"),
  "credit-water": credit("transfer-credit-water"),
  "credit-gas": credit("transfer-credit-gas"),
  "credit-time": credit("transfer-credit-time"),
  "credit-currency-electricity": currencyCredit("transfer-credit-currency-electricity"),
  "credit-currency-water": currencyCredit("transfer-credit-currency-water"),
  "credit-currency-gas": currencyCredit("transfer-credit-currency-gas"),
  "credit-currency-time": currencyCredit("transfer-credit-currency-time"),
  "max-power-limit": limit("set-maximum-power-limit"),
  "phase-unbalance-limit": limit("set-phase-unbalance-limit"),
  "clear-credit": word(Object.keys(creditRegisters) as CreditRegister[], (register) => ({
    service: "clear-credit",
    register: creditRegisters[register],
  })),
  "clear-tamper": { draft: () => ({ tokenWith: (stamp) => ({ service: "clear-tamper", ...stamp, padding: 0 }) }) },
  "set-tariff-rate": sixteenBits((rate) => ({ service: "set-tariff-rate", rate })),
  "water-factor": sixteenBits((factor) => ({ service: "set-water-meter-factor", factor })),
  mode: word<PaymentModeTarget>(["postpaid", "prepaid-energy", "prepaid-currency"], (mode) => ({
    service: "proprietary-management",
    subclass: modeChangeSubclass,
    value: encodeModeChange(mode),
  })),
} as const satisfies Readonly<Record<string, VendingService>>;

/** The name of a service of one token with an identifier. */
export type VendingServiceName = keyof typeof vendingServices;

/** Whether a text is the name of such a service. */
export function isVendingService(name: string): name is VendingServiceName {
  return Object.hasOwn(vendingServices, name);
}

/**
 * What a service's token is to say.
 * @throws ConfigError `value` for one that is missing, not asked for, or not possible
 */
export function draftOf(name: VendingServiceName, value: string | undefined): TokenDraft {
  const service: VendingService = vendingServices[name];
  if (service.value === undefined && value !== undefined)
    throw new ConfigError("value", `${name} takes none, got ${JSON.stringify(value)}`);
  if (service.value !== undefined && value === undefined) throw new ConfigError("value", `${name} takes ${service.value}, got nothing`);
  return service.draft(value ?? "");
}

type WithoutStamp<Kind> = Kind extends TokenStamp ? Omit<Kind, keyof TokenStamp> : never;

/** A token with an identifier and random bits, but for these. */
type UnstampedToken = WithoutStamp<Token>;

function stamped(token: UnstampedToken): (stamp: TokenStamp) => Token {
  return (stamp) => ({ ...token, ...stamp }) as Token;
}

function credit(service: CreditService): VendingService {
  const measure = measures[service];
  return {
    value: measure.unit,
    draft(value) {
      const units = carriedUnits(value, measure);
      return { value: quantityOf(units, measure), tokenWith: stamped({ service, amount: Number(units) }) };
    },
  };
}

function limit(service: LimitService): VendingService {
  const measure = measures[service];
  return {
    value: measure.unit,
    draft(value) {
      const units = carriedUnits(value, measure);
      return { value: quantityOf(units, measure), tokenWith: stamped({ service, limit: Number(units) }) };
    },
  };
}

/** Sign and exponent stand where other credits have their random bits. */
function currencyCredit(service: CurrencyService): VendingService {
  const measure = measures[service];
  return {
    value: "an amount of the currency",
    draft(value) {
      const amount = carriedUnits(value, measure);
      return {
        value: quantityOf(amount, measure),
        tokenWith: ({ tokenIdentifier }) => ({ service, tokenIdentifier, amount }),
      };
    },
  };
}

function word<Word extends string>(words: readonly Word[], token: (word: Word) => UnstampedToken): VendingService {
  const list = words.join(", ");
  return {
    value: `one of ${list}`,
    draft(value) {
      const known = words.find((each) => each === value);
      if (known === undefined) throw new ConfigError("value", `expected one of ${list}, got ${JSON.stringify(value)}`);
      return { value: known, tokenWith: stamped(token(known)) };
    },
  };
}

function sixteenBits(token: (number: number) => UnstampedToken): VendingService {
  return {
    value: "a number of 16 bits",
    draft(value) {
      const number = Number(value);
      if (!/^[0-9]{1,5}$/.test(value) || number > 0xffff) {
        throw new ConfigError("value", `expected an integer from 0 to 65535, got ${JSON.stringify(value)}`);
      }
      return { value: number, tokenWith: stamped(token(number)) };
    },
  };
}
