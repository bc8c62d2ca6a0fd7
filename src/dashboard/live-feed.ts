import type { FeedEvent, FleetRow, LiveMeter } from "./contract.ts";
import { type EventStream, eventBytes } from "./event-stream.ts";
import type { EventStreams } from "./event-streams.ts";
import type { BoardChange, PageSource, Unsubscribe } from "./ports.ts";

/** `/api/feed`: what changes is made into octets once, however many pages hear of it. */
export class LiveFeed {
  readonly #source: PageSource;
  readonly #streams: EventStreams;
  readonly #listeners = new Set<EventStream>();
  /** By meter: who looks at it. */
  readonly #watchers = new Map<string, Set<EventStream>>();
  /** Kept while nothing changes: pages come back together after an interruption. */
  #wholeFleet: Uint8Array | undefined;
  #unsubscribe: Unsubscribe | undefined;

  constructor(source: PageSource, streams: EventStreams) {
    this.#source = source;
    this.#streams = streams;
  }

  /**
   * A stream that begins with all there is, so that who was away has missed nothing.
   * @throws RequestError when too many are open
   */
  open(meterId: string | undefined): ReadableStream<Uint8Array> {
    const stream: EventStream = this.#streams.open(() => this.#release(stream, meterId));
    this.#unsubscribe ??= this.#source.subscribe((change) => this.#tell(change));
    this.#listeners.add(stream);
    this.#wholeFleet ??= fleetEvent(this.#source.rows());
    stream.begin(this.#wholeFleet);
    if (meterId !== undefined) this.#watch(stream, meterId);
    return stream.body;
  }

  #watch(stream: EventStream, meterId: string): void {
    const watchers = this.#watchers.get(meterId) ?? new Set();
    this.#watchers.set(meterId, watchers.add(stream));
    const meter = this.#source.meter(meterId);
    if (meter !== undefined) stream.begin(meterEvent(meter));
  }

  #tell({ changed, removed }: BoardChange): void {
    this.#wholeFleet = undefined;
    const rows = changed.flatMap((id) => this.#source.row(id) ?? []);
    if (rows.length > 0) sendTo(this.#listeners, fleetEvent(rows));
    if (removed.length > 0) sendTo(this.#listeners, feedEvent("removed", removed));
    for (const id of changed) {
      const watchers = this.#watchers.get(id);
      const meter = watchers && this.#source.meter(id);
      if (watchers !== undefined && meter !== undefined) sendTo(watchers, meterEvent(meter));
    }
  }

  #release(stream: EventStream, meterId: string | undefined): void {
    this.#listeners.delete(stream);
    const watchers = meterId === undefined ? undefined : this.#watchers.get(meterId);
    watchers?.delete(stream);
    if (meterId !== undefined && watchers?.size === 0) this.#watchers.delete(meterId);
    if (this.#listeners.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#wholeFleet = undefined;
  }
}

function sendTo(streams: ReadonlySet<EventStream>, bytes: Uint8Array): void {
  // A copy: who is cut leaves the set.
  for (const stream of [...streams]) stream.send(bytes);
}

const feedEvent = (event: FeedEvent, data: unknown): Uint8Array => eventBytes(event, data);
const fleetEvent = (rows: readonly FleetRow[]): Uint8Array => feedEvent("fleet", rows);
const meterEvent = (meter: LiveMeter): Uint8Array => feedEvent("meter", meter);
