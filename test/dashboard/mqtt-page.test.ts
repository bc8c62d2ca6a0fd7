import { expect } from "chai";
import * as fc from "fast-check";
import { MqttPage, type MqttPageOptions } from "../../src/cli/dashboard/mqtt-page.ts";
import type { BoardMeter } from "../../src/dashboard/live-board.ts";
import { TransportError } from "../../src/errors.ts";
import { TreeReader } from "../../src/mqtt-bridge/tree-reader.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { FakeBroker, settled } from "../mqtt-bridge/support.ts";
import { boardMeter } from "./support.ts";

const state = (power: number, rest: object = {}) =>
  JSON.stringify({ active_power_import: power, read_time: "2026-11-23T20:00:00.000Z", quality: "good", seq: 1, ...rest });

/** A page of a tree, in virtual time. */
class TreeWorld {
  readonly timers = new VirtualTimers();
  readonly broker = new FakeBroker();
  readonly page: MqttPage;
  readonly refused: string[] = [];
  /** What the broker lets nobody read. */
  denied = /^$/;

  constructor(meters: readonly BoardMeter[] = [], options: Partial<MqttPageOptions> = {}) {
    this.page = new MqttPage(
      {
        url: "mqtt://127.0.0.1:1883",
        pageVersion: "1",
        price: null,
        meters,
        timers: this.timers,
        random: () => 0.5,
        wallClock: () => 0,
        onConnection: () => {},
        onRefused: (filter) => this.refused.push(filter),
        ...options,
      },
      (listener) => {
        const link = this.broker.open(listener);
        return {
          ...link,
          subscribe: (filters, refused) => {
            link.subscribe(filters, refused);
            for (const filter of filters) if (this.denied.test(filter)) refused(filter);
          },
        };
      },
    );
    this.page.start();
  }

  /** Accepted by the broker, with a bridge that lives. */
  up(): this {
    this.broker.accept();
    this.broker.send("dlms/bridge/state", '{"state":"online"}', true);
    return this;
  }

  row(id: string) {
    return this.page.ports.source.row(id);
  }
}

describe("MqttPage", () => {
  it("subscribes to what it shows of the configured meters, and to nothing of the others", () => {
    const { broker } = new TreeWorld([boardMeter("house"), boardMeter("barn")]).up();
    expect(broker.subscribed).to.deep.equal([
      "dlms/bridge/state",
      "dlms/bridge/devices",
      "dlms/bridge/response/meter/read",
      "dlms/bridge/response/meter/profile",
      "dlms/house/state",
      "dlms/house/availability",
      "dlms/barn/state",
      "dlms/barn/availability",
    ]);
    expect(new TreeWorld([], { base: "site/dlms" }).up().broker.subscribed).to.include.members([
      "site/dlms/+/state",
      "site/dlms/bridge/state",
    ]);
  });

  it("puts state, availability and description of a meter together, in whatever order they come", () => {
    const world = new TreeWorld().up();
    world.broker.send("dlms/house/availability", '{"state":"offline","reason":"timeout"}', true);
    world.broker.send("dlms/house/state", state(230, { clock_drift_s: 3, currency: "USD", credit_balance: 5 }), true);
    expect(world.row("house")).to.deep.include({ online: false, reason: "timeout", power: 230, driftSeconds: 3 });
    expect(world.row("house")?.credit).to.deep.equal({ value: 5, unit: "USD" });
    world.broker.send("dlms/bridge/devices", '[{"id":"house","name":"House","model":"E450","serial":"7"},null,{"id":7}]', true);
    expect(world.row("house")).to.deep.include({ name: "House", model: "E450", serialNumber: "7" });
    world.broker.send("dlms/house/availability", '{"state":"online"}');
    expect(world.row("house")).to.deep.include({ online: true, reason: null });
  });

  it("believes no availability while the bridge or the broker is gone", () => {
    const world = new TreeWorld([boardMeter("house")]);
    expect(world.row("house")?.reason).to.equal(null);
    world.up();
    world.broker.send("dlms/house/availability", '{"state":"online"}', true);
    expect(world.row("house")?.online).to.equal(true);
    world.broker.send("dlms/bridge/state", '{"state":"offline"}');
    expect(world.row("house")).to.deep.include({ online: false, reason: "bridge-offline" });
    world.broker.send("dlms/bridge/state", '{"state":"online"}');
    expect(world.row("house")?.online).to.equal(true);
    world.broker.drop();
    expect(world.row("house")).to.deep.include({ online: false, reason: "broker-unreachable" });
    world.timers.advance(60_000);
    expect(world.broker.attempts).to.equal(2);
    world.up();
    expect(world.row("house")?.online).to.equal(true);
  });

  it("forgets meters whose topics are emptied, unless they are configured", () => {
    const free = new TreeWorld().up();
    free.broker.send("dlms/house/state", state(1));
    free.broker.send("dlms/house/state", "");
    expect(free.page.ports.source.rows()).to.deep.equal([]);
    const bound = new TreeWorld([boardMeter("house")]).up();
    bound.broker.send("dlms/house/availability", '{"state":"online"}');
    bound.broker.send("dlms/house/availability", "");
    expect(bound.row("house")?.online).to.equal(false);
    bound.broker.send("dlms/barn/state", state(1));
    expect(bound.page.ports.source.rows().map(({ id }) => id)).to.deep.equal(["house"]);
  });

  it("can read once the gateway has answered a request, if only to refuse it", async () => {
    const world = new TreeWorld().up();
    expect(world.page.ports.reader).to.equal(undefined);
    const { transaction } = world.broker.last("dlms/bridge/request/meter/read");
    const response = { status: "error", error: { code: "malformed", message: "meter: expected a text" }, transaction };
    world.broker.send("dlms/bridge/response/meter/read", JSON.stringify(response));
    await settled();
    expect(world.page.ports.reader).not.to.equal(undefined);
    world.broker.drop();
    expect(world.page.ports.reader).to.equal(undefined);
    await settled();
    expect(world.page.ports.reader).to.equal(undefined);
  });

  it("shows what it may read where the broker keeps the rest to itself", async () => {
    const world = new TreeWorld([boardMeter("house")]);
    world.denied = /response/;
    world.broker.refusedTopic = "dlms/bridge/request/meter/read";
    world.up();
    world.broker.send("dlms/house/availability", '{"state":"online"}', true);
    await settled();
    expect(world.refused).to.deep.equal(["dlms/bridge/response/meter/read", "dlms/bridge/response/meter/profile"]);
    expect([world.row("house")?.online, world.page.ports.reader]).to.deep.equal([true, undefined]);
  });

  it("cannot read while nobody answers", async () => {
    const world = new TreeWorld().up();
    world.timers.advance(10_000);
    await settled();
    expect(world.page.ports.reader).to.equal(undefined);
  });

  it("takes no harm from anything that others write into the tree", () => {
    const topics = [
      "dlms/house/state",
      "dlms/house/availability",
      "dlms/bridge/state",
      "dlms/bridge/devices",
      "dlms/bridge/response/meter/read",
    ];
    const content = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ read_time: "2026-11-23T20:00:00Z", value })),
    );
    const message = fc.tuple(
      fc.oneof(
        fc.constantFrom(...topics),
        fc.string().map((end) => `dlms/${end}`),
      ),
      content,
    );
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const world = new TreeWorld().up();
        for (const [topic, payload] of messages) world.broker.send(topic, payload);
        for (const { id } of world.page.ports.source.rows()) expect(world.page.ports.source.meter(id)?.row.id).to.equal(id);
      }),
      { numRuns: 200 },
    );
  });
});

