import { TransportError } from "../errors.ts";
import type { Transport } from "./transport.ts";

/** The most a UDP datagram over IPv4 carries, in octets: 65535 less the headers of IP and UDP. */
export const maxDatagramLength = 65_507;

/** Where the datagrams of one peer go, and what ends with it. */
export interface DatagramPort {
  send(datagram: Uint8Array, sent: (error: Error | null) => void): void;
  /** The peer is not served any more. */
  release(): void;
}

/** Octets handed over and not yet sent, above which the writer is asked to wait. */
const highWater = 1 << 20;

/** Datagrams kept while nobody listens or reading is paused; more are lost, as datagrams may be. */
const maxWaiting = 64;

/** One peer by datagrams: each chunk and each write is one datagram, and none is ever joined or cut. */
export class DatagramTransport implements Transport {
  readonly name: string;
  readonly #port: DatagramPort;
  readonly #waiting: Uint8Array[] = [];
  #onData: ((chunk: Uint8Array) => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #paused = false;
  #closed: { readonly error: Error | undefined } | undefined;
  #unsent = { datagrams: 0, octets: 0 };
  #full = false;
  #flushed: (() => void)[] = [];

  constructor(name: string, port: DatagramPort) {
    this.name = name;
    this.#port = port;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#onData = listener;
    this.#deliver();
  }

  onClose(listener: (error?: Error) => void): void {
    this.#onClose = listener;
    if (this.#closed !== undefined) listener(this.#closed.error);
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  /** A datagram that is too long closes the transport with the reason, since to drop it in silence would look like loss. */
  write(bytes: Uint8Array): boolean {
    if (this.#closed !== undefined) return true;
    const { length } = bytes;
    if (length > maxDatagramLength) {
      this.fail(
        new TransportError("link-failed", `${this.name}: ${length} octets do not fit a datagram, which holds ${maxDatagramLength}`),
      );
      return true;
    }
    this.#unsent.datagrams++;
    this.#unsent.octets += length;
    this.#port.send(bytes, (error) => this.#sent(length, error));
    if (this.#unsent.octets > highWater) this.#full = true;
    return !this.#full;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  async close(): Promise<void> {
    if (this.#closed === undefined && this.#unsent.datagrams > 0) await new Promise<void>((resolve) => this.#flushed.push(resolve));
    this.fail(undefined);
  }

  destroy(): void {
    this.fail(undefined);
  }

  /** A datagram of the peer has come. */
  receive(datagram: Uint8Array): void {
    if (this.#closed !== undefined || this.#waiting.length >= maxWaiting) return;
    this.#waiting.push(datagram);
    this.#deliver();
  }

  /** Closes at once, with the error where there is one. */
  fail(error: Error | undefined): void {
    if (this.#closed !== undefined) return;
    this.#closed = { error };
    this.#waiting.length = 0;
    this.#port.release();
    this.#onClose?.(error);
    for (const resolve of this.#flushed.splice(0)) resolve();
  }

  #deliver(): void {
    while (!this.#paused && this.#onData !== undefined && this.#waiting.length > 0) this.#onData(this.#waiting.shift() as Uint8Array);
  }

  #sent(octets: number, error: Error | null): void {
    this.#unsent.datagrams--;
    this.#unsent.octets -= octets;
    if (error !== null) this.fail(new TransportError("link-failed", `${this.name}: ${error.message}`, { cause: error }));
    if (this.#unsent.datagrams > 0) return;
    for (const resolve of this.#flushed.splice(0)) resolve();
    if (!this.#full) return;
    this.#full = false;
    this.#onDrain?.();
  }
}
