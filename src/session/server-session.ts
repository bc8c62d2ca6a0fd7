import type { TraceSink } from "../transport/trace.ts";
import type { Transport } from "../transport/transport.ts";
import { Alarm, earlier } from "./alarm.ts";
import type { ApplicationConnection } from "./application.ts";
import type { Channel, StationEvent, StationLink } from "./data-link.ts";
import type { Timers } from "./timers.ts";

export interface ServerSessionOptions<Event> {
  readonly transport: Transport;
  readonly link: StationLink;
  readonly timers: Timers;
  /** The application layer of a channel that is used for the first time; undefined when the address is nobody's. */
  readonly accept: (channel: Channel) => ApplicationConnection<Event> | undefined;
  /** Handles one event of a channel. It may answer later, and then calls `flush`. */
  readonly onEvent: (event: Event, channel: Channel) => void;
  /** A channel ended: release what was held for it. */
  readonly onChannelClosed: (channel: Channel) => void;
  readonly onClosed: (error: Error | undefined) => void;
  /** Milliseconds without a byte after which the transport is closed; undefined for never. */
  readonly idleTimeout?: number;
  /**
   * Milliseconds that a peer has to complete an APDU, from connecting and from the first octet since the last APDU or
   * answer; undefined for ever. Not for shared lines, where most of what is heard is not for this end.
   */
  readonly apduTimeout?: number;
  readonly silence?: number;
  readonly trace?: TraceSink;
  /** Channels one peer may hold open on this transport. */
  readonly maxChannels?: number;
}

interface OpenChannel<Event> {
  readonly channel: Channel;
  readonly application: ApplicationConnection<Event>;
}

const defaultMaxChannels = 16;

/** Octets of answers that are handed to the transport together. */
const flushAt = 0x10000;

/** Milliseconds that one peer may keep the process busy before others have their turn. */
const turn = 10;

/**
 * The pump of a server: like the client's, with one application connection for each (client, server) pair. What a peer asks
 * for beyond what it reads, or beyond its turn, waits; meanwhile nothing more is heard of it.
 */
export class ServerSession<Event> {
  readonly #options: ServerSessionOptions<Event>;
  readonly #channels = new Map<number, OpenChannel<Event>>();
  readonly #alarm: Alarm;
  readonly #silence: Alarm;
  readonly #idle: Alarm;
  readonly #overdue: Alarm;
  readonly #nextTurn: Alarm;
  /** What was heard and not looked at yet. */
  #waiting: readonly StationEvent[] = [];
  /** Octets of answers since the transport was last handed any. */
  #unsent = 0;
  #owesApdu = false;
  #closed = false;
  #paused = false;
  /** The transport takes no more until it has drained. */
  #congested = false;

