import type { Timers } from "../session/timers.ts";
import { listenTcp } from "../transport/tcp.ts";
import type { Listener } from "../transport/transport.ts";
import { HeadEnd, type HeadEndOptions, type MeterFinder, type ReachableMeter } from "./northbound.ts";

/** A meter with the port that is for it alone, and the address by which the gateway's prefix means it. */
export interface NorthboundMeter extends ReachableMeter {
  readonly port: number | undefined;
  /** Physical address on its line (HDLC lower address). */
  readonly physicalAddress: number | undefined;
}

export interface NorthboundOptions extends Pick<HeadEndOptions, "onSession" | "onFailure"> {
  /** Address of this machine to listen at. */
  readonly host: string;
  /** Port for APDUs with the gateway's prefix. */
  readonly prefixPort: number | undefined;
  readonly timers: Timers;
}

/** Where head-ends reach meters: one port for a meter, or one for all of them by the gateway's prefix. */
export class NorthboundPorts {
  readonly #options: NorthboundOptions;
  readonly #listeners = new Map<number, Listener>();
  readonly #headEnds = new Set<HeadEnd>();
  #meters: readonly NorthboundMeter[] = [];

  constructor(options: NorthboundOptions) {
    this.#options = options;
  }

  /** The ports that are open. */
  get ports(): readonly number[] {
    return [...this.#listeners.keys()];
  }

  /** Serves exactly these meters from now on. @throws TransportError for a port that cannot be had */
  async update(meters: readonly NorthboundMeter[]): Promise<void> {
    this.#meters = meters;
    const { prefixPort } = this.#options;
    const wanted = new Set([...meters.flatMap(({ port }) => port ?? []), ...(prefixPort === undefined ? [] : [prefixPort])]);
    for (const [port, listener] of this.#listeners) {
      if (wanted.has(port)) continue;
      this.#listeners.delete(port);
      await listener.close();
    }
    for (const port of wanted) if (!this.#listeners.has(port)) await this.#listen(port);
  }

  /** Ends every dialogue and every port. */
  async close(): Promise<void> {
    await Promise.all([...this.#headEnds].map((headEnd) => headEnd.close()));
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
    this.#listeners.clear();
  }

  async #listen(port: number): Promise<void> {
    const { host, prefixPort, timers, onSession, onFailure } = this.#options;
    const find: MeterFinder = (place) => {
      if (port !== prefixPort) return this.#meters.find((meter) => meter.port === port);
      return place === undefined ? undefined : this.#named(place.address);
    };
    const listener = await listenTcp({ host, port }, (transport) => {
      const headEnd: HeadEnd = new HeadEnd({
        transport,
        find,
        timers,
        onSession,
        onFailure,
        onClosed: () => this.#headEnds.delete(headEnd),
      });
      this.#headEnds.add(headEnd);
    });
    this.#listeners.set(port, listener);
  }

  /** The meter's id as text, or its physical address as a number, where no other meter has it too. */
  #named(address: Uint8Array): NorthboundMeter | undefined {
    const text = new TextDecoder("latin1").decode(address);
    const named = this.#meters.find(({ meterId }) => meterId === text);
    if (named !== undefined || address.length === 0 || address.length > 4) return named;
    const number = address.reduce((value, octet) => value * 256 + octet, 0);
    const [first, ...others] = this.#meters.filter(({ physicalAddress }) => physicalAddress === number);
    return others.length === 0 ? first : undefined;
  }
}
