import { expect } from "chai";
import { type BridgeStatus, type HomeAssistantOptions, MqttBridge } from "../../src/mqtt-bridge/index.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { device, energy, FakeBroker, power, settled, snapshot, virtualOptions } from "./support.ts";

const configTopic = "homeassistant/device/dlms_demo/config";

/** A bridge that is connected, with Home Assistant on. */
async function setUp(options: Partial<HomeAssistantOptions> = {}, meterIds: readonly string[] = ["demo"]) {
  const timers = new VirtualTimers();
  const broker = new FakeBroker();
  const statuses: BridgeStatus[] = [];
  const homeAssistant = { enabled: true, ...options };
  const bridge = new MqttBridge({ ...virtualOptions(timers, statuses), meterIds, homeAssistant }, broker.open);
  const connected = bridge.connect();
  broker.accept();
  await connected;
  await settled();
  const advance = async (duration: number) => {
    timers.advance(duration);
    await settled();
  };
  return { timers, broker, statuses, bridge, advance };
}

function components(broker: FakeBroker, topic = configTopic): string[] {
  return Object.keys((broker.last(topic)["cmps"] as object | undefined) ?? {});
}

/** What an earlier run of a gateway with this base left behind. */
function leftBehind(device: string, cmps: readonly string[], base = "dlms", origin = "dlms-gateway"): string {
  return JSON.stringify({
    dev: { ids: [device] },
    o: { name: origin },
    state_topic: `${base}/gone/state`,
    availability: [{ topic: `${base}/bridge/state` }, { topic: `${base}/gone/availability` }],
    cmps: Object.fromEntries(cmps.map((name) => [name, { p: "sensor", unique_id: name }])),
  });
}

