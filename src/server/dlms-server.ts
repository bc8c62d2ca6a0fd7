import type { LogicalDevice, ObjectView, VisibleObject } from "../cosem-objects/logical-device.ts";
import type { LinkKind } from "../cosem-objects/object.ts";
import type { Notification } from "../dlms/association/events.ts";
import type { NegotiatedContext, Referencing } from "../dlms/association/negotiation.ts";
import { overheadOf } from "../dlms/association/protection.ts";
import { DlmsServerConnection } from "../dlms/association/server-connection.ts";
import type { AttemptLimiter } from "../dlms/association/server-options.ts";
import { type RandomSource, secureRandom } from "../dlms/security/secure-random.ts";
import { LocalProtocolError, type SecurityError } from "../errors.ts";
import { HdlcStation, type HdlcStationOptions } from "../hdlc/station.ts";
import type { Channel, StationLink } from "../session/data-link.ts";
import { realTimers, type Timers } from "../session/timers.ts";
import { listenTcp } from "../transport/tcp.ts";
import type { TraceSink } from "../transport/trace.ts";
import type { Listener, Transport } from "../transport/transport.ts";
import { listenUdp } from "../transport/udp.ts";
import { maxDatagramPayload } from "../wrapper/header.ts";
import { WrapperStation } from "../wrapper/station.ts";
import type { AssociationDeclaration, AssociationTable, PreEstablished } from "./associations.ts";
import { AttemptBook, type AttemptLimits } from "./attempt-limiter.ts";
import { Dispatcher, type ServiceHandler } from "./dispatcher.ts";
import { requestDefaults } from "./request-scope.ts";
import { ServedTransport, type ServiceObserver } from "./served-transport.ts";
import { ShortNameDispatcher } from "./short-name-dispatcher.ts";
import { SourceCounter } from "./source-counter.ts";

/** Objects that one association has for itself, its association object among them. */
export type OwnObjects = (declaration: AssociationDeclaration, view: ObjectView, referencing: Referencing) => readonly VisibleObject[];

export interface DlmsServerOptions {
  readonly logicalDevices: readonly LogicalDevice[];
  readonly associations: AssociationTable;
  readonly ownObjects: OwnObjects;
  /** What the device does around each service. */
  readonly observer?: ServiceObserver;
  /** Longest APDU the server takes. */
  readonly maxReceivePduSize?: number;
  /** Octets that the results of one request may take together; what does not fit is refused. */
  readonly maxAnswerLength?: number;
  readonly hdlc?: Partial<HdlcStationOptions>;
  /** Milliseconds without a byte after which a TCP connection is closed (class 41, inactivity_time_out). */
  readonly idleTimeout?: number;
  /** Milliseconds that a TCP client has to complete an APDU, from connecting and from its first octet. */
  readonly apduTimeout?: number;
  /** Connections, or peers over UDP, of one listener. */
  readonly maxConnections?: number;
  /** The same from one address, so that nobody takes all of them; half of them by default. */
  readonly maxConnectionsPerSource?: number;
  /** How often wrong secrets are looked at. */
  readonly attempts?: AttemptLimits;
  /** An APDU was refused for its protection: replayed, or not to be opened. */
  readonly onInsecure?: (error: SecurityError) => void;
  /** What the device itself says to secrets that are tried over a link, besides that. */
  readonly portGuard?: (link: LinkKind) => AttemptLimiter | undefined;
  /** Where challenges come from; the platform's source by default. */
  readonly random?: RandomSource;
  readonly timers?: Timers;
  readonly trace?: TraceSink;
  /** Failures of handlers: bugs of ours, never of the client. */
  readonly onFailure?: (error: unknown) => void;
}

const defaults = { maxReceivePduSize: 0xffff, idleTimeout: 180_000, apduTimeout: 30_000, maxConnections: 256 } as const;

/** Serves logical devices to any number of clients over any number of transports. */
export class DlmsServer {
  readonly #options: DlmsServerOptions;
  readonly #devices: ReadonlyMap<number, LogicalDevice>;
  readonly #views = new Map<string, ObjectView>();
  readonly #served = new Set<ServedTransport>();
  readonly #listeners: Listener[] = [];
  readonly #attempts: AttemptBook;

