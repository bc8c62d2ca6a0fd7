import { expect } from "chai";
import { type DecodeOptions, decodeDigits, tokenDecodeCommand } from "../../src/cli/commands/token-decode.ts";
import { ConfigError } from "../../src/errors.ts";
import { credit, ofMeter, parsed, type Written, withSecretVariables, written } from "./token-samples.ts";

const withKey = ["--key", "env:TOKEN_DECODER"];

function decode(digits: string, args: readonly string[], json = true): Written<number> {
  return written(json, (output) => decodeDigits(output, parsed<DecodeOptions>(tokenDecodeCommand(), args), digits.split(" ")));
}

describe("dlms token decode, in memory", () => {
  withSecretVariables();

  const said = {
    class: 0,
    subclass: 0,
    service: "transfer-credit-electricity",
    tid: 6_780_240,
    issued: "2026-11-22T12:00:00Z",
    random: 5,
    amount: { value: 25.6, unit: "kWh" },
    field: "0100",
  };

  it("has the JSON of the contract, whichever key it is given and however the digits are grouped", () => {
    for (const [digits, args] of [
      [credit, [...withKey, "--ea", "11"]],
      [credit, withKey],
      ["6725 9421 5966 2658 1768", ofMeter],
      ["6725-9421-5966-2658-1768", [...ofMeter, "--dkga", "04", "--krn", "1"]],
    ] as const) {
      const { result, out, err } = decode(digits, args);
      expect([result, err]).to.deep.equal([0, ""]);
      expect(JSON.parse(out)).to.deep.equal(said);
      expect(Object.keys(JSON.parse(out) as object)).to.deep.equal(Object.keys(said));
    }
  });

  it("says it to people with the digits in groups of four and names in a column", () => {
    expect(decode(credit, withKey, false).out).to.equal(
      [
        "6725 9421 5966 2658 1768",
        "",
        "class     0",
        "subclass  0",
        "service   transfer-credit-electricity",
        "tid       6780240",
        "issued    2026-11-22T12:00:00Z",
        "random    5",
        "amount    25.6 kWh",
        "field     0100",
        "",
      ].join("\n"),
    );
  });

  for (const [digits, code] of [
    ["67259421596626581769", "crc"],
    ["6725942159662658176", "format"],
    ["672594215966265817680", "format"],
    ["6725942159662658176x", "format"],
    ["99999999999999999999", "format"],
    ["", "format"],
    // Both class bits set: the class is reserved.
    ["67259421597029234952", "function"],
  ] as const) {
    it(`ends with 5 and the code ${code} for ${JSON.stringify(digits)}`, () => {
      const { result, out, err } = decode(digits, withKey);
      expect([result, err]).to.deep.equal([5, ""]);
      expect(JSON.parse(out).error).to.include({ code, layer: "meter" }).and.to.have.all.keys("code", "layer", "message", "hint");
      const text = decode(digits, withKey, false);
      expect([text.result, text.out]).to.deep.equal([5, ""]);
      expect(text.err).to.match(/^error: .* \(meter\); try: .*\n$/);
    });
  }

  it("needs no key for class 1", () => {
    const { result, out } = decode("00000000000150997584", []);
    expect(result).to.equal(0);
    expect(JSON.parse(out)).to.deep.equal({
      class: 1,
      subclass: 0,
      service: "test-display",
      control: "1",
      manufacturerCode: 0,
      tests: ["load-switch"],
    });
  });

  for (const [why, args] of [
    ["there is no key", []],
    ["there are two", [...withKey, ...ofMeter]],
    ["a key is of another algorithm", [...withKey, "--ea", "07"]],
    ["a key has a length that no algorithm has", ["--key", "env:TOKEN_VENDING"]],
  ] as const) {
    it(`names --key when ${why}`, () => {
      expect(() => decode(credit, args))
        .to.throw(ConfigError)
        .with.property("path", "--key");
    });
  }
});
