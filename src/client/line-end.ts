import { type HdlcAddress, sameStation } from "../hdlc/address.ts";
import type { HdlcFrame } from "../hdlc/frame.ts";
import type { Transport } from "../transport/transport.ts";
import type { LineClock } from "./line-clock.ts";

/** What an end needs of the line it belongs to. */
export interface LineOfEnds {
  readonly transport: Transport;
  /** The end has something in `pending`. */
  request(end: LineEnd): void;
  leave(end: LineEnd): void;
  pause(end: LineEnd): void;
  resume(end: LineEnd): void;
}

/** One meter's end of a shared line. Its clock stands still while it waits to be heard, so a session over it uses both. */
export class LineEnd implements Transport {
  readonly name: string;
  /** For the session over this end. */
  readonly timers: LineClock;
  /** Writes that wait for the line, in order. */
  readonly pending: Uint8Array[] = [];
  readonly #line: LineOfEnds;
  readonly #client: number;
  readonly #server: HdlcAddress;
  #onData: ((chunk: Uint8Array) => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #closed: { readonly error: Error | undefined } | undefined;
  #flushed: (() => void)[] = [];

  constructor(line: LineOfEnds, timers: LineClock, client: number, server: HdlcAddress) {
    this.#line = line;
    this.timers = timers;
    this.#client = client;
    this.#server = server;
    this.name = `${line.transport.name} meter ${server.physical ?? server.logical}`;
  }

  /** True for a frame of this meter to this client. */
  concerns({ source, destination }: HdlcFrame): boolean {
    return sameStation(source, this.#server) && destination.logical === this.#client;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#onData = listener;
  }

  onClose(listener: (error?: Error) => void): void {
    this.#onClose = listener;
    if (this.#closed !== undefined) listener(this.#closed.error);
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  /** Waits for the line without asking for a pause: a link that has given the turn away has nothing more to say. */
  write(bytes: Uint8Array): boolean {
    if (this.#closed !== undefined) return true;
    this.pending.push(bytes);
    this.#line.request(this);
    return true;
  }

  pause(): void {
    this.#line.pause(this);
  }

  resume(): void {
    this.#line.resume(this);
  }

  /** Leaves the line, which stays open for the others, once what was written is on it. */
  async close(): Promise<void> {
    if (this.#closed === undefined && this.pending.length > 0) await new Promise<void>((resolve) => this.#flushed.push(resolve));
    this.finish(undefined);
  }

  destroy(): void {
    this.finish(undefined);
  }

  /** Octets of the line that may concern this end. */
  receive(chunk: Uint8Array): void {
    if (this.#closed === undefined) this.#onData?.(chunk);
  }

  /** The line takes more. */
  drain(): void {
    this.#onDrain?.();
  }

  /** Everything written is on the line. */
  flushed(): void {
    for (const resolve of this.#flushed.splice(0)) resolve();
  }

  /** Leaves the line at once, with the error where there is one. */
  finish(error: Error | undefined): void {
    if (this.#closed !== undefined) return;
    this.#closed = { error };
    this.pending.length = 0;
    this.timers.start();
    this.#line.leave(this);
    this.#onClose?.(error);
    this.flushed();
  }
}
