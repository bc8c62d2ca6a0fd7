import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { Aare, Aarq, Abrt, Release } from "../../../src/dlms/acse/apdus.ts";
import {
  decodeAare,
  decodeAarq,
  decodeAbrt,
  decodeRlre,
  decodeRlrq,
  encodeAare,
  encodeAarq,
  encodeAbrt,
  encodeRlre,
  encodeRlrq,
} from "../../../src/dlms/acse/codec.ts";
import { objectIdentifierOctets } from "../../../src/dlms/acse/object-identifiers.ts";
import { aare, aarq, abrt, release } from "../../support/arbitraries.ts";
import { describeVectors, plain, refusal } from "../../support/vectors.ts";

/*
 * acse.json holds the AARQ, AARE, RLRQ and RLRE of the Green Book's examples and of captures, with logical and with short names.
 * Where ciphered, their user information stays the octets it is.
 */

type Tagged =
  | { readonly apdu: "aarq"; readonly value: Aarq }
  | { readonly apdu: "aare"; readonly value: Aare }
  | { readonly apdu: "rlrq" | "rlre"; readonly value: Release }
  | { readonly apdu: "abrt"; readonly value: Abrt };

function decode(bytes: Uint8Array): Tagged {
  switch (bytes[0]) {
    case 0x61:
      return { apdu: "aare", value: decodeAare(bytes) };
    case 0x62:
      return { apdu: "rlrq", value: decodeRlrq(bytes) };
    case 0x63:
      return { apdu: "rlre", value: decodeRlre(bytes) };
    case 0x64:
      return { apdu: "abrt", value: decodeAbrt(bytes) };
    default:
      return { apdu: "aarq", value: decodeAarq(bytes) };
  }
}

function encode({ apdu, value }: Tagged): Uint8Array {
  switch (apdu) {
    case "aarq":
      return encodeAarq(value);
    case "aare":
      return encodeAare(value);
    case "rlrq":
      return encodeRlrq(value);
    case "rlre":
      return encodeRlre(value);
    case "abrt":
      return encodeAbrt(value);
  }
}

describeVectors({ title: "ACSE", file: "acse.json", decode, encode });

describe("ACSE", () => {
  const survives = <T>(name: string, values: fc.Arbitrary<T>, there: (value: T) => Uint8Array, back: (bytes: Uint8Array) => T) =>
    it(`carries any ${name}`, () => {
      fc.assert(
        fc.property(values, (value) => {
          expect(plain(back(there(value)))).to.deep.equal(plain(value));
        }),
        { numRuns: 100 },
      );
    });
  survives("AARQ", aarq, encodeAarq, decodeAarq);
  survives("AARE", aare, encodeAare, decodeAare);
  survives("RLRQ", release, encodeRlrq, decodeRlrq);
  survives("RLRE", release, encodeRlre, decodeRlre);
  survives("ABRT", abrt, encodeAbrt, decodeAbrt);

  it("refuses an APDU of another kind by its tag", () => {
    const rlrq = fromHex("6203800100");
    for (const decoder of [decodeAarq, decodeAare, decodeRlre, decodeAbrt]) expect(refusal(() => decoder(rlrq))).to.equal("bad-tag");
    expect(refusal(() => decodeRlrq(fromHex("6303800100")))).to.equal("bad-tag");
  });

  it("takes the reason of an RLRE whose lengths are wrong, as two servers in the field send it", () => {
    expect(decodeRlre(fromHex("6305 800100"))).to.deep.equal({ reason: 0 });
    expect(decodeRlre(fromHex("6303 800101 BE 10"))).to.deep.equal({ reason: 1 });
    expect(decodeRlre(fromHex("6304 BE 02 04 05"))).to.deep.equal({});
    expect(refusal(() => decodeRlre(fromHex("63")))).to.equal("truncated");
  });

  it("takes a password that is a bit string", () => {
    const bytes = fromHex("601F A109060760857405080101 8A020780 8B0760857405080201 AC05 8103 00 4142");
    expect(toHex(decodeAarq(bytes).authenticationValue ?? new Uint8Array())).to.equal("4142");
  });

  it("shows contexts and mechanisms as the seven octets of the association object", () => {
    expect(toHex(objectIdentifierOctets("context", 1))).to.equal("60857405080101");
    expect(toHex(objectIdentifierOctets("mechanism", 5))).to.equal("60857405080205");
  });
});
