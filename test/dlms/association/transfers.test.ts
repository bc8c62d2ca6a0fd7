import { expect } from "chai";
import { Transfers } from "../../../src/dlms/association/transfers.ts";

const limited = (count: number, octets: number) => new Transfers<{ octets: number }>({ count, octets, octetsOf: (one) => one.octets });

describe("Transfers of one association", () => {
  it("are so many at a time, of which the oldest gives way", () => {
    const transfers = limited(2, 100);
    for (const id of [1, 2, 3]) transfers.start(id, { octets: 0 });
    expect([1, 2, 3].map((id) => transfers.get(id) !== undefined)).to.deep.equal([false, true, true]);
  });

  it("hold so many octets together, and the last one begun always", () => {
    const transfers = limited(4, 100);
    transfers.start(1, { octets: 60 });
    transfers.start(2, { octets: 40 });
    expect(transfers.get(1)).not.to.equal(undefined);
    transfers.start(3, { octets: 30 });
    expect([1, 2, 3].map((id) => transfers.get(id) !== undefined)).to.deep.equal([false, true, true]);
    transfers.start(4, { octets: 1000 });
    expect([2, 3, 4].map((id) => transfers.get(id) !== undefined)).to.deep.equal([false, false, true]);
  });

  it("hold nothing more when they have ended", () => {
    const transfers = limited(4, 100);
    const ended = { octets: 90 };
    transfers.start(1, ended);
    ended.octets = 0;
    transfers.start(2, { octets: 90 });
    expect(transfers.get(1)).to.equal(ended);
    transfers.end(1);
    expect(transfers.get(1)).to.equal(undefined);
  });

  it("begun again with the same invoke id take the place of the old", () => {
    const transfers = limited(2, 100);
    transfers.start(1, { octets: 60 });
    transfers.start(2, { octets: 0 });
    transfers.start(1, { octets: 80 });
    expect(transfers.get(1)?.octets).to.equal(80);
    expect(transfers.get(2)).not.to.equal(undefined);
  });
});
