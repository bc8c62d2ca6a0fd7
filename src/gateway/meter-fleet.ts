import type { DlmsClient } from "../client/dlms-client.ts";
import type { Timers } from "../session/timers.ts";
import type { GatewayStore } from "./gateway-store.ts";
import { Line } from "./line.ts";
import type { FollowedMeter, MeterOutput, Permission } from "./meter-options.ts";
import { type MeterListener, MeterWorker } from "./meter-worker.ts";
import { type PermitLimits, Permits } from "./permits.ts";

/** A meter of the gateway. */
export interface FleetMeter extends FollowedMeter {
  /** What names the physical line: meters with the same are talked to one after another. */
  readonly line: string;
  readonly cell: string | undefined;
  /** Milliseconds from a time of the wall clock to the next poll. */
  readonly nextPoll: (wallClock: number) => number;
  readonly connect: () => Promise<DlmsClient>;
  /** What may be changed over MQTT. */
  readonly allow: readonly Permission[];
  /** Changes with anything that is configured of the meter. */
  readonly fingerprint: string;
}

export interface MeterFleetOptions {
  readonly limits: PermitLimits;
  readonly store: GatewayStore;
  readonly output: MeterOutput;
  readonly timers: Timers;
  readonly random: () => number;
  readonly listener: MeterListener;
}

interface Member {
  readonly meter: FleetMeter;
  readonly worker: MeterWorker;
}

/** What changed with a new list of meters. */
export interface FleetChange {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** All meters of a gateway, each with a worker, on their lines. */
export class MeterFleet {
  readonly #options: MeterFleetOptions;
  readonly #permits: Permits;
  readonly #lines = new Map<string, Line>();
  readonly #members = new Map<string, Member>();

  constructor(options: MeterFleetOptions) {
    this.#options = options;
    this.#permits = new Permits(options.limits, options.timers);
  }

  /** Ids of all meters. */
  get meterIds(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** Meters that are talked to now. */
  get running(): number {
    return this.#permits.running;
  }

  meter(meterId: string): FleetMeter | undefined {
    return this.#members.get(meterId)?.meter;
  }

  worker(meterId: string): MeterWorker | undefined {
    return this.#members.get(meterId)?.worker;
  }

  /** The line of that name, for others who want to reach a meter on it. */
  line(name: string): Line {
    const known = this.#lines.get(name);
    if (known !== undefined) return known;
    const line = new Line();
    this.#lines.set(name, line);
    return line;
  }

  /** Has exactly these meters from now on; those that stay as they were are not disturbed. */
  async update(meters: readonly FleetMeter[]): Promise<FleetChange> {
    const wanted = new Map(meters.map((meter) => [meter.meterId, meter]));
    const gone = [...this.#members].filter(([id, { meter }]) => wanted.get(id)?.fingerprint !== meter.fingerprint);
    await Promise.all(
      gone.map(async ([id, { worker }]) => {
        this.#members.delete(id);
        await worker.stop();
      }),
    );
    const fresh = meters.filter(({ meterId }) => !this.#members.has(meterId));
    for (const meter of fresh) this.#start(meter);
    const left = new Set(gone.map(([id]) => id));
    return {
      added: fresh.filter(({ meterId }) => !left.has(meterId)).map(({ meterId }) => meterId),
      changed: fresh.filter(({ meterId }) => left.has(meterId)).map(({ meterId }) => meterId),
      removed: [...left].filter((id) => !wanted.has(id)),
    };
  }

  /** The broker is there, or there again. */
  brokerBack(): void {
    for (const { worker } of this.#members.values()) worker.brokerBack();
  }

  brokerLost(): void {
    for (const { worker } of this.#members.values()) worker.brokerLost();
  }

  /** Releases every association. */
  async stop(): Promise<void> {
    for (const line of this.#lines.values()) line.end();
    await Promise.all([...this.#members.values()].map(({ worker }) => worker.stop()));
  }

  #start(meter: FleetMeter): void {
    const { store, output, timers, random, listener } = this.#options;
    const worker = new MeterWorker({
      meter,
      nextPoll: meter.nextPoll,
      connect: meter.connect,
      cell: meter.cell,
      line: this.line(meter.line),
      permits: this.#permits,
      store,
      output,
      timers,
      random,
      listener,
    });
    this.#members.set(meter.meterId, { meter, worker });
    worker.start();
  }
}