describe("TreeReader", () => {
  const reader = () => {
    const timers = new VirtualTimers();
    const broker = new FakeBroker();
    const tree = new TreeReader(
      { url: "mqtt://127.0.0.1:1883", meterIds: [], timers, random: () => 0.5, requestTimeout: 1000 },
      { connection: () => {}, refused: () => {}, meter: () => {}, bridge: () => {} },
      broker.open,
    );
    return { timers, broker, tree };
  };
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "",
      (error: { readonly code: string }) => error.code,
    );

  it("gives each request its own answer, in whatever order they come, and others none", async () => {
    const { broker, tree } = reader();
    tree.start();
    broker.accept();
    const [first, second] = [tree.request("meter/read", { meter: "a" }), tree.request("meter/read", { meter: "b" })];
    const [one, two] = broker.published.map(
      ({ payload }) => JSON.parse(payload) as { readonly transaction: string; readonly meter: string },
    );
    expect([one?.meter, two?.meter]).to.deep.equal(["a", "b"]);
    const answer = (transaction: unknown, data: unknown) =>
      broker.send("dlms/bridge/response/meter/read", JSON.stringify({ status: "ok", data, transaction }));
    answer("somebody else's", 0);
    answer(7, 0);
    answer(two?.transaction, 2);
    answer(one?.transaction, 1);
    answer(one?.transaction, 3);
    expect(await Promise.all([first, second])).to.deep.equal([1, 2]);
  });

  it("waits no longer than it was told, and not at all without a broker", async () => {
    const { timers, broker, tree } = reader();
    expect(await codeOf(tree.request("meter/read", {}))).to.equal("closed");
    tree.start();
    broker.accept();
    const silent = tree.request("meter/read", {});
    timers.advance(1000);
    expect(await codeOf(silent)).to.equal("timeout");
    const cut = tree.request("meter/read", {});
    broker.drop(new TransportError("closed", "gone"));
    expect(await codeOf(cut)).to.equal("closed");
  });

  it("fails what is under way when it is closed", async () => {
    const { broker, tree } = reader();
    tree.start();
    broker.accept();
    const waiting = tree.request("meter/profile", {});
    const closing = tree.close();
    expect(await codeOf(waiting)).to.equal("closed");
    await closing;
    expect(broker.endings).to.deep.equal(["end"]);
  });
});
