import type { Notification } from "../../dlms/association/events.ts";
import type { PushDestination } from "./destination.ts";

/** What is pushed, from which logical device to which client, and how it is protected. */
export interface Push {
  readonly destination: PushDestination;
  readonly clientSap: number;
  readonly serverSap: number;
  readonly notification: Notification;
  /** Undefined in clear. */
  readonly protection: { readonly authenticated: boolean; readonly encrypted: boolean } | undefined;
}

/** Sends pushes. */
export interface PushOutlet {
  /** Resolves when it was handed over to the network. @throws TransportError, or LocalProtocolError where it cannot be sent so */
  send(push: Push): Promise<void>;
}
