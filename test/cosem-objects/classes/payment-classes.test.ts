import { expect } from "chai";
import fc from "fast-check";
import { bitAt, bitString } from "../../../src/bytes/bit-string.ts";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { findClass } from "../../../src/cosem-objects/catalogue.ts";
import { Account, accountCreditStatus } from "../../../src/cosem-objects/classes/account.ts";
import { Charge, chargeConfiguration } from "../../../src/cosem-objects/classes/charge.ts";
import { Credit, creditConfiguration } from "../../../src/cosem-objects/classes/credit.ts";
import { StsAttributes } from "../../../src/cosem-objects/classes/sts-attributes.ts";
import { TokenGateway } from "../../../src/cosem-objects/classes/token-gateway.ts";
import type { CosemClass } from "../../../src/cosem-objects/define.ts";
import { tokenResultBits } from "../../../src/cosem-objects/token-results.ts";
import { unspecifiedDateTime } from "../../../src/dlms/axdr/date-time.ts";
import type { Schema } from "../../../src/dlms/axdr/schema.ts";
import { DecodeError } from "../../../src/errors.ts";
import { plain } from "../../support/vectors.ts";

const tokenCredit = "0.0.19.10.0.255";
const energyCharge = "0.0.19.20.0.255";
const never = "09 0C FF FF FF FF FF FF FF FF FF 80 00 FF";

interface Example {
  readonly what: string;
  readonly schema: Schema<unknown>;
  readonly value: unknown;
  readonly hex: string;
}

const examples: Example[] = [];
function example<T>(what: string, schema: Schema<T>, value: NoInfer<T>, hex: string): void {
  examples.push({ what, schema: schema as Schema<unknown>, value, hex });
}

const account = Account.attributes;
const credit = Credit.attributes;
const charge = Charge.attributes;
const gateway = TokenGateway.attributes;
const sts = StsAttributes.attributes;

// Worked encodings of the Blue Book's class tables.
example(
  "Account, prepaid and active",
  account.accountModeAndStatus.schema,
  { paymentMode: "prepayment", accountStatus: "active" },
  "02 02 16 02 16 02",
);
example("Account in credit, with another credit enabled", account.currentCreditStatus.schema, bitString(8, [0, 2]), "04 08 A0");
example(
  "Account of two credits",
  account.creditReferenceList.schema,
  [tokenCredit, "0.0.19.10.1.255"],
  "01 02 09 06 00 00 13 0A 00 FF 09 06 00 00 13 0A 01 FF",
);
example(
  "Account that collects at all times",
  account.creditChargeConfiguration.schema,
  [{ credit: tokenCredit, charge: energyCharge, collection: bitString(3, [0, 1, 2]) }],
  "01 01 02 03 09 06 00 00 13 0A 00 FF 09 06 00 00 13 14 00 FF 04 03 E0",
);
example(
  "Account that gives each payment to one credit",
  account.tokenGatewayConfiguration.schema,
  [{ credit: tokenCredit, tokenProportion: 100 }],
  "01 01 02 02 09 06 00 00 13 0A 00 FF 11 64",
);
example("Account in rand", account.currency.schema, { name: "ZAR", scale: -2, unit: "monetary" }, "02 03 0C 03 5A 41 52 0F FE 16 02");
example("Account in energy", account.currency.schema, { name: "kWh", scale: -2, unit: "consumption" }, "02 03 0C 03 6B 57 68 0F FE 16 01");
example("Account without a next credit", account.nextCreditAvailableThreshold.schema, -(2 ** 31), "05 80 00 00 00");
example("Credit for emergencies", credit.creditConfiguration.schema, bitString(5, [0, 1, 2]), "04 05 E0");
example("Credit that takes tokens", credit.creditConfiguration.schema, bitString(5, [4]), "04 05 08");
example("Charge collected for ever", charge.chargeConfiguration.schema, bitString(2, [1]), "04 02 40");
example(
  "Charge of two rates",
  charge.unitChargeActive.schema,
  {
    scaling: { commodityScale: 3, priceScale: -2 },
    commodity: { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 },
    chargeTable: [
      { index: Uint8Array.of(1), chargePerUnit: 125 },
      { index: Uint8Array.of(2), chargePerUnit: 210 },
    ],
  },
  "02 03 02 02 0F 03 0F FE 02 03 12 00 03 09 06 01 00 01 08 00 FF 0F 02 01 02 02 02 09 01 01 10 00 7D 02 02 09 01 02 10 00 D2",
);
example(
  "Token of twenty digits",
  TokenGateway.methods.enter.parameter,
  new TextEncoder().encode("12345678901234567890"),
  "09 14 31 32 33 34 35 36 37 38 39 30 31 32 33 34 35 36 37 38 39 30",
);
example(
  "Token that was carried out",
  gateway.tokenStatus.schema,
  { statusCode: "execution-ok", dataValue: bitString(16, [0]) },
  "02 02 16 03 04 10 80 00",
);

