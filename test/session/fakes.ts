import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { ClientApplicationConnection, OutgoingApdu } from "../../src/session/application.ts";
import type { Channel, DataLink, LinkEvent, StationEvent, StationLink } from "../../src/session/data-link.ts";
import type { Transport } from "../../src/transport/transport.ts";

/** A transport whose other end is the test. */
export class FakeTransport implements Transport {
  readonly name = "fake";
  readonly written: string[] = [];
  readonly calls: string[] = [];
  /** What `write` answers. */
  keepsUp = true;
  #onData: (chunk: Uint8Array) => void = () => {};
  #onClose: (error?: Error) => void = () => {};
  #onDrain: () => void = () => {};
  #closed = false;

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#onData = listener;
  }
  onClose(listener: (error?: Error) => void): void {
    this.#onClose = listener;
  }
  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }
  write(bytes: Uint8Array): boolean {
    this.written.push(toHex(bytes));
    return this.keepsUp;
  }
  pause(): void {
    this.calls.push("pause");
  }
  resume(): void {
    this.calls.push("resume");
  }
  async close(): Promise<void> {
    this.calls.push("close");
    this.fail();
  }
  destroy(): void {
    this.calls.push("destroy");
    this.fail();
  }

  receive(hex: string): void {
    this.receiveBytes(fromHex(hex));
  }
  receiveBytes(chunk: Uint8Array): void {
    this.#onData(chunk);
  }
  drain(): void {
    this.#onDrain();
  }
  fail(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(error);
  }
  /** What was written since the last call. */
  takeWritten(): string[] {
    return this.written.splice(0);
  }
}

/** The error of a link that has lost the thread. */
export const linkError = new Error("lost the thread");

/**
 * The simplest of lines: octets come in pairs, the first of which says what the second is. 01 connected, 02 disconnected
 * by the peer, AA an APDU of one octet, DD discarded, FF the end.
 */
function eventsOf(chunk: Uint8Array): LinkEvent[] {
  const events: LinkEvent[] = [];
  for (let index = 0; index + 1 < chunk.length; index += 2) {
    const bytes = chunk.subarray(index + 1, index + 2);
    switch (chunk[index]) {
      case 0x01:
        events.push({ type: "connected" });
        break;
      case 0x02:
        events.push({ type: "disconnected", reason: "remote" });
        break;
      case 0xaa:
        events.push({ type: "apdu", bytes, confirmed: true });
        break;
      case 0xdd:
        events.push({ type: "discarded", reason: "noise", bytes });
        break;
      default:
        events.push({ type: "failed", error: linkError });
    }
  }
  return events;
}

/** A client's link that sends an APDU as it is, between 01 for connect and 02 for disconnect. */
export class FakeLink implements DataLink {
  state: DataLink["state"] = "disconnected";
  nextTimeout: number | undefined;
  readonly calls: string[] = [];
  timeoutEvents: LinkEvent[] = [];
  readonly #connectionPhase: boolean;
  readonly #outgoing: Uint8Array[] = [];

  constructor(connectionPhase = false) {
    this.#connectionPhase = connectionPhase;
  }

  connect(now: number): void {
    this.calls.push(`connect ${now}`);
    this.state = this.#connectionPhase ? "connecting" : "connected";
    if (this.#connectionPhase) this.#outgoing.push(Uint8Array.of(1));
  }
  send(apdu: Uint8Array, now: number): void {
    this.calls.push(`send ${toHex(apdu)} ${now}`);
    this.#outgoing.push(apdu);
  }
  sendUnconfirmed(apdu: Uint8Array, now: number): void {
    this.calls.push(`send unconfirmed ${toHex(apdu)} ${now}`);
    this.#outgoing.push(apdu);
  }
  poll(now: number): void {
    this.calls.push(`poll ${now}`);
  }
  disconnect(now: number): void {
    this.calls.push(`disconnect ${now}`);
    this.state = this.#connectionPhase ? "disconnecting" : "disconnected";
    if (this.#connectionPhase) this.#outgoing.push(Uint8Array.of(2));
  }
  receiveBytes(chunk: Uint8Array): LinkEvent[] {
    return eventsOf(chunk);
  }
  handleTimeout(now: number): LinkEvent[] {
    this.calls.push(`timeout ${now}`);
    this.nextTimeout = undefined;
    return this.timeoutEvents;
  }
  handleSilence(now: number): LinkEvent[] {
    this.calls.push(`silence ${now}`);
    return [{ type: "discarded", reason: "incomplete", bytes: Uint8Array.of(0x11) }];
  }
  dataToSend(): Uint8Array | undefined {
    return this.#outgoing.shift();
  }
}

/** A server's link: three octets each, the first two of which name client and server. FF for the client ends it. */
export class FakeStation implements StationLink {
  nextTimeout: number | undefined;
  readonly calls: string[] = [];
  timeoutEvents: StationEvent[] = [];
  readonly #outgoing: Uint8Array[] = [];

  receiveBytes(chunk: Uint8Array): StationEvent[] {
    const events: StationEvent[] = [];
    for (let index = 0; index + 2 < chunk.length; index += 3) {
      const [clientSap, serverSap] = [chunk[index] as number, chunk[index + 1] as number];
      const channel = { clientSap, serverSap };
      const bytes = chunk.subarray(index + 2, index + 3);
      switch (bytes[0]) {
        case 0x01:
          events.push({ type: "opened", channel });
          break;
        case 0x02:
          events.push({ type: "closed", channel, reason: "remote" });
          break;
        case 0x03:
          events.push({ type: "apdu", channel, bytes, confirmed: false });
          break;
        case 0xdd:
          events.push({ type: "discarded", reason: "noise", bytes });
          break;
        case 0xff:
          events.push({ type: "failed", error: linkError });
          break;
        default:
          events.push({ type: "apdu", channel, bytes, confirmed: true });
      }
    }
    return events;
  }
  handleTimeout(now: number): StationEvent[] {
    this.calls.push(`timeout ${now}`);
    this.nextTimeout = undefined;
    return this.timeoutEvents;
  }
  handleSilence(now: number): StationEvent[] {
    this.calls.push(`silence ${now}`);
    return [];
  }
  send(channel: Channel, apdu: Uint8Array): void {
    this.#outgoing.push(Uint8Array.of(channel.clientSap, channel.serverSap, ...apdu));
  }
  sendUnconfirmed(channel: Channel, apdu: Uint8Array): void {
    this.calls.push(`send unconfirmed ${toHex(apdu)}`);
    this.send(channel, apdu);
  }
  dataToSend(): Uint8Array | undefined {
    return this.#outgoing.shift();
  }
}

/** An APDU that begins with this is sent without being confirmed. */
export const unconfirmedRequest = 0x7f;

/** An application whose events are what it heard, and whose answers are what the test queued. */
export class FakeApplication implements ClientApplicationConnection<string> {
  nextTimeout: number | undefined;
  expectsMore = false;
  readonly outgoing: Uint8Array[] = [];
  /** Answers each APDU with the one after it. */
  answers = false;

  receiveApdu(apdu: Uint8Array, now: number, confirmed: boolean): string[] {
    if (this.answers && confirmed) this.outgoing.push(Uint8Array.of((apdu[0] as number) + 1));
    return [`${toHex(apdu)} at ${now}`];
  }
  handleTimeout(now: number): string[] {
    this.nextTimeout = undefined;
    return [`timeout at ${now}`];
  }
  apduToSend(): OutgoingApdu | undefined {
    const bytes = this.outgoing.shift();
    return bytes && { bytes, confirmed: bytes[0] !== unconfirmedRequest };
  }
}
