import type { BitField } from "./bit-field.ts";
import type { EncryptionCode } from "./encryption-algorithm.ts";
import type { TokenClass } from "./token-class.ts";
import type { CheckSum } from "./token-crc.ts";
import {
  amount,
  currency,
  field,
  keyPartField,
  keyType,
  limit,
  random,
  rollover,
  subclassField,
  thirdSection,
  tokenIdentifier,
} from "./token-fields.ts";

/** What one kind of token is: where it stands among classes and subclasses, and what its 44 bits of data mean. */
export interface TokenLayout<Service extends string = string, Fields extends readonly BitField[] = readonly BitField[]> {
  readonly service: Service;
  readonly tokenClass: Exclude<TokenClass, 3>;
  /** Lowest and highest subclass. */
  readonly subclasses: readonly [number, number];
  readonly meaning: string;
  /** From the most significant bit to the least; bits that no field has are sent as zero and ignored. */
  readonly fields: Fields;
  readonly checkSum: CheckSum;
  /** The only encryption algorithm with which the subclass means this. */
  readonly encryption?: EncryptionCode;
}

function layout<const Service extends string, const Fields extends readonly BitField[]>(
  service: Service,
  [tokenClass, lowest, highest = lowest]: readonly [Exclude<TokenClass, 3>, number, number?],
  meaning: string,
  fields: Fields,
  options: { readonly checkSum?: CheckSum; readonly encryption?: EncryptionCode } = {},
): TokenLayout<Service, Fields> {
  return { service, tokenClass, subclasses: [lowest, highest], meaning, fields, checkSum: "crc", ...options };
}

const credit = [random, tokenIdentifier, amount] as const;
const currencyCredit = [currency, tokenIdentifier] as const;
const withCrcC = { checkSum: "crc-c" } as const;

const control36 = field("control", [59, 24]);
const control28 = field("control", [59, 32]);
const manufacturer8 = field("manufacturerCode", [23, 16]);
const manufacturer16 = field("manufacturerCode", [31, 16]);

/** Every token of IEC 62055-41, in the order of classes and subclasses: what encodes, decodes and describes them. */
export const tokenLayouts = [
  layout("transfer-credit-electricity", [0, 0], "credit, in 0.1 kWh", credit),
  layout("transfer-credit-water", [0, 1], "credit, in 0.1 m3", credit),
  layout("transfer-credit-gas", [0, 2], "credit, in 0.1 m3", credit),
  layout("transfer-credit-time", [0, 3], "credit, in 0.1 min", credit),
  layout("transfer-credit-currency-electricity", [0, 4], "credit, in 0.00001 of the currency", currencyCredit, withCrcC),
  layout("transfer-credit-currency-water", [0, 5], "credit, in 0.00001 of the currency", currencyCredit, withCrcC),
  layout("transfer-credit-currency-gas", [0, 6], "credit, in 0.00001 of the currency", currencyCredit, withCrcC),
  layout("transfer-credit-currency-time", [0, 7], "credit, in 0.00001 of the currency", currencyCredit, withCrcC),
  layout("reserved-credit", [0, 8, 15], "reserved", [subclassField(8, 15), field("data", [59, 16])]),

  layout("test-display", [1, 0], "tests, for manufacturer codes of two digits", [control36, manufacturer8]),
  layout("test-display-long", [1, 1], "tests, for manufacturer codes of four digits", [control28, manufacturer16]),
  layout("read-parameter", [1, 2], "display of a parameter of STS 202-5; 63 is the index of the flags", [
    field("index", [59, 54]),
    field("selector", [53, 24]),
    manufacturer8,
  ]),
  layout("reserved-test", [1, 3, 5], "reserved", [subclassField(3, 5), field("data", [59, 16])]),
  layout("proprietary-test-long", [1, 6, 10], "the manufacturer's, codes of four digits", [
    subclassField(6, 10),
    control28,
    manufacturer16,
  ]),
  layout("proprietary-test", [1, 11, 15], "the manufacturer's, codes of two digits", [subclassField(11, 15), control36, manufacturer8]),

  layout("set-maximum-power-limit", [2, 0], "the power that opens the switch, in W", [random, tokenIdentifier, limit]),
  layout("clear-credit", [2, 1], "empties a credit register, or all", [random, tokenIdentifier, field("register", [31, 16])]),
  layout("set-tariff-rate", [2, 2], "content reserved by the STS Association", [random, tokenIdentifier, field("rate", [31, 16])]),
  layout("set-decoder-key-1", [2, 3], "1st section of a key change", [
    field("keyExpiryHigh", [59, 56]),
    field("keyRevisionNumber", [55, 52]),
    rollover,
    thirdSection,
    keyType,
    keyPartField("newKeyHigh"),
  ]),
  layout("set-decoder-key-2", [2, 4], "2nd section of a key change", [
    field("keyExpiryLow", [59, 56]),
    field("tariffIndex", [55, 48]),
    keyPartField("newKeyLow"),
  ]),
  layout("clear-tamper", [2, 5], "clears the tamper condition", [random, tokenIdentifier, field("padding", [31, 16])]),
  layout("set-phase-unbalance-limit", [2, 6], "the difference between phases that opens the switch, in W", [
    random,
    tokenIdentifier,
    limit,
  ]),
  layout("set-water-meter-factor", [2, 7], "content reserved", [random, tokenIdentifier, field("factor", [31, 16])]),
  layout(
    "set-supply-group-code",
    [2, 8],
    "3rd section of a key change for EA07",
    [field("supplyGroupCode", [59, 36]), field("padding", [35, 16])],
    { encryption: "07" },
  ),
  layout(
    "set-decoder-key-3",
    [2, 8],
    "3rd section of a key change for EA11",
    [field("supplyGroupLow", [59, 48]), keyPartField("newKeyMiddle2")],
    { encryption: "11" },
  ),
  layout("reserved-management", [2, 9], "reserved with EA07", [field("data", [59, 16])], { encryption: "07" }),
  layout(
    "set-decoder-key-4",
    [2, 9],
    "4th section of a key change for EA11",
    [field("supplyGroupHigh", [59, 48]), keyPartField("newKeyMiddle1")],
    { encryption: "11" },
  ),
  layout("set-parameter", [2, 10], "parameter of STS 202-5; 63 is the index of the flags", [
    random,
    tokenIdentifier,
    field("index", [31, 26]),
    field("value", [25, 16]),
  ]),
  // The standard leaves the data open. With an identifier where every other management token has one, no token works twice.
  layout("proprietary-management", [2, 11, 15], "the manufacturer's", [
    subclassField(11, 15),
    random,
    tokenIdentifier,
    field("value", [31, 16]),
  ]),
] as const satisfies readonly TokenLayout[];

