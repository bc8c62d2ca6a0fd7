import { expect } from "chai";
import { ConfigError, TransportError } from "../../src/errors.ts";
import { reconnectDelay } from "../../src/mqtt-bridge/backoff.ts";
import { type BridgeStatus, MemoryOutboxStore, MqttBridge } from "../../src/mqtt-bridge/index.ts";
import type { MqttBridgeOptions } from "../../src/mqtt-bridge/options.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { device, energy, FakeBroker, power, reading, readTime, settled, snapshot, virtualOptions } from "./support.ts";

function setUp(more: Partial<MqttBridgeOptions> = {}) {
  const timers = new VirtualTimers();
  const broker = new FakeBroker();
  const statuses: BridgeStatus[] = [];
  const bridge = new MqttBridge({ ...virtualOptions(timers, statuses), ...more }, broker.open);
  const connect = async () => {
    const connected = bridge.connect();
    broker.accept();
    await connected;
    await settled();
  };
  const types = () => statuses.map(({ type }) => type);
  return { timers, broker, statuses, types, bridge, connect };
}

describe("MqttBridge", () => {
  describe("publishing", () => {
    it("says that it is online, what it is and whom it serves", async () => {
      const { broker, bridge, connect } = setUp();
      bridge.announce(device());
      await connect();
      expect(broker.last("dlms/bridge/state")).to.deep.equal({ state: "online" });
      expect(broker.last("dlms/bridge/info")).to.include({ version: "1.0.0" });
      expect(JSON.parse(broker.retained.get("dlms/bridge/devices") ?? "")).to.deep.equal([
        { id: "demo", name: "House meter", manufacturer: "Acme", model: "P1" },
      ]);
    });

    it("publishes states retained, with increasing numbers", async () => {
      const { broker, bridge, connect } = setUp();
      await connect();
      for (const value of [1, 2, 3]) {
        bridge.publishSnapshot(snapshot([{ ...power, value }]));
        await settled();
      }
      const states = broker.published.filter(({ topic }) => topic === "dlms/demo/state");
      expect(states.map(({ payload }) => (JSON.parse(payload) as { seq: number }).seq)).to.deep.equal([1, 2, 3]);
      expect(states.map(({ retain, sequence }) => [retain, sequence])).to.deep.equal([1, 2, 3].map((sequence) => [true, sequence]));
    });

    it("counts a meter as offline until it is first read", async () => {
      const { broker, bridge, connect } = setUp();
      bridge.announce(device());
      await connect();
      expect(broker.last("dlms/demo/availability")).to.deep.equal({
        state: "offline",
        reason: "starting",
        since: "2026-11-22T19:57:31.204Z",
      });
      bridge.publishSnapshot(snapshot([energy]));
      await settled();
      expect(broker.last("dlms/demo/availability")).to.deep.equal({ state: "online", since: "2026-11-22T19:57:31.204Z" });
    });

    it("keeps since when a state only lasts", async () => {
      const { broker, bridge, connect, timers } = setUp();
      await connect();
      bridge.setAvailability("demo", "offline", "timeout");
      timers.advance(60_000);
      bridge.setAvailability("demo", "offline", "timeout");
      await settled();
      const sent = broker.published.filter(({ topic }) => topic === "dlms/demo/availability");
      expect(sent).to.have.lengthOf(1);
      expect(sent[0]?.payload).to.contain('"since":"2026-11-22T19:57:31.204Z"');
    });

    it("does not call a meter online for rows of its profile", async () => {
      const { broker, bridge, connect } = setUp();
      await connect();
      bridge.publishSnapshot(snapshot([energy], { source: "profile" }));
      await settled();
      expect(broker.retained.has("dlms/demo/availability")).to.equal(false);
    });

    it("publishes events that are not retained and expire", async () => {
      const { broker, bridge, connect } = setUp({ eventExpiry: 60 });
      await connect();
      bridge.publishEvent({ meterId: "demo", type: "relay", time: readTime, data: { state: "disconnected" } });
      await settled();
      const sent = broker.published.find(({ topic }) => topic === "dlms/demo/event");
      expect(sent).to.include({ retain: false, expiry: 60, sequence: 1 });
    });

    it("publishes pushes as they came, and its health for later readers", async () => {
      const { broker, bridge, connect } = setUp();
      await connect();
      bridge.publishPush({ meterId: "demo", receivedTime: readTime, readings: [energy] });
      bridge.publishHealth({ uptime: 5 });
      await settled();
      expect(broker.published.find(({ topic }) => topic === "dlms/demo/push")).to.include({ retain: false });
      expect(broker.retained.get("dlms/bridge/health")).to.equal('{"uptime":5}');
    });

    it("holds events back while the broker is away, as many as there is room for", async () => {
      const { broker, bridge, connect, statuses } = setUp({ outbox: new MemoryOutboxStore(2) });
      for (const type of ["first", "second", "third"]) await bridge.publishEvent({ meterId: "demo", type, time: readTime });
      expect(bridge.waiting).to.equal(2);
      expect(statuses).to.deep.equal([{ type: "outbox-full", dropped: 1 }]);
      await connect();
      const events = broker.published.filter(({ topic }) => topic === "dlms/demo/event");
      expect(events.map(({ payload }) => (JSON.parse(payload) as { type: string }).type)).to.deep.equal(["second", "third"]);
    });

    it("tells of a register that was reset, and of values it held back", async () => {
      const { broker, bridge, connect, statuses } = setUp();
      await connect();
      for (const value of [4_408_736, 0, 10]) bridge.publishSnapshot(snapshot([{ ...energy, value }]));
      await settled();
      expect(statuses).to.deep.include({ type: "held-back", meterId: "demo", key: "active_energy_import_total" });
      expect(broker.last("dlms/bridge/event")).to.deep.equal({
        type: "register_reset",
        data: { meter: "demo", key: "active_energy_import_total", previous: 4408.736, value: 0.01 },
      });
    });

    it("accepts lower registers at once from a meter with another serial number", async () => {
      const { broker, bridge, connect } = setUp();
      await connect();
      bridge.announce(device({ serialNumber: "1" }));
      bridge.publishSnapshot(snapshot([energy]));
      bridge.announce(device({ serialNumber: "2" }));
      bridge.publishSnapshot(snapshot([{ ...energy, value: 5 }]));
      await settled();
      expect(broker.last("dlms/demo/state")).to.include({ active_energy_import_total: 0.005 });
    });

    it("removes what the broker holds of a retired meter", async () => {
      const { broker, bridge, connect } = setUp({ homeAssistant: { enabled: true } });
      await connect();
      bridge.announce(device(), [energy]);
      bridge.publishSnapshot(snapshot([energy]));
      await settled();
      expect([...broker.retained.keys()].filter((topic) => topic.includes("demo"))).to.have.lengthOf(3);
      bridge.retire("demo");
      await settled();
      expect([...broker.retained.keys()].filter((topic) => topic.includes("demo"))).to.deep.equal([]);
      expect(broker.retained.get("dlms/bridge/devices")).to.equal("[]");
    });

    it("publishes only below its base and the discovery prefix, whatever a meter calls itself", async () => {
      const { broker, bridge, connect } = setUp({ homeAssistant: { enabled: true } });
      await connect();
      for (const meterId of ["../#", "$SYS", "a\u0000b", "+", "x".repeat(65_536), "__proto__"]) {
        bridge.announce(device({ meterId, name: meterId }), [energy]);
        bridge.publishSnapshot(snapshot([reading("0.0.96.50.1.255", meterId, { meterId, name: meterId })], { meterId }));
      }
      await settled();
      for (const { topic, payload } of broker.published) {
        expect(topic).to.match(/^(dlms|homeassistant\/device)\/[A-Za-z0-9_.-]{1,69}\/[a-z]+$/);
        expect(() => JSON.parse(payload)).to.not.throw();
      }
    });
  });

  describe("connection", () => {
    it("delivers a profile only while it is connected", async () => {
      const { bridge, broker, connect } = setUp();
      const chunk = { meterId: "demo", logicalName: "1.0.99.1.0.255", columns: ["time"], rows: [["x"]], from: "a", to: "b", final: true };
      expect(await bridge.publishProfile(chunk).catch((error: unknown) => error)).to.be.instanceOf(TransportError);
      await connect();
      await bridge.publishProfile(chunk);
      expect(broker.topics()).to.include("dlms/demo/profile/1.0.99.1.0.255");
    });

    it("rejects when the first attempt fails, and goes on trying", async () => {
      const { bridge, broker, timers, types } = setUp();
      const first = bridge.connect().catch((error: unknown) => error);
      broker.drop(new TransportError("refused", "nothing listens there", { layer: "mqtt" }));
      expect(await first).to.include({ code: "refused" });
      timers.advance(750);
      expect(broker.attempts).to.equal(2);
      broker.accept();
      await settled();
      expect(bridge.connected).to.equal(true);
      expect(types()).to.deep.equal(["disconnected", "connected"]);
    });

    it("waits longer after every failure, with jitter, up to a limit", () => {
      const delays = (random: number) =>
        [0, 1, 2, 9, 1000].map((attempt) => reconnectDelay(attempt, () => random, { first: 1000, longest: 60_000 }));
      expect(delays(0)).to.deep.equal([500, 1000, 2000, 30_000, 30_000]);
      expect(delays(0.5)).to.deep.equal([750, 1500, 3000, 45_000, 45_000]);
    });

    it("starts with short waits again after a connection that worked", async () => {
      const { broker, connect, timers, statuses } = setUp();
      await connect();
      for (const delay of [750, 1500]) {
        broker.drop();
        timers.advance(delay);
      }
      broker.accept();
      broker.drop();
      expect(statuses.flatMap((status) => (status.type === "disconnected" ? [status.retryIn] : []))).to.deep.equal([750, 1500, 750]);
    });

    it("publishes after an outage the latest state of every meter, once, and all that is retained", async () => {
      const { bridge, broker, connect, timers } = setUp();
      await connect();
      bridge.announce(device());
      bridge.publishSnapshot(snapshot([power]));
      await settled();
      broker.drop();
      for (let value = 0; value < 1000; value++) bridge.publishSnapshot(snapshot([{ ...power, value }]));
      broker.published.length = 0;
      broker.retained.clear();
      timers.advance(750);
      broker.accept();
      await settled();
      expect(broker.topics()).to.have.members([
        ...["dlms/bridge/state", "dlms/bridge/info", "dlms/bridge/devices"],
        ...["dlms/demo/availability", "dlms/demo/state"],
      ]);
      expect(broker.last("dlms/demo/state")).to.include({ active_power_import: 999, seq: 1001 });
    });

    it("leaves a broker that no longer acknowledges", async () => {
      const { bridge, broker, connect, timers } = setUp();
      await connect();
      broker.acknowledging = false;
      bridge.publishSnapshot(snapshot([power]));
      timers.advance(30_000);
      expect(broker.endings).to.deep.equal(["destroy"]);
      timers.advance(750);
      expect(broker.attempts).to.equal(2);
      broker.acknowledging = true;
      broker.accept();
      await settled();
      expect(broker.last("dlms/demo/state")).to.include({ active_power_import: 2893 });
    });

    it("refuses URLs that are not MQTT's, and shows no password about it", () => {
      for (const url of ["", "127.0.0.1:1883", "http://127.0.0.1", "mqtt:"]) {
        expect(() => setUp({ url }), url).to.throw(ConfigError, "mqtt.url");
      }
      expect(() => setUp({ url: "http://user:s3cret@host" }))
        .to.throw(ConfigError)
        .that.does.not.match(/s3cret/);
    });

    it("refuses meters that would share a topic", () => {
      expect(() => setUp({ meterIds: ["House", "house"] })).to.throw(ConfigError, "dlms/house");
    });
  });

  describe("closing", () => {
    it("says that everything is offline, and then good-bye", async () => {
      const { bridge, broker, connect } = setUp();
      await connect();
      bridge.publishSnapshot(snapshot([power]));
      await settled();
      await bridge.close();
      expect(broker.last("dlms/bridge/state")).to.deep.equal({ state: "offline" });
      expect(broker.last("dlms/demo/availability")).to.include({ state: "offline", reason: "bridge-stopped" });
      expect(broker.endings).to.deep.equal(["end"]);
    });

    it("does not wait for ever for a broker that does not acknowledge", async () => {
      const { bridge, broker, connect, timers } = setUp({ closeTimeout: 2000 });
      await connect();
      broker.acknowledging = false;
      let closed = false;
      const closing = bridge.close().then(() => {
        closed = true;
      });
      timers.advance(1999);
      await settled();
      expect(closed).to.equal(false);
      timers.advance(1);
      await closing;
    });

    it("does not wait for ever for a connection that does not close", async () => {
      const { bridge, broker, connect, timers } = setUp();
      await connect();
      broker.closing = false;
      const closing = bridge.close();
      await settled();
      timers.advance(1000);
      await closing;
      expect(broker.endings).to.deep.equal(["end", "destroy"]);
    });

    it("publishes nothing afterwards, and does not connect again", async () => {
      const { bridge, broker, connect, timers } = setUp();
      await connect();
      await bridge.close();
      const sent = broker.published.length;
      bridge.publishSnapshot(snapshot([power]));
      await bridge.connect();
      timers.advance(1_000_000);
      await settled();
      expect(broker.published).to.have.lengthOf(sent);
      expect(broker.attempts).to.equal(1);
    });

    it("gives an attempt up that is under way", async () => {
      const { bridge, broker, timers } = setUp();
      const first = bridge.connect().catch((error: unknown) => error);
      await bridge.close();
      expect(await first).to.include({ code: "closed" });
      expect(broker.endings).to.deep.equal(["destroy"]);
      timers.advance(1_000_000);
      expect(broker.attempts).to.equal(1);
    });

    it("stops trying when it is closed between two attempts", async () => {
      const { bridge, broker, timers } = setUp();
      bridge.connect().catch(() => {});
      broker.drop();
      await bridge.close();
      timers.advance(1_000_000);
      expect(broker.attempts).to.equal(1);
    });
  });
});
