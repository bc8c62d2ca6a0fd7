import { expect } from "chai";
import { GatewayPage } from "../../src/cli/dashboard/gateway-page.ts";
import { LineTraces } from "../../src/cli/dashboard/page-traces.ts";
import { associate } from "../../src/client/connect.ts";
import type { PageTrace } from "../../src/dashboard/contract.ts";
import type { DashboardPorts, PageActions, PageReader } from "../../src/dashboard/ports.ts";
import { encodeAare, encodeAarq } from "../../src/dlms/acse/codec.ts";
import { formatSystemTitle, parseSystemTitle } from "../../src/dlms/security/system-title.ts";
import { TransportError } from "../../src/errors.ts";
import { MemoryGatewayStore } from "../../src/gateway/memory-gateway-store.ts";
import { type FleetMeter, MeterFleet } from "../../src/gateway/meter-fleet.ts";
import { defaultMeterConfig, type Meter, type MeterConfig, minute } from "../../src/meter-model/index.ts";
import type { DlmsServer } from "../../src/server/dlms-server.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { asReader, constantLoad, sampleMeter, sampleServer, sampleStart, technician } from "../support/sample-meter.ts";

const hours = 48;

/** A gateway over one virtual meter, with a page, in virtual time. */
class PageWorld {
  readonly timers = new VirtualTimers();
  readonly wallClock = (): number => sampleStart + hours * 60 * minute + this.timers.now();
  readonly traces = new LineTraces(this.wallClock);
  readonly page = new GatewayPage({
    info: { version: "1", source: "gateway", price: null },
    timers: this.timers,
    wallClock: this.wallClock,
    isPrivate: true,
    traces: this.traces,
  });
  readonly fleet: MeterFleet;
  readonly meter: Meter;
  online = true;
  readonly #server: DlmsServer;

  constructor(config: MeterConfig = defaultMeterConfig) {
    this.meter = sampleMeter(hours * 60 * minute, constantLoad(), config);
    this.#server = sampleServer(this.meter, { timers: new VirtualTimers() }, [technician]);
    const { page, wallClock } = this;
    this.fleet = new MeterFleet({
      limits: { concurrent: 10, perCell: 5, newPerSecond: 100 },
      store: new MemoryGatewayStore(),
      timers: this.timers,
      random: () => 0.5,
      listener: { polled: () => {}, failed: () => {}, rows: () => {} },
      output: {
        connected: true,
        announce: page.announce,
        publishSnapshot: page.publishSnapshot,
        setAvailability: page.setAvailability,
        publishProfile: async () => {},
        publishBridgeEvent: () => {},
        outboxFilled: () => {},
        eventNames: undefined,
        wallClock,
        clockDrift: () => {},
        scaleDoubtful: () => {},
      },
    });
  }

  async start(more: Partial<FleetMeter> = {}): Promise<DashboardPorts> {
    const trace = this.traces.sink("house");
    await this.fleet.update([
      {
        meterId: "house",
        transport: "tcp",
        interval: minute,
        nextPoll: () => minute,
        extra: [],
        profiles: [],
        events: false,
        ratio: { current: 1, voltage: 1 },
        multiply: new Map(),
        clock: { correct: false, limit: 30_000 },
        line: "house",
        cell: undefined,
        allow: [],
        fingerprint: "",
        connect: async () => {
          if (!this.online) throw new TransportError("refused", "nobody is there");
          const { a, b } = memoryTransportPair({ schedule: (delay, callback) => this.timers.schedule(delay, callback) });
          this.#server.serve("wrapper", b);
          return associate(a, "wrapper", { ...asReader, clientSap: technician.clientSap, timers: this.timers, timeout: 5000, trace });
        },
        ...more,
      },
    ]);
    this.page.update(this.fleet);
    await this.pass(1000);
    return this.page.ports;
  }

