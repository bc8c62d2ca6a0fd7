import { expect } from "chai";
import fc from "fast-check";
import { lineDiff } from "../../src/cli/line-diff.ts";
import { dateOf, dateText, specialDaysOf, tableOf, tariffOf } from "../../src/cli/tariff/tariff-text.ts";
import { parseYaml } from "../../src/config/load.ts";
import { formatTariff, type TariffFile, tariffSchema } from "../../src/config/tariff-file.ts";
import { decodeDateTime, encodeDateTime } from "../../src/dlms/axdr/date-time.ts";
import { ConfigError } from "../../src/errors.ts";
import { scaled } from "../support/scale.ts";

const parse = (text: string) => parseYaml(text, tariffSchema, "tariff.yaml") as TariffFile;

const octet = fc.integer({ min: 0, max: 255 });
const name = fc.oneof(
  fc.uint8Array({ maxLength: 8 }),
  fc.stringMatching(/^[!-~]{1,8}$/).map((text) => new TextEncoder().encode(text)),
);
const someDate = fc
  .tuple(
    fc.constantFrom(0xffff, 2027),
    fc.constantFrom(0xff, 1, 12, 0xfd),
    fc.constantFrom(0xff, 1, 31, 0xfe, 0xfd),
    fc.constantFrom(0xff, 1, 7),
  )
  .map(([year, month, day, weekday]) => [year >> 8, year & 0xff, month, day, weekday]);
const start = fc
  .tuple(someDate, fc.constantFrom([0xff, 0xff, 0xff, 0xff], [2, 30, 0, 0], [0, 0, 0, 0]))
  .map(([date, time]) => decodeDateTime(Uint8Array.of(...date, ...time, 0x80, 0, 0xff)));

describe("A tariff as text", () => {
  it("is the tariff that it was, whatever its names, dates and times", () => {
    const table = fc.record({
      name,
      seasons: fc.array(fc.record({ name, start, weekName: name }), { maxLength: 4 }),
      weeks: fc.array(
        fc.record({
          name,
          monday: octet,
          tuesday: octet,
          wednesday: octet,
          thursday: octet,
          friday: octet,
          saturday: octet,
          sunday: octet,
        }),
        { maxLength: 4 },
      ),
      days: fc.array(
        fc.record({
          dayId: octet,
          schedule: fc.array(
            fc.record({
              startTime: fc
                .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))
                .map(([hour, minute, second]) => Uint8Array.of(hour, minute, second, 0)),
              scriptLogicalName: fc.constantFrom("0.0.10.0.100.255" as const, "0.1.10.0.100.255" as const),
              scriptSelector: fc.integer({ min: 0, max: 65_535 }),
            }),
            { maxLength: 4 },
          ),
        }),
        { maxLength: 4 },
      ),
    });
    fc.assert(
      fc.property(table, (given) => {
        expect(tableOf(tariffOf(given))).to.deep.equal(given);
      }),
      { numRuns: scaled(200, 5000) },
    );
  });

  it("has dates that people read, and octets where there is no other way", () => {
    for (const [octets, text] of [
      ["FFFF0401FFFFFFFFFF8000FF", "*-04-01"],
      ["07EB0C19FFFFFFFFFF8000FF", "2027-12-25"],
      ["FFFF03FE0702000000 8000FF".replace(" ", ""), "*-03-last sunT02:00"],
      ["FFFFFFFDFFFFFFFFFF8000FF", "*-*-last2"],
      ["FFFFFEFFFFFFFFFFFF8000FF", "hex:FFFFFEFFFFFFFFFFFF8000FF"],
    ] as const) {
      const date = decodeDateTime(Uint8Array.from(Buffer.from(octets, "hex")));
      expect(dateText(date)).to.equal(text);
      expect(
        Buffer.from(encodeDateTime(dateOf(text)))
          .toString("hex")
          .toUpperCase(),
      ).to.equal(octets);
    }
  });

  const good = [
    "name: A",
    "seasons: [{ name: S, from: '*-01-01', week: W }]",
    "weeks: [{ name: W, days: [1, 1, 1, 1, 1, 1, 1] }]",
    "days: [{ id: 1, schedule: [{ at: '00:00', script: 1 }, { at: '06:30:15', script: 2 }] }]",
  ].join("\n");

  it("comes back from the file it is written to", () => {
    const tariff = parse(`${good}\nspecialDays: [{ date: 2027-12-25, day: 1 }]`);
    expect(parse(formatTariff(tariff))).to.deep.equal(tariff);
    expect(formatTariff(tariff)).to.not.contain("10.0.100");
    expect(specialDaysOf(tariff)).to.deep.equal([{ index: 0, date: Uint8Array.of(0x07, 0xeb, 12, 25, 0xff), dayId: 1 }]);
  });

  const faults: readonly (readonly [string, (text: string) => string, string])[] = [
    ["a week that there is not", (text) => text.replace("week: W", "week: V"), "seasons[0].week: there is no week V"],
    ["a day that there is not", (text) => text.replace("1, 1] }", "1, 9] }"), "weeks[0].days[6]: there is no day 9"],
    ["six days of a week", (text) => text.replace("[1, 1, ", "[1, "), "weeks[0].days: expected seven days"],
    ["times that do not ascend", (text) => text.replace("06:30:15", "00:00"), "days[0].schedule[1].at: expected a time behind 00:00"],
    ["a time that is none", (text) => text.replace("06:30:15", "24:00"), "days[0].schedule[1].at: expected a time"],
    ["no seasons", (text) => text.replace(/seasons.*/, "seasons: []"), "seasons: expected at least one"],
    ["a date that is none", (text) => text.replace("*-01-01", "1 May"), "seasons[0].from: expected a date"],
    [
      "a day twice",
      (text) => text.replace("days: [{ id", "days: [{ id: 1, schedule: [] }, { id"),
      "days[1].id: another day has this number",
    ],
  ];
  for (const [what, change, message] of faults) {
    it(`is refused with ${what}`, () => {
      expect(change(good)).to.not.equal(good);
      expect(() => parse(change(good))).to.throw(ConfigError, message);
    });
  }
});

describe("What became of lines", () => {
  it("gives both of them back, and no more than it must", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = lineDiff(before, after);
        expect(diff.filter(({ mark }) => mark !== "+").map(({ text }) => text)).to.deep.equal(before);
        expect(diff.filter(({ mark }) => mark !== "-").map(({ text }) => text)).to.deep.equal(after);
        if (before.join() === after.join()) expect(diff.every(({ mark }) => mark === " ")).to.equal(true);
      }),
    );
    expect(lineDiff(["a", "b", "c"], ["a", "x", "c"]).map(({ mark, text }) => mark + text)).to.deep.equal([" a", "-b", "+x", " c"]);
  });
});
