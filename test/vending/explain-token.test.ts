import { expect } from "chai";
import fc from "fast-check";
import { decodeToken, keyChangeSections, misty1, type Token } from "../../src/sts/index.ts";
import { explainToken } from "../../src/vending/index.ts";
import { anyToken, sampleKeys } from "../sts/samples.ts";
import { meterKey, noon } from "./samples.ts";

/** The decoder key of the demonstration's meter, in parts of 32 bits. */
const keyParts = ["bd192fa6", "021fa142", "a940f1f8", "1339139f"];

const since2014 = { baseDate: 2014 } as const;

describe("what a token says", () => {
  it("of an amount: the time of issue, the amount in its unit and its bits", () => {
    const token: Token = { service: "transfer-credit-electricity", random: 5, tokenIdentifier: 6_586_595, amount: 16_383 };
    const said = {
      class: 0,
      subclass: 0,
      service: "transfer-credit-electricity",
      tid: 6_586_595,
      issued: { at: Date.UTC(2026, 6, 11, 0, 35) },
      random: 5,
      amount: { value: "1638.3", unit: "kWh" },
      field: "3fff",
    };
    expect(explainToken(token, since2014)).to.deep.equal(said);
    expect(Object.keys(explainToken(token, since2014))).to.deep.equal(Object.keys(said));
    expect(explainToken(token, { baseDate: 1993 })["issued"]).to.deep.equal({ at: Date.UTC(2005, 6, 11, 0, 35) });
  });

  it("of a currency: its sign, with the bits of exponent and mantissa", () => {
    const token: Token = { service: "transfer-credit-currency-electricity", tokenIdentifier: 1, amount: -99_994n };
    expect(explainToken(token, since2014)).to.deep.include({ amount: { value: "-0.99994", unit: "currency" }, field: "860a9" });
  });

  it("of numbers that have names", () => {
    const stamp = { random: 0, tokenIdentifier: 1 };
    const management = { service: "proprietary-management", ...stamp } as const;
    expect(explainToken({ service: "clear-credit", ...stamp, register: 0xffff }, since2014)).to.include({ register: "all" });
    expect(explainToken({ service: "clear-credit", ...stamp, register: 99 }, since2014)).to.include({ register: 99 });
    expect(explainToken({ ...management, subclass: 11, value: 0x4d02 }, since2014)).to.include({ subclass: 11, mode: "prepaid-currency" });
    expect(explainToken({ ...management, subclass: 12, value: 0x4d02 }, since2014)).not.to.have.property("mode");
    expect(explainToken({ ...management, subclass: 11, value: 7 }, since2014))
      .to.include({ value: 7 })
      .and.not.have.property("mode");
    expect(explainToken({ service: "test-display", control: 0x80001, manufacturerCode: 0 }, since2014)).to.deep.include({
      control: "80001",
      tests: ["load-switch", 20],
    });
  });

  it("of a key change: the parts by their names, and their octets only on demand", () => {
    const { decoderKey, ...rest } = meterKey({ keyExpiryNumber: 0x9c });
    const sections = keyChangeSections({ ...rest, decoderKey, rollover: true });
    const hidden = sections.map((section) => explainToken(section, since2014));
    expect(JSON.stringify(hidden)).not.to.match(new RegExp(keyParts.join("|"), "i"));
    expect(hidden[0]).to.deep.equal({
      class: 2,
      subclass: 3,
      service: "set-decoder-key-1",
      keyExpiryHigh: 9,
      keyRevisionNumber: 1,
      rollover: true,
      thirdSection: false,
      keyType: 2,
      newKeyHigh: "KeyPart",
    });
    const shown = sections.map((section) => explainToken(section, { ...since2014, showKeys: true }));
    const parts = shown.map((facts) => facts["newKeyHigh"] ?? facts["newKeyMiddle2"] ?? facts["newKeyMiddle1"] ?? facts["newKeyLow"]);
    expect(parts).to.have.members(keyParts);
  });

  it("is JSON whatever the token", () => {
    fc.assert(
      fc.property(fc.oneof(anyToken("07"), anyToken("11")), (token) => {
        const facts = explainToken(token, since2014);
        expect(JSON.parse(JSON.stringify(facts))).to.deep.equal(facts);
        expect(facts).to.include.all.keys("class", "subclass", "service");
      }),
    );
  });

  it("is what the demonstration's token was issued as", () => {
    const decoded = decodeToken("67259421596626581768", meterKey().decoderKey, misty1);
    if (decoded.result !== "authentic") expect.fail(decoded.result);
    expect(explainToken(decoded.token, since2014)).to.deep.include({
      tid: 6_780_240,
      issued: { at: noon },
      random: 5,
      amount: { value: "25.6", unit: "kWh" },
      field: "0100",
    });
    expect(decodeToken("67259421596626581768", sampleKeys["11"], misty1).result).to.equal("crc-error");
  });
});