// By hand from the class tables, for what has no worked encoding.
example("Account opened at no time", account.accountActivationTime.schema, unspecifiedDateTime, never);
example("Credit beyond its limit", credit.currentCreditAmount.schema, -1, "05 FF FF FF FF");
example("Credit of tokens", credit.creditType.schema, "token", "16 00");
example("Credit without a renewal", credit.period.schema, unspecifiedDateTime, never);
example(
  "Prices to come",
  Charge.methods.updateUnitCharge.parameter,
  [{ index: new Uint8Array(), chargePerUnit: -2 }],
  "01 01 02 02 09 00 10 FF FE",
);
example("Charge collected each day", charge.period.schema, 86_400, "06 00 01 51 80");
example("Share of payments", charge.proportion.schema, 10_000, "12 27 10");
example("Token described", gateway.tokenDescription.schema, [Uint8Array.of(0x41)], "01 01 09 01 41");
example(
  "Meter's number",
  sts.meterPan.schema,
  { issuerIdentificationNumber: 600_727, decoderReferenceNumber: 12_345_678_901n, panCheckDigit: 4 },
  "02 03 06 00 09 2A 97 15 00 00 00 02 DF DC 1C 35 11 04",
);
example("Carriers of tokens", sts.tokenCarrierTypes.schema, [2, 7], "01 02 11 02 11 07");
example("Commodity", sts.commodity.schema, "electricity", "0A 0B 65 6C 65 63 74 72 69 63 69 74 79");

/** Numbers of enumerations, from the class tables. */
const enumerations: readonly (readonly [string, Schema<string | number>, Readonly<Record<string, number>>])[] = [
  ["credit_type", credit.creditType.schema, { token: 0, reserved: 1, emergency: 2, "time-based": 3, "consumption-based": 4 }],
  ["credit_status", credit.creditStatus.schema, { enabled: 0, selectable: 1, selected: 2, "in-use": 3, exhausted: 4 }],
  ["charge_type", charge.chargeType.schema, { consumption: 0, time: 1, payment: 2 }],
  ["token_delivery_method", gateway.tokenDeliveryMethod.schema, { remote: 0, local: 1, manual: 2 }],
];

/** Data types of the attributes behind the logical name, and of the parameters of methods, in the order of the class tables. */
const tables: readonly (readonly [CosemClass, number, string, string])[] = [
  [
    Account,
    111,
    [
      "structure unsigned bit-string double-long double-long double-long double-long array array array array",
      "date-time date-time structure double-long double-long long-unsigned double-long",
    ].join(" "),
    "integer integer integer",
  ],
  [
    Credit,
    112,
    "double-long enum unsigned double-long double-long bit-string enum double-long double-long date-time",
    "double-long double-long integer",
  ],
  [
    Charge,
    113,
    "double-long enum unsigned structure structure date-time double-long-unsigned bit-string date-time double-long double-long long-unsigned",
    "array integer integer double-long double-long",
  ],
  [TokenGateway, 115, "octet-string date-time array enum structure", "octet-string"],
  [
    StsAttributes,
    116,
    "structure visible-string array unsigned double-long-unsigned unsigned unsigned unsigned unsigned unsigned visible-string",
    "",
  ],
];

