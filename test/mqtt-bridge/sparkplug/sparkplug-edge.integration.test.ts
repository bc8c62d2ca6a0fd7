import { expect } from "chai";
import { connect, type MqttClient } from "mqtt";
import { decodePayload } from "../../../src/mqtt-bridge/sparkplug/payload.ts";
import { SparkplugEdge } from "../../../src/mqtt-bridge/sparkplug/sparkplug-edge.ts";
import { realTimers } from "../../../src/session/timers.ts";
import { Mosquitto } from "../../support/mosquitto.ts";
import { energy, power, snapshot } from "../support.ts";

for (const version of [4, 5] as const) {
  describe(`SparkplugEdge at Mosquitto, MQTT ${version === 4 ? "3.1.1" : "5"}`, function () {
    this.timeout(20_000);
    let broker: Mosquitto;
    let host: MqttClient;
    let seen: { readonly topic: string; readonly octets: Uint8Array; readonly qos: number }[];
    let look = () => {};

    beforeEach(async function () {
      const started = await Mosquitto.start();
      if (started === undefined) return this.skip();
      broker = started;
      seen = [];
      host = connect(broker.url);
      host.on("message", (topic, octets, { qos }) => {
        seen.push({ topic, octets, qos });
        look();
      });
      await host.subscribeAsync("spBv1.0/g/#", { qos: 1 });
    });

    afterEach(async () => {
      if (broker === undefined) return;
      await host?.endAsync(true);
      await broker.stop();
    });

    async function heard(count: number): Promise<string[]> {
      while (seen.length < count) await new Promise<void>((resolve) => (look = resolve));
      return seen.map(({ topic }) => topic.split("/")[2] ?? "");
    }

    it("tck-id-payloads-ndeath-will-message-qos: is born, reports, is reborn and dies where a host hears it", async () => {
      const edge = new SparkplugEdge({
        ...{ urls: [broker.url], version, group: "g", edge: "e", primaryHost: "scada" },
        ...{ timers: realTimers, random: Math.random, wallClock: Date.now },
      });
      edge.publishSnapshot(snapshot([energy, power]));
      edge.start();
      await host.publishAsync("spBv1.0/STATE/scada", JSON.stringify({ online: true, timestamp: Date.now() }), { qos: 1, retain: true });
      await heard(2);
      edge.publishSnapshot(snapshot([energy, { ...power, value: 1 }]));
      expect(await heard(3)).to.deep.equal(["NBIRTH", "DBIRTH", "DDATA"]);
      // An own encoding of { name: "Node Control/Rebirth", datatype: 11, boolean: true }.
      const name = Buffer.from("Node Control/Rebirth").toString("hex");
      await host.publishAsync("spBv1.0/g/NCMD/e", Buffer.from(`121a0a14${name}200b7001`, "hex"));
      await heard(6);
      await edge.close();
      expect((await heard(7)).slice(3)).to.deep.equal(["NCMD", "NBIRTH", "DBIRTH", "NDEATH"]);
      const sent = seen.filter(({ topic }) => !topic.includes("NCMD"));
      expect(sent.map(({ octets }) => decodePayload(octets).seq)).to.deep.equal([0, 1, 2, 0, 1, undefined]);
      expect(sent.map(({ qos }) => qos)).to.deep.equal([0, 0, 0, 0, 0, 1]);
      expect(seen).to.have.lengthOf(7);
    });
  });
}
