import { expect } from "chai";
import { GatewayHost } from "../../src/cli/gateway/gateway-host.ts";
import { connect } from "../../src/client/connect.ts";
import { minute } from "../../src/meter-model/index.ts";
import type { DlmsServer } from "../../src/server/dlms-server.ts";
import type { Listener } from "../../src/transport/transport.ts";
import { Observer } from "../mqtt-bridge/observer.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { asReader, sampleMeter, sampleServer } from "../support/sample-meter.ts";

const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

describe("readings on their way to a Mosquitto", function () {
  this.timeout(30_000);
  let broker: Mosquitto | undefined;
  let server: DlmsServer;
  let listener: Listener;
  let gateway: GatewayHost;

  before(async function () {
    broker = await Mosquitto.start();
    if (broker === undefined) this.skip();
    const meter = sampleMeter(90 * minute);
    server = sampleServer(meter);
    listener = await server.listen("wrapper", "127.0.0.1", 0);
    gateway = new GatewayHost({
      mqtt: { url: broker.url, version: 5, homeAssistant: { enabled: true }, reconnect: { first: 50, longest: 200 } },
      logger: silent,
      meters: [
        {
          id: "house",
          interval: 200,
          extra: ["1.0.16.7.0.255"],
          transport: "tcp",
          connect: () => connect({ link: "wrapper", host: "127.0.0.1", port: listener.port }, { ...asReader, timeout: 1000 }),
        },
      ],
    });
    await gateway.start();
  });

  after(async () => {
    await gateway?.stop();
    await server?.close();
    await broker?.stop();
  });

  it("arrive as the contract has it", async () => {
    const observer = await Observer.start((broker as Mosquitto).url);
    const { payload } = await observer.message("dlms/house/state");
    const state = JSON.parse(payload) as Record<string, unknown>;
    expect(state).to.include({
      active_energy_import_total: 1.5,
      active_power_import: 1000,
      voltage_l1: 230,
      active_power_net_signed: 1000,
      meter_time: "2026-01-05T01:30:00+00:00",
      quality: "doubtful",
      source: "poll",
    });
    await observer.message("homeassistant/device/dlms_house/config");
    await observer.message("dlms/house/availability", ({ state: word }) => word === "online");
    await observer.message("dlms/bridge/state", ({ state: word }) => word === "online");
    await observer.stop();
  });

  it("are all there again after the broker has forgotten everything", async () => {
    await (broker as Mosquitto).restart();
    const observer = await Observer.start((broker as Mosquitto).url);
    for (const topic of ["dlms/house/state", "homeassistant/device/dlms_house/config", "dlms/bridge/info", "dlms/bridge/devices"]) {
      await observer.message(topic);
    }
    await observer.message("dlms/house/availability", ({ state: word }) => word === "online");
    await observer.message("dlms/bridge/state", ({ state: word }) => word === "online");
    await observer.stop();
  });

  it("say why they stop when the meter goes away, and go on when it is back", async () => {
    const observer = await Observer.start((broker as Mosquitto).url);
    const { port } = listener;
    await server.close();
    const gone = await observer.message("dlms/house/availability", ({ state: word }) => word === "offline");
    expect(JSON.parse(gone.payload)).to.include({ reason: "unreachable" });
    server = sampleServer(sampleMeter(120 * minute));
    listener = await server.listen("wrapper", "127.0.0.1", port);
    await observer.message("dlms/house/state", ({ active_energy_import_total: energy }) => energy === 2);
    await observer.message("dlms/house/availability", ({ state: word, since }) => word === "online" && since !== undefined);
    await observer.stop();
  });

  it("end with the bridge and the meter offline", async () => {
    const observer = await Observer.start((broker as Mosquitto).url);
    await gateway.stop();
    await observer.message("dlms/bridge/state", ({ state: word }) => word === "offline");
    await observer.stop();
  });
});
