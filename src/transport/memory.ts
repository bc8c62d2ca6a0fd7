import type { Transport } from "./transport.ts";

export interface MemoryLink {
  /** Calls back after `delay` ms of the test's clock. */
  readonly schedule: (delay: number, callback: () => void) => unknown;
  /** Milliseconds a chunk travels. */
  readonly latency?: number;
  /** How a write arrives: cut, joined with nothing, damaged or dropped. Default: as it was written. */
  readonly carry?: (bytes: Uint8Array, direction: "a-to-b" | "b-to-a") => readonly Uint8Array[];
}

/** Two connected transports in memory, driven by the caller's clock: the wire of every test without sockets. */
export function memoryTransportPair(link: MemoryLink): { readonly a: Transport; readonly b: Transport } {
  const a = new MemoryTransport("memory a", link, "a-to-b");
  const b = new MemoryTransport("memory b", link, "b-to-a");
  a.peer = b;
  b.peer = a;
  return { a, b };
}

class MemoryTransport implements Transport {
  readonly name: string;
  readonly #link: MemoryLink;
  readonly #direction: "a-to-b" | "b-to-a";
  peer: MemoryTransport | undefined;
  #listener: ((chunk: Uint8Array) => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #waiting: Uint8Array[] = [];
  #paused = false;
  #closed = false;

  constructor(name: string, link: MemoryLink, direction: "a-to-b" | "b-to-a") {
    this.name = name;
    this.#link = link;
    this.#direction = direction;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#listener = listener;
    this.#deliver();
  }

  onClose(listener: (error?: Error) => void): void {
    this.#onClose = listener;
  }

  onDrain(): void {}

  write(bytes: Uint8Array): boolean {
    if (this.#closed) return true;
    const chunks = this.#link.carry?.(bytes, this.#direction) ?? [bytes];
    for (const chunk of chunks) {
      const copy = chunk.slice();
      this.#link.schedule(this.#link.latency ?? 0, () => this.peer?.receive(copy));
    }
    return true;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  close(): Promise<void> {
    this.destroy();
    return Promise.resolve();
  }

  destroy(): void {
    if (this.#closed) return;
    this.finish();
    this.#link.schedule(this.#link.latency ?? 0, () => this.peer?.finish());
  }

  receive(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#waiting.push(chunk);
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#paused && this.#listener !== undefined && this.#waiting.length > 0) this.#listener(this.#waiting.shift() as Uint8Array);
  }

  finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose?.();
  }
}
