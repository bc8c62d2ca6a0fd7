import { expect } from "chai";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { toHex } from "../../../src/bytes/hex.ts";
import { accessRightsV3Of, parseRight } from "../../../src/cosem-objects/access.ts";
import {
  AssociationLn,
  AssociationLnV2,
  AssociationLnV3,
  associationUser,
  objectListElementV3,
} from "../../../src/cosem-objects/classes/association-ln.ts";
import { Register } from "../../../src/cosem-objects/classes/register.ts";
import type { CosemClass } from "../../../src/cosem-objects/define.ts";

const members = ({ attributes, methods }: CosemClass) => [
  Object.values(attributes).map(({ id }) => id),
  Object.values(methods).map(({ id }) => id),
];

describe("The class Association LN", () => {
  it("has users from version 2 on", () => {
    expect([AssociationLn, AssociationLnV2, AssociationLnV3].map(({ classId, version }) => [classId, version])).to.deep.equal([
      [15, 1],
      [15, 2],
      [15, 3],
    ]);
    expect(members(AssociationLn)).to.deep.equal([
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [1, 2, 3, 4],
    ]);
    for (const cosemClass of [AssociationLnV2, AssociationLnV3])
      expect(members(cosemClass)).to.deep.equal([
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        [1, 2, 3, 4, 5, 6],
      ]);
  });

  it("encodes an element of the object list of version 3 with its protection, octet by octet", () => {
    const right = parseRight("rx:ae/ae");
    expect(right).to.not.equal(undefined);
    if (right === undefined) return;
    const element = { classId: 3, version: 0, logicalName: "1.0.1.8.0.255", accessRights: accessRightsV3Of(Register, right) } as const;
    const writer = new ByteWriter();
    objectListElementV3.write(writer, element);
    const hex = toHex(writer.finish());
    expect(hex).to.equal(
      [
        "0204",
        "120003",
        "1100",
        "09060100010800FF",
        "0202",
        "0103",
        "02030F01166D00",
        "02030F02166D00",
        "02030F03166D00",
        "0101",
        "02020F01166D",
      ].join(""),
    );
    expect(objectListElementV3.read(new ByteReader(Uint8Array.from(Buffer.from(hex, "hex"))))).to.deep.equal(element);
  });

  it("encodes a user as its number and name", () => {
    const writer = new ByteWriter();
    associationUser.write(writer, { userId: 7, userName: "Ann" });
    expect(toHex(writer.finish())).to.equal("020211070A03416E6E");
  });
});
