import { expect } from "chai";
import { parseTypedValue } from "../../src/cli/typed-value.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { ConfigError } from "../../src/errors.ts";

describe("A value of the command line", () => {
  const taken: readonly (readonly [string, DlmsData])[] = [
    ["integer:-5", { type: "integer", value: -5 }],
    ["long-unsigned:900", { type: "long-unsigned", value: 900 }],
    ["boolean:true", { type: "boolean", value: true }],
    ["boolean:0", { type: "boolean", value: false }],
    ["long64:-9223372036854775808", { type: "long64", value: -(2n ** 63n) }],
    ["long64-unsigned:18446744073709551615", { type: "long64-unsigned", value: 2n ** 64n - 1n }],
    ["float32:1.5", { type: "float32", value: 1.5 }],
    ["float64:-1e-9", { type: "float64", value: -1e-9 }],
    ["visible-string:a:b", { type: "visible-string", value: "a:b" }],
    ["octet-string:0a0B", { type: "octet-string", value: Uint8Array.of(10, 11) }],
    ["null-data:", { type: "null-data", value: null }],
  ];
  for (const [text, value] of taken) {
    it(`has the type it names: ${text}`, () => expect(parseTypedValue(text, undefined)).to.deep.equal(value));
  }

  const refused = [
    "integer:",
    "integer:128",
    "integer:1.5",
    "unsigned:0x10",
    "boolean:foo",
    "boolean:",
    "long64:1.5",
    "long64:9223372036854775808",
    "long64-unsigned:-1",
    "long64:ten",
    "float32:abc",
    "float64:",
    "float64:Infinity",
    "null-data:1",
    "octet-string:\n",
  ];
  for (const text of refused) {
    it(`is refused where it is not of the type it names: ${JSON.stringify(text)}`, () =>
      expect(() => parseTypedValue(text, undefined)).to.throw(ConfigError));
  }

  it("takes the type of what is there", () => {
    expect(parseTypedValue("7", { type: "long64", value: 1n })).to.deep.equal({ type: "long64", value: 7n });
    expect(parseTypedValue('"9007199254740993"', { type: "long64", value: 1n })).to.deep.equal({
      type: "long64",
      value: 9007199254740993n,
    });
    for (const text of ["1.5", '"ten"', "[]"]) expect(() => parseTypedValue(text, { type: "long64", value: 1n })).to.throw(ConfigError);
  });
});
