import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import {
  type CosemDateTime,
  dateTime,
  dateTimeToInstant,
  decodeDateTime,
  formatDateTime,
  instantAt,
  instantToDateTime,
  plausibleDateTime,
  readDateTime,
  unspecifiedDateTime,
  writeDateTime,
} from "../../../src/dlms/axdr/date-time.ts";
import { dateTime as anyDateTime, instant } from "../../support/arbitraries.ts";
import { refusal } from "../../support/vectors.ts";

function encode(value: CosemDateTime): string {
  const writer = new ByteWriter();
  writeDateTime(writer, value);
  return toHex(writer.finish());
}

const deviation = fc.integer({ min: -720, max: 840 });
const noon: CosemDateTime = {
  year: 2026,
  month: 11,
  dayOfMonth: 22,
  dayOfWeek: 7,
  hour: 12,
  minute: 0,
  second: 0,
  hundredths: 0,
  deviation: -60,
  clockStatus: 0,
};

describe("CosemDateTime", () => {
  it("carries any twelve octets unchanged", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (octets) => {
        expect(encode(decodeDateTime(octets))).to.equal(toHex(octets));
      }),
    );
    fc.assert(
      fc.property(anyDateTime, (value) => {
        expect(decodeDateTime(fromHex(encode(value)))).to.deep.equal(value);
      }),
    );
  });

  it("reads all ones as not specified, and a deviation of 8000", () => {
    expect(decodeDateTime(fromHex("FFFFFFFFFFFFFFFFFF8000FF"))).to.deep.equal(unspecifiedDateTime);
  });

  it("keeps the special months and days as they are", () => {
    const begin = decodeDateTime(fromHex("FFFF03FE0702000000800000"));
    expect(begin).to.deep.equal({
      ...unspecifiedDateTime,
      month: 3,
      dayOfMonth: 0xfe,
      dayOfWeek: 7,
      hour: 2,
      minute: 0,
      second: 0,
      hundredths: 0,
      clockStatus: 0,
    });
    expect(decodeDateTime(fromHex("FFFFFEFDFFFFFFFFFF8000FF"))).to.deep.equal({ ...unspecifiedDateTime, month: 0xfe, dayOfMonth: 0xfd });
  });

  it("is twelve octets, neither fewer nor more", () => {
    expect(refusal(() => decodeDateTime(new Uint8Array(11)))).to.equal("truncated");
    expect(refusal(() => decodeDateTime(new Uint8Array(13)))).to.equal("trailing-data");
  });

  describe("as an attribute", () => {
    const read = (hex: string) => dateTime.read(new ByteReader(fromHex(hex)));

    it("is written as an octet-string and read as either type", () => {
      const writer = new ByteWriter();
      dateTime.write(writer, noon);
      expect(toHex(writer.finish())).to.equal("090C07EA0B16070C000000FFC400");
      expect(read("090C07EA0B16070C000000FFC400")).to.deep.equal(noon);
      expect(read("1907EA0B16070C000000FFC400")).to.deep.equal(noon);
    });

    it("is no other length and no other type", () => {
      expect(refusal(() => read("090B07EA0B16070C000000FFC4"))).to.equal("bad-length");
      expect(refusal(() => read("090D07EA0B16070C000000FFC40000"))).to.equal("bad-length");
      expect(refusal(() => read("0A0C07EA0B16070C000000FFC400"))).to.equal("bad-tag");
      expect(refusal(() => read("1907EA0B16"))).to.equal("truncated");
    });
  });

  describe("and instants", () => {
    it("agree with the platform's calendar from 1970 to 2106, in any deviation", () => {
      fc.assert(
        fc.property(instant, deviation, (utc, minutes) => {
          const local = new Date(utc - minutes * 60_000);
          expect(instantToDateTime(utc, minutes, 0x80)).to.deep.equal({
            year: local.getUTCFullYear(),
            month: local.getUTCMonth() + 1,
            dayOfMonth: local.getUTCDate(),
            dayOfWeek: local.getUTCDay() === 0 ? 7 : local.getUTCDay(),
            hour: local.getUTCHours(),
            minute: local.getUTCMinutes(),
            second: local.getUTCSeconds(),
            hundredths: local.getUTCMilliseconds() / 10,
            deviation: minutes,
            clockStatus: 0x80,
          });
        }),
        { numRuns: 500 },
      );
    });

    it("turn into each other without loss", () => {
      fc.assert(
        fc.property(instant, deviation, (utc, minutes) => {
          expect(dateTimeToInstant(instantToDateTime(utc, minutes))).to.equal(utc);
        }),
        { numRuns: 500 },
      );
    });

    it("agree on every first and last day of a month in a leap cycle", () => {
      for (let year = 1999; year <= 2101; year++) {
        for (let month = 0; month < 12; month++) {
          for (const utc of [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 0)]) {
            expect(dateTimeToInstant(instantToDateTime(utc, 0)), new Date(utc).toISOString()).to.equal(utc);
          }
        }
      }
    });

    it("cut below a hundredth of a second", () => {
      expect(instantToDateTime(1999, 0)).to.include({ second: 1, hundredths: 99 });
    });

    it("take the sign of the standard: UTC is local plus deviation", () => {
      expect(dateTimeToInstant(decodeDateTime(fromHex("07E8060F0614172D00FF8880")))).to.equal(Date.UTC(2024, 5, 15, 18, 23, 45));
    });

    it("take the deviation assumed where none is given", () => {
      const local = { ...noon, deviation: undefined };
      expect(dateTimeToInstant(local)).to.equal(Date.UTC(2026, 10, 22, 12));
      expect(dateTimeToInstant(local, -60)).to.equal(Date.UTC(2026, 10, 22, 11));
      expect(dateTimeToInstant(noon, 600)).to.equal(Date.UTC(2026, 10, 22, 11));
    });

    it("take minutes, seconds and hundredths that are not specified for zero", () => {
      expect(dateTimeToInstant({ ...noon, minute: undefined, second: undefined, hundredths: undefined })).to.equal(
        Date.UTC(2026, 10, 22, 11),
      );
    });

    it("know the years before 100 for what they are", () => {
      const instant = dateTimeToInstant({ ...noon, year: 50, deviation: 0 }) as number;
      expect(new Date(instant).toISOString()).to.equal("0050-11-22T12:00:00.000Z");
      expect(instantToDateTime(instant, 0)).to.include({ year: 50, month: 11, dayOfMonth: 22, hour: 12 });
    });

    it("take hour 24 for the end of the day", () => {
      expect(dateTimeToInstant({ ...noon, hour: 24 })).to.equal(Date.UTC(2026, 10, 22, 23));
    });

    it("are the same for octets in place", () => {
      // Mostly plausible fields, so that not everything is out of range.
      const fields = fc.tuple(
        fc.nat(0xffff),
        fc.nat(14),
        fc.nat(33),
        fc.nat(255),
        fc.nat(26),
        fc.nat(61),
        fc.nat(61),
        fc.nat(101),
        fc.nat(0xffff),
      );
      fc.assert(
        fc.property(fields, deviation, ([year, month, day, weekday, hour, minute, second, hundredths, dev], assumed) => {
          const octets = Uint8Array.of(0xaa, year >> 8, year, month, day, weekday, hour, minute, second, hundredths, dev >> 8, dev, 0);
          const value = dateTimeToInstant(decodeDateTime(octets.subarray(1)), assumed);
          expect(instantAt(new DataView(octets.buffer), 1, assumed)).to.deep.equal(value ?? Number.NaN);
        }),
        { numRuns: 500 },
      );
    });

    const nowhere: readonly [string, Partial<CosemDateTime>][] = [
      ["any year", { year: undefined }],
      ["any month", { month: undefined }],
      ["any day", { dayOfMonth: undefined }],
      ["any hour", { hour: undefined }],
      ["the begin of daylight saving", { month: 0xfe }],
      ["the last day of the month", { dayOfMonth: 0xfe }],
      ["month 0", { month: 0 }],
      ["month 13", { month: 13 }],
      ["day 0", { dayOfMonth: 0 }],
      ["day 32", { dayOfMonth: 32 }],
      ["31 November", { dayOfMonth: 31 }],
      ["29 February of a common year", { month: 2, dayOfMonth: 29 }],
      ["hour 25", { hour: 25 }],
      ["minute 60", { minute: 60 }],
      ["second 60", { second: 60 }],
      ["hundredths 100", { hundredths: 100 }],
    ];
    for (const [name, fields] of nowhere) {
      it(`have no instant for ${name}`, () => {
        expect(dateTimeToInstant({ ...noon, ...fields })).to.equal(undefined);
      });
    }
  });

  describe("as text", () => {
    it("is ISO 8601 with the offset from UTC", () => {
      expect(formatDateTime(noon)).to.equal("2026-11-22T12:00:00+01:00");
      expect(formatDateTime({ ...noon, deviation: 0 })).to.equal("2026-11-22T12:00:00+00:00");
      expect(formatDateTime({ ...noon, deviation: 210, hundredths: 5 })).to.equal("2026-11-22T12:00:00.05-03:30");
      expect(formatDateTime({ ...noon, deviation: undefined })).to.equal("2026-11-22T12:00:00");
    });

    it("means the instant it stands for", () => {
      fc.assert(
        fc.property(instant, deviation, (utc, minutes) => {
          expect(Date.parse(formatDateTime(instantToDateTime(utc, minutes)))).to.equal(utc);
        }),
      );
    });

    it("shows wildcards as asterisks", () => {
      expect(formatDateTime(unspecifiedDateTime)).to.equal("****-**-**T**:00:00");
    });
  });

  it("is plausible with wildcards and special days, not with fields that nothing means", () => {
    const plausible = (octets: string) => plausibleDateTime(new DataView(fromHex(octets).buffer), 0);
    for (const octets of ["07EA0B16070C000000FFC400", "FFFFFFFFFFFFFFFFFF8000FF", "FFFF03FE0702000000800000", "07EA0B16000C0000000348FF"]) {
      expect(plausible(octets), octets).to.equal(true);
    }
    const wrong: readonly [octet: number, value: number][] = [
      [2, 0],
      [2, 13],
      [2, 0xfc],
      [3, 0],
      [3, 32],
      [3, 0xfc],
      [4, 8],
      [5, 25],
      [6, 60],
      [7, 60],
      [8, 100],
      [9, 0x04],
    ];
    for (const [octet, value] of wrong) {
      const octets = fromHex("07EA0B16070C000000004000");
      octets[octet] = value;
      expect(plausible(toHex(octets)), `octet ${octet} is ${value}`).to.equal(false);
    }
  });

  it("is read in place, and the reader moves behind it", () => {
    const reader = new ByteReader(fromHex("07EA0B16070C000000FFC40099"));
    expect(readDateTime(reader)).to.deep.equal(noon);
    expect(reader.remaining).to.equal(1);
  });
});
