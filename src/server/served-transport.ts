import type { Notification, ServerEvent } from "../dlms/association/events.ts";
import type { NegotiatedContext } from "../dlms/association/negotiation.ts";
import { overheadIn } from "../dlms/association/protection.ts";
import type { DlmsServerConnection } from "../dlms/association/server-connection.ts";
import { refuseAll, type ServiceRequest, type ServiceResult } from "../dlms/association/services.ts";
import type { Channel } from "../session/data-link.ts";
import { ServerSession, type ServerSessionOptions } from "../session/server-session.ts";
import type { ServiceHandler } from "./dispatcher.ts";
import { RequestScope } from "./request-scope.ts";

/** What a device does around the services that it carries out. */
export interface ServiceObserver {
  /** Before a service, for a device that has to look at its clock first. */
  readonly beforeService?: () => void;
  /** When a service that may have changed something is done and its answer is not out yet: the last moment to make it durable. */
  readonly afterChange?: () => void;
  /** When the answer is made, as it goes out: changes of keys and policies take effect for what comes next. */
  readonly afterAnswer?: () => void;
}

export interface ServedTransportOptions extends Omit<ServerSessionOptions<ServerEvent>, "accept" | "onEvent" | "onChannelClosed"> {
  /** The association layer of a channel; undefined where nobody answers. */
  readonly connect: (channel: Channel) => DlmsServerConnection | undefined;
  /** Who carries out the services of an association; undefined where there is nothing to see. */
  readonly handler: (channel: Channel, context: NegotiatedContext) => ServiceHandler | undefined;
  readonly observer: ServiceObserver;
  /** Octets that the results of one request may take together. */
  readonly maxAnswerLength: number;
  /** Failures of handlers: bugs of ours, never of the client. */
  readonly onFailure: ((error: unknown) => void) | undefined;
}

interface Served {
  readonly channel: Channel;
  readonly connection: DlmsServerConnection;
  handler: ServiceHandler | undefined;
  /** The association has keys. */
  protects: boolean;
}

/** One transport of a server: the clients on it, their associations, and the services under way. */
export class ServedTransport {
  readonly #options: ServedTransportOptions;
  readonly #served = new Map<number, Served>();
  readonly #session: ServerSession<ServerEvent>;

  constructor(options: ServedTransportOptions) {
    this.#options = options;
    this.#session = new ServerSession<ServerEvent>({
      ...options,
      accept: (channel) => this.#accept(channel),
      onEvent: (event, channel) => this.#handle(event, this.#served.get(keyOf(channel))),
      onChannelClosed: (channel) => this.#served.delete(keyOf(channel)),
    });
  }

  /**
   * Sends a notification to a client, when it has an association here or needs none; false when it has not, and when it does
   * not read what it was sent before.
   * @throws LocalProtocolError where the client did not agree to such notifications
   */
  notify(channel: Channel, notification: Notification): boolean {
    const served = this.#served.get(keyOf(channel));
    if (served === undefined || !served.connection.reachable || this.#session.congested) return false;
    served.connection.notify(notification);
    this.#session.flush();
    return true;
  }

  /** Opens a channel before its client has said anything, for a pre-established association. */
  open(channel: Channel): boolean {
    return this.#session.open(channel);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  #accept(channel: Channel): DlmsServerConnection | undefined {
    const connection = this.#options.connect(channel);
    if (connection !== undefined)
      this.#served.set(keyOf(channel), { channel: { ...channel }, connection, handler: undefined, protects: false });
    return connection;
  }

  #handle(event: ServerEvent, served: Served | undefined): void {
    if (served === undefined) return;
    switch (event.type) {
      case "associated":
        served.handler = this.#options.handler(served.channel, event.context);
        served.protects = overheadIn(event.context) > 0;
        return;
      case "released":
        served.handler = undefined;
        return;
      case "indication":
        this.#carryOut(event, served);
        return;
      case "notification-confirmed":
        return;
    }
  }

  #carryOut(
    { invokeId, request, protection }: ServerEvent & { readonly type: "indication" },
    { connection, handler, protects }: Served,
  ): void {
    if (handler === undefined) return;
    const { observer, onFailure, maxAnswerLength } = this.#options;
    const scope = new RequestScope({ protection, protects, maxAnswerLength });
    const answer = (result: ServiceResult): void => {
      if (mayChange(request)) observer.afterChange?.();
      connection.respond(invokeId, result, scope.answerProtection);
      observer.afterAnswer?.();
    };
    const fail = (error: unknown): void => {
      onFailure?.(error);
      connection.respond(invokeId, refuseAll(request, "other-reason"));
      observer.afterAnswer?.();
    };
    try {
      observer.beforeService?.();
      const result = handler.handle(request, scope);
      if (!(result instanceof Promise)) {
        answer(result);
        return;
      }
      result
        .then(answer)
        .catch(fail)
        .then(() => this.#session.flush())
        .catch((error: unknown) => onFailure?.(error));
    } catch (error) {
      fail(error);
    }
  }
}

/** Reading with short names invokes methods too. */
function mayChange({ service }: ServiceRequest): boolean {
  return service !== "get";
}

function keyOf(channel: Channel): number {
  return channel.clientSap * 0x10000 + channel.serverSap;
}
