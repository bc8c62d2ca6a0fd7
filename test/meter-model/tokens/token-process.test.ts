import { expect } from "chai";
import fc from "fast-check";
import { hour, tokenResults } from "../../../src/meter-model/index.ts";
import type { TokenOutcome } from "../../../src/meter-model/tokens/token-outcome.ts";
import {
  controlOf,
  creditRegisters,
  type EncryptionCode,
  encodeModeChange,
  everyTest,
  KeyPart,
  keyTypes,
  layoutOf,
  type Token,
  type TokenFor,
  type TokenService,
} from "../../../src/sts/index.ts";
import { start } from "../credit/support.ts";
import { RecordedProcess } from "./recorded-process.ts";
import { identity, stsConfig, Vendor } from "./support.ts";

const encryptions: readonly EncryptionCode[] = ["07", "11"];
const vendors = { "07": new Vendor("07"), "11": new Vendor("11") } as const;
const identified = { random: 5, tokenIdentifier: vendors["11"].identifier(start) } as const;
const part = KeyPart.of(0x0123_4567);

interface Example<Service extends TokenService> extends TokenOutcome {
  readonly token: Omit<TokenFor<Service>, "service">;
  readonly did?: readonly string[];
}

const notUnderstood = { result: "function-error" } as const;

/** One token of each kind, and what becomes of it in a new meter of one phase. */
const examples: { readonly [Service in TokenService]: Example<Service> } = {
  "transfer-credit-electricity": {
    token: { ...identified, amount: 256 },
    result: "accepted",
    event: "creditTokenAccepted",
    amount: 512,
    did: ["top up 256 of energy"],
  },
  "transfer-credit-water": { token: { ...identified, amount: 256 }, ...notUnderstood },
  "transfer-credit-gas": { token: { ...identified, amount: 256 }, ...notUnderstood },
  "transfer-credit-time": { token: { ...identified, amount: 256 }, ...notUnderstood },
  "transfer-credit-currency-electricity": {
    token: { ...identified, amount: -99_994n },
    result: "accepted",
    event: "currencyTokenAccepted",
    amount: -199_988,
    did: ["top up -99994 of currency"],
  },
  "transfer-credit-currency-water": { token: { ...identified, amount: 1n }, ...notUnderstood },
  "transfer-credit-currency-gas": { token: { ...identified, amount: 1n }, ...notUnderstood },
  "transfer-credit-currency-time": { token: { ...identified, amount: 1n }, ...notUnderstood },
  "reserved-credit": { token: { subclass: 8, data: 0 }, ...notUnderstood },

  "test-display": { token: { control: 0b110, manufacturerCode: 0 }, result: "accepted", event: "testToken", tests: [2, 3] },
  "test-display-long": {
    token: { control: 1, manufacturerCode: 0 },
    result: "accepted",
    event: "testToken",
    tests: [1],
    did: ["test load switch"],
  },
  "read-parameter": { token: { index: 63, selector: 0, manufacturerCode: 0 }, ...notUnderstood },
  "reserved-test": { token: { subclass: 3, data: 0 }, ...notUnderstood },
  "proprietary-test-long": { token: { subclass: 6, control: 1, manufacturerCode: 0 }, ...notUnderstood },
  "proprietary-test": { token: { subclass: 11, control: 1, manufacturerCode: 0 }, ...notUnderstood },

  "set-maximum-power-limit": {
    token: { ...identified, limit: 3500 },
    result: "accepted",
    event: "powerLimitToken",
    did: ["limit to 3500 W"],
  },
  "clear-credit": { token: { ...identified, register: 0xffff }, result: "accepted", event: "clearCreditToken", did: ["clear all"] },
  "set-tariff-rate": { token: { ...identified, rate: 1 }, ...notUnderstood },
  "set-decoder-key-1": {
    token: { keyExpiryHigh: 15, keyRevisionNumber: 2, rollover: false, thirdSection: false, keyType: 2, newKeyHigh: part },
    result: "first-kct",
    event: "keyChangeFirst",
  },
  "set-decoder-key-2": {
    token: { keyExpiryLow: 15, tariffIndex: 1, newKeyLow: part },
    result: "second-kct",
    event: "keyChangeSecond",
  },
  "clear-tamper": { token: { ...identified, padding: 0 }, result: "accepted", event: "clearTamperToken", did: ["clear tamper"] },
  "set-phase-unbalance-limit": { token: { ...identified, limit: 100 }, ...notUnderstood },
  "set-water-meter-factor": { token: { ...identified, factor: 1 }, ...notUnderstood, event: "waterFactorIgnored" },
  "set-supply-group-code": { token: { supplyGroupCode: 1, padding: 0 }, result: "third-kct", event: "keyChangeSecond" },
  "set-decoder-key-3": { token: { supplyGroupLow: 1, newKeyMiddle2: part }, result: "third-kct", event: "keyChangeSecond" },
  "reserved-management": { token: { data: 0 }, ...notUnderstood },
  "set-decoder-key-4": { token: { supplyGroupHigh: 1, newKeyMiddle1: part }, result: "fourth-kct", event: "keyChangeSecond" },
  "set-parameter": { token: { ...identified, index: 0, value: 1 }, ...notUnderstood },
  "proprietary-management": {
    token: { subclass: 11, ...identified, value: encodeModeChange("prepaid-currency") },
    result: "accepted",
    event: "manufacturerToken",
    did: ["change to prepaid-currency"],
  },
};

