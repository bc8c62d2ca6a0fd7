import { expect } from "chai";
import fc from "fast-check";
import {
  baseDates,
  isKeyExpired,
  isReservedIdentifier,
  issueTime,
  largestTokenIdentifier,
  needsRollover,
  nextTokenIdentifier,
  reservedIdentifier,
} from "../../src/sts/token-identifier.ts";

const minute = 60_000;

describe("a token identifier", () => {
  it("counts whole minutes from the base date", () => {
    expect(nextTokenIdentifier(Date.UTC(1996, 2, 25, 13, 55, 22), 1993)).to.equal(1_698_595);
    expect(baseDates.map((base) => nextTokenIdentifier(Date.UTC(base, 0, 1, 8), base))).to.deep.equal([480, 480, 480]);
  });

  it("ends nearly 32 years later", () => {
    for (const base of baseDates) {
      const last = Date.UTC(base + 31, 10, 24, 20, 15);
      expect(nextTokenIdentifier(last + minute - 1, base)).to.equal(largestTokenIdentifier);
      expect(issueTime(largestTokenIdentifier, base)).to.equal(last);
      expect(nextTokenIdentifier(last + minute, base)).to.equal(undefined);
      expect(nextTokenIdentifier(Date.UTC(base, 0, 1) - 1, base)).to.equal(undefined);
    }
  });

  it("of a normal token is never the minute 00:01", () => {
    const midnight = Date.UTC(2026, 6, 29);
    const first = nextTokenIdentifier(midnight, 2014) as number;
    expect(nextTokenIdentifier(midnight + minute, 2014)).to.equal(first + 2);
    expect(nextTokenIdentifier(midnight, 2014, first)).to.equal(first + 2);
  });

  it("of a special token is the minute 00:01 of its day", () => {
    const day = Date.UTC(2026, 6, 29);
    const reserved = (nextTokenIdentifier(day, 2014) as number) + 1;
    expect([0, 1, 720, 1_439].map((minutes) => reservedIdentifier(day + minutes * minute, 2014))).to.deep.equal(
      new Array(4).fill(reserved),
    );
    expect(isReservedIdentifier(reserved)).to.equal(true);
    expect(reservedIdentifier(Date.UTC(2013, 11, 31, 12), 2014)).to.equal(undefined);
    expect(reservedIdentifier(Date.UTC(2046, 0, 1), 2014)).to.equal(undefined);
  });

  it("is above every one issued before, and not reserved, however many are issued in a minute", () => {
    const times = fc.array(fc.integer({ min: 0, max: 3 * 1_440 * minute }), { maxLength: 60 });
    fc.assert(
      fc.property(times, (offsets) => {
        const start = Date.UTC(2026, 0, 1);
        let latest: number | undefined;
        for (const offset of offsets) {
          const next = nextTokenIdentifier(start + offset, 2014, latest) as number;
          expect(next).to.be.above(latest ?? -1);
          expect(issueTime(next, 2014)).to.be.above(start + offset - minute);
          expect(isReservedIdentifier(next)).to.equal(false);
          latest = next;
        }
      }),
    );
  });

  it("is not given twice at the end of the scale", () => {
    expect(nextTokenIdentifier(Date.UTC(2014, 0, 1), 2014, largestTokenIdentifier)).to.equal(undefined);
  });

  it("is too young for a key when its high octet is above the key expiry number", () => {
    expect(isKeyExpired(0x52ffff, 0x52)).to.equal(false);
    expect(isKeyExpired(0x530000, 0x52)).to.equal(true);
    expect(isKeyExpired(largestTokenIdentifier, 255)).to.equal(false);
  });

  it("starts again with a later base date alone", () => {
    expect(baseDates.map((from) => baseDates.map((to) => needsRollover(from, to)))).to.deep.equal([
      [false, true, true],
      [false, false, true],
      [false, false, false],
    ]);
  });
});