  constructor(options: DlmsServerOptions) {
    this.#options = options;
    this.#attempts = new AttemptBook(options.attempts);
    this.#devices = new Map(options.logicalDevices.map((device) => [device.sap, device]));
  }

  /**
   * Listens on TCP, with the wrapper or with HDLC inside, or on UDP with the wrapper.
   * @throws TransportError `open-failed`
   */
  async listen(link: LinkKind, host: string, port: number): Promise<Listener> {
    const { maxConnections = defaults.maxConnections, timers = realTimers } = this.#options;
    const { maxConnectionsPerSource = Math.ceil(maxConnections / 2), apduTimeout = defaults.apduTimeout } = this.#options;
    const connections = new SourceCounter(maxConnectionsPerSource);
    // A datagram is whole or nothing, and one that makes no sense may be anybody's.
    const pace = link === "wrapper-udp" ? {} : { apduTimeout };
    const accept = (transport: Transport): void => {
      const source = sourceOf(transport);
      if (connections.take(source)) this.#serve(link, transport, { ...pace, onClosed: () => connections.release(source) });
      else transport.destroy();
    };
    const listener = await (link === "wrapper-udp"
      ? listenUdp({ host, port, maxPeers: maxConnections, idleTimeout: peerIdleTimeout, now: () => timers.now() }, accept)
      : listenTcp({ host, port, maxConnections }, accept));
    this.#listeners.push(listener);
    return listener;
  }

  /** Serves one connected transport. */
  serve(link: LinkKind, transport: Transport): void {
    this.#serve(link, transport);
  }

