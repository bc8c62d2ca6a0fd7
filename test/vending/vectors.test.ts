import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import {
  type BaseDate,
  decodeToken,
  type EncryptionCode,
  type KeyGenerationCode,
  type KeyType,
  parseMeterPan,
  VendingKey,
} from "../../src/sts/index.ts";
import {
  explainToken,
  issueKeyChange,
  issueToken,
  isVendingService,
  MemoryIssueBook,
  type MeterKey,
  meterKeyOf,
  type VendingServiceName,
} from "../../src/vending/index.ts";
import { algorithms, decoderKey } from "../sts/samples.ts";
import { type TokenVector, tokenVectorsBeside } from "../sts/vectors-beside.ts";

const vectors = tokenVectorsBeside();

/** What a station would be asked for to get the token of a class and subclass; where it has no such order, nothing. */
const orders: Readonly<Record<string, (vector: TokenVector) => readonly [VendingServiceName, string?]>> = {
  "0/0": ({ units }) => ["credit-electricity", tenths(units)],
  "0/1": ({ units }) => ["credit-water", tenths(units)],
  "0/2": ({ units }) => ["credit-gas", tenths(units)],
  "0/3": ({ units }) => ["credit-time", tenths(units)],
  "0/4": (vector) => ["credit-currency-electricity", money(vector)],
  "0/5": (vector) => ["credit-currency-water", money(vector)],
  "0/6": (vector) => ["credit-currency-gas", money(vector)],
  "0/7": (vector) => ["credit-currency-time", money(vector)],
  "2/0": ({ units }) => ["max-power-limit", String(units)],
  "2/5": () => ["clear-tamper"],
  "2/6": ({ units }) => ["phase-unbalance-limit", String(units)],
};

describe("the vectors of STS tokens, as orders at a vending station", () => {
  if (vectors === undefined) {
    it("lie beside the repository or where DLMS_STS_VECTORS says", function () {
      this.skip();
    });
    return;
  }

  const issued = vectors.filter(isOrder);

  it("are many, of each kind", () => {
    expect(issued.length).to.be.greaterThan(60);
    expect(new Set(issued.map(placeOf))).to.include.all.keys("0/0", "0/4", "2/0", "2/5");
  });

  for (const vector of issued) {
    it(`hold for ${vector.id}`, () => {
      const [service, value] = orders[placeOf(vector)]?.(vector) ?? [];
      if (service === undefined || !isVendingService(service)) expect.fail(placeOf(vector));
      const issue = issueToken(new MemoryIssueBook(), {
        key: keyOf(vector, vector),
        algorithm: algorithms[vector["ea"] as EncryptionCode],
        service,
        value,
        // The identifier of the vector, which may be one behind the minute.
        now: Date.UTC(Number(vector["base_date"]), 0, 1) + Number(vector["tid"]) * 60_000,
        random: Number(vector["rnd"] ?? 0),
      });
      expect(issue.tokens).to.deep.equal([vector["token20"]]);
      expect(issue.identifier?.tokenIdentifier).to.equal(vector["tid"]);
    });
  }

  for (const vector of vectors.filter(({ kind, old }) => kind === "kct-set" && hasVendingKey(old))) {
    it(`hold for the key change ${vector.id}`, () => {
      const [before, after] = [vector["old"], vector["new"]] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
      const tokens = vector["tokens"] as readonly string[];
      const to = keyOf(vector, after);
      const order = { from: keyOf(vector, before), to, algorithm: algorithms[vector["ea"] as EncryptionCode] };
      const withSupplyGroup = tokens.length > 2;
      // A moment at which the new base date has identifiers.
      const now = Date.UTC(to.baseDate + 1, 0, 1);
      expect(issueKeyChange(new MemoryIssueBook(), { ...order, withSupplyGroup, now }).tokens).to.deep.equal(tokens);
    });
  }

  for (const vector of vectors.filter(({ kind }) => kind === "token" || kind === "token-currency")) {
    it(`read as what they are in ${vector.id}`, () => {
      const code = (vector["ea"] ?? "11") as EncryptionCode;
      const key = decoderKey(String(vector["decoder_key"] ?? "00".repeat(16)));
      const decoded = decodeToken(String(vector["token20"]), key, algorithms[code]);
      if (decoded.result !== "authentic") expect.fail(decoded.result);
      const facts = explainToken(decoded.token, { baseDate: (vector["base_date"] ?? 2014) as BaseDate });
      expect([facts["class"], facts["subclass"]]).to.deep.equal([vector["cls"], vector["subclass"]]);
      if (vector["tid"] !== undefined && "tid" in facts) expect(facts["tid"]).to.equal(vector["tid"]);
      if (facts["field"] !== undefined) expect(facts["field"]).to.equal(`${vector["sign_exp"] ?? ""}${vector["data16"]}`);
    });
  }
});

/** A token of a vending key and a meter, with an identifier that is no special one. */
function isOrder(vector: TokenVector): boolean {
  const { kind, pan, tid } = vector;
  const known = kind === "token" ? vector["units"] !== undefined || placeOf(vector) === "2/5" : kind === "token-currency";
  return known && hasVendingKey(vector) && pan !== undefined && tid !== undefined && Number(tid) % 1440 !== 1 && placeOf(vector) in orders;
}

function hasVendingKey(value: unknown): boolean {
  return typeof value === "object" && value !== null && "vending_key" in value;
}

function placeOf({ cls, subclass }: TokenVector): string {
  return `${cls}/${subclass}`;
}

function keyOf(vector: TokenVector, { vending_key, sgc, krn, kt, ti, ken, base_date }: Readonly<Record<string, unknown>>): MeterKey {
  const { pan, ea, dkga } = vector;
  return meterKeyOf(
    parseMeterPan(String(pan)),
    ea as EncryptionCode,
    dkga as KeyGenerationCode,
    VendingKey.from(fromHex(String(vending_key))),
    {
      supplyGroupCode: Number(sgc),
      keyRevisionNumber: Number(krn),
      keyType: kt as KeyType,
      tariffIndex: Number(ti),
      keyExpiryNumber: ken === undefined ? 255 : Number(ken),
      baseDate: base_date as BaseDate,
    },
  );
}

function tenths(units: unknown): string {
  return `${Math.floor(Number(units) / 10)}.${Number(units) % 10}`;
}

/** The amount of a currency as the vector writes it, in plain digits. */
function money({ amount }: TokenVector): string {
  return Number(amount).toLocaleString("en", { useGrouping: false, maximumFractionDigits: 5 });
}
