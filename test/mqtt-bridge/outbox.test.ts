import { expect } from "chai";
import type { OutgoingMessage } from "../../src/mqtt-bridge/message.ts";
import { brokerSettling, MemoryOutboxStore, Outbox } from "../../src/mqtt-bridge/outbox.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { settled } from "./support.ts";

const event = (name: string) => ({ meterId: "house", leaf: "event", body: { type: name } }) as const;

function setUp(store = new MemoryOutboxStore()) {
  const timers = new VirtualTimers();
  const sent: string[] = [];
  const failures: unknown[] = [];
  const broker = { outcome: (_message: OutgoingMessage): Promise<void> => Promise.resolve() };
  const outbox = new Outbox({
    store,
    timers,
    deliver: (message) => {
      sent.push(message.payload);
      return broker.outcome(message);
    },
    outgoing: ({ body, number }) => ({ topic: "t", payload: `${number} ${String(body["type"])}`, retain: false }),
    failed: (error) => void failures.push(error),
  });
  const append = async (...names: string[]) => {
    await store.append(names.map(event));
    outbox.pump();
    await settled();
  };
  return { timers, sent, store, outbox, broker, append, failures };
}

describe("The outbox", () => {
  it("sends in order what came before and after the connection, and forgets it a while after it has arrived", async () => {
    const { append, outbox, sent, store, timers } = setUp();
    await append("a", "b");
    expect(sent).to.deep.equal([]);
    outbox.attach();
    await settled();
    await append("c");
    expect(sent).to.deep.equal(["1 a", "2 b", "3 c"]);
    timers.advance(brokerSettling);
    await settled();
    expect(store.size).to.equal(3);
    timers.advance(brokerSettling);
    await settled();
    expect(store.size).to.equal(0);
  });

  it("sends again over the next connection what may have been lost with the last", async () => {
    const { append, outbox, sent, timers, broker } = setUp();
    outbox.attach();
    await append("old");
    timers.advance(5000);
    await append("young");
    broker.outcome = () => new Promise(() => {});
    await append("lost");
    outbox.detach();
    broker.outcome = () => Promise.resolve();
    outbox.attach();
    await settled();
    expect(sent).to.deep.equal(["1 old", "2 young", "3 lost", "2 young", "3 lost"]);
  });

  it("has no more than a window under way", async () => {
    const { append, outbox, sent, broker } = setUp();
    const waiting: (() => void)[] = [];
    broker.outcome = () => new Promise((resolve) => waiting.push(resolve));
    outbox.attach();
    await append(...Array.from({ length: 40 }, (_, index) => `e${index}`));
    expect(sent).to.have.lengthOf(16);
    waiting.shift()?.();
    await settled();
    expect(sent).to.have.lengthOf(17);
  });

  it("tries again later what a broker refuses that is full, and keeps the order", async () => {
    const { append, outbox, sent, broker, timers } = setUp();
    let full = true;
    broker.outcome = () => (full ? Promise.reject(new Error("quota exceeded")) : Promise.resolve());
    outbox.attach();
    await append("a");
    await append("b");
    expect(sent).to.deep.equal(["1 a"]);
    full = false;
    timers.advance(10_000);
    await settled();
    expect(sent).to.deep.equal(["1 a", "1 a", "2 b"]);
  });

  it("forgets at the end what has arrived", async () => {
    const { append, outbox, store } = setUp();
    outbox.attach();
    await append("a", "b");
    await outbox.close();
    expect(store.size).to.equal(0);
  });

  it("gives up the oldest where there is no room, and says how many", async () => {
    const store = new MemoryOutboxStore(2);
    expect(await store.append(["a", "b", "c", "d"].map(event))).to.equal(2);
    expect(store.after(0, 9).map(({ number, body }) => [number, body["type"]])).to.deep.equal([
      [3, "c"],
      [4, "d"],
    ]);
  });
});