  /** Lets time pass for everybody. */
  async pass(duration: number): Promise<void> {
    const end = this.timers.now() + duration;
    while (this.timers.now() < end) {
      this.timers.advance(Math.min(100, end - this.timers.now()));
      this.meter.advance(this.wallClock());
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What comes of it, with as much time as it takes. */
  async settle<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const ended = work.finally(() => {
      done = true;
    });
    ended.catch(() => {});
    while (!done) await this.pass(100);
    return ended;
  }

  stop(): Promise<void> {
    return this.settle(this.fleet.stop());
  }

  async read<T>(ask: (reader: PageReader) => Promise<T>): Promise<T> {
    return this.settle(ask(this.page.ports.reader as PageReader));
  }
}

/** An answer to an association of who has this system title. */
const aare = (title: Uint8Array) =>
  encodeAare({
    applicationContext: "logical-name-ciphered",
    result: "accepted",
    diagnostic: { source: "acse-service-user", value: "null" },
    authenticationRequired: false,
    respondingApTitle: title,
  });

describe("GatewayPage", function () {
  this.timeout(8000);

  it("shows what the gateway reads, under the keys of the state topic", async () => {
    const world = new PageWorld();
    const { source } = await world.start();
    const meter = source.meter("house");
    expect(meter?.row).to.deep.include({ online: true, serialNumber: "12345678", model: "sample", transport: "tcp" });
    expect(meter?.row.driftSeconds).to.be.closeTo(0, 1);
    expect(meter).to.deep.include({ manufacturer: "sample maker", pollPeriod: 60, quality: "good", actions: [], keypad: false });
    const values = new Map(meter?.values.map((value) => [value.key, value]));
    expect(values.get("voltage_l1")).to.deep.equal({
      key: "voltage_l1",
      logicalName: "1.0.32.7.0.255",
      attribute: 2,
      name: "Voltage L1",
      value: 230,
      unit: "V",
    });
    expect(values.get("active_energy_import_total")?.unit).to.equal("kWh");
    expect(values.get("active_energy_import_total")?.value).to.be.closeTo(48, 0.1);
    expect(meter?.row.power).to.equal(1000);
    expect(meter?.recentPower).to.deep.equal([[meter?.readTime, 1000]]);
    await world.stop();
  });

  it("says why a meter is away, and that it is back", async () => {
    const world = new PageWorld();
    const { source } = await world.start({ interval: 2000, nextPoll: () => 2000 });
    world.online = false;
    await world.settle(world.fleet.worker("house")?.release() ?? Promise.resolve());
    await world.pass(10_000);
    expect(source.row("house")).to.deep.include({ online: false, reason: "unreachable" });
    expect(source.meter("house")?.quality).to.equal("stale");
    world.online = true;
    await world.pass(60_000);
    expect(source.row("house")).to.deep.include({ online: true, reason: null });
    await world.stop();
  });

  it("reads profiles and their rows, the newest and by range", async () => {
    const world = new PageWorld();
    await world.start();
    const profiles = await world.read((reader) => reader.profiles("house"));
    const load = profiles.find(({ name }) => name === "load");
    expect(load).to.deep.include({ logicalName: "1.0.99.1.0.255", capturePeriod: 900 });
    expect(profiles.map(({ name }) => name)).to.include.members(["hourly", "daily", "monthly"]);
    expect(profiles.some(({ logicalName }) => logicalName.startsWith("0.0.99.98."))).to.equal(false);

    const last = await world.read((reader) => reader.rows("house", "1.0.99.1.0.255", { kind: "last", count: 4 }));
    expect(last.stamps).to.have.length(4);
    expect(last.columns).to.deep.equal(load?.columns);
    expect(last.cells).to.have.length(last.columns.length);
    const end = sampleStart + hours * 60 * minute;
    expect(last.times).to.deep.equal([45, 30, 15, 0].map((ago) => end - ago * minute));
    const energy = last.columns.findIndex(({ logicalName }) => logicalName === "1.0.1.8.0.255");
    const [first = 0, second = 0] = (last.cells[energy] ?? []).map(Number);
    expect(second - first).to.equal(250);

    const range = { kind: "range", from: end - 60 * minute, to: end - 30 * minute } as const;
    const rows = await world.read((reader) => reader.rows("house", "1.0.99.1.0.255", range));
    expect(rows.times).to.deep.equal([60, 45, 30].map((ago) => end - ago * minute));
    await world.stop();
  });

  it("gives rows on the customer's side of the transformers, as the state does", async () => {
    const world = new PageWorld();
    const { source } = await world.start({ ratio: { current: 20, voltage: 1 } });
    const { cells, columns } = await world.read((reader) => reader.rows("house", "1.0.99.1.0.255", { kind: "last", count: 2 }));
    const energy = columns.findIndex(({ logicalName }) => logicalName === "1.0.1.8.0.255");
    const [first = 0, second = 0] = (cells[energy] ?? []).map(Number);
    expect(second - first).to.equal(5000);
    expect(source.row("house")?.power).to.equal(20_000);
    await world.stop();
  });

  it("lists objects with rights, and reads an attribute with its unit", async () => {
    const world = new PageWorld();
    await world.start();
    const objects = await world.read((reader) => reader.objects("house"));
    const voltage = objects.find(({ logicalName }) => logicalName === "1.0.32.7.0.255");
    expect(voltage).to.deep.include({ classId: 3, className: "Register" });
    expect(voltage?.attributes[1]).to.deep.equal({ id: 2, name: "value", access: "r" });
    const name = { classId: 3, logicalName: "1.0.32.7.0.255", attribute: 2 };
    expect(await world.read((reader) => reader.attribute("house", name))).to.deep.include({ text: "230 V", value: 230, unit: "V" });
    const refusal = (asked: typeof name) =>
      world
        .read((reader) => reader.attribute("house", asked))
        .then(
          () => "",
          (error: { readonly code: string }) => error.code,
        );
    expect(await refusal({ ...name, classId: 1 })).to.equal("object-undefined");
    expect(await refusal({ classId: 7, logicalName: "1.0.99.1.0.255", attribute: 2 })).to.equal("config");
    await world.stop();
  });

  it("reads the events of all logs, newest first, and as many as were asked for", async () => {
    const world = new PageWorld();
    const { actions } = await world.start({ allow: ["relay"] });
    const act = (state: "disconnect" | "reconnect") => world.settle((actions as PageActions).act("house", { action: "relay", state }));
    expect(await act("disconnect")).to.deep.equal({ ok: true, message: "The relay is disconnected, remote-command; the supply is off." });
    expect(await act("reconnect")).to.deep.equal({ ok: true, message: "The relay is connected; the supply is on." });
    const events = await world.read((reader) => reader.events("house", 5));
    expect(events[0]?.name).to.match(/reconnect|connect/);
    expect(events.length).to.be.within(2, 5);
    const times = events.map(({ time }) => time ?? 0);
    expect(times).to.deep.equal([...times].sort((a, b) => b - a));
    expect(events.every(({ log, name }) => log !== "" && name !== "")).to.equal(true);
    expect(await world.read((reader) => reader.tokens("house"))).to.deep.equal([]);
    await world.stop();
  });

  it("tells the credits of an account in its unit", async () => {
    const { credit } = defaultMeterConfig;
    const money = { ...credit, mode: "prepaid", unit: "currency", opening: 1234, currency: { name: "EUR", scale: -2 } } as const;
    const world = new PageWorld({ ...defaultMeterConfig, credit: money });
    await world.start();
    const credits = await world.read((reader) => reader.credits("house"));
    const of = (type: string) => credits.find((each) => each.type === type);
    const left = world.meter.credit.available / 100;
    expect(left).to.be.within(0, 12.34);
    expect(of("token")).to.deep.include({ logicalName: "0.0.19.10.0.255", state: "in-use", active: true });
    expect(of("token")?.amount).to.deep.equal({ value: left, unit: "currency" });
    expect(of("emergency")?.state).to.be.oneOf(["enabled", "selectable"]);
    expect(of("emergency")?.preset?.unit).to.equal("currency");
    expect(of("reserved")).to.deep.include({ logicalName: "0.0.19.10.2.255" });
    await world.stop();
  });

  it("knows who is at both ends of a line, as they named themselves last", () => {
    const traces = new LineTraces(() => 0);
    const sink = traces.sink("house");
    const [mine, first, second] = ["MMM0000000001", "DGW0000000001", "DGW0000000002"].map(parseSystemTitle) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const hear = (direction: "sent" | "received", bytes: Uint8Array) => sink({ at: 0, layer: "apdu", direction, bytes });
    expect(traces.titles("house")).to.deep.equal([]);
    for (const theirs of [first, second]) {
      hear("sent", encodeAarq({ applicationContext: "logical-name-ciphered", authenticationRequired: false, callingApTitle: mine }));
      hear("received", aare(theirs));
    }
    hear("received", Uint8Array.of(0x61, 0x80));
    hear("received", Uint8Array.of());
    expect(traces.titles("house").map((title) => formatSystemTitle(title))).to.include.members(["MMM0000000001", "DGW0000000002"]);
    for (let more = 0; more < 100; more++) hear("received", aare(first));
    expect(traces.titles("house").length).to.be.lessThan(10);
    expect(traces.titles("barn")).to.deep.equal([]);
  });

  it("sets the clock and moves the relay where the meter's entry allows it", async () => {
    const world = new PageWorld();
    const { source, actions } = await world.start({ allow: ["clock", "relay", "set"] });
    expect(source.meter("house")?.actions).to.deep.equal(["relay", "clock"]);
    const act = (request: Parameters<PageActions["act"]>[1]) => world.settle((actions as PageActions).act("house", request));
    expect((await act({ action: "clock" })).message).to.match(/^The clock was set from 20/);
    const moved = await act({ action: "relay", state: "disconnect" });
    const read = await world.read((reader) => reader.attribute("house", { classId: 70, logicalName: "0.0.96.3.10.255", attribute: 2 }));
    expect(moved.ok).to.equal(read.value === false);
    const refused = await act({ action: "token", token: "00000000000000000000" }).catch((error: Error) => error.message);
    expect(refused).to.contain("token is not allowed");
    await world.stop();
  });

  it("shows what crosses the line while somebody looks", async () => {
    const world = new PageWorld();
    const { traces } = await world.start();
    const seen: PageTrace[] = [];
    const leave = traces?.subscribe("house", (trace) => seen.push(trace));
    await world.read((reader) => reader.attribute("house", { classId: 3, logicalName: "1.0.32.7.0.255", attribute: 2 }));
    const asked = seen.filter(({ layer, direction }) => layer === "apdu" && direction === "sent");
    expect(asked.some(({ hex, summary }) => summary.startsWith("get-request") && hex.includes("0100200700FF"))).to.equal(true);
    expect(seen.some(({ layer, summary }) => layer === "wire" && summary.startsWith("wrapper"))).to.equal(true);
    leave?.();
    const before = seen.length;
    await world.read((reader) => reader.attribute("house", { classId: 3, logicalName: "1.0.32.7.0.255", attribute: 2 }));
    expect(seen.length).to.equal(before);
    expect(traces?.subscribe("nobody", () => {})).to.equal(undefined);
    await world.stop();
  });

  it("forgets meters that are gone", async () => {
    const world = new PageWorld();
    const { source, reader } = await world.start();
    await world.settle(world.fleet.update([]));
    world.page.update(world.fleet);
    expect(source.rows()).to.deep.equal([]);
    const code = await (reader as PageReader).objects("house").catch((error: { readonly details: unknown }) => error.details);
    expect(code).to.deep.include({ answer: "unknown-meter" });
  });
});
