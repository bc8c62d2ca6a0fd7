import { associate } from "../../src/client/connect.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import { TransportError } from "../../src/errors.ts";
import type { GatewayStore } from "../../src/gateway/gateway-store.ts";
import { MemoryGatewayStore } from "../../src/gateway/memory-gateway-store.ts";
import { type FleetMeter, MeterFleet } from "../../src/gateway/meter-fleet.ts";
import type { ClockOutcome } from "../../src/gateway/meter-options.ts";
import type { ScaleHint } from "../../src/gateway/plausibility.ts";
import { minute } from "../../src/meter-model/index.ts";
import { MqttBridge } from "../../src/mqtt-bridge/index.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { FakeBroker } from "../mqtt-bridge/support.ts";
import { asReader, sampleMeter, sampleServer, sampleStart, technician } from "../support/sample-meter.ts";

/** What a subscriber got of a profile. */
export interface ProfileMessage {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly final: boolean;
  readonly historical?: boolean;
}

/** Meters, a gateway and a broker in one virtual time, which is also what the meters' clocks show. */
export class GatewayWorld {
  readonly timers = new VirtualTimers();
  readonly broker = new FakeBroker();
  readonly bridge: MqttBridge;
  readonly store: GatewayStore;
  readonly failures: unknown[] = [];
  /** Clocks that were found off: seconds, and what was done about it. */
  readonly drifts: [number, ClockOutcome][] = [];
  readonly hints: ScaleHint[] = [];
  readonly fleet: MeterFleet;
  readonly #meters = new Map<string, SiteMeter>();
  /** The hours that every meter has run when the world begins. */
  readonly hours: number;

  constructor({ hours = 48, store = new MemoryGatewayStore() }: { readonly hours?: number; readonly store?: GatewayStore } = {}) {
    this.hours = hours;
    this.store = store;
    const { timers } = this;
    this.bridge = new MqttBridge(
      {
        url: "mqtt://127.0.0.1:1883",
        meterIds: [],
        info: { version: "1.0.0" },
        timers,
        random: () => 0.5,
        wallClock: this.wallClock,
        outbox: store.outbox,
        reconnect: { first: 1000, longest: 60_000 },
        onStatus: ({ type }) => {
          if (type === "connected") this.fleet.brokerBack();
          if (type === "disconnected") this.fleet.brokerLost();
        },
      },
      this.broker.open,
    );
    const { bridge } = this;
    this.fleet = new MeterFleet({
      limits: { concurrent: 10, perCell: 5, newPerSecond: 100 },
      store,
      timers,
      random: () => 0.5,
      listener: { polled: () => {}, failed: (_, error) => void this.failures.push(error), rows: () => {} },
      output: {
        get connected() {
          return bridge.connected;
        },
        announce: (device, known) => bridge.announce(device, known),
        publishSnapshot: (snapshot) => bridge.publishSnapshot(snapshot),
        publishProfile: (chunk) => bridge.publishProfile(chunk),
        publishBridgeEvent: (type, data) => bridge.publishBridgeEvent(type, data),
        setAvailability: (meterId, state, reason) => bridge.setAvailability(meterId, state, reason),
        outboxFilled: () => bridge.outboxFilled(),
        eventNames: undefined,
        wallClock: this.wallClock,
        clockDrift: (_, drift, outcome) => void this.drifts.push([drift, outcome]),
        scaleDoubtful: (_, hint) => void this.hints.push(hint),
      },
    });
  }

  readonly wallClock = (): number => sampleStart + this.hours * 60 * minute + this.timers.now();

  /** A meter with its entry in the configuration. */
  meter(meterId: string, more: Partial<FleetMeter> = {}): SiteMeter {
    const site = new SiteMeter(this, meterId, more);
    this.#meters.set(meterId, site);
    return site;
  }

  /** Connects to the broker and starts polling. */
  async start(): Promise<void> {
    const connected = this.bridge.connect();
    this.broker.accept();
    await connected;
    await this.fleet.update([...this.#meters.values()].map(({ entry }) => entry));
  }

  /** Lets so many minutes pass for everybody. */
  async pass(minutes: number): Promise<void> {
    let passed = false;
    this.timers.schedule(minutes * minute, () => {
      passed = true;
    });
    await events();
    while (!passed && this.timers.advanceToNext()) {
      for (const site of this.#meters.values()) site.live(this.wallClock());
      await events();
    }
    await events();
  }

  /** The rows of a profile that the broker was sent, in order. */
  profile(meterId: string, profile: LogicalName): readonly ProfileMessage[] {
    const topic = `dlms/${meterId}/profile/${profile}`;
    return this.broker.published.filter((message) => message.topic === topic).map(({ payload }) => JSON.parse(payload) as ProfileMessage);
  }

  /** The stamps of these rows. */
  stamps(meterId: string, profile: LogicalName): readonly string[] {
    return this.profile(meterId, profile).flatMap(({ rows }) => rows.map(([stamp]) => stamp as string));
  }
}

/** Promises settle between two moments of virtual time, as they would between two events. */
async function events(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A sample meter in the network, as long as it is there. */
export class SiteMeter {
  readonly entry: FleetMeter;
  readonly meter;
  connections = 0;
  readonly #server;
  /** The client the gateway comes as. */
  clientSap = asReader.clientSap as number;
  readonly #open = new Set<Transport>();
  #online = true;
  #now: number;

  constructor(world: GatewayWorld, meterId: string, more: Partial<FleetMeter>) {
    this.#now = world.wallClock();
    this.meter = sampleMeter(world.hours * 60 * minute);
    this.#server = sampleServer(this.meter, { timers: new VirtualTimers() }, [technician]);
    this.entry = {
      meterId,
      transport: "tcp",
      interval: minute,
      nextPoll: () => minute,
      extra: [],
      profiles: [],
      events: true,
      ratio: { current: 1, voltage: 1 },
      multiply: new Map(),
      clock: { correct: false, limit: 30_000 },
      line: `meter ${meterId}`,
      cell: undefined,
      allow: [],
      fingerprint: "",
      connect: () => this.#connect(world),
      ...more,
    };
  }

  /** Time goes on for it as for everybody, whatever its clock shows. */
  live(now: number): void {
    if (now > this.#now) this.meter.advance(now);
    this.#now = now;
  }

  /** Cuts it off, or lets it be reached again. */
  set online(online: boolean) {
    this.#online = online;
    if (!online) for (const transport of this.#open) transport.destroy();
    this.#open.clear();
  }

  /** Connections that are open. */
  get open(): number {
    return this.#open.size;
  }

  async #connect({ timers }: GatewayWorld): Promise<DlmsClient> {
    if (!this.#online) throw new TransportError("refused", "nobody is there");
    this.connections += 1;
    const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
    this.#open.add(a);
    for (const end of ["close", "destroy"] as const) {
      const finish = a[end].bind(a);
      Object.assign(a, {
        [end]: () => {
          this.#open.delete(a);
          return finish();
        },
      });
    }
    this.#server.serve("wrapper", b);
    return associate(a, "wrapper", { ...asReader, clientSap: this.clientSap, timers, timeout: 5000 });
  }
}
