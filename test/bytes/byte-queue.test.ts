import { expect } from "chai";
import fc from "fast-check";
import { ByteQueue } from "../../src/bytes/byte-queue.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";

describe("ByteQueue", () => {
  it("gives back what was appended, from the front", () => {
    const queue = new ByteQueue();
    queue.append(fromHex("0102"));
    queue.append(fromHex("0304"));
    expect([queue.length, queue.at(0), queue.at(3), toHex(queue.view(1, 3))]).to.deep.equal([4, 1, 4, "0203"]);
    queue.consume(3);
    expect([queue.length, toHex(queue.view())]).to.deep.equal([1, "04"]);
    queue.clear();
    expect([queue.length, toHex(queue.view())]).to.deep.equal([0, ""]);
  });

  it("behaves like an array, however much is appended and consumed", () => {
    const step = fc.oneof(
      fc.uint8Array({ maxLength: 700, size: "max" }).map((append) => ({ append })),
      fc.nat(900).map((consume) => ({ consume })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
        const queue = new ByteQueue();
        let model: number[] = [];
        for (const change of steps) {
          if ("append" in change) {
            queue.append(change.append);
            model.push(...change.append);
          } else {
            const count = Math.min(change.consume, model.length);
            queue.consume(count);
            model = model.slice(count);
          }
          expect(queue.length).to.equal(model.length);
          expect(toHex(queue.view())).to.equal(toHex(Uint8Array.from(model)));
        }
      }),
      { numRuns: 60 },
    );
  });
});