describe("Home Assistant discovery", () => {
  describe("announcing", () => {
    it("publishes one retained configuration, and not again when nothing changed", async () => {
      const { bridge, broker } = await setUp();
      bridge.announce(device(), [energy, power]);
      bridge.publishSnapshot(snapshot([energy, power]));
      bridge.announce(device(), [energy, power]);
      await settled();
      expect(broker.topics().filter((topic) => topic === configTopic)).to.have.lengthOf(1);
      expect(components(broker)).to.deep.equal(["energy_import", "power_import", "meter_time", "clock_drift"]);
    });

    it("grows with the readings when nobody said what there will be", async () => {
      const { bridge, broker } = await setUp();
      bridge.announce(device());
      await settled();
      expect(broker.retained.has(configTopic)).to.equal(false);
      bridge.publishSnapshot(snapshot([energy]));
      bridge.publishSnapshot(snapshot([power]));
      await settled();
      expect(components(broker)).to.include.members(["energy_import", "power_import"]);
    });

    it("is silent when it is off", async () => {
      const { bridge, broker } = await setUp({ enabled: false });
      bridge.announce(device(), [energy]);
      await settled();
      expect(broker.subscribed).to.deep.equal([]);
      expect(broker.topics().filter((topic) => topic.startsWith("homeassistant"))).to.deep.equal([]);
    });

    it("removes a component in two steps", async () => {
      const { bridge, broker } = await setUp();
      bridge.announce(device(), [energy, power]);
      await settled();
      bridge.announce(device(), [energy]);
      await settled();
      const configs = broker.published
        .filter(({ topic }) => topic === configTopic)
        .map(({ payload }) => JSON.parse(payload) as { cmps: object });
      expect(configs).to.have.lengthOf(3);
      expect(configs[1]?.cmps).to.have.deep.property("power_import", { p: "sensor" });
      expect(configs[2]?.cmps).to.not.have.property("power_import");
      expect(configs[2]?.cmps).to.have.property("energy_import");
    });

    it("empties the topic of a removed entity in the entity form", async () => {
      const { bridge, broker } = await setUp({ form: "entity" });
      bridge.announce(device(), [energy, power]);
      await settled();
      expect(broker.retained.has("homeassistant/sensor/dlms_demo/power_import/config")).to.equal(true);
      bridge.announce(device(), [energy]);
      await settled();
      expect(broker.retained.has("homeassistant/sensor/dlms_demo/power_import/config")).to.equal(false);
      expect(broker.retained.has("homeassistant/sensor/dlms_demo/energy_import/config")).to.equal(true);
    });
  });

  describe("birth", () => {
    it("is answered with availability and then states, after a random delay", async () => {
      const { bridge, broker, advance } = await setUp();
      bridge.announce(device(), [energy]);
      bridge.publishSnapshot(snapshot([energy]));
      await settled();
      broker.published.length = 0;
      broker.send("homeassistant/status", "online");
      await advance(4999);
      expect(broker.topics()).to.deep.equal([]);
      await advance(1);
      expect(broker.topics()).to.deep.equal(["dlms/demo/availability", "dlms/demo/state"]);
    });

    it("is answered once, however often it comes meanwhile, and again later", async () => {
      const { bridge, broker, advance } = await setUp();
      bridge.publishSnapshot(snapshot([energy]));
      await settled();
      broker.published.length = 0;
      for (let count = 0; count < 3; count++) broker.send("homeassistant/status", "online");
      await advance(10_000);
      expect(broker.published).to.have.lengthOf(2);
      broker.send("homeassistant/status", "online");
      await advance(10_000);
      expect(broker.published).to.have.lengthOf(4);
    });

    it("is not taken from a retained message, a death, or anything else", async () => {
      const { bridge, broker, advance } = await setUp();
      bridge.publishSnapshot(snapshot([energy]));
      await settled();
      broker.published.length = 0;
      broker.send("homeassistant/status", "online", true);
      broker.send("homeassistant/status", "offline");
      broker.send("homeassistant/status", "online".repeat(10_000));
      await advance(10_000);
      expect(broker.published).to.deep.equal([]);
    });

    it("may come on a topic of its own", async () => {
      const { broker } = await setUp({ statusTopic: "ha/birth" });
      expect(broker.subscribed).to.include("ha/birth").and.not.include("homeassistant/status");
    });
  });

  describe("clean-up", () => {
    it("removes configurations of ours for meters that are not configured, with their topics, after listening", async () => {
      const { broker, advance, statuses } = await setUp();
      broker.send("homeassistant/device/dlms_gone/config", leftBehind("dlms_gone", ["energy_import"]), true);
      await advance(4999);
      expect(broker.published.filter(({ payload }) => payload === "")).to.deep.equal([]);
      await advance(1);
      expect(broker.published.filter(({ payload }) => payload === "").map(({ topic }) => topic)).to.deep.equal([
        "homeassistant/device/dlms_gone/config",
        "dlms/gone/availability",
        "dlms/gone/state",
      ]);
      expect(broker.unsubscribed).to.deep.equal(["homeassistant/device/+/config", "homeassistant/+/+/+/config"]);
      expect(statuses).to.deep.include({ type: "orphan-removed", topic: "homeassistant/device/dlms_gone/config" });
    });

    const others: readonly (readonly [who: string, topic: string, payload: string])[] = [
      ["another program", "homeassistant/device/dlms_gone/config", leftBehind("dlms_gone", [], "dlms", "zigbee2mqtt")],
      ["a gateway with another base", "homeassistant/device/dlms_gone/config", leftBehind("dlms_gone", [], "site2")],
      ["somebody else's device", "homeassistant/device/other/config", leftBehind("other", [])],
      ["nobody: not JSON", "homeassistant/device/dlms_gone/config", "{"],
      ["nobody: null", "homeassistant/device/dlms_gone/config", "null"],
      ["nobody: odd shapes", "homeassistant/device/dlms_gone/config", '{"o":[],"availability":{"__proto__":1},"cmps":7}'],
      ["nobody: empty", "homeassistant/device/dlms_gone/config", ""],
      ["another place", "homeassistant/a/dlms_gone/b/c/config", leftBehind("dlms_gone", [])],
    ];
    for (const [who, topic, payload] of others) {
      it(`leaves alone what is of ${who}`, async () => {
        const { broker, advance } = await setUp();
        broker.send(topic, payload, true);
        await advance(5000);
        expect(broker.published.filter((message) => message.payload === "")).to.deep.equal([]);
      });
    }

    it("never empties topics outside the meters of its own tree", async () => {
      const { broker, advance } = await setUp();
      const config = leftBehind("dlms_gone", [])
        .replace("dlms/gone/state", "important/state")
        .replace("dlms/gone/availability", "dlms/bridge/info");
      broker.send("homeassistant/device/dlms_gone/config", config, true);
      await advance(5000);
      expect(broker.published.filter(({ payload }) => payload === "").map(({ topic }) => topic)).to.deep.equal([
        "homeassistant/device/dlms_gone/config",
      ]);
    });

    it("spares a configured meter that has not been announced yet", async () => {
      const { broker, advance } = await setUp({}, ["demo", "gone"]);
      broker.send("homeassistant/device/dlms_gone/config", leftBehind("dlms_gone", ["energy_import"]), true);
      await advance(60_000);
      expect(broker.published.filter(({ payload }) => payload === "")).to.deep.equal([]);
    });

    it("removes components that an earlier run announced and this one does not", async () => {
      const { bridge, broker, advance } = await setUp();
      broker.send(configTopic, leftBehind("dlms_demo", ["energy_import", "old_thing"]), true);
      bridge.announce(device(), [energy]);
      await settled();
      broker.published.length = 0;
      await advance(5000);
      const configs = broker.published
        .filter(({ topic }) => topic === configTopic)
        .map(({ payload }) => JSON.parse(payload) as { cmps: object });
      expect(configs[0]?.cmps).to.have.deep.property("old_thing", { p: "sensor" });
      expect(configs[1]?.cmps).to.not.have.property("old_thing");
    });

    it("keeps earlier components while nobody said what there will be", async () => {
      const { bridge, broker, advance } = await setUp();
      broker.send(configTopic, leftBehind("dlms_demo", ["power_import"]), true);
      bridge.announce(device());
      bridge.publishSnapshot(snapshot([energy]));
      await settled();
      broker.published.length = 0;
      await advance(5000);
      expect(broker.published).to.deep.equal([]);
    });

    it("moves a meter from the entity form to the device form without losing its entities", async () => {
      const { bridge, broker, advance } = await setUp();
      const old = "homeassistant/sensor/dlms_demo/energy_import/config";
      broker.send(old, leftBehind("dlms_demo", []), true);
      bridge.announce(device(), [energy]);
      await settled();
      broker.published.length = 0;
      await advance(5000);
      expect(broker.published.map(({ topic, payload }) => [topic, payload.slice(0, 26)])).to.deep.equal([
        [old, '{"migrate_discovery":true}'],
        [configTopic, '{"dev":{"ids":["dlms_demo"'],
        [old, ""],
      ]);
    });

    it("moves a meter that is announced only after the listening", async () => {
      const { bridge, broker, advance } = await setUp({ form: "entity" });
      broker.send(configTopic, leftBehind("dlms_demo", ["energy_import"]), true);
      await advance(5000);
      bridge.announce(device(), [energy]);
      await settled();
      expect(broker.published.filter(({ topic }) => topic === configTopic).map(({ payload }) => payload)).to.deep.equal([
        '{"migrate_discovery":true}',
        "",
      ]);
    });

    it("listens no more after a reconnection once it is done, and goes on before", async () => {
      const { broker, timers, advance } = await setUp();
      broker.drop();
      timers.advance(750);
      broker.accept();
      expect(broker.subscribed.filter((filter) => filter === "homeassistant/device/+/config")).to.have.lengthOf(2);
      await advance(5000);
      broker.drop();
      timers.advance(750);
      broker.accept();
      expect(broker.subscribed.filter((filter) => filter === "homeassistant/device/+/config")).to.have.lengthOf(2);
      expect(broker.subscribed.filter((filter) => filter === "homeassistant/status")).to.have.lengthOf(3);
    });
  });
});
