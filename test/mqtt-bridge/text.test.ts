import { expect } from "chai";
import fc from "fast-check";
import { isoMoment, isoUtc, plainText, snakeCase } from "../../src/mqtt-bridge/text.ts";

describe("snakeCase", () => {
  it("joins words of ASCII letters and digits", () => {
    expect(snakeCase("Active energy import (+A) rate 1")).to.equal("active_energy_import_a_rate_1");
    expect(snakeCase("selectableCreditInUse")).to.equal("selectable_credit_in_use");
  });

  it("never yields anything but such words, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        expect(snakeCase(name)).to.match(/^([a-z0-9]+(_[a-z0-9]+)*)?$/);
      }),
    );
  });

  it("disarms names that mean something to JavaScript", () => {
    expect(snakeCase("__proto__")).to.equal("proto");
  });

  it("bounds names of 64 KiB", () => {
    expect(snakeCase("a b".repeat(22_000)).length).to.be.at.most(64);
  });
});

describe("plainText", () => {
  it("takes out control characters and lone surrogates", () => {
    expect(plainText("a\u0000b\nc\u007f\ud800d")).to.equal("abcd");
  });

  it("blots out token numbers, in groups or not", () => {
    expect(plainText("token 67259421596626581768 accepted")).to.equal("token <token> accepted");
    expect(plainText("6725-9421 5966 2658 1768")).to.equal("<token>");
    expect(plainText("672594215966\u000026581768")).to.equal("<token>");
  });

  it("leaves shorter numbers and times alone", () => {
    expect(plainText("600727012345678977 at 2026-11-22 20:57:30")).to.equal("600727012345678977 at 2026-11-22 20:57:30");
  });

  it("never shows most of a token by cutting it", () => {
    const text = `${"x".repeat(240)}67259421596626581768`;
    expect(plainText(text)).to.equal(`${"x".repeat(240)}<token>`);
  });

  it("bounds texts of 64 KiB", () => {
    expect(plainText("x".repeat(65_536)).length).to.equal(255);
  });
});

describe("isoMoment", () => {
  it("wants an offset", () => {
    expect(isoMoment("2026-11-22T20:57:30+01:00")).to.equal("2026-11-22T20:57:30+01:00");
    expect(isoMoment("2026-11-22T20:57:30Z")).to.equal("2026-11-22T20:57:30Z");
    expect(isoMoment("2026-11-22T20:57:30")).to.equal(undefined);
    expect(isoMoment("22.11.2026")).to.equal(undefined);
  });
});

describe("isoUtc", () => {
  it("knows no date beyond the range of dates", () => {
    expect(isoUtc(1_795_377_451_204)).to.equal("2026-11-22T19:57:31.204Z");
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 9e15]) expect(isoUtc(value)).to.equal(undefined);
  });
});