function encoded<T>(schema: Schema<T>, value: T): string {
  const writer = new ByteWriter();
  schema.write(writer, value);
  return toHex(writer.finish(), " ");
}

function decoded<T>(schema: Schema<T>, hex: string): T {
  const reader = new ByteReader(fromHex(hex));
  const value = schema.read(reader);
  reader.expectEnd("value");
  return value;
}

function schemasOf({ attributes, methods }: CosemClass): readonly (readonly [string, Schema<unknown>])[] {
  return [
    ...Object.entries(attributes).map(([name, { schema }]) => [name, schema] as const),
    ...Object.entries(methods).map(([name, { parameter }]) => [`${name}()`, parameter] as const),
  ];
}

const words = (text: string) => text.split(" ").filter((word) => word !== "");

describe("Payment classes", () => {
  for (const [cosemClass, classId, attributeTypes, methodTypes] of tables) {
    const { name, attributes, methods } = cosemClass;

    it(`${name} has the members and data types of its table, numbered without a gap`, () => {
      const members = Object.values(attributes);
      expect(findClass(classId, 0)).to.equal(cosemClass);
      expect(members.map(({ schema }) => schema.type.name)).to.deep.equal(["logical-name", ...words(attributeTypes)]);
      expect(Object.values(methods).map(({ parameter }) => parameter.type.name)).to.deep.equal(words(methodTypes));
      expect(members.map(({ id }) => id)).to.deep.equal(members.map((_, index) => index + 1));
      expect(Object.values(methods).map(({ id }) => id)).to.deep.equal(Object.values(methods).map((_, index) => index + 1));
    });

    it(`${name} answers octets of any kind with a value or a decode error`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...schemasOf(cosemClass)), fc.uint8Array({ maxLength: 60 }), ([member, schema], bytes) => {
          try {
            encoded(schema, schema.read(new ByteReader(bytes)));
          } catch (error) {
            expect(error, member).to.be.instanceOf(DecodeError);
          }
        }),
        { numRuns: 500 },
      );
    });

    it(`${name} refuses null-data and a date of type 26 for every member`, () => {
      for (const [member, schema] of schemasOf(cosemClass))
        for (const hex of ["00", "1A 07 EA 0B 16 07"]) expect(() => decoded(schema, hex), member).to.throw(DecodeError);
    });
  }

  for (const { what, schema, value, hex } of examples) {
    it(`write and read: ${what}`, () => {
      expect(encoded(schema, value)).to.equal(hex);
      expect(plain(decoded(schema, hex))).to.deep.equal(plain(value));
    });

    it(`refuse what ends too early or too late: ${what}`, () => {
      const bytes = fromHex(hex);
      for (let length = 0; length < bytes.length; length++)
        expect(() => decoded(schema, toHex(bytes.subarray(0, length))), `${length} octets`).to.throw(DecodeError);
      expect(() => decoded(schema, `${hex} 00`)).to.throw(DecodeError);
    });
  }

  for (const [name, schema, numbers] of enumerations) {
    it(`number ${name} as the table does, and keep what has no name`, () => {
      for (const [word, number] of Object.entries(numbers)) {
        const hex = `16 0${number}`;
        expect(encoded(schema, word)).to.equal(hex);
        expect(decoded(schema, hex)).to.equal(word);
      }
      expect(decoded(schema, "16 63")).to.equal(0x63);
      expect(encoded(schema, 0x63)).to.equal("16 63");
    });
  }

  it("number the modes and states of an account from 1", () => {
    const schema = account.accountModeAndStatus.schema;
    expect(encoded(schema, { paymentMode: "credit", accountStatus: "new" })).to.equal("02 02 16 01 16 01");
    expect(encoded(schema, { paymentMode: "prepayment", accountStatus: "closed" })).to.equal("02 02 16 02 16 03");
    expect(decoded(schema, "02 02 16 00 16 00")).to.deep.equal({ paymentMode: 0, accountStatus: 0 });
  });

  it("number what becomes of a token by stages: four successes, four failures, and received", () => {
    const stages = ["format", "authentication", "validation", "execution"];
    const names = [...stages.map((stage) => `${stage}-ok`), ...stages.map((stage) => `${stage}-failure`), "received"];
    names.forEach((name, number) => {
      expect(decoded(gateway.tokenStatus.schema, `02 02 16 0${number} 04 00`).statusCode).to.equal(name);
    });
  });

  it("name bits in the order of their tables", () => {
    expect(accountCreditStatus.indexOf("out-of-credit"), "bit 7 is reserved").to.equal(6);
    expect(accountCreditStatus.indexOf("next-credit-enabled")).to.equal(2);
    expect(creditConfiguration).to.deep.equal(["visual", "confirmation", "paid-back", "resettable", "receives-tokens"]);
    expect(chargeConfiguration).to.deep.equal(["percentage", "continuous"]);
    expect(tokenResultBits).to.have.lengthOf(16);
    expect(tokenResultBits[0]).to.equal("accepted");
  });

  it("take a credit configuration of five or of eight bits, as meters send both", () => {
    for (const hex of ["04 05 E0", "04 08 E0"]) {
      const bits = decoded(credit.creditConfiguration.schema, hex);
      expect(creditConfiguration.filter((_, bit) => bitAt(bits, bit))).to.deep.equal(["visual", "confirmation", "paid-back"]);
      expect(encoded(credit.creditConfiguration.schema, bits)).to.equal(hex);
    }
  });

  it("refuse a bit string with fewer octets than its length says", () => {
    expect(() => decoded(charge.chargeConfiguration.schema, "04 09 80")).to.throw(DecodeError);
    expect(() => decoded(charge.chargeConfiguration.schema, "04 84 FF FF FF FF 80")).to.throw(DecodeError);
  });

  it("refuse structures of another length and references that are no logical names", () => {
    expect(() => decoded(account.accountModeAndStatus.schema, "02 01 16 02")).to.throw(DecodeError);
    expect(() => decoded(account.currency.schema, "02 02 0C 03 5A 41 52 0F FE")).to.throw(DecodeError);
    expect(() => decoded(account.creditReferenceList.schema, "01 01 09 05 00 00 13 0A 00")).to.throw(DecodeError);
  });

  it("refuse a currency whose name is not UTF-8", () => {
    expect(() => decoded(account.currency.schema, "02 03 0C 02 C3 28 0F FE 16 02")).to.throw(DecodeError);
    expect(decoded(account.currency.schema, "02 03 0C 03 E2 82 AC 0F FE 16 02").name).to.equal("\u20AC");
  });

  it("carry every amount that a double-long holds", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (amount) => {
        const schema = Credit.methods.updateAmount.parameter;
        expect(decoded(schema, encoded(schema, amount))).to.equal(amount);
      }),
    );
  });

  it("refuse amounts and prices of another width", () => {
    for (const hex of ["06 00 00 00 01", "10 00 01", "14 00 00 00 00 00 00 00 01"])
      for (const schema of [Credit.methods.updateAmount.parameter, Charge.methods.setTotalAmountRemaining.parameter])
        expect(() => decoded(schema, hex), hex).to.throw(DecodeError);
    for (const price of ["05 00 00 00 7D", "12 00 7D"])
      expect(() => decoded(Charge.methods.updateUnitCharge.parameter, `01 01 02 02 09 00 ${price}`), price).to.throw(DecodeError);
  });
});
