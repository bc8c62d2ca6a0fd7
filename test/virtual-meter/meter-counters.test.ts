import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { SecurityError } from "../../src/errors.ts";
import { MeterCounters } from "../../src/virtual-meter/meter-counters.ts";
import { MemoryCounterBook } from "../support/counter-book.ts";

const client = fromHex("4D4D4D0000BC614E");
const other = fromHex("4D4D4D0000BC614F");

describe("MeterCounters", () => {
  it("sends above everything sent before, after a crash and after an end", () => {
    const book = new MemoryCounterBook();
    const first = new MeterCounters(book).of("k").sendCounter;
    const used = Array.from({ length: 1500 }, () => first.take());
    const crashed = new MeterCounters(book);
    const next = crashed.of("k").sendCounter.take();
    expect(next).to.be.greaterThan(used.at(-1) as number);
    crashed.settle();
    expect(new MeterCounters(book).of("k").sendCounter.take()).to.equal(next + 1);
  });

  it("takes nothing again after a crash, and everything newer after an end", () => {
    const book = new MemoryCounterBook();
    new MeterCounters(book).of("k").receiveCounter(client, "unicast").accept(5);
    const crashed = new MeterCounters(book);
    const receiver = crashed.of("k").receiveCounter(client, "unicast");
    expect(() => receiver.accept(5))
      .to.throw(SecurityError)
      .with.property("code", "replayed");
    receiver.accept(receiver.lowestAcceptable);
    const { lowestAcceptable } = receiver;
    crashed.settle();
    expect(new MeterCounters(book).of("k").receiveCounter(client, "unicast").lowestAcceptable).to.equal(lowestAcceptable);
  });

  it("begins at 1, whatever the clock of a meter that forgets says: clients take what is above 0", () => {
    for (const first of [undefined, 0, -1_000_000]) {
      expect(new MeterCounters(undefined, first).of("k").sendCounter.take(), String(first)).to.equal(1);
    }
    expect(new MeterCounters(new MemoryCounterBook()).of("k").sendCounter.take(), "with a book").to.equal(1);
    expect(new MeterCounters(undefined, 77).of("k").sendCounter.take()).to.equal(77);
  });

  it("stores seldom", () => {
    const book = new MemoryCounterBook();
    let writes = 0;
    const write = (name: string, value: number): void => {
      writes += 1;
      book.write(name, value);
    };
    const counters = new MeterCounters({ read: (name) => book.read(name), write });
    const receiver = counters.of("k").receiveCounter(client, "unicast");
    for (let counter = 0; counter < 3000; counter++) receiver.accept(counter);
    expect(writes).to.be.within(3, 12);
  });

  it("shows a counter that every client may go on with, after a restart too", () => {
    const book = new MemoryCounterBook();
    const counters = new MeterCounters(book);
    counters.of("k").receiveCounter(client, "unicast").accept(500);
    counters.of("k").receiveCounter(other, "unicast").accept(20);
    expect(counters.lowestAcceptable("k")).to.equal(501);
    expect(counters.lowestAcceptable("l")).to.equal(0);
    counters.settle();
    expect(new MeterCounters(book).lowestAcceptable("k")).to.equal(501);
  });

  it("remembers no client before an APDU with a right tag", () => {
    const { receiveCounter } = new MeterCounters(undefined).of("k");
    expect(receiveCounter(client, "unicast")).not.to.equal(receiveCounter(client, "unicast"));
    receiveCounter(client, "unicast").accept(3);
    expect(receiveCounter(client, "unicast").lowestAcceptable).to.equal(4);
  });

  it("keeps the broadcast key's counters apart from the unicast key's", () => {
    const { receiveCounter } = new MeterCounters(undefined).of("k", "broadcast-key");
    receiveCounter(client, "broadcast").accept(9);
    expect(receiveCounter(client, "unicast").lowestAcceptable).to.equal(0);
    expect(receiveCounter(client, "broadcast").lowestAcceptable).to.equal(10);
  });
});
