import { expect } from "chai";
import { configurations, type DiscoveryContext, expiryOf } from "../../src/mqtt-bridge/home-assistant.ts";
import type { ReadingIdentity } from "../../src/mqtt-bridge/reading.ts";
import { fieldOf, meterTimeField } from "../../src/mqtt-bridge/state-keys.ts";
import { TopicTree } from "../../src/mqtt-bridge/topics.ts";
import { deviceDiscovery } from "./home-assistant-schema.ts";
import { device, reading } from "./support.ts";

type Json = Readonly<Record<string, unknown>>;

/** Which units and state classes Home Assistant takes for the device classes we use; undefined: without. */
const legal: Readonly<Record<string, { readonly units: readonly unknown[]; readonly states: readonly unknown[] }>> = {
  energy: { units: ["kWh"], states: ["total", "total_increasing"] },
  energy_storage: { units: ["kWh"], states: ["measurement"] },
  reactive_energy: { units: ["kvarh"], states: ["total", "total_increasing"] },
  power: { units: ["W"], states: ["measurement"] },
  reactive_power: { units: ["var"], states: ["measurement"] },
  apparent_power: { units: ["VA"], states: ["measurement"] },
  voltage: { units: ["V"], states: ["measurement"] },
  current: { units: ["A"], states: ["measurement"] },
  frequency: { units: ["Hz"], states: ["measurement"] },
  power_factor: { units: [undefined, "%"], states: ["measurement"] },
  temperature: { units: ["°C"], states: ["measurement"] },
  duration: { units: ["s", "min", "h", "d"], states: ["measurement"] },
  gas: { units: ["m³"], states: ["total_increasing"] },
  water: { units: ["m³"], states: ["total_increasing"] },
  volume: { units: ["m³"], states: ["total", "total_increasing"] },
  monetary: { units: ["ZAR"], states: ["total"] },
  timestamp: { units: [undefined], states: [undefined] },
  enum: { units: [undefined], states: [undefined] },
};

const everything: readonly ReadingIdentity[] = [
  ...["1.0.1.8.0", "1.0.1.8.1", "1.0.1.8.8", "1.0.2.8.0", "0.0.96.66.0", "1.0.16.8.0"].map((name) => identity(`${name}.255`, "Wh")),
  ...["1.0.3.8.0", "1.0.4.8.0", "1.0.5.8.0"].map((name) => identity(`${name}.255`, "varh")),
  ...["1.0.9.8.0", "1.0.10.8.0"].map((name) => identity(`${name}.255`, "VAh")),
  ...["1.0.1.7.0", "1.0.2.7.0", "1.0.21.7.0", "1.0.41.7.0", "1.0.61.7.0", "1.0.1.6.0", "1.0.16.7.0"].map((name) =>
    identity(`${name}.255`, "W"),
  ),
  ...["1.0.3.7.0", "1.0.4.7.0"].map((name) => identity(`${name}.255`, "var")),
  ...["1.0.9.7.0", "1.0.10.7.0"].map((name) => identity(`${name}.255`, "VA")),
  ...["1.0.32.7.0", "1.0.52.7.0", "1.0.72.7.0", "0.0.96.6.3"].map((name) => identity(`${name}.255`, "V")),
  ...["1.0.31.7.0", "1.0.51.7.0", "1.0.71.7.0", "1.0.91.7.0"].map((name) => identity(`${name}.255`, "A")),
  ...["7.0.3.0.0", "8.0.1.0.0", "0.1.24.2.1"].map((name) => identity(`${name}.255`, "m³")),
  ...[identity("1.0.14.7.0.255", "Hz"), identity("1.0.13.7.0.255"), identity("0.0.96.9.0.255", "°C"), identity("1.0.0.8.0.255", "s")],
  ...[identity("1.0.1.6.0.255", undefined, 5), identity("0.0.96.60.0.255", "Wh"), identity("0.0.96.60.9.255", "ZAR")],
  ...[identity("0.0.96.60.15.255"), identity("0.0.19.0.0.255", undefined, 4), identity("0.0.96.61.0.255"), identity("0.0.96.14.0.255")],
  ...[identity("0.0.96.61.12.255"), identity("0.0.96.3.10.255", undefined, 3), identity("0.0.96.65.3.255"), identity("0.0.97.98.0.255")],
  ...[identity("0.0.1.0.0.255"), identity("0.0.96.1.0.255"), identity("0.0.42.0.0.255", "%")],
];

function identity(logicalName: string, unit?: string, attribute = 2): ReadingIdentity {
  return reading(logicalName, 0, { attribute, ...(unit === undefined ? {} : { unit }) });
}

function context(form: "device" | "entity" = "device"): DiscoveryContext {
  return { prefix: "homeassistant", form, version: "1.0.0", topics: new TopicTree("dlms") };
}

function single(configs: ReadonlyMap<string, string>): Json {
  expect(configs.size).to.equal(1);
  return JSON.parse([...configs.values()][0] ?? "") as Json;
}

function componentsOf(config: Json): Readonly<Record<string, Json>> {
  return config["cmps"] as Readonly<Record<string, Json>>;
}

