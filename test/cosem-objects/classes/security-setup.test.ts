import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { certificateIdentification, SecuritySetupV0, SecuritySetupV1 } from "../../../src/cosem-objects/classes/security-setup.ts";
import type { CosemClass } from "../../../src/cosem-objects/define.ts";
import { DecodeError } from "../../../src/errors.ts";

const members = ({ attributes, methods }: CosemClass) => [
  Object.values(attributes).map(({ id }) => id),
  Object.values(methods).map(({ id }) => id),
];

describe("The class Security setup", () => {
  it("has what the Blue Book gives each version", () => {
    expect(members(SecuritySetupV0)).to.deep.equal([
      [1, 2, 3, 4, 5],
      [1, 2],
    ]);
    expect(members(SecuritySetupV1)).to.deep.equal([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ]);
    for (const cosemClass of [SecuritySetupV0, SecuritySetupV1])
      expect(Object.values(cosemClass.attributes).every(({ access }) => access === "r")).to.equal(true);
  });

  const identifications = [
    ["020216000203160116 010908 4D4D4D0000BC614E", "entity"],
    ["020216010202 090109 09023000", "serial-number"],
  ] as const;
  for (const [hex, by] of identifications)
    it(`identifies certificates by ${by}`, () => {
      const reader = new ByteReader(fromHex(hex));
      const value = certificateIdentification.read(reader);
      reader.expectEnd("identification");
      expect(value.by).to.equal(by);
      const writer = new ByteWriter();
      certificateIdentification.write(writer, value);
      expect(toHex(writer.finish())).to.equal(toHex(fromHex(hex)));
    });

  it("names whom and what for a certificate is", () => {
    expect(certificateIdentification.read(new ByteReader(fromHex(identifications[0][0])))).to.deep.equal({
      by: "entity",
      options: { certificateEntity: "client", certificateType: "key-agreement", systemTitle: fromHex("4D4D4D0000BC614E") },
    });
  });

  const refused = [
    ["another type", "01021600", "bad-tag"],
    ["another count", "0203160002031600160009000900", "bad-length"],
    ["an unknown way", "020216020202 0900 0900", "out-of-range"],
    ["the options of the other way", "020216000202 0900 0900", "bad-length"],
    ["an end in between", "02021601020209", "truncated"],
  ] as const;
  for (const [what, hex, code] of refused)
    it(`refuses ${what} as an identification`, () => {
      expect(() => certificateIdentification.read(new ByteReader(fromHex(hex))))
        .to.throw(DecodeError)
        .with.property("code", code);
    });

  it("survives any octets as an identification", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), fc.boolean(), (tail, plausible) => {
        try {
          certificateIdentification.read(new ByteReader(plausible ? Uint8Array.of(2, 2, 0x16, ...tail) : tail));
        } catch (error) {
          expect(error).to.be.instanceOf(DecodeError);
        }
      }),
    );
  });
});
