import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { TokenResult } from "../../../src/meter-model/index.ts";
import { DecoderKey } from "../../../src/sts/decoder-key.ts";
import {
  creditRegisterOf,
  decodeAmount,
  type EncryptionCode,
  encodeToken,
  type KeyType,
  misty1,
  neverExpires,
  parseMeterPan,
  sta,
} from "../../../src/sts/index.ts";
import { type TokenVector, tokenVectorsBeside } from "../../sts/vectors-beside.ts";
import { RecordedProcess } from "./recorded-process.ts";
import { customerOf, pan, Vendor } from "./support.ts";

const vectors = tokenVectorsBeside();
const algorithms = { "07": sta(), "11": misty1 } as const;
/** Identifier of 2014-02-01T00:00, when the meters of the sequences were made. */
const manufactured = 31 * 1440;

const results: Readonly<Record<string, TokenResult>> = {
  Accept: "accepted",
  "1stKCT": "first-kct",
  "2ndKCT": "second-kct",
  OverflowError: "overflow-error",
  KeyTypeError: "key-type-error",
  FormatError: "format-error",
  FunctionError: "function-error",
  OldError: "old-error",
  UsedError: "used-error",
  KeyExpiredError: "key-expired-error",
  DDTKError: "ddtk-error",
  CRCError: "crc-error",
  MfrCodeError: "mfr-code-error",
};

type Members = Readonly<Record<string, unknown>>;

interface Step {
  readonly token: string;
  readonly expect: string;
  /** 0.1 kWh */
  readonly credit?: number;
  readonly effect?: Members;
}

/** What a meter of a vector is built with; what the vector does not say is that of a unique key that never expires. */
function configOf(members: Members, firstIdentifier = manufactured) {
  const encryption = (members["ea"] ?? "11") as EncryptionCode;
  return {
    pan: { ...pan, manufacturerCode: String(members["meter_mfr_code"] ?? "00") },
    algorithm: algorithms[encryption],
    keysExpire: true,
    key: {
      decoderKey: fromHex(String(members["decoder_key"] ?? "00".repeat(16))),
      keyType: (members["kt"] ?? 2) as KeyType,
      keyRevisionNumber: Number(members["krn"] ?? 1),
      tariffIndex: Number(members["ti"] ?? 1),
      supplyGroupCode: Number(members["sgc"] ?? 0),
      keyExpiryNumber: Number(members["ken"] ?? neverExpires),
    },
    firstIdentifier,
  };
}

/** The token of `seq-3-rollover` that is authentic under no key of the sequence; its note says what it was meant to be. */
const stray = "45755782333117305857";

function digitsOf(token: string, decoderKey: Uint8Array): string {
  if (token !== stray) return token;
  const credit = { service: "transfer-credit-electricity", random: 5, tokenIdentifier: 480, amount: 1 } as const;
  return encodeToken(credit, DecoderKey.from(decoderKey), algorithms["07"]);
}

function ofKind(...kinds: readonly string[]): readonly TokenVector[] {
  return (vectors ?? []).filter(({ kind }) => kinds.includes(kind));
}

/** What each class and subclass of the vectors does to a meter, with the numbers of the vector; undefined where it does nothing. */
function deedOf(vector: TokenVector): string | undefined {
  const data = Number.parseInt(String(vector["data16"]), 16);
  switch (`${vector["cls"]}/${vector["subclass"]}`) {
    case "0/0":
      return `top up ${decodeAmount(data)} of energy`;
    case "0/4":
      return `top up ${Number(vector["decoded_units_1e_minus_5"])} of currency`;
    case "2/0":
      return `limit to ${decodeAmount(data)} W`;
    case "2/1":
      return `clear ${creditRegisterOf(data)}`;
    case "2/5":
      return "clear tamper";
    default:
      return undefined;
  }
}

