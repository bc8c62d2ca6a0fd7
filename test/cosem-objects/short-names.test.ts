import { expect } from "chai";
import fc from "fast-check";
import { cosemClasses } from "../../src/cosem-objects/catalogue.ts";
import { Clock } from "../../src/cosem-objects/classes/clock.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import { attributeOffset, memberAt, methodOffset, reservedBaseNames, roomOf, ShortNames } from "../../src/cosem-objects/short-names.ts";
import { InvariantError } from "../../src/errors.ts";
import { objectTable } from "../../src/virtual-meter/object-table.ts";
import { meterShortNames } from "../../src/virtual-meter/roles.ts";

const objects = Object.values(objectTable).flatMap((byClass) =>
  Object.entries(byClass).flatMap(([classId, names]) => names.map((logicalName) => ({ classId: Number(classId), logicalName }))),
);

describe("Short names of members", () => {
  it("are eight apart, attributes first", () => {
    expect(attributeOffset(1)).to.equal(0);
    expect(attributeOffset(3)).to.equal(0x10);
    expect(methodOffset(Register, 1)).to.equal(0x28);
    expect(methodOffset(Clock, 6)).to.equal(0x88);
    expect(methodOffset(Data, 1)).to.equal(undefined);
  });

  it("lead back to the members", () => {
    for (const cosemClass of cosemClasses) {
      for (const { id } of Object.values(cosemClass.attributes)) {
        expect(memberAt(cosemClass, attributeOffset(id)), `${cosemClass.name} attribute ${id}`).to.deep.equal({ attributeId: id });
      }
      for (const { id } of Object.values(cosemClass.methods)) {
        const offset = methodOffset(cosemClass, id);
        if (offset !== undefined) expect(memberAt(cosemClass, offset), `${cosemClass.name} method ${id}`).to.deep.equal({ methodId: id });
      }
    }
  });

  it("mean nothing between members and behind them", () => {
    for (const offset of [4, 0x18, 0x20, 0x30, 0x1000]) expect(memberAt(Register, offset), String(offset)).to.equal(undefined);
  });
});

describe("Short names of the meter", () => {
  it("are there for each of its 427 objects, none in the way of another or of a reserved one", () => {
    expect(objects).to.have.length(427);
    const spans = objects
      .map(({ classId, logicalName }) => ({ start: meterShortNames.baseName(logicalName) ?? -1, room: roomOf(classId) }))
      .sort((a, b) => a.start - b.start);
    const reserved = new Set<number>(Object.values(reservedBaseNames));
    for (const [index, { start, room }] of spans.entries()) {
      expect(start).to.be.greaterThanOrEqual(0x100);
      expect(start + room, start.toString(16)).to.be.at.most(spans[index + 1]?.start ?? 0x10000);
      if (!reserved.has(start)) expect(start + room).to.be.at.most(0xfa00);
    }
  });

  it("leave every class the room it needs", () => {
    for (const cosemClass of cosemClasses) {
      const offsets = [
        ...Object.values(cosemClass.attributes).map(({ id }) => attributeOffset(id)),
        ...Object.values(cosemClass.methods).map(({ id }) => methodOffset(cosemClass, id) ?? 0),
      ];
      expect(Math.max(...offsets) + 8, cosemClass.name).to.be.at.most(roomOf(cosemClass.classId));
    }
  });

  it("lead back to the objects", () => {
    for (const { logicalName } of objects) {
      const baseName = meterShortNames.baseName(logicalName) as number;
      expect(meterShortNames.ownerOf(baseName + 8)).to.deep.equal({ logicalName, offset: 8 });
    }
    expect(meterShortNames.ownerOf(0x00ff)).to.equal(undefined);
  });

  it("stay what they are: a client may have written them down", () => {
    const names = ["0.0.42.0.0.255", "0.0.40.0.0.255", "0.0.41.0.0.255", "0.0.1.0.0.255", "1.0.1.8.0.255", "1.0.99.1.0.255"] as const;
    expect(names.map((name) => meterShortNames.baseName(name)?.toString(16))).to.deep.equal([
      "fd00",
      "fa00",
      "fc00",
      "4bd0",
      "13e0",
      "47d0",
    ]);
  });
});

describe("ShortNames", () => {
  it("gives the same names whatever the order the objects are listed in", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(objects, { minLength: objects.length }), (listed) => {
        const names = new ShortNames(listed);
        for (const { logicalName } of objects) expect(names.baseName(logicalName)).to.equal(meterShortNames.baseName(logicalName));
      }),
      { numRuns: 20 },
    );
  });

  it("knows whose name any number is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (variableName) => {
        const starts = objects.map(({ logicalName }) => meterShortNames.baseName(logicalName) as number);
        const start = Math.max(...starts.filter((candidate) => candidate <= variableName));
        const owner = meterShortNames.ownerOf(variableName);
        if (start < 0) expect(owner).to.equal(undefined);
        else expect(owner).to.deep.equal({ logicalName: objects[starts.indexOf(start)]?.logicalName, offset: variableName - start });
      }),
    );
  });

  it("refuses more objects than there are names", () => {
    const many = Array.from({ length: 300 }, (_, index) => ({
      classId: 7,
      logicalName: `1.0.99.${index >> 8}.${index & 255}.255` as LogicalName,
    }));
    expect(() => new ShortNames(many)).to.throw(InvariantError);
  });
});
