import { expect } from "chai";
import fc from "fast-check";
import { parseDuration, parsePeriod } from "../../src/config/duration.ts";

describe("parseDuration", () => {
  const accepted: Readonly<Record<string, number>> = {
    "500ms": 500,
    "5s": 5_000,
    "15m": 900_000,
    "1h": 3_600_000,
    "1.5h": 5_400_000,
    "2d": 172_800_000,
    "0s": 0,
  };
  for (const [text, milliseconds] of Object.entries(accepted)) {
    it(`reads ${text} as ${milliseconds} ms`, () => expect(parseDuration(text)).to.equal(milliseconds));
  }

  for (const text of ["", "15", "s", "-5s", "5 s", "5S", "1e3s", "5s ", "5s5m", "P1D", "1.5.5h", "9999999999s"]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseDuration(text)).to.equal(undefined));
  }
});

describe("parsePeriod", () => {
  const accepted: Readonly<Record<string, readonly [months: number, days: number, milliseconds: number]>> = {
    P14M: [14, 0, 0],
    P1Y2M: [14, 0, 0],
    P2W: [0, 14, 0],
    P1DT12H: [0, 1, 43_200_000],
    PT15M: [0, 0, 900_000],
    PT30S: [0, 0, 30_000],
    "36h": [0, 0, 129_600_000],
  };
  for (const [text, [months, days, milliseconds]] of Object.entries(accepted)) {
    it(`reads ${text}`, () => expect(parsePeriod(text)).to.deep.equal({ months, days, milliseconds }));
  }

  for (const text of ["", "P", "PT", "P1DT", "14M", "P1H", "P1.5M", "P1M2Y", "p14m", "P-1M"]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parsePeriod(text)).to.equal(undefined));
  }

  it("answers any text with a period of finite parts, or undefined", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^P[0-9YMWDTHS]{0,12}$/)), (text) => {
        for (const part of Object.values(parsePeriod(text) ?? {})) expect(Number.isSafeInteger(part)).to.equal(true);
      }),
    );
  });
});
