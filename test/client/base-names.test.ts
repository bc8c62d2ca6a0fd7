import { expect } from "chai";
import fc from "fast-check";
import { BaseNames } from "../../src/client/base-names.ts";
import { cosemClasses, findClass } from "../../src/cosem-objects/catalogue.ts";
import type { CosemClass } from "../../src/cosem-objects/define.ts";
import { type LogicalName, logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import { memberAt, methodOffset } from "../../src/cosem-objects/short-names.ts";
import { LocalProtocolError } from "../../src/errors.ts";

const energy: LogicalName = "1.0.1.8.0.255";
const element = (baseName: number, classId: number, logicalName: LogicalName, version = 0) => ({ baseName, classId, version, logicalName });
const attribute = (classId: number, logicalName: LogicalName, attributeId: number) => ({
  classId,
  logicalName: logicalNameToBytes(logicalName),
  attributeId,
});
const method = (classId: number, logicalName: LogicalName, methodId: number) => ({
  classId,
  logicalName: logicalNameToBytes(logicalName),
  methodId,
});

describe("Base names of a meter", () => {
  it("give the names of attributes and methods", () => {
    const names = new BaseNames([element(0x1000, 3, energy)]);
    expect(names.attribute(attribute(3, energy, 1))).to.equal(0x1000);
    expect(names.attribute(attribute(3, energy, 3))).to.equal(0x1010);
    expect(names.method(method(3, energy, 1))).to.equal(0x1028);
  });

  it("are numbers without sign, whatever sign the list gives them", () => {
    const names = new BaseNames([element(0xfd00 - 0x10000, 1, "0.0.42.0.0.255")]);
    expect(names.attribute(attribute(1, "0.0.42.0.0.255", 2))).to.equal(0xfd08);
  });

  it("tell what is not there from what is of another class", () => {
    const names = new BaseNames([element(0x1000, 3, energy)]);
    expect(names.attribute(attribute(3, "1.0.2.8.0.255", 2))).to.equal("object-undefined");
    expect(names.method(method(3, "1.0.2.8.0.255", 1))).to.equal("object-undefined");
    expect(names.attribute(attribute(4, energy, 2))).to.equal("object-class-inconsistent");
    expect(names.method(method(4, energy, 1))).to.equal("object-class-inconsistent");
  });

  it("tell objects of the same name by their classes", () => {
    const names = new BaseNames([element(0x1000, 3, energy), element(0x2000, 4, energy)]);
    expect(names.attribute(attribute(3, energy, 2))).to.equal(0x1008);
    expect(names.attribute(attribute(4, energy, 2))).to.equal(0x2008);
  });

  it("never give an attribute the name of a method, or of what is before the object", () => {
    for (const cosemClass of cosemClasses) {
      const names = new BaseNames([element(0x1000, cosemClass.classId, energy, cosemClass.version)]);
      for (let id = -128; id < 128; id++) {
        const name = names.attribute(attribute(cosemClass.classId, energy, id));
        const has = Object.values(cosemClass.attributes).some((definition) => definition.id === id);
        expect(typeof name, `${cosemClass.name} attribute ${id}`).to.equal(has ? "number" : "string");
        if (typeof name === "number") expect(memberAt(cosemClass, name - 0x1000)).to.deep.equal({ attributeId: id });
      }
    }
  });

  it("take attributes of newer versions and of unknown classes to be there, up to methods and the next object", () => {
    const newer = (findClass(3) as CosemClass).version + 1;
    const names = new BaseNames([element(0x1000, 3, energy, newer), element(0x2000, 9999, energy), element(0x2020, 1, "0.0.96.1.0.255")]);
    const highest = (classId: number) =>
      Array.from({ length: 127 }, (_, index) => index + 1).findLast(
        (id) => typeof names.attribute(attribute(classId, energy, id)) === "number",
      );
    expect(highest(3)).to.equal(5);
    expect(highest(9999)).to.equal(4);
    expect(names.attribute(attribute(9999, energy, 0))).to.equal("object-undefined");
  });

  it("give no name to methods behind the object, nor to those of classes that are not known", () => {
    const names = new BaseNames([element(0x1000, 3, energy), element(0x1020, 1, "0.0.96.1.0.255"), element(0x2000, 9999, energy)]);
    expect(names.method(method(3, energy, 1))).to.equal("object-undefined");
    expect(() => names.method(method(9999, energy, 1))).to.throw(LocalProtocolError, /methods of class 9999/);
    expect(() => names.method(method(1, "0.0.96.1.0.255", 1))).to.throw(LocalProtocolError);
  });

  it("know the list of objects before it is read, and nothing else", () => {
    expect(BaseNames.initial.attribute(attribute(12, "0.0.40.0.0.255", 2))).to.equal(0xfa08);
    expect(BaseNames.initial.method(method(12, "0.0.40.0.0.255", 8))).to.equal(0xfa58);
    expect(BaseNames.initial.attribute(attribute(15, "0.0.40.0.0.255", 2))).to.equal("object-class-inconsistent");
    expect(BaseNames.initial.attribute(attribute(3, energy, 2))).to.equal("object-undefined");
  });

  it("stay within the object, whatever list a meter sends", () => {
    // Close together, and up to the end of all names.
    const bases = fc.uniqueArray(fc.integer({ min: -0x100, max: 0x100 }), { minLength: 1, maxLength: 20 });
    const classes = fc.constantFrom(...cosemClasses.map(({ classId }) => classId), 9999);
    fc.assert(
      fc.property(bases, classes, fc.integer({ min: -128, max: 127 }), fc.integer({ min: 0, max: 9 }), (list, classId, id, version) => {
        const names = new BaseNames(list.map((baseName, index) => element(baseName, classId, `0.0.96.50.${index}.255`, version)));
        const starts = list.map((baseName) => baseName & 0xffff);
        starts.forEach((start, index) => {
          const object = { classId, logicalName: logicalNameToBytes(`0.0.96.50.${index}.255`) };
          const cosemClass = findClass(classId);
          const given = [names.attribute({ ...object, attributeId: id })];
          if (cosemClass && methodOffset(cosemClass, 1) !== undefined) given.push(names.method({ ...object, methodId: id }));
          for (const name of given) {
            if (typeof name === "string") continue;
            expect(name).to.be.within(start, 0xffff);
            expect(starts.filter((other) => other > start && other <= name)).to.deep.equal([]);
          }
        });
      }),
    );
  });
});