describe("configurations", () => {
  const full = single(configurations(context(), device({ firmware: "2.1", serialNumber: "35933512" }), everything.map(fieldOf)));
  const components = Object.entries(componentsOf(full));

  it("are one for a device, at the topic of its object id", () => {
    expect([...configurations(context(), device(), [meterTimeField]).keys()]).to.deep.equal(["homeassistant/device/dlms_demo/config"]);
    expect(full["dev"]).to.deep.equal({ ids: ["dlms_demo"], name: "House meter", mf: "Acme", mdl: "P1", sw: "2.1", sn: "35933512" });
    expect(full["o"]).to.deep.equal({ name: "dlms-gateway", sw: "1.0.0" });
  });

  it("share state topic and the availability of bridge and meter", () => {
    expect(full).to.include({ state_topic: "dlms/demo/state", qos: 1, availability_mode: "all" });
    expect(full["availability"]).to.deep.equal([
      { topic: "dlms/bridge/state", value_template: "{{ value_json.state }}" },
      { topic: "dlms/demo/availability", value_template: "{{ value_json.state }}" },
    ]);
  });

  it("have the keys and values that Home Assistant publishes, and no others", () => {
    const { error } = deviceDiscovery.safeParse(full);
    expect(error?.issues ?? []).to.deep.equal([]);
    expect(deviceDiscovery.safeParse({ ...full, topic: "x" }).success).to.equal(false);
  });

  it("name a platform and a unique id in every component", () => {
    expect(components).to.have.lengthOf(everything.length);
    for (const [name, component] of components) {
      expect(component["p"], name).to.be.oneOf(["sensor", "binary_sensor"]);
      expect(component["unique_id"], name).to.match(/^dlms_demo_/);
      expect(component["name"], name).to.be.a("string").that.is.not.equal("");
    }
    expect(new Set(components.map(([, component]) => component["unique_id"])).size).to.equal(components.length);
  });

  for (const [name, component] of components) {
    it(`pair class and unit of ${name} as Home Assistant allows`, () => {
      const deviceClass = component["device_class"];
      if (component["p"] === "binary_sensor") {
        expect(component).to.include({ payload_on: "connected", payload_off: "disconnected", device_class: "power" });
        expect(component).to.not.have.any.keys("unit_of_measurement", "state_class");
        return;
      }
      if (deviceClass === undefined) {
        expect(component["state_class"]).to.be.oneOf([undefined, "measurement", "total_increasing"]);
        return;
      }
      const rule = legal[String(deviceClass)];
      expect(rule, String(deviceClass)).to.not.equal(undefined);
      expect(component["unit_of_measurement"]).to.be.oneOf([...(rule?.units ?? [])]);
      expect(component["state_class"]).to.be.oneOf([...(rule?.states ?? [])]);
      if (deviceClass === "enum") expect(component["options"]).to.be.an("array").that.is.not.empty;
    });
  }

  it("follow the example of the contract", () => {
    expect(componentsOf(full)["energy_import"]).to.deep.equal({
      p: "sensor",
      unique_id: "dlms_demo_1-0:1.8.0",
      name: "Energy import",
      device_class: "energy",
      state_class: "total_increasing",
      unit_of_measurement: "kWh",
      suggested_display_precision: 2,
      value_template: "{{ value_json.active_energy_import_total }}",
    });
    expect(componentsOf(full)["power_import"]).to.include({ unique_id: "dlms_demo_1-0:1.7.0", expire_after: 60 });
    expect(componentsOf(full)["credit"]).to.include({ unique_id: "dlms_demo_credit", device_class: "energy_storage" });
    expect(componentsOf(full)["relay"]).to.include({ unique_id: "dlms_demo_relay", p: "binary_sensor" });
    expect(componentsOf(full)["meter_time"]).to.include({
      unique_id: "dlms_demo_clock",
      entity_category: "diagnostic",
      enabled_by_default: false,
    });
  });

  it("let momentary values expire after three polls, and registers never", () => {
    const slow = componentsOf(single(configurations(context(), device({ pollPeriod: 60 }), everything.map(fieldOf))));
    expect(slow["power_import"]).to.have.property("expire_after", 180);
    for (const name of ["energy_import", "credit", "relay"]) expect(slow[name]).to.not.have.property("expire_after");
  });

  it("let nothing expire when nobody says how often it is read", () => {
    const { pollPeriod: _, ...silent } = device();
    for (const component of Object.values(componentsOf(single(configurations(context(), silent, everything.map(fieldOf)))))) {
      expect(component).to.not.have.property("expire_after");
    }
    expect(expiryOf(undefined)).to.equal(undefined);
  });

  it("read every value from the key it is published under", () => {
    const fields = everything.map(fieldOf);
    for (const { key, entity } of fields) {
      expect(String(componentsOf(full)[entity.component]?.["value_template"])).to.contain(`value_json.${key}`);
    }
  });

  it("reduce a removed component to its platform", () => {
    const config = single(configurations(context(), device(), [meterTimeField], [["power_import", "sensor"]]));
    expect(componentsOf(config)["power_import"]).to.deep.equal({ p: "sensor" });
    expect(componentsOf(config)).to.have.property("meter_time");
  });

  it("are one for every entity in the entity form, complete in itself", () => {
    const configs = configurations(context("entity"), device(), everything.map(fieldOf));
    expect(configs.size).to.equal(everything.length);
    const relay = JSON.parse(configs.get("homeassistant/binary_sensor/dlms_demo/relay/config") ?? "") as Json;
    expect(relay).to.include({ unique_id: "dlms_demo_relay", state_topic: "dlms/demo/state" });
    expect(relay).to.have.all.keys(
      ...["unique_id", "name", "device_class", "payload_on", "payload_off", "value_template"],
      ...["dev", "o", "state_topic", "qos", "availability", "availability_mode"],
    );
  });

  it("have topics of the allowed characters for any meter", () => {
    const odd = device({ meterId: "a.b/+#\u0000 $é" });
    expect([...configurations(context(), odd, [meterTimeField]).keys()][0]).to.match(
      /^homeassistant\/device\/dlms_[a-zA-Z0-9_-]+\/config$/,
    );
  });
});
