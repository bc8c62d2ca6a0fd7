import { LocalProtocolError } from "../errors.ts";
import { type HdlcAddressOptions, hdlcAddress, isBroadcast } from "../hdlc/address.ts";
import { FrameDecoder, type FrameEvent } from "../hdlc/frame-decoder.ts";
import { realTimers, type Timers } from "../session/timers.ts";
import type { Transport } from "../transport/transport.ts";
import { LineClock } from "./line-clock.ts";
import { LineEnd, type LineOfEnds } from "./line-end.ts";

export interface SharedLineOptions {
  readonly transport: Transport;
  readonly timers?: Timers;
  /**
   * Milliseconds of quiet after which a turn is over although nobody has given it back, for users of an end that neither
   * ask again nor leave. Longer than the response time-out of the links. Default 10 000.
   */
  readonly turnTimeout?: number;
}

/** Which meter an end of a shared line is for, and who is calling. */
export interface LineEndOptions {
  readonly clientSap: number;
  readonly serverAddress: HdlcAddressOptions;
}

/**
 * One physical line with several meters on it (RS-485, a serial server), for links of one client that each believe to be
 * alone. One at a time has the line, from the frame that gives a meter the turn until the meter gives it back, asks its
 * link in vain, or leaves; then comes whoever has waited longest. Links stay open in between (IEC 62056-46 6.4.2).
 */
export class SharedLine implements LineOfEnds {
  readonly transport: Transport;
  readonly #timers: Timers;
  readonly #turnTimeout: number;
  readonly #decoder = new FrameDecoder();
  readonly #ends = new Set<LineEnd>();
  /** Those who wait, in order; each once. */
  readonly #queue = new Set<LineEnd>();
  readonly #paused = new Set<LineEnd>();
  #holder: LineEnd | undefined;
  /** The meter has given the turn back, in octets that are still being handed out. */
  #returned = false;
  #cancelTimeout: () => void = () => {};

  constructor({ transport, timers = realTimers, turnTimeout = 10_000 }: SharedLineOptions) {
    this.transport = transport;
    this.#timers = timers;
    this.#turnTimeout = turnTimeout;
    transport.onData((chunk) => this.#receive(chunk));
    transport.onDrain(() => this.#each((end) => end.drain()));
    transport.onClose((error) => this.#each((end) => end.finish(error)));
  }

  /**
   * The end for one meter: a transport, and the clock that the session over it has to use.
   * @throws LocalProtocolError for an address that has no form.
   */
  end({ clientSap, serverAddress }: LineEndOptions): LineEnd {
    const end = new LineEnd(this, new LineClock(this.#timers), clientSap, hdlcAddress(serverAddress));
    this.#ends.add(end);
    return end;
  }

  /** Closes the line for everybody. */
  async close(): Promise<void> {
    this.#each((end) => end.destroy());
    await this.transport.close();
  }

  request(end: LineEnd): void {
    if (!this.#ends.has(end)) throw new LocalProtocolError("write on an end of another line", { layer: "hdlc" });
    if (end === this.#holder) {
      // Whoever asks again has waited for the answer in vain; the others have waited longer.
      if (!this.#returned) this.#release();
      return;
    }
    this.#wait(end);
    if (this.#holder === undefined) this.#grantNext();
  }

  leave(end: LineEnd): void {
    this.#ends.delete(end);
    this.#queue.delete(end);
    this.resume(end);
    if (end === this.#holder && !this.#returned) this.#release();
  }

  pause(end: LineEnd): void {
    this.#paused.add(end);
    this.transport.pause();
  }

  resume(end: LineEnd): void {
    if (this.#paused.delete(end) && this.#paused.size === 0) this.transport.resume();
  }

  #receive(chunk: Uint8Array): void {
    const holder = this.#holder;
    if (holder !== undefined) this.#watch();
    this.#decoder.append(chunk);
    this.#takeFrames(holder);
    // All of it, noise and beginnings of frames too: the link judges and times them itself.
    holder?.receive(chunk);
    if (!this.#returned) return;
    this.#returned = false;
    this.#release();
  }

  #takeFrames(holder: LineEnd | undefined): void {
    for (let event = this.#decoder.next(); event !== undefined; event = this.#decoder.next()) this.#onFrame(event, holder);
  }

  #onFrame(event: FrameEvent, holder: LineEnd | undefined): void {
    if (event.type !== "frame") return;
    const { frame, bytes } = event;
    if (holder?.concerns(frame) === true) {
      if (frame.control.pollFinal) this.#returned = true;
      return;
    }
    // What a meter says late, or by itself, is for its own link, whoever has the line.
    for (const end of this.#ends) if (end !== holder && end.concerns(frame)) end.receive(withFlags(bytes));
  }

  #wait(end: LineEnd): void {
    this.#queue.add(end);
    end.timers.stop();
  }

  /** The turn is over: the next one has the line, and after it those who have more to say. */
  #release(): void {
    const end = this.#holder;
    this.#cancelTimeout();
    this.#holder = undefined;
    if (end !== undefined && this.#ends.has(end) && end.pending.length > 0) this.#wait(end);
    this.#grantNext();
  }

  #grantNext(): void {
    while (this.#holder === undefined) {
      const [end] = this.#queue;
      if (end === undefined) return;
      this.#queue.delete(end);
      this.#holder = end;
      end.timers.start();
      if (this.#transmit(end)) this.#watch();
      else this.#holder = undefined;
      if (end.pending.length === 0) end.flushed();
    }
  }

  /** Writes up to the first frame that gives the turn away; false when there is none and nobody will answer. */
  #transmit(end: LineEnd): boolean {
    // What is unfinished when the line is ours was noise; it must not swallow the answer.
    this.#decoder.silence();
    this.#takeFrames(undefined);
    for (let bytes = end.pending.shift(); bytes !== undefined; bytes = end.pending.shift()) {
      this.transport.write(bytes);
      if (expectsAnswer(bytes)) return true;
    }
    return false;
  }

  #watch(): void {
    this.#cancelTimeout();
    this.#cancelTimeout = this.#timers.schedule(this.#turnTimeout, () => this.#release());
  }

  #each(visit: (end: LineEnd) => void): void {
    for (const end of [...this.#ends]) visit(end);
  }
}

/** Some frame of ours has P=1 and goes to one station. */
function expectsAnswer(bytes: Uint8Array): boolean {
  const decoder = new FrameDecoder();
  decoder.append(bytes);
  for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
    if (event.type === "frame" && event.frame.control.pollFinal && !isBroadcast(event.frame.destination)) return true;
  }
  return false;
}

const flag = 0x7e;

function withFlags(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(bytes.length + 2);
  framed.set(bytes, 1);
  framed[0] = flag;
  framed[framed.length - 1] = flag;
  return framed;
}
