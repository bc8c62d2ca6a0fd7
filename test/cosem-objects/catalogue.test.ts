import { expect } from "chai";
import { cosemClasses, findClass } from "../../src/cosem-objects/catalogue.ts";
import { ProfileGeneric } from "../../src/cosem-objects/classes/profile-generic.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";

describe("Catalogue of classes", () => {
  it("finds a class by its id", () => {
    expect(findClass(3)).to.equal(Register);
    expect(findClass(3, 0)).to.equal(Register);
    expect(findClass(9999)).to.equal(undefined);
  });

  it("takes the nearest version for one that is not known", () => {
    expect(findClass(7, 1)).to.equal(ProfileGeneric);
    expect(findClass(7, 9)).to.equal(ProfileGeneric);
    expect(findClass(7, 0)).to.equal(ProfileGeneric);
  });

  it("has each class and version once", () => {
    const keys = cosemClasses.map(({ classId, version }) => `${classId} ${version}`);
    expect(new Set(keys).size).to.equal(keys.length);
  });
});
