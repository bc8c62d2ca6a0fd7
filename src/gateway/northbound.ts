import type { RawChannel, RawChannelListener } from "../client/raw-channel.ts";
import { type DlmsError, TransportError } from "../errors.ts";
import type { Channel } from "../session/data-link.ts";
import type { Timers } from "../session/timers.ts";
import type { Transport } from "../transport/transport.ts";
import { encodeWpdu, maxWpduPayload, type Wpdu } from "../wrapper/header.ts";
import { WpduDecoder } from "../wrapper/wpdu-decoder.ts";
import { addPrefix, type PrefixedApdu, takePrefix } from "./gateway-prefix.ts";
import type { Line, LineUser } from "./line.ts";

/** A meter that a head-end may reach through the gateway. */
export interface ReachableMeter {
  readonly meterId: string;
  readonly line: Line;
  /** Opens a link to it for a head-end's client. */
  readonly open: (channel: Channel, listener: RawChannelListener) => Promise<RawChannel>;
}

/** Finds the meter that an APDU is for; undefined where there is none. */
export type MeterFinder = (place: Pick<PrefixedApdu, "networkId" | "address"> | undefined) => ReachableMeter | undefined;

export interface HeadEndOptions {
  readonly transport: Transport;
  readonly find: MeterFinder;
  readonly timers: Timers;
  /** Told when a head-end has a meter, and when it has not any more. */
  readonly onSession: (meterId: string, state: "opened" | "closed") => void;
  readonly onFailure: (meterId: string | undefined, error: unknown) => void;
  readonly onClosed: () => void;
}

/** Quiet time after which a head-end gives the line back; ms. */
const idleTimeout = 30_000;
/** APDUs that wait for a link; more is no dialogue. */
const mostWaiting = 16;

const releaseRequest = 0x62;
const releaseResponse = 0x63;

/**
 * A head-end that reaches meters through the gateway: wrapper PDUs on one side, whatever the meter speaks on the other,
 * and the APDUs untouched in between, so that what is ciphered stays so. It has the line of a meter from its first APDU
 * to its release, before everything the gateway does by itself.
 */
export class HeadEnd {
  readonly #options: HeadEndOptions;
  readonly #decoder = new WpduDecoder(maxWpduPayload);
  #session: HeadEndSession | undefined;
  #closed = false;

  constructor(options: HeadEndOptions) {
    this.#options = options;
    const { transport } = options;
    transport.onData((chunk) => this.#receive(chunk));
    transport.onClose(() => {
      this.#closed = true;
      this.#session?.end();
      options.onClosed();
    });
  }

  /** Closes the connection, and gives back what it has. */
  async close(): Promise<void> {
    await this.#options.transport.close();
    await this.#session?.ended;
  }

  #receive(chunk: Uint8Array): void {
    for (const wpdu of this.#decoder.receive(chunk)) this.#take(wpdu);
    if (this.#decoder.fault !== undefined) this.#refuse(undefined, this.#decoder.fault);
  }

  #take({ sourceWPort, destinationWPort, apdu }: Wpdu): void {
    if (this.#closed) return;
    const prefixed = takePrefix(apdu);
    const meter = this.#options.find(prefixed);
    if (meter === undefined) {
      this.#refuse(undefined, new TransportError("refused", "a head-end asks for a meter that is not there"));
      return;
    }
    const channel = { clientSap: sourceWPort, serverSap: destinationWPort };
    const current = this.#session;
    if (current === undefined || current.over || !current.isFor(meter, channel)) {
      // One dialogue at a time: the next one waits until the line of this one is free.
      current?.end();
      this.#session = new HeadEndSession(meter, channel, this.#options.timers, {
        onApdu: (answer) => {
          const body = prefixed === undefined ? answer : addPrefix(prefixed, answer);
          const { transport } = this.#options;
          transport.write(encodeWpdu({ sourceWPort: destinationWPort, destinationWPort: sourceWPort, apdu: body }, maxWpduPayload));
        },
        onState: (state) => this.#options.onSession(meter.meterId, state),
        // Whoever waits for an answer learns that none will come.
        onFailure: (error) => this.#refuse(meter.meterId, error),
      });
    }
    if (this.#session?.send((prefixed?.apdu ?? apdu).slice()) === false) {
      this.#refuse(meter.meterId, new TransportError("closed", "a head-end does not wait for answers"));
    }
  }

  #refuse(meterId: string | undefined, error: DlmsError | unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.onFailure(meterId, error);
    this.#session?.end();
    this.#options.transport.destroy();
  }
}

/** A dialogue of a head-end with one meter. */
class HeadEndSession implements LineUser {
  /** Resolves when the line is free again. */
  readonly ended: Promise<void>;
  readonly #meter: ReachableMeter;
  readonly #channel: Channel;
  readonly #timers: Timers;
  readonly #listener: SessionListener;
  readonly #waiting: Uint8Array[] = [];
  #raw: RawChannel | undefined;
  #finish: () => void = () => {};
  #cancelIdle: (() => void) | undefined;
  #releasing = false;
  #over = false;

  constructor(meter: ReachableMeter, channel: Channel, timers: Timers, listener: SessionListener) {
    this.#meter = meter;
    this.#channel = channel;
    this.#timers = timers;
    this.#listener = listener;
    this.ended = meter.line
      .run(this, "head-end", () => this.#talk())
      .catch((error: unknown) => {
        this.#over = true;
        listener.onFailure(error);
      });
  }

  /** The line has been given back, or soon will be. */
  get over(): boolean {
    return this.#over;
  }

  isFor({ meterId }: ReachableMeter, { clientSap, serverSap }: Channel): boolean {
    return meterId === this.#meter.meterId && clientSap === this.#channel.clientSap && serverSap === this.#channel.serverSap;
  }

  /** False when too much waits already. */
  send(apdu: Uint8Array): boolean {
    if (this.#waiting.length >= mostWaiting) return false;
    if (apdu[0] === releaseRequest) this.#releasing = true;
    this.#watch();
    if (this.#raw === undefined) this.#waiting.push(apdu);
    else this.#raw.send(apdu);
    return true;
  }

  end(): void {
    this.#over = true;
    this.#cancelIdle?.();
    this.#finish();
  }

  /** Nothing stays open between turns. */
  async release(): Promise<void> {}

  async #talk(): Promise<void> {
    if (this.#over) return;
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    const raw = await this.#meter.open(this.#channel, {
      onApdu: (apdu) => {
        this.#watch();
        this.#listener.onApdu(apdu);
        if (this.#releasing && apdu[0] === releaseResponse) this.end();
      },
      onClosed: () => {
        if (this.#over) return;
        this.end();
        this.#listener.onFailure(new TransportError("closed", "the meter ended the link"));
      },
    });
    try {
      this.#listener.onState("opened");
      this.#raw = raw;
      for (const apdu of this.#waiting.splice(0)) raw.send(apdu);
      if (!this.#over) await finished;
    } finally {
      await raw.close();
      this.#listener.onState("closed");
    }
  }

  #watch(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = this.#timers.schedule(idleTimeout, () => this.end());
  }
}

interface SessionListener {
  onApdu(apdu: Uint8Array): void;
  onState(state: "opened" | "closed"): void;
  onFailure(error: unknown): void;
}
