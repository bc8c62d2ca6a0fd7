import { expect } from "chai";
import fc from "fast-check";
import { hasLuhnDigit, luhnDigit } from "../../src/sts/luhn.ts";
import { meterPanOf, parseMeterNumber, parseMeterPan } from "../../src/sts/meter-pan.ts";
import { refusal } from "../support/vectors.ts";

const digitsOf = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));

describe("the check digit of Luhn", () => {
  it("is that of ISO/IEC 7812-1", () => {
    expect(luhnDigit("7992739871")).to.equal("3");
  });

  it("finds every altered digit, and every two neighbours that changed places but for 09 and 90", () => {
    fc.assert(
      fc.property(digitsOf(12), fc.nat(12), fc.integer({ min: 1, max: 9 }), (body, place, more) => {
        const digits = body + luhnDigit(body);
        expect(hasLuhnDigit(digits)).to.equal(true);
        const altered = (Number(digits[place]) + more) % 10;
        expect(hasLuhnDigit(digits.slice(0, place) + altered + digits.slice(place + 1))).to.equal(false);
        const [left = "", right = ""] = digits.slice(place, place + 2);
        if (left === right || right === "" || left + right === "09" || left + right === "90") return;
        expect(hasLuhnDigit(digits.slice(0, place) + right + left + digits.slice(place + 2))).to.equal(false);
      }),
    );
  });
});

describe("a meter PAN", () => {
  it("is made of a decoder reference number, and taken apart again", () => {
    fc.assert(
      fc.property(fc.oneof(digitsOf(10), digitsOf(12)), (body) => {
        const number = body + luhnDigit(body);
        const pan = meterPanOf(number);
        expect(pan.digits).to.have.lengthOf(18);
        expect(pan.issuer).to.equal(number.length === 13 ? "0000" : "600727");
        expect(pan.decoderReferenceNumber).to.equal(number);
        expect(pan.manufacturerCode + pan.serialNumber).to.equal(body);
        expect(pan.serialNumber).to.have.lengthOf(8);
        expect(parseMeterPan(pan.digits)).to.deep.equal(pan);
        expect(parseMeterNumber(number)).to.deep.equal(pan);
        expect(parseMeterNumber(pan.digits)).to.deep.equal(pan);
      }),
    );
  });

  it("may have another issuer of six digits", () => {
    expect(meterPanOf("11111111115", "600728")).to.include({ issuer: "600728", manufacturerCode: "11" });
  });

  it("is refused for what it is not", () => {
    const good = meterPanOf("11111111115").digits;
    const wrong: readonly (readonly [string, string])[] = [
      ["", "bad-length"],
      [good.slice(1), "bad-length"],
      [`${good}0`, "bad-length"],
      [`${good.slice(0, 17)}x`, "bad-tag"],
      [`${good.slice(0, 17)}٣`, "bad-tag"],
      [good.slice(0, 17) + ((Number(good[17]) + 1) % 10), "check-failed"],
    ];
    for (const [text, code] of wrong)
      expect(
        refusal(() => parseMeterPan(text)),
        text,
      ).to.equal(code);
    // Both digits are checked: here that of the PAN is right.
    const body = "60072711111111116";
    expect(refusal(() => parseMeterPan(body + luhnDigit(body)))).to.equal("check-failed");
  });

  it("has an issuer that goes with the length of the number", () => {
    for (const [number, issuer] of [
      ["11111111115", "0000"],
      ["0100000000008", "600727"],
      ["11111111115", "000012"],
      ["11111111115", "60072x"],
      ["11111111115", ""],
    ] as const) {
      expect(
        refusal(() => meterPanOf(number, issuer)),
        `${issuer} ${number}`,
      ).to.equal("out-of-range");
    }
  });
});
