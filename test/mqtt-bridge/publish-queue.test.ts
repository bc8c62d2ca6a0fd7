import { expect } from "chai";
import type { OutgoingMessage } from "../../src/mqtt-bridge/message.ts";
import { PublishQueue, type QueueLimits } from "../../src/mqtt-bridge/publish-queue.ts";
import { RetainedTree } from "../../src/mqtt-bridge/retained-tree.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { FakeBroker, settled } from "./support.ts";

function event(number: number): OutgoingMessage {
  return { topic: "dlms/demo/event", payload: String(number), retain: false };
}

function setUp(limits: Partial<QueueLimits> = {}) {
  const timers = new VirtualTimers();
  const tree = new RetainedTree();
  const broker = new FakeBroker();
  const told: string[] = [];
  const queue = new PublishQueue(tree, { waiting: 3, inFlight: 2, acknowledgeTimeout: 1000, ...limits }, timers, {
    dropped: ({ payload }) => void told.push(`dropped ${payload}`),
    refused: ({ topic }) => void told.push(`refused ${topic}`),
    stalled: () => void told.push("stalled"),
  });
  const attach = (receiveMaximum = 65_535) =>
    queue.attach(broker.open({ connected: () => {}, message: () => {}, closed: () => {} }), receiveMaximum);
  const payloads = () => broker.published.map(({ payload }) => payload);
  return { timers, tree, broker, told, queue, attach, payloads };
}

describe("PublishQueue", () => {
  it("keeps the latest of a retained topic while the broker is away, and nothing else of it", async () => {
    const { tree, attach, payloads } = setUp();
    for (let value = 0; value < 100_000; value++) tree.set("state", { topic: "dlms/demo/state", payload: String(value) });
    attach();
    await settled();
    expect(payloads()).to.deep.equal(["99999"]);
  });

  it("sends the retained tree in the order its readers rely on", async () => {
    const { tree, attach, broker } = setUp();
    tree.set("state", { topic: "state", payload: "1" });
    tree.set("availability", { topic: "availability", payload: "1" });
    tree.set("discovery", { topic: "discovery", payload: "1" });
    tree.set("bridge", { topic: "bridge", payload: "1" });
    attach();
    await settled();
    expect(broker.topics()).to.deep.equal(["bridge", "discovery", "availability", "state"]);
  });

  it("sends everything retained again after every connection", async () => {
    const { tree, queue, attach, payloads } = setUp();
    tree.set("state", { topic: "state", payload: "1" });
    attach();
    await settled();
    queue.detach();
    attach();
    await settled();
    expect(payloads()).to.deep.equal(["1", "1"]);
  });

  it("has no more messages under way than the limits of both sides allow", async () => {
    const { queue, broker, attach, payloads } = setUp({ inFlight: 2, waiting: 10 });
    broker.acknowledging = false;
    attach();
    for (let number = 0; number < 5; number++) queue.enqueue(event(number));
    expect(payloads()).to.deep.equal(["0", "1"]);
    broker.acknowledge();
    await settled();
    expect(payloads()).to.deep.equal(["0", "1", "2", "3"]);
    queue.detach();
    attach(1);
    expect(payloads().slice(4)).to.deep.equal(["2"]);
  });

  it("drops the oldest of too many waiting messages and says so", async () => {
    const { queue, attach, told, payloads } = setUp({ waiting: 3 });
    for (let number = 0; number < 5; number++) queue.enqueue(event(number));
    expect(told).to.deep.equal(["dropped 0", "dropped 1"]);
    expect(queue.waiting).to.equal(3);
    attach();
    await settled();
    expect(payloads()).to.deep.equal(["2", "3", "4"]);
  });

  it("sends unacknowledged messages again, in their old order", async () => {
    const { queue, broker, attach, payloads } = setUp({ waiting: 10 });
    broker.acknowledging = false;
    attach();
    for (let number = 0; number < 4; number++) queue.enqueue(event(number));
    queue.detach();
    broker.acknowledging = true;
    attach();
    await settled();
    expect(payloads()).to.deep.equal(["0", "1", "0", "1", "2", "3"]);
    expect(queue.idle).to.equal(true);
  });

  it("forgets a removed topic once the broker has", async () => {
    const { tree, queue, broker, attach } = setUp();
    tree.set("state", { topic: "state", payload: "1" });
    attach();
    await settled();
    tree.remove("state", "state");
    queue.pump();
    await settled();
    queue.detach();
    attach();
    await settled();
    expect(broker.published.map(({ payload }) => payload)).to.deep.equal(["1", ""]);
    expect(broker.retained.size).to.equal(0);
  });

  it("removes a topic whose last message is still under way", async () => {
    const { tree, queue, broker, attach, payloads } = setUp({ inFlight: 1 });
    broker.acknowledging = false;
    tree.set("state", { topic: "state", payload: "1" });
    attach();
    tree.remove("state", "state");
    queue.pump();
    broker.acknowledge();
    await settled();
    expect(payloads()).to.deep.equal(["1", ""]);
  });

  it("resolves a delivery with the acknowledgement, and not before", async () => {
    const { queue, broker, attach } = setUp();
    broker.acknowledging = false;
    attach();
    let delivered = false;
    const delivery = queue.deliver(event(1)).then(() => {
      delivered = true;
    });
    await settled();
    expect(delivered).to.equal(false);
    broker.acknowledge();
    await delivery;
    expect(delivered).to.equal(true);
  });

  it("refuses a delivery without a connection, and one whose connection is lost", async () => {
    const { queue, broker, attach } = setUp();
    const refused = await queue.deliver(event(1)).catch((error: unknown) => error);
    expect(refused).to.include({ code: "closed", layer: "mqtt" });
    broker.acknowledging = false;
    attach();
    const lost = queue.deliver(event(2)).catch((error: unknown) => error);
    queue.detach();
    expect(await lost).to.include({ code: "closed", layer: "mqtt" });
    expect(queue.waiting).to.equal(0);
  });

  it("reports what the broker refuses and goes on with the rest", async () => {
    const { queue, broker, attach, told, tree } = setUp();
    broker.refusedTopic = "secret";
    tree.set("state", { topic: "secret", payload: "1" });
    tree.set("state", { topic: "state", payload: "1" });
    attach();
    await settled();
    expect(told).to.deep.equal(["refused secret"]);
    expect([...broker.retained.keys()]).to.deep.equal(["state"]);
    expect(await queue.deliver({ ...event(1), topic: "secret" }).catch((error: unknown) => error)).to.include({ code: "link-failed" });
  });

  it("calls a broker stalled that does not acknowledge in time", async () => {
    const { queue, broker, attach, told, timers } = setUp();
    broker.acknowledging = false;
    attach();
    queue.enqueue(event(1));
    timers.advance(999);
    expect(told).to.deep.equal([]);
    timers.advance(1);
    expect(told).to.deep.equal(["stalled"]);
  });

  it("watches no longer over what was acknowledged", async () => {
    const { queue, attach, told, timers } = setUp();
    attach();
    queue.enqueue(event(1));
    await settled();
    timers.advance(10_000);
    expect(told).to.deep.equal([]);
  });

  it("watches over nothing once the connection is gone", () => {
    const { queue, broker, attach, told, timers } = setUp();
    broker.acknowledging = false;
    attach();
    queue.enqueue(event(1));
    queue.detach();
    timers.advance(10_000);
    expect(told).to.deep.equal([]);
  });
});
