import type { BridgeTimers } from "../mqtt-bridge/bridge-timers.ts";
import { EventStream, heartbeat } from "./event-stream.ts";
import { RequestError } from "./page-error.ts";

/** More pages than anybody looks at. */
const mostStreams = 1000;
/** Milliseconds between heartbeats. */
const heartbeatPeriod = 15_000;

/** All streams that are open, with one timer for the heartbeats of all of them. */
export class EventStreams {
  readonly #timers: BridgeTimers;
  readonly #streams = new Set<EventStream>();
  #cancelBeat: (() => void) | undefined;

  constructor(timers: BridgeTimers) {
    this.#timers = timers;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * Opens a stream; `released` is called once when it has ended.
   * @throws RequestError when there are too many
   */
  open(released: () => void): EventStream {
    if (this.#streams.size >= mostStreams) throw new RequestError(503, "too-many-pages", `${mostStreams} pages are open already`);
    const stream = new EventStream(() => {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) this.#rest();
      released();
    });
    this.#streams.add(stream);
    this.#cancelBeat ??= this.#timers.schedule(heartbeatPeriod, () => this.#beat());
    return stream;
  }

  /** Ends every stream. */
  close(): void {
    for (const stream of [...this.#streams]) stream.close();
  }

  #beat(): void {
    this.#cancelBeat = undefined;
    for (const stream of [...this.#streams]) stream.send(heartbeat);
    if (this.#streams.size > 0) this.#cancelBeat = this.#timers.schedule(heartbeatPeriod, () => this.#beat());
  }

  #rest(): void {
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
  }
}
