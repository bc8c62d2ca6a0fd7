import { type BoardMeter, type DashboardPorts, LiveBoard, type PagePrice } from "../../dashboard/index.ts";
import { stateReading } from "../../dashboard/state-reading.ts";
import { ConfigError, type TransportError } from "../../errors.ts";
import type { OpenLink, RequestBody } from "../../mqtt-bridge/index.ts";
import { jsonMembers, jsonText } from "../../mqtt-bridge/json-members.ts";
import { TreeReader, type TreeReaderOptions } from "../../mqtt-bridge/tree-reader.ts";
import type { Timers } from "../../session/timers.ts";
import { RequestedReads } from "./requested-reads.ts";
import { pageTranslator } from "./translator.ts";

/** What a page about a gateway elsewhere is made with. */
export interface MqttPageOptions extends Omit<TreeReaderOptions, "meterIds" | "timers"> {
  /** Of this program. */
  readonly pageVersion: string;
  readonly price: PagePrice | null;
  /** Meters of the configuration; without any, those of the tree. */
  readonly meters: readonly BoardMeter[];
  readonly timers: Timers;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Told when the broker can be reached, and why not. */
  readonly onConnection: (error: TransportError | undefined) => void;
  /** Told of what the broker does not let us read. */
  readonly onRefused: (filter: string) => void;
}

/** More meters than one page shows. */
const mostMeters = 10_000;
/** Milliseconds within which a gateway that answers requests answers one that asks for nothing. */
const probeTimeout = 5000;

/** A page about a gateway elsewhere, fed by the tree it publishes. */
export class MqttPage {
  readonly #options: MqttPageOptions;
  readonly #board: LiveBoard;
  readonly #tree: TreeReader;
  readonly #reads: RequestedReads;
  readonly #meters: Set<string>;
  /** What the gateway says of each meter; whether it lives itself is another matter. */
  readonly #availability = new Map<string, { readonly online: boolean; readonly reason: string | null }>();
  /** Why nothing can be believed at the moment. */
  #trouble: "broker-unreachable" | "bridge-offline" | undefined = "broker-unreachable";
  #answers = false;

  /** `open` makes the connections; the default is the network. @throws ConfigError for a broker or meters that cannot be */
  constructor(options: MqttPageOptions, open?: OpenLink) {
    const { meters, timers, wallClock } = options;
    this.#options = options;
    this.#board = new LiveBoard(timers);
    this.#tree = new TreeReader(
      { ...options, meterIds: meters.map(({ id }) => id) },
      {
        connection: (error) => this.#connected(error),
        refused: options.onRefused,
        meter: (meterId, leaf, members) => this.#hear(meterId, leaf, members),
        bridge: (leaf, content) => this.#hearBridge(leaf, content),
      },
      open,
    );
    this.#reads = new RequestedReads((verb, body) => this.#tree.request(verb, body), wallClock);
    this.#meters = new Set(meters.map(({ id }) => id));
    this.#board.update(meters);
  }

  /** What the server of the page asks. */
  get ports(): DashboardPorts {
    const { pageVersion: version, price } = this.#options;
    const reader = (): DashboardPorts["reader"] => (this.#answers ? this.#reads : undefined);
    return {
      info: { version, source: "mqtt", price },
      source: this.#board,
      get reader() {
        return reader();
      },
      translator: pageTranslator(),
    };
  }

  start(): void {
    this.#tree.start();
  }

  async close(): Promise<void> {
    this.#board.close();
    await this.#tree.close();
  }

  #connected(error: TransportError | undefined): void {
    this.#options.onConnection(error);
    this.#answers = false;
    // The state of the bridge is retained: it comes at once, where there is one.
    this.#trouble = error === undefined ? "bridge-offline" : "broker-unreachable";
    this.#applyAll();
  }

  /** Whoever refuses a request that asks for nothing answers requests. */
  async #probe(): Promise<void> {
    try {
      await this.#tree.request("meter/read", {}, probeTimeout);
      this.#answers = true;
    } catch (error) {
      this.#answers = error instanceof ConfigError;
    }
  }

  #hearBridge(leaf: "state" | "devices", content: unknown): void {
    if (leaf === "state") {
      const online = jsonMembers(content)?.["state"] === "online";
      const back = online && this.#trouble !== undefined;
      this.#trouble = online ? undefined : "bridge-offline";
      this.#answers &&= online;
      this.#applyAll();
      if (back) void this.#probe();
      return;
    }
    for (const device of Array.isArray(content) ? content : []) this.#describe(jsonMembers(device) ?? {});
  }

  #describe({ id, name, manufacturer, model, firmware, serial, transport }: RequestBody): void {
    const meterId = jsonText(id);
    if (meterId === undefined || !this.#admit(meterId)) return;
    this.#board.describe(meterId, {
      name: jsonText(name) ?? meterId,
      manufacturer: jsonText(manufacturer) ?? null,
      model: jsonText(model) ?? null,
      firmware: jsonText(firmware) ?? null,
      serialNumber: jsonText(serial) ?? null,
      transport: jsonText(transport) ?? null,
    });
  }

  #hear(meterId: string, leaf: "state" | "availability", members: RequestBody | undefined): void {
    if (members === undefined) {
      this.#retire(meterId);
      return;
    }
    if (!this.#admit(meterId)) return;
    if (leaf === "availability") {
      this.#availability.set(meterId, { online: members["state"] === "online", reason: jsonText(members["reason"]) ?? null });
    } else {
      const reading = stateReading(members);
      if (reading !== undefined) this.#board.read(meterId, reading);
    }
    this.#apply(meterId);
  }

  /** Makes a meter known that nobody configured, where none are; false for one that has no room. */
  #admit(meterId: string): boolean {
    if (this.#meters.has(meterId)) return true;
    if (this.#options.meters.length > 0 || this.#meters.size >= mostMeters) return false;
    this.#meters.add(meterId);
    this.#board.add({ id: meterId, transport: null, pollPeriod: null, actions: [], keypad: false });
    return true;
  }

  /** A gateway empties the topics of a meter that it no longer has. */
  #retire(meterId: string): void {
    this.#availability.delete(meterId);
    if (this.#options.meters.length > 0) this.#apply(meterId);
    else if (this.#meters.delete(meterId)) this.#board.remove(meterId);
  }

  #applyAll(): void {
    for (const meterId of this.#meters) this.#apply(meterId);
  }

  #apply(meterId: string): void {
    const { online = false, reason = null } = this.#availability.get(meterId) ?? {};
    if (this.#trouble === undefined) this.#board.setAvailability(meterId, online, reason);
    else this.#board.setAvailability(meterId, false, this.#trouble);
  }
}
