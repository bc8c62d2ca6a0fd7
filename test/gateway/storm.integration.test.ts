import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { connect, type MqttClient } from "mqtt";
import { type Meter, minute } from "../../src/meter-model/index.ts";
import type { DlmsServer } from "../../src/server/dlms-server.ts";
import { CliService } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { sampleMeter, sampleServer } from "../support/sample-meter.ts";
import { scaled } from "../support/scale.ts";

const rounds = scaled(20, 200);
const meterCount = 4;
/** Days of quarter hours that the meters have when the gateway first sees them. */
const backlogDays = scaled(30, 60);
/** Minutes of a meter's time in a second. */
const speed = 60;

interface House {
  readonly id: string;
  readonly meter: Meter;
  readonly server: DlmsServer;
  readonly port: number;
  events: number;
}

/** What a subscriber has, by the key that consumers tell doubles by. */
class Ledger {
  /** Meter and stamp to the row. */
  readonly rows = new Map<string, string>();
  /** Meter and number to the event. */
  readonly events = new Map<string, string>();
  received = 0;
  /** The same key with something else in it. */
  readonly contradictions: string[] = [];

  take(topic: string, text: string): void {
    const [, meter = "", leaf] = topic.split("/");
    if (meter === "bridge") return;
    const body = JSON.parse(text) as { rows?: [string, ...unknown[]][]; seq: number };
    if (leaf === "event") this.#note(this.events, `${meter} ${body.seq}`, text);
    for (const row of body.rows ?? []) {
      this.received += 1;
      this.#note(this.rows, `${meter} ${row[0]}`, JSON.stringify(row));
    }
  }

  #note(notes: Map<string, string>, key: string, content: string): void {
    const known = notes.get(key);
    if (known !== undefined && known !== content) this.contradictions.push(`${key}: ${known} and ${content}`);
    notes.set(key, content);
  }
}

describe("A gateway and a broker that are killed while rows flow", function () {
  this.timeout(scaled(300_000, 3_600_000));
  let folder: string;
  let broker: Mosquitto | undefined;
  let subscriber: MqttClient;
  let gateway: CliService | undefined;
  let houses: House[] = [];
  const ledger = new Ledger();

  before(async function () {
    broker = await Mosquitto.start({ persistent: true });
    if (broker === undefined) return this.skip();
    folder = mkdtempSync(join(tmpdir(), "dlms-gateway-storm-"));
    subscriber = connect(broker.url, { clientId: "auditor", clean: false, reconnectPeriod: 20 });
    subscriber.on("message", (topic, payload) => ledger.take(topic, payload.toString()));
    await new Promise<void>((resolve) => subscriber.once("connect", () => resolve()));
    await subscriber.subscribeAsync(["dlms/+/profile/#", "dlms/+/event"], { qos: 1 });
    houses = await Promise.all(
      Array.from({ length: meterCount }, async (_, index) => {
        const meter = sampleMeter(backlogDays * 24 * 60 * minute);
        const server = sampleServer(meter);
        const { port } = await server.listen("wrapper", "127.0.0.1", 0);
        return { id: `house${index}`, meter, server, port, events: 0 };
      }),
    );
    const meters = houses.map(({ id, port }) => `  - { id: ${id}, template: house, target: tcp://127.0.0.1:${port} }`);
    const template = '{ target: "?client=2&auth=lls", password: env:READER, poll: 500ms, profiles: [load], events: true }';
    writeFileSync(
      join(folder, "gateway.yaml"),
      [
        `mqtt: { url: "${broker.url}" }`,
        `http: { listen: "127.0.0.1:${await freePort()}" }`,
        `templates: { house: ${template} }`,
        "meters:",
        ...meters,
      ].join("\n"),
    );
  });

  after(async () => {
    await gateway?.stop("SIGKILL");
    await subscriber?.endAsync(true);
    await Promise.all(houses.map(({ server }) => server.close()));
    await broker?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  const start = () => CliService.start(["gateway", "--config", join(folder, "gateway.yaml")], /connected to/, { READER: "00000000" });

  it(`loses no row, doubles none by its key, and no event, over ${rounds} restarts of the broker and ${rounds} kills of the gateway`, async () => {
    const ticker = setInterval(() => {
      for (const { meter } of houses) meter.advance(meter.clockTime + (speed * minute) / 10);
    }, 100);
    const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    gateway = await start();
    // The logs have been seen once, so that every event from here on is told.
    await until(() => ledger.rows.size > 0 && houses.every(({ id }) => has(ledger.rows, id)));
    for (let round = 0; round < rounds; round++) {
      await pause((round * 137) % 900);
      for (const house of houses) {
        house.meter.events.record("parametersChanged", house.meter.clockTime);
        house.events += 1;
      }
      await pause((round * 71) % 300);
      await broker?.restart(round % 2 === 0 ? "SIGTERM" : "SIGKILL");
      await pause((round * 211) % 1100);
      await gateway.stop("SIGKILL");
      gateway = await start();
    }
    clearInterval(ticker);
    const wanted = houses.flatMap(({ id, meter }) => stampsOf(meter).map((stamp) => `${id} ${stamp}`));
    await until(() => ledger.rows.size >= wanted.length && ledger.events.size >= rounds * meterCount, scaled(60_000, 600_000));
    expect(ledger.contradictions.slice(0, 3)).to.deep.equal([]);
    expect(wanted.filter((key) => !ledger.rows.has(key))).to.deep.equal([]);
    expect(ledger.rows.size).to.equal(wanted.length);
    const told = houses.map(
      ({ id }) => [...ledger.events].filter(([key, text]) => key.startsWith(`${id} `) && text.includes("parameters_changed")).length,
    );
    expect(told).to.deep.equal(houses.map(({ events }) => events));
    console.log(
      `        ${wanted.length} rows, ${ledger.received - wanted.length} of them twice on the wire, ${ledger.events.size} events`,
    );
  });
});

function has(rows: ReadonlyMap<string, string>, id: string): boolean {
  for (const key of rows.keys()) if (key.startsWith(`${id} `)) return true;
  return false;
}

/** Stamps of all rows of the load profile, which keeps them all here. */
function stampsOf(meter: Meter): readonly string[] {
  const { rows } = meter.profile("load");
  return Array.from({ length: rows.length }, (_, index) => new Date(rows.stampAt(index)).toISOString().replace(".000Z", "+00:00"));
}

async function until(condition: () => boolean, limit = 30_000): Promise<void> {
  for (const begin = Date.now(); !condition() && Date.now() - begin < limit; ) await new Promise((resolve) => setTimeout(resolve, 50));
}
