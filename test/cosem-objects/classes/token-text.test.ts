import { expect } from "chai";
import fc from "fast-check";
import { fromHex } from "../../../src/bytes/hex.ts";
import { tokenText } from "../../../src/cosem-objects/classes/token-gateway.ts";

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const tokenNumbers = fc.bigInt({ min: 0n, max: 2n ** 66n - 1n });
const digitsOf = (token: bigint) => token.toString().padStart(20, "0");

describe("Token text", () => {
  it("is the same for each of the three forms of a token", () => {
    fc.assert(
      fc.property(tokenNumbers, (token) => {
        const digits = digitsOf(token);
        expect(tokenText(ascii(digits)), "ASCII").to.equal(digits);
        expect(tokenText(fromHex(token.toString(16).padStart(18, "0"))), "number of 66 bits").to.equal(digits);
        expect(tokenText(fromHex(digits)), "two digits an octet").to.equal(digits);
      }),
    );
  });

  it("keeps the zeros in front", () => {
    const zeros = "0".repeat(20);
    expect(tokenText(new Uint8Array(9))).to.equal(zeros);
    expect(tokenText(new Uint8Array(10))).to.equal(zeros);
  });

  it("of the largest number of 66 bits has twenty digits", () => {
    expect(tokenText(fromHex("03FFFFFFFFFFFFFFFF"))).to.equal("73786976294838206463");
  });

  it("is never twenty digits where the octets are no form of a token", () => {
    const digits = fc.array(fc.integer({ min: 0x30, max: 0x39 }), { maxLength: 64 }).map((codes) => Uint8Array.from(codes));
    const others = fc.oneof(digits, fc.uint8Array({ maxLength: 64 })).filter(({ length }) => ![9, 10, 20].includes(length));
    fc.assert(
      fc.property(others, (octets) => {
        expect(tokenText(octets)).not.to.match(/^[0-9]{20}$/);
      }),
    );
  });

  it("keeps what a customer would not type, for the meter to refuse", () => {
    for (const text of ["", "1234567890123456789", "1234 5678 9012 3456 7890", "1234567890123456789x", "12345678901234567890\n"])
      expect(tokenText(ascii(text))).to.equal(text);
  });

  it("of ten digits in ASCII is that of their octets, since a token may look so", () => {
    expect(tokenText(ascii("1234567890"))).to.equal("31323334353637383930");
  });

  it("of a number beyond 66 bits is none of a token either", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 66n, max: 2n ** 72n - 1n }), (number) => {
        expect(BigInt(tokenText(fromHex(number.toString(16).padStart(18, "0")))) >= 2n ** 66n).to.equal(true);
      }),
    );
  });

  it("of ten octets that are not all decimal digits is those octets as text", () => {
    expect(tokenText(fromHex("1234567890123456789A"))).to.equal("\x12\x34\x56\x78\x90\x12\x34\x56\x78\x9A");
  });

  it("is short whatever length the octets have", () => {
    for (const length of [0, 1, 40, 41, 100_000])
      expect(tokenText(new Uint8Array(length).fill(0x31))).to.have.lengthOf(Math.min(length, 40));
  });
});