const services = Object.keys(examples) as readonly TokenService[];

function exampleOf(service: TokenService): { readonly token: Token; readonly outcome: TokenOutcome; readonly did: readonly string[] } {
  const { token, did = [], ...outcome } = examples[service];
  return { token: { service, ...token } as Token, outcome, did };
}

function newProcess(vendor: Vendor = vendors["11"], changes: Partial<ReturnType<typeof stsConfig>> = {}): RecordedProcess {
  return new RecordedProcess({ ...stsConfig(vendor, start - hour), ...changes });
}

function withKey(changes: Partial<ReturnType<typeof stsConfig>["key"]>): RecordedProcess {
  const { key } = stsConfig(vendors["11"], start);
  return newProcess(vendors["11"], { key: { ...key, ...changes } });
}

/** The outcome of a token in a meter with EA11. */
function entered(process: RecordedProcess, token: Token): TokenOutcome {
  return process.enter(vendors["11"].encode(token));
}

const credit = exampleOf("transfer-credit-electricity").token;
const clearing = (register: number): Token => ({ service: "clear-credit", ...identified, register });

describe("the meter application process", () => {
  for (const encryption of encryptions) {
    for (const service of services) {
      const { encryption: only = encryption, tokenClass, subclasses } = layoutOf(service);
      if (only !== encryption) continue;
      const { token, outcome, did } = exampleOf(service);
      it(`answers ${service} (${tokenClass}/${subclasses.join("-")}) under EA${encryption} with ${outcome.result}`, () => {
        const process = newProcess(vendors[encryption]);
        const before = structuredClone(process.state.history);
        expect(process.enter(vendors[encryption].encode(token))).to.deep.equal(outcome);
        expect(process.did).to.deep.equal(did);
        // What is accepted is remembered, in place of the lowest; nothing else is.
        const remembers = outcome.result === "accepted" && "tokenIdentifier" in token;
        expect(process.state.history).to.deep.equal(remembers ? [identified.tokenIdentifier, ...before.slice(1)] : before);
        expect(process.state.held).to.have.lengthOf(outcome.result.endsWith("-kct") ? 1 : 0);
      });
    }
  }

  it("understands no subclass that is reserved or another manufacturer's", () => {
    const data = { data: 0 };
    const proprietary = { ...identified, value: encodeModeChange("postpaid") };
    const control = { control: 1, manufacturerCode: 0 };
    const others: Token[] = [
      ...[8, 9, 10, 11, 12, 13, 14, 15].map((subclass) => ({ service: "reserved-credit", subclass, ...data }) as const),
      ...[3, 4, 5].map((subclass) => ({ service: "reserved-test", subclass, ...data }) as const),
      ...[6, 7, 8, 9, 10].map((subclass) => ({ service: "proprietary-test-long", subclass, ...control }) as const),
      ...[11, 12, 13, 14, 15].map((subclass) => ({ service: "proprietary-test", subclass, ...control }) as const),
      ...[12, 13, 14, 15].map((subclass) => ({ service: "proprietary-management", subclass, ...proprietary }) as const),
    ];
    for (const token of others) {
      const process = newProcess();
      expect(entered(process, token), JSON.stringify(token)).to.deep.equal(notUnderstood);
      expect(process.did).to.deep.equal([]);
    }
  });

  it("answers any text, and acts on none that is no token of the meter", () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{20}$/), fc.stringMatching(/^[0-9]{18,22}$/));
    fc.assert(
      fc.property(fc.constantFrom(...encryptions), texts, (encryption, text) => {
        const process = newProcess(vendors[encryption]);
        const { result } = process.enter(text);
        expect(tokenResults).to.include(result);
        if (!/^[0-9]{20}$/.test(text)) expect(result).to.equal("format-error");
        // Of random digits, those of class 1 with its check sum could be good: one in 2^18.
        if (result !== "accepted") expect(process.did).to.deep.equal([]);
      }),
    );
    for (const text of ["", "73786976294838206464", "7063O503470028726114", "67259421596626581768\n", "٠".repeat(20)]) {
      expect(newProcess().enter(text), text).to.deep.equal({ result: "format-error" });
    }
    expect(newProcess().enter("68904888207499131254"), "class 3").to.deep.equal(notUnderstood);
    const digits = vendors["11"].encode(credit);
    for (const place of [0, 7, 19]) {
      const digit = (Number(digits[place]) + 1) % 10;
      const wrong = digits.slice(0, place) + digit + digits.slice(place + 1);
      expect(newProcess().enter(wrong).result).to.be.oneOf(["crc-error", "function-error", "format-error"]);
    }
  });
});

