import { InvariantError } from "../../errors.ts";
import { FrameDecoder } from "../../hdlc/frame-decoder.ts";
import { type MemoryLink, memoryTransportPair } from "../../transport/memory.ts";
import type { Transport } from "../../transport/transport.ts";

/** What went over a line. */
export interface WireCount {
  /** Both ways, flags included. */
  readonly octets: number;
  /** HDLC frames, both ways. */
  readonly frames: number;
  /** How often the line changed its direction. */
  readonly turnarounds: number;
  /** How often the client had to wait for the meter. */
  readonly roundTrips: number;
}

/** Bits that an octet takes as 8N1: start, eight of data, stop. */
const bitsPerOctet = 10;

/** Seconds that the counted takes on a line of `baud`, where each change of direction costs `turnaround` ms. */
export function wireSeconds({ octets, turnarounds }: WireCount, baud: number, turnaround: number): number {
  return (octets * bitsPerOctet) / baud + (turnarounds * turnaround) / 1000;
}

/**
 * A half-duplex line in memory that counts what it carries. Every write arrives before anything else happens, so no time
 * has to pass: what the line would take follows from what it has counted.
 */
export class CountingLine {
  readonly #decoder = new FrameDecoder();
  #octets = 0;
  #frames = 0;
  #turnarounds = 0;
  #roundTrips = 0;
  #direction: "a-to-b" | "b-to-a" | undefined;

  /** Two ends for a session; one session comes after the other. */
  connect(): { readonly client: Transport; readonly meter: Transport } {
    const { a, b } = memoryTransportPair({
      schedule: (_delay, callback) => queueMicrotask(callback),
      carry: (bytes, direction) => this.#carry(bytes, direction),
    });
    return { client: a, meter: b };
  }

  /** What has gone over the line up to now. */
  get count(): WireCount {
    return { octets: this.#octets, frames: this.#frames, turnarounds: this.#turnarounds, roundTrips: this.#roundTrips };
  }

  #carry(bytes: Uint8Array, direction: Parameters<NonNullable<MemoryLink["carry"]>>[1]): readonly Uint8Array[] {
    if (direction !== this.#direction) {
      if (this.#direction !== undefined) this.#turnarounds += 1;
      if (direction === "b-to-a") this.#roundTrips += 1;
      this.#direction = direction;
    }
    this.#octets += bytes.length;
    this.#decoder.append(bytes);
    for (let event = this.#decoder.next(); event !== undefined; event = this.#decoder.next()) {
      if (event.type !== "frame") throw new InvariantError(`${event.reason} on a line without faults`);
      this.#frames += 1;
    }
    return [bytes];
  }
}
