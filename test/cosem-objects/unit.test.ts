import { expect } from "chai";
import fc from "fast-check";
import { scaleValue, Unit, unitSymbol } from "../../src/cosem-objects/unit.ts";

describe("scaleValue", () => {
  it("gives the number that people would write", () => {
    expect(scaleValue(2341, -1)).to.equal(234.1);
    expect(scaleValue(12, 3)).to.equal(12_000);
    expect(scaleValue(-5, 0)).to.equal(-5);
    expect(scaleValue(49_98n, -2)).to.equal(49.98);
  });

  it("gives the decimal number nearest to raw and scaler", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }), fc.integer({ min: -15, max: 3 }), (raw, scaler) => {
        expect(scaleValue(raw, scaler)).to.equal(Number(`${raw}e${scaler}`) + 0);
      }),
    );
  });

  it("keeps integers beyond 2^53 whole as long as they are", () => {
    const large = 2n ** 63n;
    expect(scaleValue(large, 0)).to.equal(large);
    expect(scaleValue(large, 2)).to.equal(large * 100n);
    expect(scaleValue(-large, 1)).to.equal(-large * 10n);
    expect(scaleValue(large, -3)).to.equal(Number(large) / 1000);
    expect(scaleValue(5n, 2)).to.equal(500);
  });

  it("survives any scaler that an integer can be", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), fc.integer({ min: -128, max: 127 }), (raw, scaler) => {
        expect(typeof scaleValue(raw, scaler)).to.be.oneOf(["number", "bigint"]);
      }),
    );
  });
});

describe("Units", () => {
  it("have the symbols of the standard", () => {
    const symbols = Object.entries(Unit).map(([name, code]) => [name, unitSymbol(code)]);
    expect(Object.fromEntries(symbols)).to.deep.equal({
      year: "a",
      month: "mo",
      day: "d",
      hour: "h",
      minute: "min",
      second: "s",
      degree: "°",
      degreeCelsius: "°C",
      currency: "currency",
      watt: "W",
      voltAmpere: "VA",
      var: "var",
      wattHour: "Wh",
      voltAmpereHour: "VAh",
      varHour: "varh",
      ampere: "A",
      volt: "V",
      hertz: "Hz",
      perWattHour: "1/(Wh)",
      perVarHour: "1/(varh)",
      percent: "%",
      none: undefined,
    });
    expect([unitSymbol(0), unitSymbol(200), unitSymbol(13), unitSymbol(70), unitSymbol(72)]).to.deep.equal([
      undefined,
      undefined,
      "m³",
      "dBm",
      "dB",
    ]);
  });
});
