import { isFinal, type LinkEvent, UnitEnd, type UnitEndOptions, type UnitRequest } from "../../keypad/index.ts";
import { type ReconnectOptions, reconnectDelay } from "../../mqtt-bridge/backoff.ts";
import { Alarm } from "../../session/alarm.ts";
import type { Timers } from "../../session/timers.ts";
import type { TraceRecord, TraceSink } from "../../transport/trace.ts";
import type { Transport } from "../../transport/transport.ts";

export interface KeypadLineOptions extends UnitEndOptions {
  /** Opens the way to the meter; rejects with a TransportError. */
  readonly connect: () => Promise<Transport>;
  readonly timers: Timers;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly reconnect?: ReconnectOptions;
  readonly trace?: TraceSink | undefined;
}

/** Milliseconds between attempts: a customer stands in front of the unit. */
const usualReconnect: ReconnectOptions = { first: 500, longest: 10_000 };

/** A unit's link that comes back by itself, to the meter that it was first connected to. */
export class KeypadLine {
  readonly #options: KeypadLineOptions;
  readonly #listen: (event: LinkEvent) => void;
  readonly #alarm: Alarm;
  #meter: string | undefined;
  #transport: Transport | undefined;
  #end: UnitEnd | undefined;
  #attempt = 0;
  #cancelRetry: (() => void) | undefined;
  #closed = false;

  /** `listen` hears what happens on the link; each loss is told once. */
  constructor(options: KeypadLineOptions, listen: (event: LinkEvent) => void) {
    this.#options = options;
    this.#meter = options.meter;
    this.#listen = listen;
    this.#alarm = new Alarm(options.timers, () => this.#step((end, now) => end.advance(now)));
  }

  /**
   * Connects, and from then on again and again.
   * @throws TransportError where the first connection cannot be opened; nothing is tried again then
   */
  async open(): Promise<void> {
    this.#use(await this.#options.connect());
  }

  /** Sends a request once; false where the link is not up or another is under way. */
  request(request: UnitRequest): boolean {
    let sent = false;
    this.#step((end, now) => {
      sent = end.request(request, now);
      return [];
    });
    return sent;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#alarm.stop();
    this.#end = undefined;
    await this.#transport?.close();
  }

  #use(transport: Transport): void {
    if (this.#closed) {
      transport.destroy();
      return;
    }
    const { unit, timers } = this.#options;
    const end = new UnitEnd({ unit, ...(this.#meter !== undefined && { meter: this.#meter }) }, timers.now());
    this.#transport = transport;
    this.#end = end;
    // An end that was replaced has nothing more to say.
    const step = (act: (end: UnitEnd, now: number) => readonly LinkEvent[]): void => {
      if (this.#end === end) this.#step(act);
    };
    transport.onClose(() => step(() => end.closed()));
    transport.onData((chunk) =>
      step((_, now) => {
        this.#trace("received", chunk);
        return end.receive(chunk, now);
      }),
    );
    step(() => []);
  }

  #step(act: (end: UnitEnd, now: number) => readonly LinkEvent[]): void {
    const end = this.#end;
    if (end === undefined) return;
    const events = act(end, this.#options.timers.now());
    for (const bytes of end.take()) {
      this.#trace("sent", bytes);
      this.#transport?.write(bytes);
    }
    this.#alarm.set(end.nextTimeout);
    for (const event of events) this.#handle(event);
  }

  #trace(direction: TraceRecord["direction"], bytes: Uint8Array): void {
    this.#options.trace?.({ at: this.#options.timers.now(), direction, layer: "line", bytes });
  }

  #handle(event: LinkEvent): void {
    if (event.type === "up") {
      this.#attempt = 0;
      this.#meter = event.status.meter;
    }
    if (event.type === "down") {
      this.#alarm.stop();
      this.#end = undefined;
      this.#transport?.destroy();
      this.#transport = undefined;
      if (!isFinal(event.reason)) this.#retryLater();
    }
    this.#listen(event);
  }

  #retryLater(): void {
    if (this.#closed) return;
    const { timers, random, reconnect = usualReconnect } = this.#options;
    const retry = async (): Promise<void> => {
      try {
        this.#use(await this.#options.connect());
      } catch {
        // The unit shows that it has no link already; why another attempt failed helps nobody in front of it.
        this.#retryLater();
      }
    };
    this.#cancelRetry = timers.schedule(reconnectDelay(this.#attempt++, random, reconnect), () => void retry());
  }
}