describe("a token is refused by the meter application process", () => {
  it("of class 1 when it is for another manufacturer's meters", () => {
    const test = (manufacturerCode: number): Token => ({ service: "test-display", control: 2, manufacturerCode });
    expect(entered(newProcess(), test(47))).to.deep.equal({ result: "mfr-code-error" });
    const { pan } = stsConfig(vendors["11"], start);
    expect(pan.manufacturerCode).to.equal("01");
    expect(entered(newProcess(), test(1)).result).to.equal("accepted");
    const long = newProcess(vendors["11"], { pan: { ...pan, manufacturerCode: "1234" } });
    expect(entered(long, { service: "test-display-long", control: 2, manufacturerCode: 1234 }).result).to.equal("accepted");
    expect(entered(long, { service: "test-display-long", control: 2, manufacturerCode: 1235 }).result).to.equal("mfr-code-error");
  });

  it("when its identifier is used, whatever else it says, or below all that are remembered", () => {
    const process = newProcess();
    const { firstIdentifier } = stsConfig(vendors["11"], start - hour);
    const at = (tokenIdentifier: number, random = 5): TokenOutcome => entered(process, { ...credit, tokenIdentifier, random } as Token);
    expect(at(firstIdentifier).result, "the minute of manufacture").to.equal("used-error");
    expect(at(firstIdentifier - 1).result).to.equal("old-error");
    expect(at(firstIdentifier + 1).result).to.equal("accepted");
    expect(at(firstIdentifier + 1, 6).result).to.equal("used-error");
    expect(entered(process, { ...clearing(0xffff), tokenIdentifier: firstIdentifier + 1 } as Token).result).to.equal("used-error");
    expect(process.did).to.have.lengthOf(1);
  });

  it("that is younger than the key, in meters whose keys expire", () => {
    const high = identified.tokenIdentifier >>> 16;
    for (const token of [credit, clearing(0)]) {
      expect(entered(withKey({ keyExpiryNumber: high - 1 }), token)).to.deep.equal({ result: "key-expired-error" });
      expect(entered(withKey({ keyExpiryNumber: high }), token).result).to.equal("accepted");
    }
    const { key } = stsConfig(vendors["11"], start);
    const lasting = newProcess(vendors["11"], { keysExpire: false, key: { ...key, keyExpiryNumber: 0 } });
    expect(entered(lasting, credit).result).to.equal("accepted");
  });

  it("that brings credit under a default key, and under no other", () => {
    for (const keyType of [keyTypes.initialisation, keyTypes.default, keyTypes.unique]) {
      const process = withKey({ keyType });
      const expected = keyType === keyTypes.default ? "ddtk-error" : "accepted";
      expect(entered(process, credit).result).to.equal(expected);
      const currency = { ...exampleOf("transfer-credit-currency-electricity").token, tokenIdentifier: identified.tokenIdentifier + 1 };
      expect(entered(process, currency as Token).result).to.equal(expected);
      const management = { ...clearing(0xffff), tokenIdentifier: identified.tokenIdentifier + 2 } as Token;
      expect(entered(process, management).result).to.equal("accepted");
    }
  });

  it("whose credit the account does not take, and stays good", () => {
    const refusals = [
      ["overflow", { result: "overflow-error" }],
      ["above-vend-limit", { result: "overflow-error", event: "tokenRejectedVendLimit" }],
      ["not-active", { result: "function-error", event: "tokenRejectedAccount" }],
      ["wrong-unit", { result: "function-error" }],
    ] as const;
    const process = newProcess();
    const before = structuredClone(process.state);
    for (const [payment, outcome] of refusals) {
      process.payment = payment;
      expect(entered(process, credit)).to.deep.equal(outcome);
      expect(structuredClone(process.state)).to.deep.equal(before);
    }
    process.payment = "accepted";
    expect(entered(process, credit).result).to.equal("accepted");
  });

  it("that names a register which is reserved, or which the meter has not", () => {
    for (const [name, register] of Object.entries(creditRegisters)) {
      const process = newProcess();
      expect(entered(process, clearing(register))).to.deep.equal({ result: "accepted", event: "clearCreditToken" });
      expect(process.did).to.deep.equal([`clear ${name}`]);
    }
    for (const register of [8, 0xfffe]) expect(entered(newProcess(), clearing(register))).to.deep.equal({ result: "range-error" });
    const process = newProcess();
    process.obeys = false;
    expect(entered(process, clearing(creditRegisters.gas))).to.deep.equal(notUnderstood);
  });

  it("that asks for what the meter does not do, and stays good", () => {
    const process = newProcess();
    process.obeys = false;
    const limit: Token = { service: "set-maximum-power-limit", ...identified, limit: 18_201_624 };
    const mode = (value: number): Token => ({ service: "proprietary-management", subclass: 11, ...identified, value });
    expect(entered(process, limit)).to.deep.equal({ result: "range-error" });
    expect(entered(process, mode(encodeModeChange("postpaid")))).to.deep.equal(notUnderstood);
    process.obeys = true;
    for (const value of [0, 0x4d03, 0x4d80, 0x4c00, 0xffff]) expect(entered(process, mode(value))).to.deep.equal(notUnderstood);
    expect(process.did).to.deep.equal([]);
    expect(entered(process, mode(encodeModeChange("postpaid"))).result).to.equal("accepted");
  });

  it("whose padding is none", () => {
    const process = newProcess();
    expect(entered(process, { service: "clear-tamper", ...identified, padding: 1 })).to.deep.equal({ result: "format-error" });
    expect(process.did).to.deep.equal([]);
    const third = new Vendor("07").encode({ service: "set-supply-group-code", supplyGroupCode: 1, padding: 1 });
    const meter = newProcess(vendors["07"]);
    expect(meter.enter(third)).to.deep.equal({ result: "format-error" });
    expect(meter.state.held).to.deep.equal([]);
  });
});

