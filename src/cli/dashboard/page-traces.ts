import { toHex } from "../../bytes/hex.ts";
import type { PageTrace, PageTraces, Unsubscribe } from "../../dashboard/index.ts";
import { explain } from "../../decode/explain.ts";
import type { TraceRecord, TraceSink } from "../../transport/trace.ts";

/** What crosses the lines of the meters, for whoever looks: while nobody does, nothing is copied. */
export class LineTraces implements PageTraces {
  readonly #wallClock: () => number;
  /** By meter; a meter is in it as soon as its line has a sink. */
  readonly #listeners = new Map<string, Set<(trace: PageTrace) => void>>();

  /** `wallClock` gives milliseconds since 1970. */
  constructor(wallClock: () => number) {
    this.#wallClock = wallClock;
  }

  /** What a meter's connections are to tell what crosses them. */
  sink(meterId: string): TraceSink {
    const listeners = this.#listeners.get(meterId) ?? new Set();
    this.#listeners.set(meterId, listeners);
    return (record) => {
      if (listeners.size === 0) return;
      const trace = traceOf(record, this.#wallClock());
      for (const listener of [...listeners]) listener(trace);
    };
  }

  subscribe(meterId: string, listener: (trace: PageTrace) => void): Unsubscribe | undefined {
    const listeners = this.#listeners.get(meterId);
    listeners?.add(listener);
    return listeners && (() => void listeners.delete(listener));
  }
}

function traceOf({ direction, layer, bytes, note }: TraceRecord, time: number): PageTrace {
  const isApdu = layer === "apdu";
  return { time, direction, layer: isApdu ? "apdu" : "wire", hex: toHex(bytes), summary: note ?? summaryOf(bytes) };
}

/** Frames and APDUs by name; of a piece of one there is nothing to say but its length. */
function summaryOf(bytes: Uint8Array): string {
  const { link, apdus } = explain(bytes);
  const frames = link.filter(({ ok }) => ok).map(({ kind, frame }) => (typeof frame === "string" ? `${kind} ${frame}` : kind));
  const names = apdus.filter((apdu) => !("error" in apdu)).map(({ type }) => type);
  const parts = [...frames, ...names];
  return parts.length === 0 ? `${bytes.length} octets` : parts.join(", ");
}