  /**
   * Sends a notification to a client wherever it has an association, or a pre-established one on a channel in use.
   * @returns on how many transports it went out
   * @throws LocalProtocolError where the client did not agree to such notifications
   */
  notify(channel: Channel, notification: Notification): number {
    let count = 0;
    for (const served of this.#served) if (served.notify(channel, notification)) count += 1;
    return count;
  }

  /**
   * Sends a notification over a transport that we opened ourselves, in a pre-established association. The transport is
   * served from then on: a client that confirms, or asks, is heard.
   * @throws LocalProtocolError where there is no pre-established association with the client
   */
  push(link: LinkKind, transport: Transport, channel: Channel, notification: Notification): void {
    const served = this.#serve(link, transport);
    if (!served.open(channel) || !served.notify(channel, notification)) {
      throw new LocalProtocolError(`client ${channel.clientSap} has no pre-established association`);
    }
  }

  /** Stops listening and closes every connection. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
    await Promise.all([...this.#served].map((served) => served.close()));
  }

  #serve(link: LinkKind, transport: Transport, connection: Connection = {}): ServedTransport {
    const { timers = realTimers, idleTimeout = defaults.idleTimeout, trace, observer = {}, onFailure } = this.#options;
    const { maxAnswerLength = requestDefaults.maxAnswerLength } = this.#options;
    const served: ServedTransport = new ServedTransport({
      transport,
      link: this.#link(link),
      timers,
      idleTimeout,
      ...(connection.apduTimeout === undefined ? {} : { apduTimeout: connection.apduTimeout }),
      ...(trace === undefined ? {} : { trace }),
      connect: (channel) => this.#connect(channel, link, sourceOf(transport)),
      handler: (channel, context) => this.#handler(channel, context, link),
      observer,
      maxAnswerLength,
      onFailure,
      onClosed: () => {
        this.#served.delete(served);
        connection.onClosed?.();
      },
    });
    this.#served.add(served);
    return served;
  }

  #link(kind: LinkKind): StationLink {
    const logicalDevices = [...this.#devices.keys()];
    if (kind === "wrapper") return new WrapperStation({ logicalDevices });
    if (kind === "wrapper-udp") {
      const { idleTimeout = defaults.idleTimeout } = this.#options;
      return new WrapperStation({ logicalDevices, datagrams: true, inactivityTimeout: idleTimeout });
    }
    return new HdlcStation({ physicalAddress: defaultPhysicalAddress, ...this.#options.hdlc, logicalDevices });
  }

  /** Undefined for a logical device that is not here: nobody answers (IEC 62056-47). */
  #connect({ clientSap, serverSap }: Channel, link: LinkKind, source: string): DlmsServerConnection | undefined {
    if (!this.#devices.has(serverSap)) return undefined;
    const { associations, maxReceivePduSize = defaults.maxReceivePduSize } = this.#options;
    const declaration = associations.find(clientSap);
    return new DlmsServerConnection({
      clientSap,
      serverSap,
      authentication: declaration?.authentication,
      security: declaration?.security,
      limiter: both(this.#attempts.limiterOf(clientSap, source), this.#options.portGuard?.(link)),
      ...(this.#options.onInsecure && { onInsecure: this.#options.onInsecure }),
      random: this.#options.random ?? secureRandom,
      maxReceivePduSize,
      servesShortNames: this.#devices.get(serverSap)?.shortNames !== undefined,
      ...(link === "wrapper-udp" ? { maxSendPduSize: maxDatagramPayload } : {}),
      ...(declaration?.preEstablished === undefined
        ? {}
        : { preEstablished: preEstablishedContext({ clientSap, serverSap }, declaration, declaration.preEstablished, maxReceivePduSize) }),
    });
  }

  #handler(channel: Channel, association: NegotiatedContext, link: LinkKind): ServiceHandler | undefined {
    const view = this.#view(channel, association.referencing);
    if (view === undefined) return undefined;
    const dispatcher = new Dispatcher(view, { association, link });
    const names = this.#devices.get(channel.serverSap)?.shortNames;
    return association.referencing === "short-name" && names !== undefined ? new ShortNameDispatcher(dispatcher, view, names) : dispatcher;
  }

  #view({ clientSap, serverSap }: Channel, referencing: Referencing): ObjectView | undefined {
    const declaration = this.#options.associations.find(clientSap);
    const device = this.#devices.get(serverSap);
    if (declaration === undefined || device === undefined) return undefined;
    const key = `${clientSap}/${serverSap}/${referencing}`;
    let view = this.#views.get(key);
    if (view === undefined) {
      view = device.view(declaration.role, (built) => this.#options.ownObjects(declaration, built, referencing));
      this.#views.set(key, view);
    }
    return view;
  }
}

/** What both allow; the port is asked first, so that what it refuses is not held against the client. */
function both(client: AttemptLimiter, port: AttemptLimiter | undefined): AttemptLimiter {
  if (port === undefined) return client;
  return {
    mayTry: (now) => port.mayTry(now) && client.mayTry(now),
    failed: (now) => {
      client.failed(now);
      port.failed(now);
    },
    succeeded: (now) => port.succeeded?.(now),
  };
}

/** What holds for a transport that a client has opened to a listener, and not for a line. */
interface Connection {
  readonly apduTimeout?: number;
  readonly onClosed?: () => void;
}

/** A UDP peer quiet for this long may have to make room for another, in ms. */
const peerIdleTimeout = 10_000;

/** Lower HDLC address most meters leave the factory with. */
const defaultPhysicalAddress = 17;

/** The peer's address without its port, which is another for each connection. */
function sourceOf({ name }: Transport): string {
  return name.replace(/:\d+$/, "");
}

function preEstablishedContext(
  { clientSap, serverSap }: Channel,
  { security }: AssociationDeclaration,
  { conformance, clientMaxReceivePduSize }: PreEstablished,
  serverMaxReceivePduSize: number,
): NegotiatedContext {
  return {
    clientSap,
    serverSap,
    applicationContext: "logical-name",
    referencing: "logical-name",
    mechanism: "none",
    conformance,
    clientMaxReceivePduSize,
    serverMaxReceivePduSize,
    ...(security !== undefined && { protectionOverhead: overheadOf(security) }),
  };
}
