import { expect } from "chai";
import { decodeModeChange, encodeModeChange } from "../../src/sts/index.ts";

describe("the value of a mode change", () => {
  const values = { postpaid: 0x4d00, "prepaid-energy": 0x4d01, "prepaid-currency": 0x4d02 } as const;

  for (const [mode, value] of Object.entries(values) as [keyof typeof values, number][]) {
    it(`is ${value.toString(16)} for ${mode}`, () => {
      expect(encodeModeChange(mode)).to.equal(value);
      expect(decodeModeChange(value)).to.equal(mode);
    });
  }

  it("is no other of all 16-bit values", () => {
    const understood = Array.from({ length: 0x1_0000 }, (_, value) => value).filter((value) => decodeModeChange(value) !== undefined);
    expect(understood).to.deep.equal(Object.values(values));
  });
});
