import {
  type BoardMeter,
  type DashboardPorts,
  LiveBoard,
  type PageAction,
  type PageInfo,
  type PageTraces,
  SnapshotValues,
} from "../../dashboard/index.ts";
import type { FleetMeter } from "../../gateway/meter-fleet.ts";
import type { FollowedMeter, MeterOutput } from "../../gateway/meter-options.ts";
import type { MeterWorker } from "../../gateway/meter-worker.ts";
import { refused } from "../../mqtt-bridge/index.ts";
import type { Timers } from "../../session/timers.ts";
import { MeterActions } from "./meter-actions.ts";
import { MeterReader } from "./meter-reader.ts";
import type { UnitKeypads } from "./page-keypads.ts";
import { type MeterSecrets, pageTranslator } from "./translator.ts";

/** The meters of the gateway in this process, as the page needs them. */
export interface PageFleet {
  meter(meterId: string): FleetMeter | undefined;
  worker(meterId: string): Pick<MeterWorker, "request"> | undefined;
  readonly meterIds: readonly string[];
}

/** What the gateway tells the page of: the same as the bridge. */
export type PageOutput = Pick<MeterOutput, "announce" | "publishSnapshot" | "setAvailability">;

/** What a page about the gateway in this process is made with. */
export interface GatewayPageOptions {
  readonly info: Pick<PageInfo, "version" | "source" | "price">;
  readonly timers: Timers;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** What is typed into the page reaches nobody else: tokens may be entered. */
  readonly isPrivate: boolean;
  readonly keypads?: UnitKeypads;
  readonly traces?: PageTraces;
  /** What opens what crosses the line of a meter. */
  readonly secrets?: MeterSecrets;
}

/** Permissions of a meter's entry that the page has a button for. */
const pageActions: readonly PageAction[] = ["relay", "token", "clock"];
const unscaled = { ratio: { current: 1, voltage: 1 }, multiply: new Map() };

/** A page about the gateway in this process: it shows what the bridge publishes, and reads over the gateway's associations. */
export class GatewayPage implements PageOutput {
  readonly #options: GatewayPageOptions;
  readonly #board: LiveBoard;
  readonly #values = new Map<string, SnapshotValues>();
  readonly #reader: MeterReader;
  #fleet: PageFleet | undefined;

  constructor(options: GatewayPageOptions) {
    const { timers, wallClock } = options;
    this.#options = options;
    this.#board = new LiveBoard(timers);
    this.#reader = new MeterReader({
      request: (meterId, work) => {
        const worker = this.#fleet?.worker(meterId);
        if (worker === undefined) return Promise.reject(refused("unknown-meter", `there is no meter ${meterId}`));
        return worker.request(work);
      },
      scaling: (meterId) => this.#fleet?.meter(meterId) ?? unscaled,
      wallClock,
    });
  }

  /** What the server of the page asks. */
  get ports(): DashboardPorts {
    const { info, isPrivate, wallClock, keypads, traces, secrets } = this.#options;
    const fleet = {
      meter: (id: string) => this.#fleet?.meter(id),
      worker: (id: string) => this.#fleet?.worker(id) as MeterWorker | undefined,
      meterIds: () => this.#fleet?.meterIds ?? [],
    };
    return {
      info,
      source: this.#board,
      reader: this.#reader,
      actions: new MeterActions({ fleet, isPrivate, wallClock }),
      keypads,
      traces,
      translator: pageTranslator(secrets),
    };
  }

  /** The fleet has exactly these meters from now on. */
  update(fleet: PageFleet): void {
    this.#fleet = fleet;
    const meters = fleet.meterIds.flatMap((id) => fleet.meter(id) ?? []);
    const gone = new Set(this.#values.keys());
    for (const { meterId } of meters) gone.delete(meterId);
    for (const meterId of gone) {
      this.#values.delete(meterId);
      this.#reader.forget(meterId);
    }
    this.#board.update(meters.map((meter) => this.#boardMeter(meter)));
  }

  announce: PageOutput["announce"] = (device, known) => {
    const { meterId, name, manufacturer, model, firmware = null, serialNumber, transport = null } = device;
    this.#reader.forget(meterId);
    this.#valuesOf(meterId).describe(serialNumber, known);
    this.#board.describe(meterId, { name, manufacturer, model, firmware, serialNumber: serialNumber ?? null, transport });
  };

  publishSnapshot: PageOutput["publishSnapshot"] = (snapshot) => {
    const { meterId } = snapshot;
    // Rows of the past are not how things are, and no sign of life.
    if (snapshot.source === "profile") return;
    const reading = this.#valuesOf(meterId).fold(snapshot, this.#board.meter(meterId)?.pollPeriod ?? null);
    if (reading !== undefined) this.#board.read(meterId, reading);
  };

  setAvailability: PageOutput["setAvailability"] = (meterId, state, reason) =>
    this.#board.setAvailability(meterId, state === "online", reason ?? null);

  async close(): Promise<void> {
    this.#board.close();
    await this.#options.keypads?.close();
  }

  #boardMeter({ meterId, transport, interval, allow }: FollowedMeter & Pick<FleetMeter, "allow">): BoardMeter {
    const actions = pageActions.filter((action) => allow.includes(action) && (action !== "token" || this.#options.isPrivate));
    const keypad = this.#options.keypads?.has(meterId) === true;
    return { id: meterId, transport, pollPeriod: interval / 1000, actions, keypad };
  }

  #valuesOf(meterId: string): SnapshotValues {
    const known = this.#values.get(meterId);
    if (known !== undefined) return known;
    const values = new SnapshotValues();
    this.#values.set(meterId, values);
    return values;
  }
}
