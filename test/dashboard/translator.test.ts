import { expect } from "chai";
import * as fc from "fast-check";
import { pageTranslator } from "../../src/cli/dashboard/translator.ts";

const getRequest = "C001C100030100010800FF0200";

describe("the translator of the page", () => {
  it("says what every octet is", () => {
    const { ok, hex, fields, error } = pageTranslator.decode({ hex: "c0 01 c1 00 03 01 00 01 08 00 ff 02 00" });
    expect({ ok, hex, error }).to.deep.equal({ ok: true, hex: getRequest, error: null });
    const leaves = fields.filter(({ length }) => length > 0).map(({ offset, length }) => [offset, length] as const);
    const covered = new Set(leaves.flatMap(([offset, length]) => Array.from({ length }, (_, index) => offset + index)));
    expect(covered.size).to.equal(getRequest.length / 2);
  });

  it("shows what keys open behind what was pasted", () => {
    // Green Book, a GET request under global keys with authenticated encryption (9.2.7.2.4.6 has the keys).
    const apdu = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";
    const keys = {
      encryptionKey: "000102030405060708090A0B0C0D0E0F",
      authenticationKey: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
      systemTitle: "4D4D4D0000BC614E",
    };
    const { ok, hex, fields } = pageTranslator.decode({ hex: apdu, ...keys });
    expect(ok).to.equal(true);
    expect(hex).to.equal(`${apdu}C0010000080000010000FF0200`);
    const start = fields.find(({ field }) => field === "deciphered");
    expect(start).to.deep.include({ offset: apdu.length / 2, length: 13, depth: 0 });
    expect(JSON.stringify(fields)).not.to.match(/0A0B0C0D0E0F|DADBDCDD/i);
  });

  it("says what is wrong, in the answer", () => {
    expect(pageTranslator.decode({ hex: "no hex" })).to.deep.include({ ok: false, fields: [] });
    expect(pageTranslator.decode({ hex: "60" }).error).to.contain("aarq");
    expect(pageTranslator.decode({ hex: "" }).ok).to.equal(false);
  });

  it("keeps passwords to itself", () => {
    const aarq = "6036A1090607608574050801018A0207808B0760857405080201AC0A80083132333435363738BE10040E01000000065F1F0400007E1FFFFF";
    const { fields } = pageTranslator.decode({ hex: aarq });
    expect(fields.length).to.be.greaterThan(5);
    expect(JSON.stringify(fields)).not.to.contain("12345678");
    expect(JSON.stringify(fields)).not.to.contain("3132333435363738");
  });

  it("throws for no text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.uint8Array().map((octets) => Buffer.from(octets).toString("hex")),
        ),
        (hex) => {
          const { ok, error } = pageTranslator.decode({ hex });
          expect(ok).to.equal(error === null);
        },
      ),
      { numRuns: 300 },
    );
  });
});
