/** What is done with the data of each kind of event, by its name; whoever names a kind knows its type by the contract. */
// biome-ignore lint/suspicious/noExplicitAny: the contract says of each event what it carries.
export type StreamEvents = Readonly<Record<string, (data: any) => void>>;

/** How a stream fares. */
export interface StreamState {
  readonly opened?: () => void;
  /** The connection is gone, and is looked for. */
  readonly lost?: () => void;
  /** There was an answer that is no stream. */
  readonly refused?: () => void;
}

/** Behind an answer that is no stream it is asked again after this; ms. */
const pause = 5000;

/** Hears a stream of the server below `/api`; it comes back by itself, whatever ended it. Returns how to stop. */
export function hear(path: string, events: StreamEvents, { opened, lost, refused }: StreamState = {}): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    source = new EventSource(`./api${path}`);
    for (const [name, take] of Object.entries(events))
      source.addEventListener(name, ({ data }: MessageEvent<string>) => take(JSON.parse(data)));
    source.onopen = () => opened?.();
    source.onerror = () => {
      lost?.();
      // Browsers come back by themselves behind a lost connection, but not behind an answer that is no stream.
      if (source.readyState !== EventSource.CLOSED) return;
      refused?.();
      timer = setTimeout(open, pause);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
