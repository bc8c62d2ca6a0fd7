import { expect } from "chai";
import * as fc from "fast-check";
import { fromHex } from "../../src/bytes/hex.ts";
import { pageTranslator } from "../../src/cli/dashboard/translator.ts";
import type { DecipheringKeys } from "../../src/decode/key-ring.ts";
import { SecretKey } from "../../src/dlms/security/secret-key.ts";

const translator = pageTranslator();
const getRequest = "C001C100030100010800FF0200";

describe("the translator of the page", () => {
  it("says what every octet is", () => {
    const { ok, hex, fields, error } = translator.decode({ hex: "c0 01 c1 00 03 01 00 01 08 00 ff 02 00" });
    expect({ ok, hex, error }).to.deep.equal({ ok: true, hex: getRequest, error: null });
    const leaves = fields.filter(({ length }) => length > 0).map(({ offset, length }) => [offset, length] as const);
    const covered = new Set(leaves.flatMap(([offset, length]) => Array.from({ length }, (_, index) => offset + index)));
    expect(covered.size).to.equal(getRequest.length / 2);
  });

  it("opens what crosses the line of a meter with the gateway's keys for it, and those of no other", () => {
    const secrets: DecipheringKeys = {
      encryptionKey: SecretKey.from(fromHex("000102030405060708090A0B0C0D0E0F")),
      authenticationKey: SecretKey.from(fromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF")),
      systemTitles: [fromHex("4D4D4D0000BC614E")],
    };
    const { decode } = pageTranslator((meterId) => (meterId === "house" ? secrets : undefined));
    const hex = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";
    const isOpened = (request: { readonly meter?: string }) =>
      decode({ hex, ...request }).fields.some(({ field }) => field === "deciphered");
    expect([isOpened({ meter: "house" }), isOpened({ meter: "barn" }), isOpened({})]).to.deep.equal([true, false, false]);
  });

  it("shows what keys open behind what was pasted", () => {
    // Green Book, a GET request under global keys with authenticated encryption (9.2.7.2.4.6 has the keys).
    const apdu = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";
    const keys = {
      encryptionKey: "000102030405060708090A0B0C0D0E0F",
      authenticationKey: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
      systemTitle: "4D4D4D0000BC614E",
    };
    const { ok, hex, fields } = translator.decode({ hex: apdu, ...keys });
    expect(ok).to.equal(true);
    expect(hex).to.equal(`${apdu}C0010000080000010000FF0200`);
    const start = fields.find(({ field }) => field === "deciphered");
    expect(start).to.deep.include({ offset: apdu.length / 2, length: 13, depth: 0 });
    expect(JSON.stringify(fields)).not.to.match(/0A0B0C0D0E0F|DADBDCDD/i);
  });

  it("says what is wrong, in the answer", () => {
    expect(translator.decode({ hex: "no hex" })).to.deep.include({ ok: false, fields: [] });
    expect(translator.decode({ hex: "60" }).error).to.contain("aarq");
    expect(translator.decode({ hex: "" }).ok).to.equal(false);
  });

  it("keeps passwords to itself", () => {
    const aarq = "6036A1090607608574050801018A0207808B0760857405080201AC0A80083132333435363738BE10040E01000000065F1F0400007E1FFFFF";
    const { fields } = translator.decode({ hex: aarq });
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
          const { ok, error } = translator.decode({ hex });
          expect(ok).to.equal(error === null);
        },
      ),
      { numRuns: 300 },
    );
  });
});