describe("a meter and the token vectors beside the repository", () => {
  if (vectors === undefined) {
    it("which lie there or where DLMS_STS_VECTORS says", function () {
      this.skip();
    });
    return;
  }

  it("goes through the sequences: replay, order, age, key change, roll-over, key types, expiry, overflow", () => {
    const sequences = ofKind("meter-sequence");
    expect(sequences).to.have.lengthOf.at.least(7);
    for (const { id, initial, steps } of sequences) {
      const members = initial as Members;
      const most = 1000 * Number(members["credit_max_0_1kwh"] ?? 1e6) * 0.1;
      const meter = customerOf(new Vendor("07"), {
        terms: { maximumCredit: most, maximumToken: most },
        sts: { ...configOf(members), pan: parseMeterPan(String(members["pan"])) },
      });
      for (const { token, expect: expected, credit, effect = {} } of steps as readonly Step[]) {
        const about = `${id}: ${token}`;
        const { result } = meter.tokens.enter(digitsOf(token, meter.state.tokens.key?.decoderKey as Uint8Array), "manual");
        expect(result, about).to.equal(results[expected]);
        if (credit !== undefined) expect(meter.credit.balance, about).to.equal(100 * credit);
        const { key } = meter.tokens;
        if (effect["krn"] !== undefined) expect(key?.keyRevisionNumber, about).to.equal(effect["krn"]);
        if (effect["ti"] !== undefined) expect(key?.tariffIndex, about).to.equal(Number(effect["ti"]));
        if (effect["kt"] !== undefined) expect(key?.keyType, about).to.equal(effect["kt"]);
        const decoderKey = toHex(meter.state.tokens.key?.decoderKey as Uint8Array).toLowerCase();
        if (effect["decoder_key"] !== undefined) expect(decoderKey, about).to.equal(effect["decoder_key"]);
      }
    }
  });

  it("refuses what is no token of its own, and says why", () => {
    const wrong = ofKind("invalid-token");
    expect(wrong).to.have.lengthOf.at.least(24);
    for (const vector of wrong) {
      const { decoder_key_now = vector["decoder_key"], meter_ken = neverExpires } = vector;
      const process = new RecordedProcess(configOf({ ...vector, decoder_key: decoder_key_now, ken: meter_ken }, 0));
      const expected = results[String(vector["expect"]).split(" ")[0] as string];
      expect(process.enter(String(vector["token20"])).result, vector.id).to.equal(expected);
      expect(process.did, vector.id).to.deep.equal([]);
    }
  });

  it("does what each token says, once", () => {
    const tokens = ofKind("token", "token-currency");
    expect(tokens).to.have.lengthOf.at.least(250);
    for (const vector of tokens) {
      const process = new RecordedProcess(configOf(vector, 0));
      const digits = String(vector["token20"]);
      const deed = deedOf(vector);
      const { result, tests } = process.enter(digits);
      if (vector["cls"] === 1) {
        const foreign = Number(vector["mfr_code"]) !== 0;
        const supported = Number(vector["subclass"]) <= 1 && !/no 1[12]:/.test(String(vector["name"]));
        expect(result, vector.id).to.equal(foreign ? "mfr-code-error" : supported ? "accepted" : "function-error");
        const number = /test no (\d+)/.exec(String(vector["name"]))?.[1];
        if (tests !== undefined && number !== undefined) expect(tests, vector.id).to.deep.equal([Number(number)]);
        continue;
      }
      expect(result, vector.id).to.equal(deed === undefined ? "function-error" : "accepted");
      expect(process.did, vector.id).to.deep.equal(deed === undefined ? [] : [deed]);
      expect(process.enter(digits).result, vector.id).to.equal(deed === undefined ? "function-error" : "used-error");
      expect(process.did, vector.id).to.have.lengthOf(deed === undefined ? 0 : 1);
    }
  });

  it("has the new key behind the tokens of a key change, and the roll-over where there is one", () => {
    const sets = ofKind("kct-set");
    expect(sets).to.have.lengthOf.at.least(15);
    for (const vector of sets) {
      const [old, next] = [vector["old"], vector["new"]] as [Members, Members];
      const tokens = vector["tokens"] as readonly string[];
      for (const order of [tokens, [...tokens].reverse()]) {
        const process = new RecordedProcess(configOf({ ...old, ea: vector["ea"] }));
        const said = order.map((token) => process.enter(token).result);
        expect(said.at(-1), vector.id).to.equal("accepted");
        expect(
          said.slice(0, -1).every((result) => result.endsWith("-kct")),
          vector.id,
        ).to.equal(true);
        const { key, history } = process.state;
        expect(toHex(key?.decoderKey as Uint8Array).toLowerCase(), vector.id).to.equal(next["decoder_key"]);
        expect(key, vector.id).to.deep.include({
          keyRevisionNumber: next["krn"],
          keyType: next["kt"],
          tariffIndex: Number(next["ti"]),
          keyExpiryNumber: next["ken"],
          supplyGroupCode: tokens.length === 2 ? 0 : Number(next["sgc"]),
        });
        expect(history, vector.id).to.deep.equal(Array(50).fill(vector["ro"] === 1 ? 0 : manufactured));
      }
    }
  });
});
