import { expect } from "chai";
import { accessRightsOf, attributeRight, parseRight } from "../../src/cosem-objects/access.ts";
import { cosemClasses } from "../../src/cosem-objects/catalogue.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { ProfileGeneric } from "../../src/cosem-objects/classes/profile-generic.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";

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
});
