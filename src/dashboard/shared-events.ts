import { type EventStream, eventBytes } from "./event-stream.ts";
import type { EventStreams } from "./event-streams.ts";
import type { Unsubscribe } from "./ports.ts";

/** Where the events of a meter come from. */
export interface EventSource<T> {
  readonly event: string;
  /** True where the last event says how things are, so that newcomers get it too. */
  readonly replay: boolean;
  /** Undefined for a meter without such events. */
  readonly subscribe: (meterId: string, listener: (data: T) => void) => Unsubscribe | undefined;
}

interface Topic {
  readonly listeners: Set<EventStream>;
  unsubscribe: Unsubscribe;
  last: Uint8Array | undefined;
}

/** Events by meter: heard once, made into octets once, sent to all who look, and not heard at all while nobody does. */
export class SharedEvents<T> {
  readonly #source: EventSource<T>;
  readonly #streams: EventStreams;
  readonly #topics = new Map<string, Topic>();

  constructor(source: EventSource<T>, streams: EventStreams) {
    this.#source = source;
    this.#streams = streams;
  }

  /** A stream of a meter's events; undefined for a meter without. @throws RequestError when too many are open */
  open(meterId: string): ReadableStream<Uint8Array> | undefined {
    const topic = this.#topics.get(meterId) ?? this.#hear(meterId);
    if (topic === undefined) return undefined;
    const stream: EventStream = this.#streams.open(() => this.#leave(meterId, topic, stream));
    topic.listeners.add(stream);
    if (topic.last !== undefined) stream.begin(topic.last);
    return stream.body;
  }

  #hear(meterId: string): Topic | undefined {
    const { event, replay, subscribe } = this.#source;
    const topic: Topic = { listeners: new Set(), unsubscribe: () => {}, last: undefined };
    const unsubscribe = subscribe(meterId, (data) => {
      const bytes = eventBytes(event, data);
      if (replay) topic.last = bytes;
      for (const stream of [...topic.listeners]) stream.send(bytes);
    });
    if (unsubscribe === undefined) return undefined;
    topic.unsubscribe = unsubscribe;
    this.#topics.set(meterId, topic);
    return topic;
  }

  #leave(meterId: string, topic: Topic, stream: EventStream): void {
    topic.listeners.delete(stream);
    if (topic.listeners.size > 0) return;
    topic.unsubscribe();
    this.#topics.delete(meterId);
  }
}
