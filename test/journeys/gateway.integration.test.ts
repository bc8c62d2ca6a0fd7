import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { decodePayload } from "../../src/mqtt-bridge/sparkplug/payload.ts";
import { deviceDiscovery } from "../mqtt-bridge/home-assistant-schema.ts";
import { Observer } from "../mqtt-bridge/observer.ts";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { Mosquitto } from "../support/mosquitto.ts";

const keys = { EK: "000102030405060708090A0B0C0D0E0F", AK: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF" };
type Json = Record<string, unknown>;

describe("The gateway service", function () {
  this.timeout(30_000);
  let folder: string;
  let broker: Mosquitto | undefined;
  let meter: CliService | undefined;
  let gateway: CliService | undefined;
  let observer: Observer;
  let home: Observer;
  let host: Observer;
  const ports = { meter: 0, http: 0, push: 0 };
  const file = () => join(folder, "gateway.yaml");

  function configuration(more: readonly string[] = []): string {
    const entry = [
      "id: house",
      `target: "tcp://127.0.0.1:${ports.meter}?client=1&auth=gmac"`,
      "ek: env:EK",
      "ak: env:AK",
      "poll: 500ms",
      "profiles: [hourly]",
      "events: true",
      "allow: [relay, clock, token, set]",
    ].join(", ");
    return [
      `mqtt: { url: "${broker?.url}", version: 5, homeAssistant: { enabled: true }, sparkplug: { enabled: true, group: plant, edge: gw } }`,
      `http: { listen: "127.0.0.1:${ports.http}" }`,
      `push: { tcp: ${ports.push} }`,
      "meters:",
      `  - { ${entry} }`,
      ...more,
      "",
    ].join("\n");
  }

  before(async function () {
    broker = await Mosquitto.start();
    if (broker === undefined) return this.skip();
    folder = mkdtempSync(join(tmpdir(), "dlms-gateway-service-"));
    for (const name of ["meter", "http", "push"] as const) ports[name] = await freePort();
    const shipped = readFileSync(new URL("../../config/virtual-meter.yaml", import.meta.url), "utf8");
    const destination = `tcp://127.0.0.1:${ports.push}`;
    writeFileSync(join(folder, "meter.yaml"), `${shipped}\npush: { connectivity: "${destination}", credit: "${destination}" }\n`);
    writeFileSync(file(), configuration());
    observer = await Observer.start(broker.url, "dlms/#", { protocolVersion: 5 });
    home = await Observer.start(broker.url, "homeassistant/#");
    host = await Observer.start(broker.url, "spBv1.0/#");
    gateway = await CliService.start(["gateway", "--config", file(), "--json"], /connected to/, keys);
    meter = await CliService.start(
      [
        "meter",
        "--config",
        join(folder, "meter.yaml"),
        "--tcp",
        String(ports.meter),
        "--mode",
        "prepaid",
        "--credit",
        "5",
        "--history",
        "P2D",
      ],
      /listening tcp/,
    );
    await observer.message("dlms/house/state");
  });

  after(async () => {
    await gateway?.stop();
    await meter?.stop();
    for (const client of [observer, home, host]) await client?.stop();
    await broker?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  let asked = 0;
  async function ask(verb: string, body: Json): Promise<Json> {
    const transaction = body["transaction"] ?? `t${asked++}`;
    const before = observer.seen.length;
    await observer.publish(`dlms/bridge/request/${verb}`, JSON.stringify({ meter: "house", transaction, ...body }));
    for (;;) {
      const found = observer.seen
        .slice(before)
        .find(
          ({ topic, payload }) => topic === `dlms/bridge/response/${verb}` && (JSON.parse(payload) as Json)["transaction"] === transaction,
        );
      if (found !== undefined) return JSON.parse(found.payload) as Json;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it("finds a meter that came after it, and tells of it", async () => {
    const joined = await observer.message("dlms/bridge/event", ({ type }) => type === "meter_joined");
    expect(JSON.parse(joined.payload)).to.have.nested.property("data.meter", "house");
    await observer.message("dlms/house/profile/1.0.99.1.1.255", ({ final }) => final === true);
  });

  it("is discovered by Home Assistant, in a form that it takes", async () => {
    const { payload, retained } = await home.message("homeassistant/device/dlms_house/config");
    expect(retained).to.equal(false);
    const config = deviceDiscovery.parse(JSON.parse(payload));
    expect(Object.keys(config.cmps).length).to.be.greaterThan(20);
    const state = JSON.parse((await observer.message("dlms/house/state")).payload) as Json;
    const keys = Object.values(config.cmps).flatMap((component) =>
      "value_template" in component ? [/value_json\.(\w+)/.exec(component.value_template ?? "")?.[1]] : [],
    );
    expect(keys.filter((key) => key === undefined || !(key in state))).to.deep.equal([]);
  });

  it("is an edge node of Sparkplug, with the meter as its device by its serial number", async () => {
    const birth = decodePayload((await host.message("spBv1.0/plant/NBIRTH/gw")).packet.payload as Uint8Array);
    expect(birth.seq).to.equal(0);
    const device = decodePayload((await host.message("spBv1.0/plant/DBIRTH/gw/35933512")).packet.payload as Uint8Array);
    const metrics = device.metrics.filter(({ name }) => name === "active_energy_import_total");
    expect(metrics.map(({ value }) => typeof value)).to.deep.equal(["number"]);
    const data = decodePayload((await host.message("spBv1.0/plant/DDATA/gw/35933512")).packet.payload as Uint8Array);
    const aliases = new Set(device.metrics.map(({ alias }) => alias));
    expect(data.metrics.every(({ alias, name }) => name === undefined && aliases.has(alias))).to.equal(true);
  });

  it("reads an object, and rows of a profile, for whoever asks", async () => {
    const read = await ask("meter/read", { objects: ["1.0.1.8.0.255", "0.0.96.1.0.255", "1.0.99.99.9.255"] });
    expect(read["status"]).to.equal("ok");
    const [energy, , missing] = read["data"] as Json[];
    expect(energy).to.include({ logicalName: "1.0.1.8.0.255", unit: "Wh" });
    expect(missing).to.have.property("error");
    const rows = await ask("meter/profile", { profile: "hourly", last: 3 });
    expect((rows["data"] as { rows: unknown[] }).rows).to.have.lengthOf(3);
    const { error } = await ask("meter/read", { meter: "barn", objects: ["clock"] });
    expect(error).to.include({ code: "unknown-meter", hint: "known are house" });
  });

  it("answers at the response topic of MQTT 5, under its correlation data", async () => {
    const mqtt = (await import("mqtt")).connect((broker as Mosquitto).url, { protocolVersion: 5 });
    await mqtt.subscribeAsync("me/answers", { qos: 1 });
    const answer = new Promise<Json>((resolve) =>
      mqtt.once("message", (_, payload, packet) =>
        resolve({ ...(JSON.parse(payload.toString()) as Json), correlation: packet.properties?.correlationData?.toString() }),
      ),
    );
    await mqtt.publishAsync("dlms/bridge/request/meter/read", JSON.stringify({ meter: "house", objects: ["clock"] }), {
      qos: 1,
      properties: { responseTopic: "me/answers", correlationData: Buffer.from("42") },
    });
    expect(await answer).to.include({ status: "ok", correlation: "42" });
    await mqtt.endAsync();
  });

  it("moves the supply switch once for a transaction, and says so everywhere", async () => {
    const off = await ask("meter/relay", { command: "disconnect", transaction: "off-1" });
    expect(off, JSON.stringify(off)).to.deep.include({ status: "ok", transaction: "off-1" });
    expect(off["data"], JSON.stringify(off)).to.include({ outputState: false });
    await observer.message("dlms/house/state", ({ relay_state: state }) => state !== "connected");
    expect((await ask("meter/relay", { command: "connect", transaction: "on-1" }))["status"]).to.equal("ok");
    expect(await ask("meter/relay", { command: "disconnect", transaction: "off-1" })).to.deep.equal(off);
    // Control mode 4: what is disconnected remotely becomes ready remotely, and is closed by hand.
    expect((await ask("meter/relay", { command: "status" }))["data"]).to.include({ controlState: "ready-for-reconnection" });
    const audited = observer.seen.filter(({ topic, payload }) => topic === "dlms/bridge/event" && payload.includes('"request"'));
    expect(audited.map(({ payload }) => (JSON.parse(payload) as { data: Json }).data["status"])).to.deep.equal(["ok", "ok", "repeated"]);
  });

  it("moves it for a button too, but nothing that is not allowed", async () => {
    await observer.publish("dlms/house/relay/set", "off");
    await observer.message(
      "dlms/bridge/response/meter/relay",
      ({ transaction, data }) => transaction === undefined && (data as Json)["controlState"] === "disconnected",
    );
    await observer.publish("dlms/house/relay/set", "on");
    await observer.message(
      "dlms/bridge/response/meter/relay",
      ({ transaction, data }) => transaction === undefined && (data as Json)["controlState"] === "ready-for-reconnection",
    );
    const { error } = await ask("meter/invoke", { object: "1.0.99.1.0.255", method: "reset" });
    expect(error).to.include({ code: "not-allowed" });
  });

  it("sets the clock and an attribute", async () => {
    expect((await ask("meter/clock/sync", {}))["status"]).to.equal("ok");
    const set = await ask("meter/set", { object: "1.0.0.8.0.255", value: "long-unsigned:60" });
    expect(set["status"], JSON.stringify(set)).to.equal("ok");
    const wrong = await ask("meter/set", { object: "0.0.96.1.0.255", value: "x" });
    expect(wrong["status"]).to.equal("error");
  });

  it("takes a token once, and its digits appear nowhere", async () => {
    const token = "67259421596626581768";
    const applied = await ask("token/apply", { token });
    expect(applied["status"], JSON.stringify(applied)).to.equal("ok");
    expect(applied["data"]).to.deep.include({ result: "accepted" });
    const again = await ask("token/apply", { token });
    expect(again["error"]).to.include({ code: "used-error" });
    expect((await ask("token/apply", { token: "123" }))["status"]).to.equal("error");
    for (const { topic, payload } of observer.seen) if (!topic.startsWith("dlms/bridge/request/")) expect(payload).not.to.contain(token);
    expect(gateway?.output).not.to.contain(token);
  });

  it("hands on what the meter pushes", async () => {
    const { payload } = await observer.message("dlms/house/push");
    const { readings } = JSON.parse(payload) as { readings: { value: unknown }[] };
    expect(readings.length).to.be.greaterThan(1);
  });

  it("serves health, readiness and metrics", async () => {
    const get = async (path: string) => fetch(`http://127.0.0.1:${ports.http}${path}`);
    const health = (await (await get("/healthz")).json()) as {
      status: string;
      meters: { configured: number; online: number; running: number };
    };
    expect(health.status).to.equal("ok");
    expect(health.meters).to.include({ configured: 1, online: 1 });
    expect(health.meters.running, "talked to just now, or not").to.be.oneOf([0, 1]);
    expect((await get("/readyz")).status).to.equal(200);
    const metrics = await (await get("/metrics")).text();
    expect(metrics).to.match(/^dlms_polls_total\{meter="house",result="ok"\} [1-9]/m);
    expect(metrics).to.match(/^dlms_meter_online\{meter="house"\} 1$/m);
    expect(metrics).to.match(/^dlms_meter_clock_drift_seconds\{meter="house"\} -?\d/m);
    expect(metrics).to.match(/^dlms_profile_rows_total\{meter="house"\} [1-9]/m);
    expect((await get("/secrets")).status).to.equal(404);
  });

  it("copies its state while it runs, for a gateway that begins with it", async () => {
    const { data } = await ask("backup", {});
    const { path } = data as { path: string };
    const { LmdbGatewayStore } = await import("../../src/store/index.ts");
    const copy = new LmdbGatewayStore(path);
    expect(copy.checkpoint({ meterId: "house", profile: "1.0.99.1.1.255" })?.rows.length).to.be.greaterThan(40);
    await copy.close();
  });

  it("takes a new meter in when the file changes, and leaves a faulty one out without stopping for it", async () => {
    const second = `  - { id: barn, target: "tcp://127.0.0.1:${ports.meter}?client=2&auth=lls", password: env:READER, poll: 500ms }`;
    writeFileSync(file(), configuration([second, "  - { id: broken, target: nowhere }"]));
    // No secret READER: the meter cannot be served, and the others are.
    await until(
      () => gateway?.output.includes("configuration read again") === true,
      () => gateway?.output,
    );
    expect(gateway?.output).to.contain("meters[2].target").and.contain("READER");
    writeFileSync(join(folder, "reader"), "00000000", { mode: 0o600 });
    writeFileSync(file(), configuration([second.replace("env:READER", `file:${join(folder, "reader")}`)]));
    const seen = (topic: string, text: string) => () =>
      observer.seen.some((message) => message.topic === topic && message.payload.includes(text));
    await until(seen("dlms/barn/availability", '"online"'), () => gateway?.output);
    writeFileSync(file(), configuration());
    await until(
      () => observer.seen.some(({ topic, payload }) => topic === "dlms/barn/state" && payload === ""),
      () => gateway?.output,
    );
    const check = await runCli(["gateway", "--config", file(), "--check"], keys);
    expect(check.code, check.stderr).to.equal(0);
  });

  it("ends within five seconds, and leaves no association behind", async () => {
    const begin = Date.now();
    expect(await gateway?.stop("SIGTERM")).to.equal(0);
    expect(Date.now() - begin).to.be.lessThan(5000);
    gateway = undefined;
    await observer.message("dlms/bridge/state", ({ state }) => state === "offline");
    await host.message("spBv1.0/plant/NDEATH/gw");
  });
});

/** Waits for a condition; where it does not come, `what` says what there is. */
async function until(condition: () => boolean, what: () => string | undefined): Promise<void> {
  for (const begin = Date.now(); !condition(); ) {
    if (Date.now() - begin > 10_000) expect.fail(what() ?? "nothing happened");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
