import { expect } from "chai";
import fc from "fast-check";
import { CaptureBuffer } from "../../src/meter-model/index.ts";
import { rowsOf } from "./support.ts";

function row(stamp: number) {
  return { stamp, offsetMinutes: 60, status: stamp % 2 === 0 ? 0x80 : 0, values: [stamp * 10, -stamp] };
}

function filled(capacity: number, rows: number): CaptureBuffer {
  const buffer = new CaptureBuffer(["a", "b"], capacity);
  for (let stamp = 1; stamp <= rows; stamp++) buffer.append(row(stamp));
  return buffer;
}

describe("CaptureBuffer", () => {
  it("keeps what it is given", () => {
    expect(rowsOf(filled(5, 3))).to.deep.equal([row(1), row(2), row(3)]);
    expect(filled(5, 3).rowAt(2)).to.deep.equal(row(3));
  });

  it("drops the oldest when full and counts on", () => {
    const buffer = filled(5, 12);
    expect(rowsOf(buffer)).to.deep.equal([8, 9, 10, 11, 12].map(row));
    expect([buffer.firstSequence, buffer.nextSequence]).to.deep.equal([7, 12]);
  });

  it("finds rows by instant", () => {
    const buffer = filled(4, 6);
    expect([0, 3, 4, 5.5, 6, 7].map((instant) => buffer.indexFrom(instant))).to.deep.equal([0, 0, 1, 3, 3, 4]);
  });

  it("does not reuse sequence numbers after it was emptied", () => {
    const buffer = filled(4, 6);
    buffer.clear();
    expect([buffer.length, buffer.firstSequence, buffer.lastStamp]).to.deep.equal([0, 6, undefined]);
    buffer.append(row(1));
    expect(rowsOf(buffer)).to.deep.equal([row(1)]);
  });

  it("gives snapshots that later rows do not change", () => {
    const buffer = filled(4, 6);
    const snapshot = buffer.snapshot();
    const part = buffer.snapshot(1, 3);
    const none = buffer.snapshot(2, 2);
    for (let stamp = 7; stamp < 20; stamp++) buffer.append(row(stamp));
    expect(rowsOf(snapshot)).to.deep.equal([3, 4, 5, 6].map(row));
    expect(rowsOf(part)).to.deep.equal([4, 5].map(row));
    expect(rowsOf(none)).to.deep.equal([]);
  });

  it("keeps the newest rows when its capacity changes", () => {
    expect(rowsOf(filled(6, 9).resized(3))).to.deep.equal([7, 8, 9].map(row));
    const larger = filled(3, 9).resized(6);
    larger.append(row(10));
    expect(rowsOf(larger)).to.deep.equal([7, 8, 9, 10].map(row));
  });

  it("refuses rows out of order or of another width, and indices it does not have", () => {
    const buffer = filled(4, 6);
    const wrong = [
      () => buffer.append(row(6)),
      () => buffer.append({ ...row(7), values: [1] }),
      () => buffer.stampAt(4),
      () => buffer.stampAt(-1),
      () => buffer.valueAt(0, 2),
      () => buffer.snapshot(0, 5),
      () => new CaptureBuffer(["a"], 0),
    ];
    for (const action of wrong) expect(action).to.throw().with.property("code", "invariant");
  });

  it("behaves like an array cut to its capacity", () => {
    const actions = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant("clear" as const)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), actions, (capacity, list) => {
        const buffer = new CaptureBuffer(["a", "b"], capacity);
        let model: ReturnType<typeof row>[] = [];
        let stamp = 0;
        for (const action of list) {
          if (action === "clear") {
            buffer.clear();
            model = [];
          } else {
            stamp += action;
            buffer.append(row(stamp));
            model = [...model, row(stamp)].slice(-capacity);
          }
        }
        expect(rowsOf(buffer)).to.deep.equal(model);
        expect(buffer.indexFrom(stamp / 2)).to.equal(model.filter((present) => present.stamp < stamp / 2).length);
      }),
    );
  });
});
