import type { DlmsClientConnection } from "../dlms/association/client-connection.ts";
import type { ClientEvent, InvokeId, Notification } from "../dlms/association/events.ts";
import type { NegotiatedContext } from "../dlms/association/negotiation.ts";
import type { ServiceOptions, ServiceRequest, ServiceResult } from "../dlms/association/services.ts";
import { LocalProtocolError, TransportError } from "../errors.ts";
import { ClientSession, type ClientSessionOptions } from "../session/client-session.ts";

/** What a client needs of an association: requests one after the other, and an end. */
export interface ServiceAssociation {
  readonly context: NegotiatedContext;
  request(request: ServiceRequest, onProgress?: ProgressListener): Promise<ServiceResult>;
  close(): Promise<void>;
}

/** Reports octets received so far of a long answer. */
export type ProgressListener = (receivedBytes: number) => void;

export interface ClientAssociationOptions extends Omit<ClientSessionOptions<ClientEvent>, "application"> {
  readonly application: DlmsClientConnection;
  readonly onNotification?: (notification: Notification) => void;
  /** Milliseconds that release and disconnect may take together before the transport is simply closed. */
  readonly closeTimeout?: number;
}

interface Pending {
  /** Without a result where nothing answers. */
  readonly resolve: (result?: ServiceResult) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: ProgressListener | undefined;
}

interface Deferred {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const defaultCloseTimeout = 2000;

/**
 * A session as promises: link, association, requests one after the other in the order they were made, release. Events
 * become answers here; nothing is decided about bytes.
 */
export class ClientAssociation implements ServiceAssociation {
  readonly #options: ClientAssociationOptions;
  readonly #session: ClientSession<ClientEvent>;
  readonly #pending = new Map<InvokeId, Pending>();
  #opening: Deferred | undefined;
  #released: (() => void) | undefined;
  #linkGone: (() => void) | undefined;
  #context: NegotiatedContext | undefined;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ClientAssociationOptions) {
    this.#options = options;
    this.#session = new ClientSession<ClientEvent>(options, {
      onLinkConnected: () => {
        options.application.associate(options.timers.now());
        this.#session.flush();
      },
      onLinkDisconnected: (reason) => this.#onLinkDisconnected(reason),
      onEvent: (event) => this.#onEvent(event),
      onClosed: (error) => this.#fail(closedError(options.transport.name, error)),
    });
  }

  /** Connects the link and associates. On failure everything is closed again. */
  async open(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#opening = { resolve, reject };
        this.#session.open();
      });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** @throws LocalProtocolError before the association stands */
  get context(): NegotiatedContext {
    if (this.#context === undefined) throw new LocalProtocolError("there is no association yet");
    return this.#context;
  }

  /** Carries a service out. */
  request(request: ServiceRequest, onProgress?: ProgressListener, priority?: Pick<ServiceOptions, "highPriority">): Promise<ServiceResult> {
    return this.#request(request, onProgress, { ...priority, confirmed: true }) as Promise<ServiceResult>;
  }

  /** Sends a service that nothing answers; done when it has been handed to the link. */
  async send(request: ServiceRequest): Promise<void> {
    await this.#request(request, undefined, { confirmed: false });
  }

  #request(request: ServiceRequest, onProgress: ProgressListener | undefined, options: ServiceOptions): Promise<ServiceResult | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      const invokeId = this.#options.application.request(request, this.#options.timers.now(), options);
      this.#pending.set(invokeId, { resolve, reject, onProgress });
      this.#session.flush();
    });
  }

  /** RLRQ, then DISC, then the transport; each step only as long as the other side plays along. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { application, link, timers, closeTimeout = defaultCloseTimeout } = this.#options;
    if (this.#failure === undefined || link.state === "connected") {
      let cancel: (() => void) | undefined;
      const deadline = new Promise<void>((resolve) => {
        cancel = timers.schedule(closeTimeout, resolve);
      });
      await Promise.race([this.#leave(application), deadline]);
      cancel?.();
    }
    this.#fail(new TransportError("closed", "the association was closed"));
    await this.#session.close();
  }

  async #leave(application: DlmsClientConnection): Promise<void> {
    if (application.state === "associated") {
      const released = new Promise<void>((resolve) => {
        this.#released = resolve;
      });
      application.release(this.#options.timers.now());
      this.#session.flush();
      await released;
    }
    if (this.#options.link.state === "connected") {
      const gone = new Promise<void>((resolve) => {
        this.#linkGone = resolve;
      });
      this.#session.disconnect();
      await gone;
    }
  }

  #onEvent(event: ClientEvent): void {
    switch (event.type) {
      case "associated":
        this.#context = event.context;
        this.#opening?.resolve();
        this.#opening = undefined;
        return;
      case "rejected":
        this.#opening?.reject(event.error);
        this.#opening = undefined;
        return;
      case "progress":
        this.#pending.get(event.invokeId)?.onProgress?.(event.receivedBytes);
        return;
      case "response":
        this.#take(event.invokeId)?.resolve(event.result);
        return;
      case "sent":
        this.#take(event.invokeId)?.resolve();
        return;
      case "failed":
        this.#take(event.invokeId)?.reject(event.error);
        return;
      case "notification":
        this.#options.onNotification?.(event.notification);
        return;
      case "released":
        this.#released?.();
        return;
      case "aborted":
        this.#fail(event.error);
        return;
    }
  }

  #take(invokeId: InvokeId): Pending | undefined {
    const pending = this.#pending.get(invokeId);
    this.#pending.delete(invokeId);
    return pending;
  }

  #onLinkDisconnected(reason: "local" | "remote" | "rejected" | "timeout"): void {
    this.#released?.();
    this.#linkGone?.();
    switch (reason) {
      case "local":
        return;
      case "timeout":
        this.#fail(
          new TransportError("timeout", "the meter does not answer on the HDLC layer", {
            layer: "hdlc",
            hint: "check the server address (--server, --physical), the client address (--client) and the cable",
          }),
        );
        return;
      case "rejected":
        this.#fail(
          new TransportError("link-failed", "the meter refused the HDLC connection (DM)", {
            layer: "hdlc",
            hint: "another client may be connected: wait for its time-out, or use another --client",
          }),
        );
        return;
      case "remote":
        this.#fail(new TransportError("link-failed", "the meter ended the HDLC connection", { layer: "hdlc", hint: "connect again" }));
        return;
    }
  }

  /** The first failure is the one that everybody waiting, now or later, hears of. */
  #fail(error: Error): void {
    this.#failure ??= error;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(this.#failure);
    this.#opening?.reject(this.#failure);
    this.#opening = undefined;
    this.#released?.();
    this.#linkGone?.();
  }
}

function closedError(name: string, cause: Error | undefined): TransportError {
  if (cause instanceof TransportError) return cause;
  return new TransportError("closed", `${name} closed the connection`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "the meter may allow one client at a time, or not know this client address (--client)",
  });
}
