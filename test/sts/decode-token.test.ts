import { expect } from "chai";
import fc from "fast-check";
import { ConfigError, SecurityError } from "../../src/errors.ts";
import { decodeToken } from "../../src/sts/decode-token.ts";
import { controlOf } from "../../src/sts/display-tests.ts";
import { clearBlock, encodeToken } from "../../src/sts/encode-token.ts";
import { KeyPart } from "../../src/sts/key-part.ts";
import { formatTokenDigits } from "../../src/sts/token-digits.ts";
import type { Token } from "../../src/sts/token-layouts.ts";
import { scaled } from "../support/scale.ts";
import { algorithms, anyToken, blockHex, comparable, decoderKey, sampleKeys } from "./samples.ts";

const codes = ["07", "11"] as const;

/** 25.6 kWh, the worked example of IEC 62055-41. */
const workedExample: Token = { service: "transfer-credit-electricity", random: 11, tokenIdentifier: 1_698_595, amount: 256 };

for (const code of codes) {
  const algorithm = algorithms[code];
  const key = sampleKeys[code];

  describe(`tokens under EA${code}`, () => {
    it("are what they were encoded from", function () {
      this.timeout(scaled(10_000, 120_000));
      fc.assert(
        fc.property(anyToken(code), (token) => {
          const decoded = decodeToken(encodeToken(token, key, algorithm), key, algorithm);
          if (decoded.result !== "authentic") expect.fail(decoded.result);
          expect(comparable(decoded.token)).to.deep.equal(comparable(token));
        }),
        { numRuns: scaled(5_000, 100_000) },
      );
    });

    it("are refused with any digit altered, but for one in 65 536", function () {
      this.timeout(scaled(10_000, 120_000));
      const tokens = fc.sample(
        anyToken(code).filter(({ service }) => /credit|limit|key/.test(service)),
        { numRuns: scaled(300, 6_000), seed: 62_055 },
      );
      const results = { authentic: 0, "crc-error": 0, "format-error": 0, "function-error": 0 };
      let altered = 0;
      for (const token of tokens) {
        const digits = encodeToken(token, key, algorithm);
        for (let place = 0; place < digits.length; place++) {
          for (let more = 1; more < 10; more++) {
            const digit = (Number(digits[place]) + more) % 10;
            results[decodeToken(digits.slice(0, place) + digit + digits.slice(place + 1), key, algorithm).result]++;
            altered++;
          }
        }
      }
      // Poisson: five standard deviations above the mean.
      const expected = altered / 0x10000;
      expect(results.authentic).to.be.below(expected + 5 * Math.sqrt(expected));
      expect(results["crc-error"]).to.be.above(altered / 2);
      expect(results["format-error"]).to.be.above(0);
      expect(results["function-error"]).to.be.above(0);
    });

    it("are refused by a meter with another key, but for one in 65 536", () => {
      const tokens = fc.sample(
        anyToken(code).filter(({ service }) => service.startsWith("transfer-credit")),
        { numRuns: 2_000, seed: 62_055 },
      );
      const stranger = decoderKey(code === "07" ? "0ABC12DEF3456788" : "00112233445566778899AABBCCDDEEFE");
      const accepted = tokens.filter(
        (token) => decodeToken(encodeToken(token, key, algorithm), stranger, algorithm).result !== "crc-error",
      );
      expect(accepted.length).to.be.at.most(1);
    });

    it("have a result for any text", () => {
      const digits = fc.stringMatching(/^[0-9]{18,22}$/);
      fc.assert(
        fc.property(fc.oneof(digits, fc.string(), fc.string({ unit: "binary" })), (text) => {
          const { result } = decodeToken(text, key, algorithm);
          if (!/^[0-9]{20}$/.test(text)) expect(result).to.equal("format-error");
        }),
        { numRuns: 1_000, examples: [[""], ["73786976294838206464"], ["9".repeat(20)], ["0".repeat(20)]] },
      );
    });

    it("of the reserved class have no function, whatever their check sum", () => {
      const digits = formatTokenDigits({ tokenClass: 3, block: clearBlock(workedExample) });
      expect(decodeToken(digits, key, algorithm)).to.deep.equal({ result: "function-error" });
    });

    it("are refused by name where the number has no room for what they should say", () => {
      const wrong: readonly (readonly [Token, string])[] = [
        [{ ...workedExample, random: 16 }, "random"],
        [{ ...workedExample, tokenIdentifier: 2 ** 24 }, "tokenIdentifier"],
        [{ ...workedExample, amount: 18_201_625 }, "amount"],
        [{ service: "reserved-credit", subclass: 7, data: 0 }, "subclass"],
        [{ service: "test-display", control: 2 ** 36, manufacturerCode: 0 }, "control"],
        [{ service: "test-display", control: 1, manufacturerCode: 256 }, "manufacturerCode"],
        [{ service: "set-maximum-power-limit", random: 0, tokenIdentifier: 1, limit: -1 }, "limit"],
      ];
      for (const [token, path] of wrong) {
        expect(() => encodeToken(token, key, algorithm), path)
          .to.throw(ConfigError)
          .with.property("path", path);
      }
    });
  });
}

describe("a token", () => {
  it("is the worked example of IEC 62055-41", () => {
    expect(blockHex(clearBlock(workedExample))).to.equal("0B19EB230100C207");
    expect(encodeToken(workedExample, sampleKeys["07"], algorithms["07"])).to.equal("51043465443420856213");
  });

  it("of class 1 is the same for every meter", () => {
    // The published tokens of tests 0, 1 and 18, for codes of two digits and of four.
    const published = [
      ["56493153725450313471", { service: "test-display", control: controlOf(0, 36), manufacturerCode: 0 }],
      ["00000000000150997584", { service: "test-display", control: controlOf(1, 36), manufacturerCode: 0 }],
      ["00000002199157475960", { service: "test-display", control: controlOf(18, 36), manufacturerCode: 0 }],
      ["02305843005052951967", { service: "test-display-long", control: controlOf(0, 28), manufacturerCode: 0 }],
      ["01153484454694514832", { service: "test-display-long", control: controlOf(18, 28), manufacturerCode: 0 }],
    ] as const;
    for (const code of codes) {
      for (const [digits, token] of published) {
        expect(encodeToken(token, sampleKeys[code], algorithms[code])).to.equal(digits);
        expect(decodeToken(digits, sampleKeys[code], algorithms[code])).to.deep.equal({ result: "authentic", token });
      }
    }
  });

  it("is not taken for one of the other algorithm", () => {
    const part = KeyPart.of(0x01234567);
    const ofEa11: Token = { service: "set-decoder-key-3", supplyGroupLow: 1, newKeyMiddle2: part };
    const ofEa07: Token = { service: "set-supply-group-code", supplyGroupCode: 1, padding: 0 };
    expect(() => encodeToken(ofEa11, sampleKeys["07"], algorithms["07"]))
      .to.throw(ConfigError)
      .with.property("path", "service");
    expect(() => encodeToken(ofEa07, sampleKeys["11"], algorithms["11"]))
      .to.throw(ConfigError)
      .with.property("path", "service");
  });

  it("does not go with a key of the other algorithm", () => {
    for (const [key, algorithm] of [
      [sampleKeys["07"], algorithms["11"]],
      [sampleKeys["11"], algorithms["07"]],
    ] as const) {
      for (const use of [() => encodeToken(workedExample, key, algorithm), () => decodeToken("51043465443420856213", key, algorithm)]) {
        expect(use).to.throw(SecurityError).with.property("code", "suite-mismatch");
      }
    }
  });
});