type AnyLayout = (typeof tokenLayouts)[number];

type ValuesOf<Fields extends readonly BitField[]> = {
  readonly [Entry in Fields[number] as Entry["name"]]: Entry extends BitField<string, infer Value> ? Value : never;
};

type TokenOf<Entry> = Entry extends TokenLayout<infer Service, infer Fields> ? { readonly service: Service } & ValuesOf<Fields> : never;

/** What a token says, told apart by `service`; amounts and limits are integers in the unit of the service. */
export type Token = TokenOf<AnyLayout>;

/** The name of a kind of token. */
export type TokenService = Token["service"];

/** The token of a service. */
export type TokenFor<Service extends TokenService> = Extract<Token, { readonly service: Service }>;

const byService: ReadonlyMap<string, AnyLayout> = new Map(tokenLayouts.map((entry) => [entry.service, entry]));

/** By class and subclass, for each encryption algorithm. */
const byPlace: Readonly<Record<EncryptionCode, readonly TokenLayout[]>> = { "07": placed("07"), "11": placed("11") };

function placed(encryption: EncryptionCode): readonly TokenLayout[] {
  const places: TokenLayout[] = [];
  for (const entry of tokenLayouts as readonly TokenLayout[]) {
    if (entry.encryption !== undefined && entry.encryption !== encryption) continue;
    const [lowest, highest] = entry.subclasses;
    for (let subclass = lowest; subclass <= highest; subclass++) places[(entry.tokenClass << 4) | subclass] = entry;
  }
  return places;
}

/** The layout of the tokens of a service. */
export function layoutOf(service: TokenService): TokenLayout {
  return byService.get(service) as TokenLayout;
}

/** The layout of a class and subclass under an encryption algorithm. */
export function layoutAt(encryption: EncryptionCode, tokenClass: Exclude<TokenClass, 3>, subclass: number): TokenLayout {
  return byPlace[encryption][(tokenClass << 4) | subclass] as TokenLayout;
}

/** Where a token stands among classes and subclasses. */
export function placeOf(token: Token): { readonly tokenClass: TokenClass; readonly subclass: number } {
  const { tokenClass, subclasses } = layoutOf(token.service);
  return { tokenClass, subclass: "subclass" in token ? token.subclass : subclasses[0] };
}