  constructor(options: ServerSessionOptions<Event>) {
    this.#options = options;
    const { transport, timers } = options;
    this.#alarm = new Alarm(timers, () => this.#handleTimeout());
    this.#silence = new Alarm(timers, () => this.#handleSilence());
    this.#idle = new Alarm(timers, () => transport.destroy());
    this.#overdue = new Alarm(timers, () => {
      if (this.#owesApdu) transport.destroy();
    });
    this.#nextTurn = new Alarm(timers, () => this.#goOn());
    transport.onClose((error) => this.#finish(error));
    transport.onDrain(() => {
      this.#congested = false;
      this.#goOn();
    });
    transport.onData((chunk) => this.#receive(chunk));
    transport.onSilence?.(() => this.#handleSilence());
    this.#touch(timers.now());
    this.#expectApdu(timers.now());
    this.flush();
  }

  /** The peer does not read what it was sent already. */
  get congested(): boolean {
    return this.#congested;
  }

  /** Sends what the channels have queued, and re-arms the timers. To be called after a late answer. */
  flush(): void {
    if (this.#closed) return;
    const now = this.#options.timers.now();
    for (const open of this.#channels.values()) this.#drain(open, now);
    this.#transmit(now);
  }

  /** Opens a channel that nobody has used yet, for what is sent without being asked; false where there is none. */
  open(channel: Channel): boolean {
    return this.#open(channel) !== undefined;
  }

  async close(): Promise<void> {
    await this.#options.transport.close();
    this.#finish(undefined);
  }

  #receive(chunk: Uint8Array): void {
    const { link, timers, trace, silence } = this.#options;
    const now = timers.now();
    trace?.({ at: now, direction: "received", layer: "line", bytes: chunk });
    this.#touch(now);
    this.#expectApdu(now);
    if (silence !== undefined) this.#silence.set(now + silence);
    this.#deliver(link.receiveBytes(chunk, now), now);
  }

  #deliver(events: readonly StationEvent[], now: number): void {
    if (this.#waiting.length === 0) this.#handleAll(events, now);
    else this.#waiting = [...this.#waiting, ...events.map(kept)];
  }

  #handleAll(events: readonly StationEvent[], now: number): void {
    const { timers } = this.#options;
    let done = 0;
    for (const event of events) {
      this.#handle(event, now);
      if (this.#closed) return;
      done += 1;
      if (this.#unsent >= flushAt) this.#transmit(now);
      if (done < events.length && (this.#congested || timers.now() - now > turn)) {
        this.#waiting = events.slice(done).map(kept);
        break;
      }
    }
    this.#transmit(now);
    if (this.#waiting.length > 0 && !this.#congested) this.#nextTurn.set(timers.now());
    if (this.#waiting.length > 0 || this.#congested) this.#pause();
  }

  /** Goes on with what waits, and hears more when it is done. */
  #goOn(): void {
    if (this.#closed || this.#congested) return;
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) this.#handleAll(events, this.#options.timers.now());
    if (this.#waiting.length === 0 && !this.#congested) this.#resume();
  }

  #handle(event: StationEvent, now: number): void {
    switch (event.type) {
      case "apdu":
        this.#receiveApdu(event, now);
        break;
      case "opened":
      case "closed":
        this.#forget(event.channel);
        break;
      case "discarded":
        this.#options.trace?.({ at: now, direction: "received", layer: "link", bytes: event.bytes, note: event.reason });
        break;
      case "failed":
        this.#finish(event.error);
        this.#options.transport.destroy();
        break;
    }
  }

  #receiveApdu(event: StationEvent & { readonly type: "apdu" }, now: number): void {
    const { trace } = this.#options;
    const open = this.#open(event.channel);
    if (open === undefined) return;
    this.#owesApdu = false;
    trace?.({ at: now, direction: "received", layer: "apdu", bytes: event.bytes });
    this.#tell(open.application.receiveApdu(event.bytes, now, event.confirmed), open.channel);
    this.#drain(open, now);
  }

  #open(channel: Channel): OpenChannel<Event> | undefined {
    const key = keyOf(channel);
    const known = this.#channels.get(key);
    if (known !== undefined) return known;
    if (this.#channels.size >= (this.#options.maxChannels ?? defaultMaxChannels)) return undefined;
    const application = this.#options.accept(channel);
    if (application === undefined) return undefined;
    const open = { channel: { ...channel }, application };
    this.#channels.set(key, open);
    return open;
  }

  #forget(channel: Channel): void {
    const key = keyOf(channel);
    const known = this.#channels.get(key);
    if (known === undefined) return;
    this.#channels.delete(key);
    this.#options.onChannelClosed(known.channel);
  }

  #drain(open: OpenChannel<Event>, now: number): void {
    const { link, trace } = this.#options;
    for (let apdu = open.application.apduToSend(); apdu !== undefined; apdu = open.application.apduToSend()) {
      trace?.({ at: now, direction: "sent", layer: "apdu", bytes: apdu.bytes });
      this.#unsent += apdu.bytes.length;
      if (apdu.confirmed) link.send(open.channel, apdu.bytes, now);
      else link.sendUnconfirmed(open.channel, apdu.bytes, now);
    }
  }

  #transmit(now: number): void {
    if (this.#closed) return;
    const { link, transport, trace } = this.#options;
    this.#unsent = 0;
    for (let bytes = link.dataToSend(); bytes !== undefined; bytes = link.dataToSend()) {
      trace?.({ at: now, direction: "sent", layer: "line", bytes });
      this.#owesApdu = false;
      if (!transport.write(bytes)) this.#congested = true;
    }
    // The peer asks faster than it reads: hear no more requests until it has caught up.
    if (this.#congested) this.#pause();
    let deadline = link.nextTimeout;
    for (const open of this.#channels.values()) deadline = earlier(deadline, open.application.nextTimeout);
    this.#alarm.set(deadline);
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#options.transport.pause();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#options.transport.resume();
  }

  #handleTimeout(): void {
    const { link, timers } = this.#options;
    const now = timers.now();
    for (const { application, channel } of [...this.#channels.values()]) {
      if (application.nextTimeout !== undefined && application.nextTimeout <= now) this.#tell(application.handleTimeout(now), channel);
    }
    if (this.#closed) return;
    if (link.nextTimeout !== undefined && link.nextTimeout <= now) this.#deliver(link.handleTimeout(now), now);
    this.flush();
  }

  #handleSilence(): void {
    const { link, timers } = this.#options;
    const now = timers.now();
    this.#deliver(link.handleSilence(now), now);
  }

  /** A handler may close the transport in answer to any event, and then hears of no other. */
  #tell(events: readonly Event[], channel: Channel): void {
    for (const event of events) if (!this.#closed) this.#options.onEvent(event, channel);
  }

  #touch(now: number): void {
    const { idleTimeout } = this.#options;
    if (idleTimeout !== undefined) this.#idle.set(now + idleTimeout);
  }

  #expectApdu(now: number): void {
    const { apduTimeout } = this.#options;
    if (apduTimeout === undefined || this.#owesApdu) return;
    this.#owesApdu = true;
    this.#overdue.set(now + apduTimeout);
  }

  #finish(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    for (const alarm of [this.#alarm, this.#silence, this.#idle, this.#overdue, this.#nextTurn]) alarm.stop();
    for (const { channel } of this.#channels.values()) this.#options.onChannelClosed(channel);
    this.#channels.clear();
    this.#options.onClosed(error);
  }
}

/** An event that outlives the link's buffer. */
function kept(event: StationEvent): StationEvent {
  return "bytes" in event ? { ...event, bytes: event.bytes.slice() } : event;
}

function keyOf(channel: Channel): number {
  return channel.clientSap * 0x10000 + channel.serverSap;
}
