import { expect } from "chai";
import fc from "fast-check";
import { type Detection, Detector, newDetector } from "../../../src/meter-model/guard/detector.ts";

const persistence = { begin: 10, end: 20 };
const make = () => new Detector(newDetector(), () => persistence);

describe("a detector", () => {
  it("recognises a condition when it has held for its time, and counts it from where it began", () => {
    const detector = make();
    expect(detector.observe(true, 100)).to.deep.equal([]);
    expect(detector.due).to.equal(110);
    expect(detector.observe(true, 109)).to.deep.equal([]);
    expect(detector.observe(true, 110)).to.deep.equal([{ active: true, since: 100, at: 110 }]);
    expect(detector.due).to.equal(Number.POSITIVE_INFINITY);
  });

  it("begins anew after an interruption", () => {
    const detector = make();
    detector.observe(true, 0);
    detector.observe(false, 9);
    detector.observe(true, 10);
    expect(detector.observe(true, 19)).to.deep.equal([]);
    expect(detector.observe(true, 20)).to.deep.equal([{ active: true, since: 10, at: 20 }]);
  });

  it("recognises what has held long enough even where it ends at that very instant", () => {
    const detector = make();
    detector.observe(true, 0);
    expect(detector.observe(false, 10)).to.deep.equal([{ active: true, since: 0, at: 10 }]);
    expect(detector.due).to.equal(30);
    expect(detector.observe(false, 30)).to.deep.equal([{ active: false, since: 10, at: 30 }]);
  });

  it("recognises at once what needs no time", () => {
    const detector = new Detector(newDetector(), () => ({ begin: 0, end: 0 }));
    expect(detector.observe(true, 5)).to.deep.equal([{ active: true, since: 5, at: 5 }]);
    expect(detector.observe(false, 7)).to.deep.equal([{ active: false, since: 7, at: 7 }]);
  });

  it("forgets what was not certain when nothing can be known any more", () => {
    const detector = make();
    detector.observe(true, 0);
    expect(detector.suspend(9)).to.deep.equal([]);
    expect(detector.due).to.equal(Number.POSITIVE_INFINITY);
    detector.observe(true, 9);
    expect(detector.suspend(19)).to.deep.equal([{ active: true, since: 9, at: 19 }]);
  });

  it("agrees with asking every millisecond", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 120 }), (conditions) => {
        const detector = make();
        const found: Detection[] = [];
        conditions.forEach((condition, now) => {
          found.push(...detector.observe(condition, now));
        });
        const expected: (readonly [active: boolean, at: number])[] = [];
        let active = false;
        let changed = 0;
        for (let now = 0; now < conditions.length; now++) {
          const needed = active ? persistence.end : persistence.begin;
          const held = conditions.slice(Math.max(0, now - needed), now);
          if (now - changed >= needed && held.length === needed && held.every((condition) => condition !== active)) {
            active = !active;
            changed = now;
            expected.push([active, now]);
          }
        }
        expect(found.map((detection) => [detection.active, detection.at])).to.deep.equal(expected);
      }),
    );
  });
});
