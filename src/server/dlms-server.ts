import type { LogicalDevice, ObjectView, VisibleObject } from "../cosem-objects/logical-device.ts";
import type { ServerEvent } from "../dlms/association/events.ts";
import { DlmsServerConnection } from "../dlms/association/server-connection.ts";
import type { ServiceResult } from "../dlms/association/services.ts";
import { HdlcStation, type HdlcStationOptions } from "../hdlc/station.ts";
import type { Channel, StationLink } from "../session/data-link.ts";
import { ServerSession } from "../session/server-session.ts";
import { realTimers, type Timers } from "../session/timers.ts";
import { listenTcp } from "../transport/tcp.ts";
import type { TraceSink } from "../transport/trace.ts";
import type { Listener, Transport } from "../transport/transport.ts";
import { WrapperStation } from "../wrapper/station.ts";
import type { AssociationDeclaration, AssociationTable } from "./associations.ts";
import { Dispatcher } from "./dispatcher.ts";

/** Objects that one association has for itself, its association object among them. */
export type OwnObjects = (declaration: AssociationDeclaration, view: ObjectView) => readonly VisibleObject[];

export interface DlmsServerOptions {
  readonly logicalDevices: readonly LogicalDevice[];
  readonly associations: AssociationTable;
  readonly ownObjects: OwnObjects;
  /** Called before each service is carried out, for a device that has to look at its clock first. */
  readonly beforeService?: () => void;
  /** Longest APDU the server takes. */
  readonly maxReceivePduSize?: number;
  readonly hdlc?: Partial<HdlcStationOptions>;
  /** Milliseconds without a byte after which a TCP connection is closed (class 41, inactivity_time_out). */
  readonly idleTimeout?: number;
  readonly maxConnections?: number;
  readonly timers?: Timers;
  readonly trace?: TraceSink;
  /** Failures of handlers: bugs of ours, never of the client. */
  readonly onFailure?: (error: unknown) => void;
}

const defaults = { maxReceivePduSize: 0xffff, idleTimeout: 180_000, maxConnections: 256 } as const;

/** What is spoken over a transport. */
export type LinkKind = "wrapper" | "hdlc";

/** Serves logical devices to any number of clients over any number of transports. */
export class DlmsServer {
  readonly #options: DlmsServerOptions;
  readonly #devices: ReadonlyMap<number, LogicalDevice>;
  readonly #views = new Map<string, ObjectView>();
  readonly #sessions = new Set<ServerSession<ServerEvent>>();
  readonly #listeners: Listener[] = [];

  constructor(options: DlmsServerOptions) {
    this.#options = options;
    this.#devices = new Map(options.logicalDevices.map((device) => [device.sap, device]));
  }

  /**
   * Listens on TCP, with the wrapper or with HDLC inside.
   * @throws TransportError `open-failed`
   */
  async listen(link: LinkKind, host: string, port: number): Promise<Listener> {
    const { maxConnections = defaults.maxConnections } = this.#options;
    const listener = await listenTcp({ host, port, maxConnections }, (transport) => this.serve(link, transport));
    this.#listeners.push(listener);
    return listener;
  }

