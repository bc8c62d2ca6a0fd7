import type { Transport } from "./transport.ts";

export interface MemoryLink {
  /** Calls back after `delay` ms of the test's clock. */
  readonly schedule: (delay: number, callback: () => void) => unknown;
  /** Milliseconds a chunk travels. */
  readonly latency?: number;
  /** How a write arrives: cut, joined with nothing, damaged or dropped. Default: as it was written. */
  readonly carry?: (bytes: Uint8Array, direction: "a-to-b" | "b-to-a") => readonly Uint8Array[];
  /** Milliseconds that a chunk arrives later than the latency says, asked for each; later ones may overtake it. */
  readonly delay?: () => number;
}

/** How often, from 0 for never to 1 for always, a datagram meets what datagrams may meet. Nothing by default. */
export interface DatagramFaults {
  readonly loss?: number;
  readonly duplication?: number;
  /** Arriving late, by up to `lateBy` ms. */
  readonly reordering?: number;
  /** Default 20. */
  readonly lateBy?: number;
}

/** What a network does to datagrams, for a memory link: `random` gives numbers from 0 to 1, seeded so that runs repeat. */
export function datagramFaults(
  random: () => number,
  { loss = 0, duplication = 0, reordering = 0, lateBy = 20 }: DatagramFaults,
): Required<Pick<MemoryLink, "carry" | "delay">> {
  return {
    carry: (bytes) => {
      if (random() < loss) return [];
      return random() < duplication ? [bytes, bytes] : [bytes];
    },
    delay: () => (random() < reordering ? random() * lateBy : 0),
  };
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
      const { latency = 0, delay } = this.#link;
      this.#link.schedule(latency + (delay?.() ?? 0), () => this.peer?.receive(copy));
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
