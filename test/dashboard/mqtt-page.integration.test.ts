import { PassThrough } from "node:stream";
import { expect } from "chai";
import { MqttPage, type MqttPageOptions } from "../../src/cli/dashboard/mqtt-page.ts";
import { GatewayHost } from "../../src/cli/gateway/gateway-host.ts";
import { associate } from "../../src/client/connect.ts";
import type { DashboardPorts, PageReader } from "../../src/dashboard/ports.ts";
import { createLogger } from "../../src/log/logger.ts";
import { minute } from "../../src/meter-model/index.ts";
import type { BrokerLink, LinkListener, OpenLink } from "../../src/mqtt-bridge/index.ts";
import { mqttLink, readerLink } from "../../src/mqtt-bridge/mqtt-link.ts";
import { realTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { asReader, sampleMeter, sampleServer, sampleStart } from "../support/sample-meter.ts";

const hours = 48;

describe("the page of a gateway elsewhere, over mosquitto", function () {
  this.timeout(30_000);
  let broker: Mosquitto;
  const stops: (() => Promise<void>)[] = [];

  before(async function () {
    const started = await Mosquitto.start();
    if (started === undefined) return this.skip();
    broker = started;
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  after(() => broker?.stop());

  /** A gateway with one virtual meter in it. */
  async function gateway(requests: boolean): Promise<GatewayHost> {
    const meter = sampleMeter(hours * 60 * minute);
    const server = sampleServer(meter);
    const host = new GatewayHost({
      mqtt: { url: broker.url, version: 5 },
      logger: createLogger({ level: "error", json: true, stream: new PassThrough().resume(), now: Date.now }),
      ...(requests ? { requests: { backUp: async () => "" } } : {}),
      meters: [
        {
          id: "house",
          interval: 500,
          extra: [],
          transport: "tcp",
          connect: () => {
            const { a, b } = memoryTransportPair({ schedule: (delay, callback) => realTimers.schedule(delay, callback) });
            server.serve("wrapper", b);
            return associate(a, "wrapper", { ...asReader, timeout: 5000 });
          },
        },
      ],
    });
    stops.push(() => host.stop());
    await host.start();
    return host;
  }

  function page(meters: MqttPageOptions["meters"] = []): DashboardPorts {
    const made = new MqttPage({
      url: broker.url,
      version: 5,
      pageVersion: "1",
      price: null,
      meters,
      timers: realTimers,
      random: Math.random,
      wallClock: Date.now,
      reconnect: { first: 50, longest: 200 },
      onConnection: () => {},
      onRefused: (filter) => expect.fail(filter),
    });
    stops.push(() => made.close());
    made.start();
    return made.ports;
  }

  /** Until it is so: the board tells when something changed. */
  function until(ports: DashboardPorts, holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = ports.source.subscribe(look);
      function look(): void {
        if (!holds()) return;
        end();
        resolve();
      }
      look();
    });
  }

  it("shows the meters of the tree, finds out that the gateway answers, and reads through it", async () => {
    const ports = page();
    await gateway(true);
    await until(ports, () => ports.source.row("house")?.online === true && ports.reader !== undefined);
    const meter = ports.source.meter("house");
    expect(meter?.row).to.deep.include({ serialNumber: "12345678", model: "sample", power: 1000 });
    const voltage = meter?.values.find(({ key }) => key === "voltage_l1");
    expect(voltage).to.deep.equal({
      key: "voltage_l1",
      logicalName: "1.0.32.7.0.255",
      attribute: 2,
      name: "Voltage L1",
      value: 230,
      unit: "V",
    });

    const reader = ports.reader as PageReader;
    const last = await reader.rows("house", "1.0.99.1.0.255", { kind: "last", count: 3 });
    const end = sampleStart + hours * 60 * minute;
    expect(last.times).to.deep.equal([30, 15, 0].map((ago) => end - ago * minute));
    expect(last.cells).to.have.length(last.columns.length);
    const range = await reader.rows("house", "1.0.99.1.0.255", { kind: "range", from: end - 30 * minute, to: end });
    expect(range.times).to.deep.equal(last.times);
    expect((await reader.profiles("house")).map(({ name }) => name)).to.include.members(["load", "daily"]);
    const attribute = await reader.attribute("house", { classId: 3, logicalName: "1.0.32.7.0.255", attribute: 2 });
    expect(attribute).to.deep.include({ text: "230 V", value: 230, unit: "V" });
    expect(await reader.events("house", 5)).to.be.an("array");
    const refusal = await reader.objects("house").catch((error: { readonly details: unknown }) => error.details);
    expect(refusal).to.deep.include({ answer: "not-supported" });
  });

  it("says that the gateway stopped, and shows it again when it is back", async () => {
    const ports = page([{ id: "house", transport: "tcp", pollPeriod: 1, actions: [], keypad: false }]);
    const first = await gateway(false);
    await until(ports, () => ports.source.row("house")?.online === true);
    expect(ports.reader).to.equal(undefined);
    stops.pop();
    await first.stop();
    await until(ports, () => ports.source.row("house")?.online === false);
    expect(ports.source.row("house")?.reason).to.equal("bridge-offline");
    expect(ports.source.meter("house")?.quality).to.equal("stale");
    await gateway(false);
    await until(ports, () => ports.source.row("house")?.online === true);
  });

  it("says that the broker is gone, and comes back by itself", async () => {
    const ports = page();
    await gateway(false);
    await until(ports, () => ports.source.row("house")?.online === true);
    await broker.kill();
    await until(ports, () => ports.source.row("house")?.reason === "broker-unreachable");
    await broker.restart();
    await until(ports, () => ports.source.row("house")?.online === true);
  });

  it("goes without a word: nobody takes a page that is gone for a bridge that is", async () => {
    const options = { url: broker.url, random: Math.random };
    const silent: LinkListener = { connected: () => {}, message: () => {}, closed: () => {} };
    /** Connects, and is gone in the same moment. */
    const comeAndGo = (open: OpenLink) =>
      new Promise<void>((resolve) => {
        const link = open({ ...silent, connected: () => link.destroy(), closed: () => resolve() });
      });
    const heard: string[] = [];
    const watcher = await new Promise<BrokerLink>((resolve) => {
      const link = readerLink(options)({
        ...silent,
        connected: () => {
          link.subscribe(["dlms/bridge/state", "site/bridge/state"], () => {});
          resolve(link);
        },
        message: (topic, payload, retained) => {
          if (!retained) heard.push(`${topic} ${new TextDecoder().decode(payload)}`);
        },
      });
    });
    await comeAndGo(readerLink(options));
    // The bridge goes after the page, and of its going one hears.
    await comeAndGo(mqttLink({ ...options, base: "site", meterIds: [], info: { version: "1" }, timers: realTimers, wallClock: Date.now }));
    while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(heard).to.deep.equal(['site/bridge/state {"state":"offline"}']);
    watcher.end();
  });
});
