import { expect } from "chai";
import fc from "fast-check";
import { displayWidth, formatTable } from "../../src/cli/table.ts";

const columns = [{ title: "name" }, { title: "value", align: "right" }] as const;

describe("formatTable", () => {
  it("aligns columns and leaves no space at line ends", () => {
    expect(
      formatTable(columns, [
        ["energy", "12345"],
        ["U", "230"],
      ]),
    ).to.equal(["name    value", "energy  12345", "U         230"].join("\n"));
    expect(formatTable([{ title: "a" }, { title: "b" }], [["1", ""]])).to.equal("a  b\n1");
  });

  it("shows the titles of an empty table", () => {
    expect(formatTable(columns, [])).to.equal("name  value");
  });

  it("shortens the widest column on a narrow screen", () => {
    expect(formatTable(columns, [["Active energy import (+A)", "12345"]], { width: 20 })).to.equal(
      "name           value\nActive energ…  12345",
    );
  });

  it("keeps a few places of every column on a screen too narrow for any", () => {
    expect(formatTable(columns, [["abcdefgh", "12345678"]], { width: 1 })).to.equal("name     value\nabcde…  12345…");
  });

  it("keeps a cell on its line", () => {
    expect(formatTable([{ title: "a" }], [["x\ny\u001b[2J"]])).to.equal("a\nx y [2J");
  });

  it("counts characters as the terminal shows them", () => {
    expect(["kWh", "°C", "é", "電力", "🔌", "a\u200bb"].map(displayWidth)).to.deep.equal([3, 2, 1, 4, 2, 2]);
    expect(
      formatTable(
        [{ title: "a" }, { title: "b" }],
        [
          ["電力", "1"],
          ["x", "2"],
        ],
      ),
    ).to.equal("a     b\n電力  1\nx     2");
  });

  it("does not cut a wide character in half", () => {
    expect(formatTable([{ title: "a" }], [["電力電力電力"]], { width: 6 })).to.equal("a\n電力…");
  });

  it("fits the screen wherever the columns can", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string()), { maxLength: 5 }),
        fc.integer({ min: 14, max: 60 }),
        (rows, width) => {
          for (const line of formatTable(columns, rows, { width }).split("\n")) expect(displayWidth(line)).to.be.at.most(width);
        },
      ),
    );
  });
});
