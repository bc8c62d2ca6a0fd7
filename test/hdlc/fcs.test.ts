import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { fcs16 } from "../../src/hdlc/fcs.ts";
import { loadVectors, type Vector } from "../support/vectors.ts";

interface CheckVector extends Vector {
  readonly value: { readonly check: number; readonly wire: string };
}

describe("fcs16", () => {
  for (const { name, hex, value } of loadVectors<CheckVector>("crc.json")) {
    it(`computes ${name}`, () => {
      const check = fcs16(fromHex(hex));
      expect(check).to.equal(value.check);
      expect([check & 0xff, check >> 8]).to.deep.equal([...fromHex(value.wire)]);
    });
  }
});
