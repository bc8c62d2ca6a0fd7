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

  it("never shortens a number, but its title", () => {
    const wide = [{ title: "name" }, { title: "maximum demand", align: "right" }] as const;
    expect(formatTable(wide, [["Active energy import", "1234567"]], { width: 16 })).to.equal("name     maximu…\nActive…  1234567");
  });

  it("stacks rows on a screen too narrow for them", () => {
    const rows = [
      ["Active energy import", "12345678901"],
      ["U", "230"],
      ["no value", ""],
    ];
    expect(formatTable(columns, rows, { width: 18 })).to.equal(
      ["name   Active ene…", "value  12345678901", "", "name   U", "value  230", "", "name   no value"].join("\n"),
    );
    expect(formatTable(columns, [], { width: 4 })).to.equal("name\nvalue");
  });

  it("fits profiles of many columns by stacking them", () => {
    const many = ["Time", "A+", "A-", "Status"].map((title, index) => ({
      title,
      align: index === 0 ? ("left" as const) : ("right" as const),
    }));
    const text = formatTable(many, [["2026-11-22T12:00+01:00", "100000", "200000", "0"]], { width: 20 });
    expect(text).to.equal("Time    2026-11-22T…\nA+      100000\nA-      200000\nStatus  0");
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

  it("fits any screen of some width, whatever the rows, and never breaks one", () => {
    const texts = [{ title: "name" }, { title: "where" }, { title: "value", align: "right" }] as const;
    const cell = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, fc.nat().map(String)), { maxLength: 5 }),
        fc.integer({ min: 20, max: 60 }),
        (rows, width) => {
          const lines = formatTable(texts, rows, { width }).split("\n");
          for (const line of lines) expect(displayWidth(line)).to.be.at.most(width);
          const stacked = rows.length * texts.length + Math.max(0, rows.length - 1);
          expect(lines.length).to.be.oneOf([rows.length + 1, stacked, texts.length]);
          for (const [, , number] of rows) expect(lines.some((line) => line.endsWith(number))).to.equal(true);
        },
      ),
    );
  });
});
