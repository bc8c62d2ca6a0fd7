import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { EmbeddedBroker } from "../../src/broker/embedded-broker.ts";
import { MqttBridge } from "../../src/mqtt-bridge/index.ts";
import type { MqttBridgeOptions } from "../../src/mqtt-bridge/options.ts";
import { realTimers } from "../../src/session/timers.ts";
import { testCertificates } from "../support/certificates.ts";
import { freePort } from "../support/free-port.ts";
import { Mosquitto, mosquittoProgram } from "../support/mosquitto.ts";
import { Observer } from "./observer.ts";
import { device, energy, power, snapshot } from "./support.ts";

interface TestBroker {
  readonly url: string;
  /** Everything retained is gone afterwards. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const child = fileURLToPath(new URL("fixtures/bridge-process.ts", import.meta.url));

function options(url: string, more: Partial<MqttBridgeOptions> = {}): MqttBridgeOptions {
  return {
    url,
    meterIds: ["demo"],
    info: { version: "1.0.0" },
    homeAssistant: { enabled: true, birthDelay: 20, cleanUpAfter: 200 },
    reconnect: { first: 50, longest: 100 },
    timers: realTimers,
    random: Math.random,
    wallClock: Date.now,
    ...more,
  };
}

async function embedded(): Promise<TestBroker> {
  let broker = await EmbeddedBroker.start({ port: 0 });
  const { url, port } = broker;
  const restart = async () => {
    await broker.close();
    broker = await EmbeddedBroker.start({ port });
  };
  return { url, restart, stop: () => broker.close() };
}

function describeBroker(name: string, version: 4 | 5, start: () => Promise<TestBroker | undefined>): void {
  describe(`MqttBridge at ${name}, MQTT ${version === 4 ? "3.1.1" : "5"}`, function () {
    this.timeout(20_000);
    let broker: TestBroker;
    let observer: Observer;
    let bridges: MqttBridge[] = [];

    beforeEach(async function () {
      const started = await start();
      if (started === undefined) return this.skip();
      broker = started;
      observer = await Observer.start(broker.url, "#", { protocolVersion: version });
    });

    afterEach(async () => {
      if (broker === undefined) return;
      await Promise.all(bridges.map((bridge) => bridge.close()));
      bridges = [];
      await observer.stop();
      await broker.stop();
    });

    async function connected(more: Partial<MqttBridgeOptions> = {}): Promise<MqttBridge> {
      const bridge = new MqttBridge(options(broker.url, { version, ...more }));
      bridges.push(bridge);
      await bridge.connect();
      return bridge;
    }

    it("shows a subscriber state, availability and discovery, and holds them for the next one", async () => {
      const bridge = await connected();
      bridge.announce(device(), [energy, power]);
      bridge.publishSnapshot(snapshot([energy, power]));
      const state = await observer.message("dlms/demo/state");
      expect(JSON.parse(state.payload)).to.deep.include({ active_energy_import_total: 4408.736, active_power_import: 2893, seq: 1 });
      expect(state.packet.qos).to.equal(1);
      await observer.message("dlms/demo/availability", (json) => json["state"] === "online");
      const held = await Observer.retained(broker.url);
      expect([...held.keys()]).to.have.members([
        ...["dlms/bridge/state", "dlms/bridge/info", "dlms/bridge/devices"],
        ...["dlms/demo/state", "dlms/demo/availability", "homeassistant/device/dlms_demo/config"],
      ]);
      expect(held.get("dlms/bridge/state")).to.equal('{"state":"online"}');
    });

    it("leaves offline states behind when it is closed", async () => {
      const bridge = await connected();
      bridge.publishSnapshot(snapshot([power]));
      await bridge.close();
      const held = await Observer.retained(broker.url);
      expect(held.get("dlms/bridge/state")).to.equal('{"state":"offline"}');
      expect(held.get("dlms/demo/availability")).to.contain('"state":"offline"');
    });

    it("publishes everything again to a broker that lost it", async () => {
      const bridge = await connected();
      bridge.announce(device(), [energy, power]);
      bridge.publishSnapshot(snapshot([energy]));
      bridge.setAvailability("demo", "offline", "timeout");
      await observer.message("dlms/demo/availability", (json) => json["reason"] === "timeout");
      await broker.restart();
      bridge.publishSnapshot(snapshot([{ ...energy, value: 5_000_000 }]));
      const later = await Observer.start(broker.url, "#", { protocolVersion: version });
      await later.message("dlms/demo/state", (json) => json["active_energy_import_total"] === 5000);
      await later.message("dlms/demo/availability", (json) => json["state"] === "online");
      await later.message("homeassistant/device/dlms_demo/config");
      await later.message("dlms/bridge/state", (json) => json["state"] === "online");
      await later.message("dlms/bridge/info");
      await later.message("dlms/bridge/devices");
      await later.stop();
    });

    it("answers the birth of Home Assistant", async () => {
      const bridge = await connected();
      bridge.publishSnapshot(snapshot([power]));
      await observer.message("dlms/demo/state");
      observer.seen.length = 0;
      await observer.publish("homeassistant/status", "online");
      await observer.message("dlms/demo/state", (json) => json["seq"] === 1);
      expect(observer.seen.map(({ topic }) => topic).filter((topic) => topic.startsWith("dlms/"))).to.deep.equal([
        "dlms/demo/availability",
        "dlms/demo/state",
      ]);
    });

    it("cleans up what an earlier run left: meters that are gone, and components", async () => {
      const earlier = await connected({ meterIds: ["demo", "gone"] });
      earlier.announce(device(), [energy, power]);
      earlier.announce(device({ meterId: "gone" }), [energy]);
      earlier.publishSnapshot(snapshot([{ ...energy, meterId: "gone" }], { meterId: "gone" }));
      await earlier.close();
      const bridge = await connected();
      bridge.announce(device(), [energy]);
      await observer.message("homeassistant/device/dlms_demo/config", (json) => {
        const removed = (json["cmps"] as Record<string, object>)["power_import"];
        return removed !== undefined && Object.keys(removed).length === 1;
      });
      await bridge.close();
      const held = await Observer.retained(broker.url);
      expect([...held.keys()].filter((topic) => topic.includes("gone"))).to.deep.equal([]);
      expect(held.get("homeassistant/device/dlms_demo/config")).to.contain("energy_import").and.not.contain("power_import");
    });

    it("resolves the publication of profile rows when the broker has them", async () => {
      const bridge = await connected();
      const chunk = { meterId: "demo", logicalName: "1.0.99.1.0.255", columns: ["time"], rows: [["x"]], from: "a", to: "b", final: true };
      await bridge.publishProfile(chunk);
      const { packet } = await observer.message("dlms/demo/profile/1.0.99.1.0.255", (json) => json["final"] === true);
      if (version === 5) {
        expect(packet.properties).to.include({ contentType: "application/json" });
        expect(packet.properties?.messageExpiryInterval).to.be.within(3590, 3600);
        expect(packet.properties?.userProperties).to.deep.include({ "dlms-seq": "1" });
      }
    });

    it("has the broker say that it is offline when its process is killed", async () => {
      const process_ = spawn(process.execPath, ["--import", "tsx", child, broker.url, String(version)], { stdio: "ignore" });
      try {
        await observer.message("dlms/demo/state");
        observer.seen.length = 0;
        process_.kill("SIGKILL");
        const will = await observer.message("dlms/bridge/state");
        expect(will.payload).to.equal('{"state":"offline"}');
        expect((await Observer.retained(broker.url)).get("dlms/bridge/state")).to.equal('{"state":"offline"}');
      } finally {
        process_.kill("SIGKILL");
      }
    });
  });
}

describeBroker("the embedded broker", 4, embedded);
for (const version of [4, 5] as const) describeBroker("Mosquitto", version, () => Mosquitto.start());

describe("MqttBridge without luck", function () {
  this.timeout(20_000);

  async function failure(more: MqttBridgeOptions): Promise<unknown> {
    const bridge = new MqttBridge(more);
    const error = await bridge.connect().catch((reason: unknown) => reason);
    await bridge.close();
    return error;
  }

  it("says that nothing listens", async () => {
    const port = await freePort();
    expect(await failure(options(`mqtt://127.0.0.1:${port}`))).to.include({
      ...{ code: "refused", layer: "mqtt", message: `MQTT broker 127.0.0.1:${port}: nothing listens there` },
      hint: "start the broker, or check host and port in mqtt.url",
    });
  });

  it("says that the embedded broker does not speak MQTT 5", async () => {
    const broker = await EmbeddedBroker.start({ port: 0 });
    const error = await failure(options(broker.url, { version: 5 }));
    await broker.close();
    expect(error).to.include({ code: "refused", hint: "set mqtt.version to 4 (MQTT 3.1.1)" });
  });

  for (const version of [4, 5] as const) {
    it(`says that the password is wrong, in MQTT ${version}`, async function () {
      if (mosquittoProgram() === undefined) return this.skip();
      const broker = await Mosquitto.start({
        config: ["allow_anonymous false", "password_file %dir%/passwords"],
        files: { passwords: "" },
      });
      if (broker === undefined) return this.skip();
      const error = await failure(options(broker.url, { version, username: "gateway", password: "s3cret" }));
      await broker.stop();
      expect(error).to.include({ code: "refused", layer: "mqtt" });
      expect(error)
        .to.have.property("hint")
        .that.matches(/mqtt\.password/);
      expect(JSON.stringify(error)).to.not.contain("s3cret");
    });
  }

  it("trusts a broker by its authority's certificate alone, and says what is missing without", async function () {
    const certificates = mosquittoProgram() === undefined ? undefined : testCertificates();
    if (certificates === undefined) return this.skip();
    const { ca, cert, key } = certificates;
    const config = ["allow_anonymous true", "cafile %dir%/ca.pem", "certfile %dir%/broker.pem", "keyfile %dir%/broker.key"];
    const broker = await Mosquitto.start({ config, files: { "ca.pem": ca, "broker.pem": cert, "broker.key": key } });
    if (broker === undefined) return this.skip();
    try {
      const url = broker.url.replace("mqtt:", "mqtts:");
      expect(await failure(options(url, { tls: { ca } }))).to.equal(undefined);
      expect(await failure(options(url)))
        .to.have.property("hint")
        .that.matches(/mqtt\.tls\.ca/);
      const otherName = { tls: { ca, serverName: "other.example" } };
      expect(await failure(options(url, otherName)))
        .to.have.property("hint")
        .that.matches(/serverName/);
      expect(await failure(options(broker.url)))
        .to.have.property("hint")
        .that.matches(/TLS port|mqtts/);
    } finally {
      await broker.stop();
    }
  });

  it("says that a port without TLS does not speak it", async () => {
    const broker = await EmbeddedBroker.start({ port: 0 });
    const error = await failure(options(broker.url.replace("mqtt:", "mqtts:"), { connectTimeout: 3000 }));
    await broker.close();
    expect(error).to.include({ layer: "mqtt" });
    expect(error)
      .to.have.property("hint")
      .that.matches(/mqtt:|TLS/);
  });
});
