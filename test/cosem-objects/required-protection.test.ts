import { expect } from "chai";
import fc from "fast-check";
import {
  bitsOfProtection,
  bothProtections,
  noProtection,
  protectionMask,
  protectionOfBits,
} from "../../src/cosem-objects/required-protection.ts";

const none = { authenticated: false, encrypted: false, signed: false };

describe("Required protection", () => {
  const table = [
    [0x04, { request: { ...none, authenticated: true }, response: none }],
    [0x08, { request: { ...none, encrypted: true }, response: none }],
    [0x10, { request: { ...none, signed: true }, response: none }],
    [0x20, { request: none, response: { ...none, authenticated: true } }],
    [0x40, { request: none, response: { ...none, encrypted: true } }],
    [0x80, { request: none, response: { ...none, signed: true } }],
  ] as const;
  for (const [bit, required] of table)
    it(`has bit ${bit.toString(16)} where the Blue Book has it`, () => {
      expect(protectionOfBits(bit)).to.deep.equal(required);
      expect(bitsOfProtection(required)).to.equal(bit);
    });

  it("leaves the two lowest bits alone, and everything else as it was", () => {
    fc.assert(
      fc.property(fc.nat(255), (octet) => {
        expect(bitsOfProtection(protectionOfBits(octet))).to.equal(octet & protectionMask);
      }),
    );
    expect(bitsOfProtection(noProtection)).to.equal(0);
  });

  it("adds up", () => {
    expect(bitsOfProtection(bothProtections(protectionOfBits(0x24), protectionOfBits(0x4c)))).to.equal(0x6c);
  });
});
