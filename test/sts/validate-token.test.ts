import { expect } from "chai";
import { KeyPart } from "../../src/sts/key-part.ts";
import type { Token } from "../../src/sts/token-layouts.ts";
import { type ValidationContext, validateToken } from "../../src/sts/validate-token.ts";

const meter: ValidationContext = { manufacturerCode: 47, history: [0x50_0000, 0x51_0000], keyType: 2, keyExpiryNumber: 0x52 };
const atDefault: ValidationContext = { ...meter, keyType: 1 };

function credit(tokenIdentifier: number): Token {
  return { service: "transfer-credit-electricity", random: 0, tokenIdentifier, amount: 1 };
}

function clearCredit(tokenIdentifier: number): Token {
  return { service: "clear-credit", random: 0, tokenIdentifier, register: 0 };
}

describe("the validation of a token", () => {
  it("asks for the age of its identifier, then for the expiry of the key", () => {
    const identifiers = [0x4f_ffff, 0x50_0000, 0x50_8000, 0x52_ffff, 0x53_0000];
    const expected = ["old-error", "used-error", undefined, undefined, "key-expired-error"];
    expect(identifiers.map((identifier) => validateToken(credit(identifier), meter))).to.deep.equal(expected);
    expect(identifiers.map((identifier) => validateToken(clearCredit(identifier), meter))).to.deep.equal(expected);
  });

  it("knows no expiry in a meter whose keys have none", () => {
    const { keyExpiryNumber: _, ...unlimited } = meter;
    expect(validateToken(credit(0xff_ffff), unlimited)).to.equal(undefined);
  });

  it("refuses credit under a default key, and nothing else", () => {
    expect(validateToken(credit(0x52_0000), atDefault)).to.equal("ddtk-error");
    expect(validateToken(clearCredit(0x52_0000), atDefault)).to.equal(undefined);
    expect(([0, 2, 3] as const).map((keyType) => validateToken(credit(0x52_0000), { ...meter, keyType }))).to.deep.equal(
      new Array(3).fill(undefined),
    );
  });

  it("says first what is wrong with the token, then what is wrong with the key", () => {
    expect(validateToken(credit(0x50_0000), atDefault)).to.equal("used-error");
    expect(validateToken(credit(0x53_0000), atDefault)).to.equal("key-expired-error");
  });

  it("takes tests for every manufacturer or for the meter's own", () => {
    const codes = [0, 47, 48].map((manufacturerCode) =>
      validateToken({ service: "test-display", control: 1, manufacturerCode }, atDefault),
    );
    expect(codes).to.deep.equal([undefined, undefined, "mfr-code-error"]);
  });

  it("asks a section of a key change neither for its age nor for the expiry of the key it replaces", () => {
    const expired = { ...atDefault, keyExpiryNumber: 0 };
    const section: Token = { service: "set-decoder-key-2", keyExpiryLow: 0, tariffIndex: 1, newKeyLow: KeyPart.of(0) };
    expect(validateToken(section, expired)).to.equal(undefined);
  });
});
