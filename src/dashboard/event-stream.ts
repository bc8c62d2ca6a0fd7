const encoder = new TextEncoder();

/** What the other end has not read yet may grow to this many octets, besides what the stream began with; pages share them. */
const mostWaiting = 8_388_608;

/** A server-sent event as octets, made once for everybody who is sent it (HTML Living Standard 9.2.5). */
export function eventBytes(event: string, data: unknown): Uint8Array {
  // JSON has no line ends, so one data line holds all of it.
  return encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** A comment: it keeps proxies from taking a quiet connection for a dead one. */
export const heartbeat: Uint8Array = encoder.encode(":\n\n");
/** What a stream begins with: a page that loses it comes back after this many milliseconds. */
const greeting = encoder.encode("retry: 2000\n\n");

/** Server-sent events to one page. One that does not read is cut off: it comes back, and costs nobody else anything. */
export class EventStream {
  /** The body of the response. */
  readonly body: ReadableStream<Uint8Array>;
  readonly #released: () => void;
  /** Kept here and not in the stream, so that it can be forgotten. */
  #waiting: Uint8Array[] = [greeting];
  #octets = greeting.length;
  #mostWaiting = mostWaiting;
  /** Set while the other end waits for more. */
  #wake: (() => void) | undefined;
  #open = true;

  /** `released` is called once, whoever ends the stream. */
  constructor(released: () => void) {
    this.#released = released;
    this.body = new ReadableStream({ pull: (controller) => this.#pull(controller), cancel: () => this.cut() }, { highWaterMark: 0 });
  }

  /** Sends what a page has to know at first: however long that is, it is not what the page is too slow for. */
  begin(bytes: Uint8Array): void {
    this.#mostWaiting += bytes.length;
    this.send(bytes);
  }

  /** Sends octets of events; after the end it does nothing. */
  send(bytes: Uint8Array): void {
    if (!this.#open) return;
    // Looked at before: what is longer than the limit by itself may wait, but nothing behind it.
    if (this.#octets > this.#mostWaiting) {
      this.cut();
      return;
    }
    this.#waiting.push(bytes);
    this.#octets += bytes.length;
    this.#wake?.();
  }

  /** Ends it when what waits has been read. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#wake?.();
    this.#released();
  }

  /** Ends it at once, forgetting what waits. */
  cut(): void {
    this.#waiting = [];
    this.#octets = 0;
    this.close();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#waiting.length === 0 && this.#open) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const bytes = this.#waiting.shift();
    if (bytes === undefined) return controller.close();
    this.#octets -= bytes.length;
    controller.enqueue(bytes);
  }
}
