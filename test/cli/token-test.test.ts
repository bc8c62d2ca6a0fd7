import { expect } from "chai";
import { printTestToken, type TestOptions } from "../../src/cli/commands/token-test.ts";
import { ConfigError } from "../../src/errors.ts";
import { meter, written } from "./token-samples.ts";

/** A meter whose manufacturer has a code of four digits. */
const longMeter = "0100000000008";

function print(value: string | undefined, options: TestOptions = {}, json = true): string {
  return written(json, (output) => printTestToken(output, value, options)).out;
}

describe("the tokens of tests", () => {
  for (const [value, options, token] of [
    ["0", {}, "56493153725450313471"],
    ["0", { manufacturer: "0000" }, "02305843005052951967"],
    ["1", {}, "00000000000150997584"],
    ["1", { meter: longMeter }, "01152921509036054672"],
    ["18", { meter }, "00000002199157475960"],
    ["18", { manufacturer: "0000" }, "01153484454694514832"],
  ] as const) {
    it(`are those of STS for ${value} with ${JSON.stringify(options)}`, () => {
      expect(JSON.parse(print(value, options))).to.deep.equal({ tokens: [token], service: "test", value: Number(value) });
    });
  }

  it("are in groups for people", () => {
    expect(print("0", { manufacturer: "00" }, false)).to.equal(
      "5649 3153 7254 5031 3471\n\nservice       test\nvalue         0\nmanufacturer  00\n",
    );
  });

  it("are not those of a manufacturer unless it is named", () => {
    expect(print("1", { manufacturer: "01" })).not.to.equal(print("1"));
    expect(print("1", { manufacturer: "00" })).to.equal(print("1"));
  });

  for (const [path, value, options] of [
    ["VALUE", undefined, {}],
    ["VALUE", "x", {}],
    ["VALUE", "37", {}],
    ["VALUE", "29", { manufacturer: "0000" }],
    ["--manufacturer", "1", { manufacturer: "123" }],
    ["--meter", "1", { meter: "1" }],
  ] as const) {
    it(`name ${path} where ${String(value)} with ${JSON.stringify(options)} cannot be`, () => {
      expect(() => print(value, options))
        .to.throw(ConfigError)
        .with.property("path", path);
    });
  }
});