describe("tests and displays", () => {
  const test = (control: number, service: "test-display" | "test-display-long" = "test-display") =>
    entered(newProcess(), { service, control, manufacturerCode: 0 });

  it("are done as far as the meter has them, and none of its limit between phases or of water", () => {
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 18];
    expect(test(controlOf(everyTest, 36)).tests).to.deep.equal(all);
    expect(test(controlOf(everyTest, 28), "test-display-long").tests).to.deep.equal(all);
    expect(test(controlOf(11, 36) + controlOf(4, 36)).tests).to.deep.equal([4]);
    for (const number of all) expect(test(controlOf(number, 36)).tests).to.deep.equal([number]);
  });

  it("are not understood where the meter has none of them", () => {
    for (const number of [11, 12, 19, 36]) expect(test(controlOf(number, 36))).to.deep.equal(notUnderstood);
    expect(test(0)).to.deep.equal(notUnderstood);
  });

  it("may be asked for again and again, by tokens that are printed in every manual", () => {
    const process = newProcess();
    for (let time = 0; time < 3; time++) expect(process.enter("00000000000150997584").result).to.equal("accepted");
    expect(process.did).to.deep.equal(Array(3).fill("test load switch"));
    expect(process.enter("18446744073843772416").tests).to.deep.equal([4]);
  });
});

describe("a meter that becomes part of an STS system", () => {
  it("takes no token that is older than itself, though it lived before", () => {
    const config = stsConfig(vendors["11"], start);
    const process = newProcess();
    Object.assign(process.state, { key: undefined, history: Array(50).fill(0) });
    process.join(config);
    expect(entered(process, { ...credit, tokenIdentifier: config.firstIdentifier - 1 } as Token).result).to.equal("old-error");
    expect(entered(process, { ...credit, tokenIdentifier: config.firstIdentifier + 1 } as Token).result).to.equal("accepted");
  });

  it("with another algorithm begins with the key that this is built with", () => {
    const process = newProcess(vendors["07"]);
    const [section] = vendors["07"].keyChange(new Vendor("07", { ...identity, keyRevisionNumber: 2 }));
    expect(process.enter(section as string).result).to.equal("first-kct");
    process.join(stsConfig(vendors["11"], start - hour));
    expect(process.state.held).to.deep.equal([]);
    expect(entered(process, credit).result).to.equal("accepted");
  });

  it("keeps key and identifiers when it starts again", () => {
    const config = stsConfig(vendors["11"], start - hour);
    const process = newProcess();
    const next = new Vendor("11", { ...identity, keyRevisionNumber: 2 });
    for (const section of vendors["11"].keyChange(next)) process.enter(section);
    expect(process.enter(next.encode(credit)).result).to.equal("accepted");
    process.join(config);
    expect(process.enter(next.encode(credit)).result).to.equal("used-error");
  });
});
