import { TransportError } from "../errors.ts";
import type { ClientApplicationConnection, OutgoingApdu } from "../session/application.ts";
import { ClientSession } from "../session/client-session.ts";
import type { Channel } from "../session/data-link.ts";
import { realTimers } from "../session/timers.ts";
import { type AssociationOptions, dataLink, type OpenWay } from "./connect.ts";

/** What the link under a channel may be asked for. */
export type RawChannelOptions = Pick<
  AssociationOptions,
  "physicalAddress" | "maxInformationFieldLength" | "windowSize" | "timeout" | "timers" | "trace"
>;

/** What the user of a channel is told. */
export interface RawChannelListener {
  /** An APDU of the meter; the octets are the listener's. */
  onApdu(apdu: Uint8Array): void;
  /** The channel is gone; nothing follows. */
  onClosed(error: Error | undefined): void;
}

const defaultTimeout = 10_000;
const closeTimeout = 2000;

/** A link to a meter that carries APDUs as they are, of an association that somebody else has with it. */
export class RawChannel {
  readonly #application = new PassThrough();
  readonly #session: ClientSession<Uint8Array>;
  readonly #options: RawChannelOptions;
  #opening: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  #linkGone: (() => void) | undefined;
  #closed = false;

  private constructor(
    { transport, link }: OpenWay,
    { clientSap, serverSap }: Channel,
    listener: RawChannelListener,
    options: RawChannelOptions,
  ) {
    const { timers = realTimers, timeout = defaultTimeout, trace } = options;
    this.#options = options;
    const dlmsLink = dataLink(link, clientSap, serverSap, timeout, options);
    this.#session = new ClientSession<Uint8Array>(
      { transport, link: dlmsLink, application: this.#application, timers, ...(trace === undefined ? {} : { trace }) },
      {
        onLinkConnected: () => this.#opening?.resolve(),
        onLinkDisconnected: (reason) => {
          this.#linkGone?.();
          if (reason === "local") return;
          this.#opening?.reject(
            new TransportError("timeout", `no answer at ${transport.name} to the opening of the link`, {
              layer: link === "hdlc" ? "hdlc" : "wrapper",
            }),
          );
          void this.#session.close();
        },
        onEvent: (apdu) => listener.onApdu(apdu),
        onClosed: (error) => {
          this.#closed = true;
          this.#linkGone?.();
          this.#opening?.reject(error ?? new TransportError("closed", `${transport.name} was closed`));
          listener.onClosed(error);
        },
      },
    );
  }

  /**
   * Connects the link on a way that is open; on failure it is closed.
   * @throws TransportError where nobody answers
   */
  static async open(way: OpenWay, channel: Channel, listener: RawChannelListener, options: RawChannelOptions = {}): Promise<RawChannel> {
    const raw = new RawChannel(way, channel, listener, options);
    try {
      await new Promise<void>((resolve, reject) => {
        raw.#opening = { resolve, reject };
        raw.#session.open();
      });
      return raw;
    } catch (error) {
      await raw.#session.close();
      throw error;
    }
  }

  /** Sends an APDU; the answer, if there is one, comes to the listener. */
  send(apdu: Uint8Array): void {
    if (this.#closed) return;
    this.#application.queue(apdu);
    this.#session.flush();
  }

  /** Disconnects the link and closes the way. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const { timers = realTimers } = this.#options;
    await new Promise<void>((resolve) => {
      const cancel = timers.schedule(closeTimeout, resolve);
      this.#linkGone = () => {
        cancel();
        resolve();
      };
      this.#session.disconnect();
    });
    await this.#session.close();
  }
}

/** An application layer that understands nothing but that a stream of blocks goes on (Green Book 9.4.6.13). */
class PassThrough implements ClientApplicationConnection<Uint8Array> {
  readonly nextTimeout: undefined = undefined;
  readonly #waiting: Uint8Array[] = [];
  #expectsMore = false;

  get expectsMore(): boolean {
    return this.#expectsMore;
  }

  queue(apdu: Uint8Array): void {
    this.#waiting.push(apdu);
  }

  receiveApdu(apdu: Uint8Array): Uint8Array[] {
    const [tag, control = 0] = apdu;
    this.#expectsMore = tag === generalBlockTransfer && (control & streaming) !== 0 && (control & lastBlock) === 0;
    return [apdu.slice()];
  }

  handleTimeout(): Uint8Array[] {
    return [];
  }

  apduToSend(): OutgoingApdu | undefined {
    const bytes = this.#waiting.shift();
    return bytes && { bytes, confirmed: true };
  }
}

const generalBlockTransfer = 0xe0;
const lastBlock = 0x80;
const streaming = 0x40;
