import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { ClientCounters } from "../../src/client/client-counters.ts";
import { openWithCounters } from "../../src/client/counter-recovery.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { AssociationRejectedError, ConfigError, ExceptionResponseError, SecurityError, TransportError } from "../../src/errors.ts";
import { MemoryCounterBook } from "../support/counter-book.ts";

const own = fromHex("4D4D4D0000BC614E");
const meter = fromHex("4D4D4D0000000001");

describe("ClientCounters", () => {
  it("goes on above everything that was set aside before", () => {
    const book = new MemoryCounterBook();
    const first = new ClientCounters(book, own, "k");
    const used = [first.sendCounter.take(), first.sendCounter.take()];
    const after = new ClientCounters(book, own, "k").sendCounter.take();
    expect(used).to.deep.equal([0, 1]);
    expect(after).to.be.greaterThan(1);
  });

  it("repeats nothing across many blocks", () => {
    const { sendCounter } = new ClientCounters(new MemoryCounterBook(), own, "k");
    const used = Array.from({ length: 5000 }, () => sendCounter.take());
    expect(new Set(used).size).to.equal(5000);
  });

  it("fails rather than take what another process was given", () => {
    const book = new MemoryCounterBook();
    const { sendCounter } = new ClientCounters(book, own, "k");
    const other = new ClientCounters(book, own, "k").sendCounter.take();
    const used: number[] = [];
    expect(() => {
      for (let count = 0; count < 5000; count++) used.push(sendCounter.take());
    }).to.throw("somebody else");
    expect(used).not.to.include(other);
  });

  it("takes over a higher counter, and no lower one", () => {
    const counters = new ClientCounters(new MemoryCounterBook(), own, "k");
    expect(counters.raise(5000)).to.equal(true);
    expect(counters.sendCounter.take()).to.equal(5000);
    expect(counters.raise(5001)).to.equal(false);
    expect(counters.raise(3)).to.equal(false);
    expect(counters.sendCounter.take()).to.equal(5001);
  });

  it("does not let a stranger use the key up", () => {
    const counters = new ClientCounters(new MemoryCounterBook(), own, "k");
    expect(counters.raise(0xffff_fffe)).to.equal(false);
    expect(counters.sendCounter.take()).to.equal(0);
  });

  it("accepts nothing again after a restart that it accepted first in an association", () => {
    const book = new MemoryCounterBook();
    const before = new ClientCounters(book, own, "k");
    before.begin();
    expect(before.receiveCounter(meter).accept(41)).to.equal(undefined);
    const replayed = new ClientCounters(book, own, "k").receiveCounter(meter);
    expect(() => replayed.accept(41))
      .to.throw(SecurityError)
      .with.property("code", "replayed");
    expect(() => replayed.accept(42)).not.to.throw();
  });

  it("keeps the counters of meters, keys and system titles apart", () => {
    const book = new MemoryCounterBook();
    new ClientCounters(book, own, "k").receiveCounter(meter).accept(41);
    expect(new ClientCounters(book, own, "k").receiveCounter(own).lowestAcceptable).to.equal(0);
    expect(new ClientCounters(book, own, "l").receiveCounter(meter).lowestAcceptable).to.equal(0);
    expect(new ClientCounters(book, meter, "k").receiveCounter(meter).lowestAcceptable).to.equal(0);
  });
});

describe("openWithCounters", () => {
  const client = {} as DlmsClient;
  const rejected = new AssociationRejectedError("no", { details: { result: "rejected-permanent", diagnostic: "authentication-failure" } });
  /** A client that reads these counters. */
  const showing = (counters: Readonly<Record<string, number>>): DlmsClient =>
    ({
      getMany: async (addresses: readonly { readonly logicalName: string }[]) =>
        addresses.map(({ logicalName }) => {
          const value = counters[logicalName];
          return value === undefined ? { error: "object-undefined" } : { value: { type: "double-long-unsigned", value } };
        }),
      close: async () => {},
    }) as unknown as DlmsClient;

  async function attempt(failure: Error, shown: DlmsClient | Error) {
    const counters = new ClientCounters(new MemoryCounterBook(), own, "k");
    const used: number[] = [];
    let asked = 0;
    const outcome = await openWithCounters(
      counters,
      3,
      async () => {
        used.push(counters.sendCounter.take());
        if (used.length === 1) throw failure;
        return client;
      },
      async () => {
        asked += 1;
        if (shown instanceof Error) throw shown;
        return shown;
      },
    ).catch((error: unknown) => error);
    return { outcome, used, asked };
  }

  it("takes over what an exception-response asks for, without asking anybody else", async () => {
    const error = new ExceptionResponseError("no", { details: { invocationCounter: 7000 } });
    expect(await attempt(error, showing({}))).to.deep.equal({ outcome: client, used: [0, 7000], asked: 0 });
  });

  it("reads the client's own counter where the meter refuses, or is silent", async () => {
    const silent = new TransportError("timeout", "nothing");
    const shown = { "0.0.43.1.3.255": 9999 };
    expect(await attempt(rejected, showing(shown))).to.deep.equal({ outcome: client, used: [0, 10_000], asked: 1 });
    expect(await attempt(silent, showing(shown))).to.deep.equal({ outcome: client, used: [0, 10_000], asked: 1 });
  });

  it("reads the common counter where there is no other", async () => {
    expect((await attempt(rejected, showing({ "0.0.43.1.0.255": 5050 }))).used).to.deep.equal([0, 5051]);
  });

  it("fails with the first error where the meter's counter is no higher, or cannot be read", async () => {
    expect(await attempt(rejected, showing({ "0.0.43.1.3.255": 0 }))).to.deep.equal({ outcome: rejected, used: [0], asked: 1 });
    expect((await attempt(rejected, showing({}))).outcome).to.equal(rejected);
    expect((await attempt(rejected, new TransportError("refused", "nobody"))).outcome).to.equal(rejected);
  });

  it("asks nobody where the counter cannot be the reason", async () => {
    for (const error of [new TransportError("refused", "nobody"), new ConfigError("--ek", "wrong")]) {
      expect(await attempt(error, showing({ "0.0.43.1.3.255": 9999 }))).to.deep.equal({ outcome: error, used: [0], asked: 0 });
    }
  });
});
