import { HdlcConnection, type HdlcConnectionOptions, type HdlcEvent, HdlcStation, type HdlcStationOptions } from "../../src/hdlc/index.ts";

/** What the line does to one transmission: which chunks arrive, in this order. */
export type Fault = (bytes: Uint8Array, direction: "up" | "down") => readonly Uint8Array[];

export interface HdlcPairOptions {
  readonly client?: Partial<HdlcConnectionOptions>;
  readonly station?: Partial<HdlcStationOptions>;
  /** One way, in ms. */
  readonly latency?: number;
  readonly fault?: Fault;
  /** Answer to a request, and after how many ms it is ready; undefined for none. */
  readonly answer?: (request: Uint8Array) => { readonly apdu: Uint8Array; readonly after: number } | undefined;
  /** Several answers to a request, all ready at once. */
  readonly stream?: (request: Uint8Array) => readonly Uint8Array[];
  readonly start?: number;
}

interface Due {
  readonly at: number;
  readonly run: () => void;
}

/**
 * A client and a station on a simulated line with a virtual clock. The line keeps the order; what else it does is up to
 * `fault`.
 */
export class HdlcPair {
  readonly client: HdlcConnection;
  readonly station: HdlcStation;
  /** APDUs as they arrived, copied, with the time. */
  readonly requests: Uint8Array[] = [];
  readonly answers: Uint8Array[] = [];
  readonly events: HdlcEvent[] = [];
  /** Every transmission as it was sent. */
  readonly sent: { readonly direction: "up" | "down"; readonly bytes: Uint8Array }[] = [];
  onEvent: (event: HdlcEvent) => void = () => {};
  now: number;
  readonly #options: HdlcPairOptions;
  readonly #due: Due[] = [];
  readonly #lineFree = { up: 0, down: 0 };

  constructor(options: HdlcPairOptions = {}) {
    this.#options = options;
    this.now = options.start ?? 0;
    this.client = new HdlcConnection({ clientSap: 16, serverAddress: { logical: 1, physical: 17 }, ...options.client });
    this.station = new HdlcStation({ physicalAddress: 17, logicalDevices: [1], inactivityTimeout: 0, ...options.station });
  }

  /** Runs until nothing is under way and nobody waits for anything; throws when that never happens. */
  run({ until = Number.POSITIVE_INFINITY, steps = 200_000 } = {}): void {
    this.#flush();
    for (let step = 0; step < steps; step++) {
      const next = this.#nextTime();
      if (next === undefined || next > until) return;
      this.now = Math.max(this.now, next);
      const index = this.#due.findIndex(({ at }) => at <= this.now);
      if (index >= 0) this.#due.splice(index, 1)[0]?.run();
      else {
        this.#onClientEvents(this.client.handleTimeout(this.now));
        this.#onStationEvents(this.station.handleTimeout(this.now));
      }
      this.#flush();
    }
    throw new Error(`the pair is still busy after ${steps} steps`);
  }

  #nextTime(): number | undefined {
    const times = [...this.#due.map(({ at }) => at), this.client.nextTimeout, this.station.nextTimeout];
    return times.reduce((first, at) => (at === undefined || (first !== undefined && first <= at) ? first : at), undefined);
  }

  #flush(): void {
    this.#transmit("up", this.client.dataToSend(), (chunk) => this.#onStationEvents(this.station.receiveBytes(chunk, this.now)));
    this.#transmit("down", this.station.dataToSend(), (chunk) => this.#onClientEvents(this.client.receiveBytes(chunk, this.now)));
  }

  #transmit(direction: "up" | "down", bytes: Uint8Array | undefined, deliver: (chunk: Uint8Array) => void): void {
    if (bytes === undefined) return;
    this.sent.push({ direction, bytes });
    for (const chunk of this.#options.fault?.(bytes, direction) ?? [bytes]) {
      const at = Math.max(this.#lineFree[direction], this.now + (this.#options.latency ?? 1));
      this.#lineFree[direction] = at;
      // In order of time, and of insertion where the time is the same.
      const index = this.#due.findIndex((due) => due.at > at);
      this.#due.splice(index < 0 ? this.#due.length : index, 0, { at, run: () => deliver(chunk) });
    }
  }

  #after(delay: number, run: () => void): void {
    const at = this.now + delay;
    const index = this.#due.findIndex((due) => due.at > at);
    this.#due.splice(index < 0 ? this.#due.length : index, 0, { at, run });
  }

  #onClientEvents(events: readonly HdlcEvent[]): void {
    for (const event of events) {
      if (event.type === "discarded") continue;
      if (event.type === "apdu") this.answers.push(event.bytes.slice());
      this.events.push(event.type === "apdu" ? { ...event, bytes: event.bytes.slice() } : event);
    }
    for (const event of events) this.onEvent(event);
  }

  #onStationEvents(events: ReturnType<HdlcStation["receiveBytes"]>): void {
    for (const event of events) {
      if (event.type !== "apdu") continue;
      const request = event.bytes.slice();
      this.requests.push(request);
      for (const apdu of this.#options.stream?.(request) ?? []) this.station.send(event.channel, apdu, this.now);
      const answer = this.#options.answer?.(request);
      if (answer === undefined) continue;
      const send = () => this.station.send(event.channel, answer.apdu, this.now);
      if (answer.after === 0) send();
      else this.#after(answer.after, send);
    }
  }
}
