import type { LinkKind } from "../cosem-objects/object.ts";
import type { Notification } from "../dlms/association/events.ts";
import { type NotificationEvent, NotificationReceiver } from "../dlms/association/notification-receiver.ts";
import type { DlmsError } from "../errors.ts";
import { HdlcListener } from "../hdlc/listener.ts";
import type { Channel, StationLink } from "../session/data-link.ts";
import { ServerSession } from "../session/server-session.ts";
import { realTimers, type Timers } from "../session/timers.ts";
import { listenTcp } from "../transport/tcp.ts";
import type { TraceSink } from "../transport/trace.ts";
import type { Listener, Transport } from "../transport/transport.ts";
import { listenUdp } from "../transport/udp.ts";
import { WrapperListener } from "../wrapper/listener.ts";

/** Where a notification came from. */
export interface NotificationSource extends Channel {
  /** Name of the transport: the peer's address. */
  readonly peer: string;
}

export interface NotificationListenerOptions {
  readonly onNotification: (notification: Notification, source: NotificationSource) => void;
  /** What came and was no notification, or could not be understood. */
  readonly onNotUnderstood?: (error: DlmsError, bytes: Uint8Array, source: NotificationSource) => void;
  /** Octets that a notification may have over all its blocks. Default 1 MiB. */
  readonly maxLength?: number;
  /** Peers that may be connected at once. Default 256. */
  readonly maxConnections?: number;
  /** Milliseconds without a byte after which a connection is closed. Default 180 000. */
  readonly idleTimeout?: number;
  readonly timers?: Timers;
  readonly trace?: TraceSink;
}

const defaults = { maxLength: 1024 * 1024, maxConnections: 256, idleTimeout: 180_000 } as const;

/** Hears what meters push by themselves: over TCP and UDP with the wrapper, and in UI frames of HDLC. */
export class NotificationListener {
  readonly #options: NotificationListenerOptions;
  readonly #sessions = new Set<ServerSession<NotificationEvent>>();
  readonly #listeners: Listener[] = [];

  constructor(options: NotificationListenerOptions) {
    this.#options = options;
  }

  /**
   * Listens on TCP, with the wrapper or with HDLC inside, or on UDP with the wrapper.
   * @throws TransportError `open-failed`
   */
  async listen(link: LinkKind, host: string, port: number): Promise<Listener> {
    const { maxConnections = defaults.maxConnections, idleTimeout = defaults.idleTimeout, timers = realTimers } = this.#options;
    const accept = (transport: Transport): void => this.hear(link, transport);
    const listener = await (link === "wrapper-udp"
      ? listenUdp({ host, port, maxPeers: maxConnections, idleTimeout, now: () => timers.now() }, accept)
      : listenTcp({ host, port, maxConnections }, accept));
    this.#listeners.push(listener);
    return listener;
  }

  /** Hears one connected transport: a serial line, or a connection that a meter opened. */
  hear(link: LinkKind, transport: Transport): void {
    const { onNotification, onNotUnderstood, maxLength = defaults.maxLength, timers = realTimers, trace } = this.#options;
    const session: ServerSession<NotificationEvent> = new ServerSession<NotificationEvent>({
      transport,
      link: listenerLink(link),
      timers,
      idleTimeout: this.#options.idleTimeout ?? defaults.idleTimeout,
      ...(trace === undefined ? {} : { trace }),
      accept: () => new NotificationReceiver(maxLength),
      onEvent: (event, channel) => {
        const source = { ...channel, peer: transport.name };
        if (event.type === "notification") onNotification(event.notification, source);
        else onNotUnderstood?.(event.error, event.bytes, source);
      },
      onChannelClosed: () => {},
      onClosed: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
  }

  /** Stops listening and closes every connection. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
    await Promise.all([...this.#sessions].map((session) => session.close()));
  }
}

function listenerLink(link: LinkKind): StationLink {
  return link === "hdlc" ? new HdlcListener() : new WrapperListener({ datagrams: link === "wrapper-udp" });
}
