import { toHex } from "../../bytes/hex.ts";
import type { PageTrace, PageTraces, Unsubscribe } from "../../dashboard/index.ts";
import { explain } from "../../decode/explain.ts";
import { decodeAare, decodeAarq } from "../../dlms/acse/codec.ts";
import { type SystemTitle, systemTitleOf } from "../../dlms/security/system-title.ts";
import { apduTags } from "../../dlms/xdlms/tags.ts";
import { DecodeError } from "../../errors.ts";
import type { TraceRecord, TraceSink } from "../../transport/trace.ts";

/** Of two ends, and of two more from an association before. */
const mostTitles = 4;

/** What crosses the lines of the meters, for whoever looks: while nobody does, nothing is copied. */
export class LineTraces implements PageTraces {
  readonly #wallClock: () => number;
  /** By meter; a meter is in it as soon as its line has a sink. */
  readonly #listeners = new Map<string, Set<(trace: PageTrace) => void>>();
  readonly #titles = new Map<string, readonly SystemTitle[]>();

  /** `wallClock` gives milliseconds since 1970. */
  constructor(wallClock: () => number) {
    this.#wallClock = wallClock;
  }

  /** What a meter's connections are to tell what crosses them. */
  sink(meterId: string): TraceSink {
    const listeners = this.#listeners.get(meterId) ?? new Set();
    this.#listeners.set(meterId, listeners);
    return (record) => {
      const titles = record.layer === "apdu" ? titlesOf(record.bytes) : [];
      // Both ends name themselves one after the other; of an association before them nothing more is heard.
      if (titles.length > 0) this.#titles.set(meterId, [...(this.#titles.get(meterId) ?? []), ...titles].slice(-mostTitles));
      if (listeners.size === 0) return;
      const trace = traceOf(record, this.#wallClock());
      for (const listener of [...listeners]) listener(trace);
    };
  }

  /** The system titles that the two ends of a line named when they last associated. */
  titles(meterId: string): readonly SystemTitle[] {
    return this.#titles.get(meterId) ?? [];
  }

  subscribe(meterId: string, listener: (trace: PageTrace) => void): Unsubscribe | undefined {
    const listeners = this.#listeners.get(meterId);
    listeners?.add(listener);
    return listeners && (() => void listeners.delete(listener));
  }
}

/** What an AARQ or AARE says of who sends it; nothing where it is no such thing. */
function titlesOf(bytes: Uint8Array): readonly SystemTitle[] {
  try {
    const title =
      bytes[0] === apduTags.aarq.plain
        ? decodeAarq(bytes).callingApTitle
        : bytes[0] === apduTags.aare.plain
          ? decodeAare(bytes).respondingApTitle
          : undefined;
    return title === undefined ? [] : [systemTitleOf(title)];
  } catch (error) {
    if (error instanceof DecodeError) return [];
    throw error;
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
