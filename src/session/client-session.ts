import type { TraceSink } from "../transport/trace.ts";
import type { Transport } from "../transport/transport.ts";
import { Alarm, earlier } from "./alarm.ts";
import type { ClientApplicationConnection } from "./application.ts";
import type { DataLink, LinkEvent } from "./data-link.ts";
import type { Timers } from "./timers.ts";

export interface ClientSessionOptions<Event> {
  readonly transport: Transport;
  readonly link: DataLink;
  readonly application: ClientApplicationConnection<Event>;
  readonly timers: Timers;
  /** Quiet time in ms after which a partial frame is dropped; only links over serial lines need it. */
  readonly silence?: number;
  /** The link is used without being connected: for unconfirmed APDUs alone (broadcast, pre-established associations). */
  readonly connectionless?: boolean;
  readonly trace?: TraceSink;
}

export interface ClientSessionListener<Event> {
  onLinkConnected(): void;
  onLinkDisconnected(reason: "local" | "remote" | "rejected" | "timeout"): void;
  onEvent(event: Event): void;
  /** The transport is gone; nothing follows. */
  onClosed(error: Error | undefined): void;
}

/**
 * The pump of a client: bytes -> link -> APDU -> application -> events, and back; one timer for the earlier of the two
 * deadlines. It decides nothing.
 */
export class ClientSession<Event> {
  readonly #options: ClientSessionOptions<Event>;
  readonly #listener: ClientSessionListener<Event>;
  readonly #alarm: Alarm;
  readonly #silence: Alarm;
  #closed = false;

  constructor(options: ClientSessionOptions<Event>, listener: ClientSessionListener<Event>) {
    this.#options = options;
    this.#listener = listener;
    this.#alarm = new Alarm(options.timers, () => this.#handleTimeout());
    this.#silence = new Alarm(options.timers, () => this.#handleSilence());
    const { transport } = options;
    transport.onClose((error) => this.#finish(error));
    transport.onData((chunk) => this.#receive(chunk));
    transport.onSilence?.(() => this.#handleSilence());
  }

  /** Opens the link; `onLinkConnected` follows, at once where the link has no connection phase. */
  open(): void {
    const { link, timers, connectionless = false } = this.#options;
    if (!connectionless) link.connect(timers.now());
    this.flush();
    if (connectionless || link.state === "connected") this.#listener.onLinkConnected();
  }

  /** Ends the link politely; `onLinkDisconnected` follows. */
  disconnect(): void {
    const { link, timers } = this.#options;
    link.disconnect(timers.now());
    this.flush();
    if (link.state === "disconnected") this.#listener.onLinkDisconnected("local");
  }

  /** Sends whatever the application has queued, and re-arms the timer. To be called after every call into it. */
  flush(): void {
    if (this.#closed) return;
    const { application, link, timers, transport, trace } = this.#options;
    const now = timers.now();
    for (let apdu = application.apduToSend(); apdu !== undefined; apdu = application.apduToSend()) {
      trace?.({ at: now, direction: "sent", layer: "apdu", bytes: apdu.bytes });
      if (apdu.confirmed) link.send(apdu.bytes, now);
      else link.sendUnconfirmed(apdu.bytes, now);
    }
    for (let bytes = link.dataToSend(); bytes !== undefined; bytes = link.dataToSend()) {
      trace?.({ at: now, direction: "sent", layer: "line", bytes });
      transport.write(bytes);
    }
    this.#alarm.set(earlier(link.nextTimeout, application.nextTimeout));
  }

  /** Closes the transport after what was written is sent. */
  async close(): Promise<void> {
    await this.#options.transport.close();
    this.#finish(undefined);
  }

  #receive(chunk: Uint8Array): void {
    const { link, timers, trace, silence } = this.#options;
    const now = timers.now();
    trace?.({ at: now, direction: "received", layer: "line", bytes: chunk });
    if (silence !== undefined) this.#silence.set(now + silence);
    this.#deliver(link.receiveBytes(chunk, now), now);
  }

  #handleTimeout(): void {
    const { link, application, timers } = this.#options;
    const now = timers.now();
    if (link.nextTimeout !== undefined && link.nextTimeout <= now) this.#deliver(link.handleTimeout(now), now);
    if (!this.#closed && application.nextTimeout !== undefined && application.nextTimeout <= now) {
      this.#tell(application.handleTimeout(now));
    }
    this.flush();
  }

  #handleSilence(): void {
    const { link, timers } = this.#options;
    const now = timers.now();
    this.#deliver(link.handleSilence(now), now);
  }

  #deliver(events: readonly LinkEvent[], now: number): void {
    const { application, link, trace, transport } = this.#options;
    let heard = false;
    for (const event of events) {
      if (this.#closed) return;
      switch (event.type) {
        case "apdu":
          trace?.({ at: now, direction: "received", layer: "apdu", bytes: event.bytes });
          this.#tell(application.receiveApdu(event.bytes, now, event.confirmed));
          heard = true;
          break;
        case "connected":
          this.#listener.onLinkConnected();
          break;
        case "disconnected":
          this.#listener.onLinkDisconnected(event.reason);
          break;
        case "discarded":
          trace?.({ at: now, direction: "received", layer: "link", bytes: event.bytes, note: event.reason });
          break;
        case "failed":
          this.#finish(event.error);
          transport.destroy();
          return;
      }
    }
    this.flush();
    if (heard && application.expectsMore) {
      link.poll(now);
      this.flush();
    }
  }

  /** A listener may close the transport in answer to any event, and then hears of no other. */
  #tell(events: readonly Event[]): void {
    for (const event of events) if (!this.#closed) this.#listener.onEvent(event);
  }

  #finish(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#alarm.stop();
    this.#silence.stop();
    this.#listener.onClosed(error);
  }
}
