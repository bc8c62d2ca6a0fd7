import { expect } from "chai";
import {
  accessRightsOf,
  accessRightsV3Of,
  attributeProtection,
  attributeRight,
  methodProtection,
  parseRight,
} from "../../src/cosem-objects/access.ts";
import { cosemClasses } from "../../src/cosem-objects/catalogue.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { ProfileGeneric } from "../../src/cosem-objects/classes/profile-generic.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { bitsOfProtection, noProtection, protectionOfBits } from "../../src/cosem-objects/required-protection.ts";
import { InvariantError } from "../../src/errors.ts";

const all = { read: true, write: true, invoke: true };

describe("Access rights", () => {
  it("are written as letters, and none of them hides the object", () => {
    expect(parseRight("rwx")).to.deep.equal(all);
    expect(parseRight("rx")).to.deep.equal({ read: true, write: false, invoke: true });
    expect(parseRight("w")).to.deep.equal({ read: false, write: true, invoke: false });
    expect([parseRight("-"), parseRight("")]).to.deep.equal([undefined, undefined]);
  });

  it("are what the class allows and the role may", () => {
    const { logicalName, secret } = AssociationLn.attributes;
    const { value } = Data.attributes;
    expect(attributeRight(value, all)).to.deep.equal({ read: true, write: true });
    expect(attributeRight(logicalName, all)).to.deep.equal({ read: true, write: false });
    expect(attributeRight(secret, all)).to.deep.equal({ read: false, write: true });
    expect(attributeRight(value, { ...all, write: false })).to.deep.equal({ read: true, write: false });
    expect(attributeRight(secret, { ...all, write: false })).to.deep.equal({ read: false, write: false });
  });

  it("are announced for every attribute and method of the class", () => {
    expect(accessRightsOf(Register, { read: true, write: false, invoke: true })).to.deep.equal({
      attributeAccess: [
        { attributeId: 1, accessMode: "read-only", accessSelectors: undefined },
        { attributeId: 2, accessMode: "read-only", accessSelectors: undefined },
        { attributeId: 3, accessMode: "read-only", accessSelectors: undefined },
      ],
      methodAccess: [{ methodId: 1, accessMode: "access" }],
    });
  });

  it("are announced in all four modes", () => {
    const modes = (right: Parameters<typeof accessRightsOf>[1]) =>
      accessRightsOf(AssociationLn, right).attributeAccess.map(({ accessMode }) => accessMode);
    expect(modes(all)[6]).to.equal("write-only");
    expect(modes({ ...all, write: false })[6]).to.equal("no-access");
    expect(accessRightsOf(Data, all).attributeAccess[1]?.accessMode).to.equal("read-and-write");
    expect(accessRightsOf(Register, { ...all, invoke: false }).methodAccess).to.deep.equal([{ methodId: 1, accessMode: "no-access" }]);
  });

  it("name the selectors of what can be read selectively", () => {
    expect(accessRightsOf(ProfileGeneric, all).attributeAccess[1]?.accessSelectors).to.deep.equal([1, 2]);
    expect(accessRightsOf(ProfileGeneric, { ...all, read: false }).attributeAccess[1]?.accessSelectors).to.equal(undefined);
  });

  it("cover classes whose members are numbered in order, attributes without gaps, the logical name first", () => {
    for (const cosemClass of cosemClasses) {
      const { attributeAccess, methodAccess } = accessRightsOf(cosemClass, all);
      expect(
        attributeAccess.map(({ attributeId }) => attributeId),
        cosemClass.name,
      ).to.deep.equal(Object.keys(cosemClass.attributes).map((_, index) => index + 1));
      expect(
        methodAccess.map(({ methodId }) => methodId),
        cosemClass.name,
      ).to.deep.equal([...new Set(methodAccess.map(({ methodId }) => methodId))].sort((a, b) => a - b));
      expect(Object.keys(cosemClass.attributes)[0], cosemClass.name).to.equal("logicalName");
    }
  });

  const written = [
    ["r", 0x00],
    ["r:a", 0x04],
    ["rw:ae", 0x0c],
    ["rx:ae/ae", 0x6c],
    ["w:s/s", 0x90],
    ["r:/e", 0x40],
    ["r:", 0x00],
  ] as const;
  for (const [text, bits] of written)
    it(`take the protection that "${text}" says`, () => {
      expect(bitsOfProtection(parseRight(text)?.protection ?? noProtection)).to.equal(bits);
    });

  it("know no other protection, and none of what may not be done", () => {
    for (const text of ["r:x", "r:a/b", "r:A"]) expect(() => parseRight(text)).to.throw(InvariantError);
    expect(parseRight("-:ae")).to.equal(undefined);
  });

  it("ask for the protection of the attribute or method before that of the object", () => {
    const right = {
      ...all,
      protection: protectionOfBits(0x0c),
      attributeProtection: { 2: noProtection },
      methodProtection: { 1: protectionOfBits(0xfc) },
    };
    const bitsOf = [1, 2, 3].map((id) => [
      bitsOfProtection(attributeProtection({ id }, right)),
      bitsOfProtection(methodProtection({ id }, right)),
    ]);
    expect(bitsOf).to.deep.equal([
      [0x0c, 0xfc],
      [0x00, 0x0c],
      [0x0c, 0x0c],
    ]);
    expect(attributeProtection({ id: 2 }, all)).to.equal(noProtection);
  });

  it("are announced as authenticated in version 1, which cannot say more", () => {
    const modes = (text: string) => {
      const rights = accessRightsOf(AssociationLn, parseRight(text) ?? all);
      return [rights.attributeAccess[0], rights.attributeAccess[6], rights.methodAccess[0]].map((entry) => entry?.accessMode);
    };
    expect(modes("rwx:a")).to.deep.equal(["authenticated-read-only", "authenticated-write-only", "authenticated-access"]);
    expect(modes("rwx:ae/ae")).to.deep.equal(["authenticated-read-only", "authenticated-write-only", "authenticated-access"]);
    expect(modes("r:a")).to.deep.equal(["authenticated-read-only", "no-access", "no-access"]);
    expect(modes("rwx:e/a")).to.deep.equal(["read-only", "write-only", "access"]);
    expect(accessRightsOf(Data, { ...all, protection: protectionOfBits(0x04) }).attributeAccess[1]?.accessMode).to.equal(
      "authenticated-read-and-write",
    );
  });

  const modesV3 = [
    ["r", 1, 0],
    ["rw", 3, 0],
    ["w", 2, 0],
    ["x", 0, 1],
    ["rwx:ae", 15, 13],
    ["rx:ae/ae", 109, 109],
    ["rwx:ae/ae", 111, 109],
    ["rwx:aes/aes", 255, 253],
    ["x:ae", 0, 13],
  ] as const;
  for (const [text, attributeMode, methodMode] of modesV3)
    it(`are announced in version 3 as ${attributeMode} and ${methodMode} for "${text}" (Blue Book 4.4.4)`, () => {
      const right = parseRight(text) ?? all;
      const { methodAccess } = accessRightsV3Of(Register, right);
      expect([accessRightsV3Of(Data, right).attributeAccess[1]?.accessMode, methodAccess[0]?.accessMode]).to.deep.equal([
        attributeMode,
        methodMode,
      ]);
    });

  it("of version 3 differ from attribute to attribute, and name selectors", () => {
    const right = { read: true, write: false, invoke: false, attributeProtection: { 2: protectionOfBits(0x6c) } };
    const { attributeAccess } = accessRightsV3Of(ProfileGeneric, right);
    expect(attributeAccess.slice(0, 3)).to.deep.equal([
      { attributeId: 1, accessMode: 1, accessSelectors: undefined },
      { attributeId: 2, accessMode: 109, accessSelectors: [1, 2] },
      { attributeId: 3, accessMode: 1, accessSelectors: undefined },
    ]);
  });
});