  /** Serves one connected transport. */
  serve(link: LinkKind, transport: Transport): void {
    const { timers = realTimers, idleTimeout = defaults.idleTimeout, trace } = this.#options;
    const dispatchers = new Map<DlmsServerConnection, Dispatcher>();
    const connections = new Map<number, DlmsServerConnection>();
    const session: ServerSession<ServerEvent> = new ServerSession<ServerEvent>({
      transport,
      link: this.#link(link),
      timers,
      idleTimeout,
      ...(trace === undefined ? {} : { trace }),
      accept: (channel) => {
        const connection = this.#connect(channel);
        if (connection !== undefined) connections.set(keyOf(channel), connection);
        return connection;
      },
      onEvent: (event, channel) => {
        const connection = connections.get(keyOf(channel));
        if (connection !== undefined) this.#handle(event, channel, connection, dispatchers, () => session.flush());
      },
      onChannelClosed: (channel) => {
        const connection = connections.get(keyOf(channel));
        connections.delete(keyOf(channel));
        if (connection !== undefined) dispatchers.delete(connection);
      },
      onClosed: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
  }

  /** Stops listening and closes every connection. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
    await Promise.all([...this.#sessions].map((session) => session.close()));
  }

  #link(kind: LinkKind): StationLink {
    const logicalDevices = [...this.#devices.keys()];
    if (kind === "wrapper") return new WrapperStation({ logicalDevices });
    return new HdlcStation({ physicalAddress: defaultPhysicalAddress, ...this.#options.hdlc, logicalDevices });
  }

  /** Undefined for a logical device that is not here: nobody answers (IEC 62056-47). */
  #connect({ clientSap, serverSap }: Channel): DlmsServerConnection | undefined {
    if (!this.#devices.has(serverSap)) return undefined;
    const { associations, maxReceivePduSize = defaults.maxReceivePduSize } = this.#options;
    return new DlmsServerConnection({
      clientSap,
      serverSap,
      authentication: associations.find(clientSap)?.authentication,
      maxReceivePduSize,
    });
  }

  #handle(
    event: ServerEvent,
    channel: Channel,
    connection: DlmsServerConnection,
    dispatchers: Map<DlmsServerConnection, Dispatcher>,
    flush: () => void,
  ): void {
    switch (event.type) {
      case "associated": {
        const view = this.#view(channel);
        if (view !== undefined) dispatchers.set(connection, new Dispatcher(view, { association: event.context }));
        return;
      }
      case "released":
        dispatchers.delete(connection);
        return;
      case "indication":
        this.#carryOut(event, connection, dispatchers.get(connection), flush);
        return;
    }
  }

  #carryOut(
    { invokeId, request }: ServerEvent & { readonly type: "indication" },
    connection: DlmsServerConnection,
    dispatcher: Dispatcher | undefined,
    flush: () => void,
  ): void {
    if (dispatcher === undefined) return;
    const fail = (error: unknown): void => {
      this.#options.onFailure?.(error);
      connection.respond(invokeId, failedResult(request));
    };
    try {
      this.#options.beforeService?.();
      const result = dispatcher.handle(request);
      if (!(result instanceof Promise)) {
        connection.respond(invokeId, result);
        return;
      }
      result
        .then((settled) => connection.respond(invokeId, settled), fail)
        .then(flush)
        .catch((error: unknown) => this.#options.onFailure?.(error));
    } catch (error) {
      fail(error);
    }
  }

  #view({ clientSap, serverSap }: Channel): ObjectView | undefined {
    const declaration = this.#options.associations.find(clientSap);
    const device = this.#devices.get(serverSap);
    if (declaration === undefined || device === undefined) return undefined;
    const key = `${clientSap}/${serverSap}`;
    let view = this.#views.get(key);
    if (view === undefined) {
      view = device.view(declaration.role, (built) => this.#options.ownObjects(declaration, built));
      this.#views.set(key, view);
    }
    return view;
  }
}

/** Lower HDLC address most meters leave the factory with. */
const defaultPhysicalAddress = 17;

function keyOf(channel: Channel): number {
  return channel.clientSap * 0x10000 + channel.serverSap;
}

/** What a client hears of a bug of ours. */
function failedResult(request: Parameters<Dispatcher["handle"]>[0]): ServiceResult {
  switch (request.service) {
    case "get":
      return { service: "get", results: request.attributes.map(() => ({ error: "other-reason" }) as const) };
    case "set":
      return { service: "set", results: request.attributes.map(() => "other-reason" as const) };
    case "action":
      return { service: "action", results: request.methods.map(() => ({ result: "other-reason", returned: undefined }) as const) };
  }
}
