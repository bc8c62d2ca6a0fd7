import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { Aare } from "../../../src/dlms/acse/apdus.ts";
import { encodeAare } from "../../../src/dlms/acse/codec.ts";
import { DlmsClientConnection } from "../../../src/dlms/association/client-connection.ts";
import type { ClientEvent } from "../../../src/dlms/association/events.ts";
import type { ServiceRequest } from "../../../src/dlms/association/services.ts";
import type { DlmsError } from "../../../src/errors.ts";
import { plain } from "../../support/vectors.ts";
import { attribute } from "./pair.ts";

/** A GET of one attribute. */
export const get: ServiceRequest = { service: "get", list: false, attributes: [attribute] };
export const password = fromHex("3132333435363738");
/** InitiateResponse with everything we support and no limit of size. */
export const initiateResponse = "0800065F1F0400005E1DFFFF0007";

/** An AARE of acceptance, but for the fields given. */
export const aareOf = (fields: Partial<Aare> = {}): Uint8Array =>
  encodeAare({
    applicationContext: "logical-name",
    result: "accepted",
    diagnostic: { source: "acse-service-user", value: "null" },
    authenticationRequired: false,
    userInformation: fromHex(initiateResponse),
    ...fields,
  });

type Options = Partial<ConstructorParameters<typeof DlmsClientConnection>[0]>;

/** A client spoken to in octets, at a time that moves only when told to. */
export class RawClient {
  readonly client: DlmsClientConnection;
  now = 0;

  constructor(options: Options = {}) {
    this.client = new DlmsClientConnection({ clientSap: 16, serverSap: 1, authentication: { mechanism: "none" }, ...options });
  }

  receive(apdu: string | Uint8Array): ClientEvent[] {
    return this.client.receiveApdu(typeof apdu === "string" ? fromHex(apdu) : apdu, this.now);
  }

  sent(): string[] {
    const apdus: string[] = [];
    for (let apdu = this.client.apduToSend(); apdu !== undefined; apdu = this.client.apduToSend()) apdus.push(toHex(apdu.bytes));
    return apdus;
  }

  /** Moves on to the next deadline. */
  expire(): ClientEvent[] {
    this.now = this.client.nextTimeout ?? this.now;
    return this.client.handleTimeout(this.now);
  }

  associate(fields: Partial<Aare> = {}): this {
    this.client.associate(this.now);
    this.receive(aareOf(fields));
    this.sent();
    return this;
  }

  request(request: ServiceRequest = get): number {
    return this.client.request(request, this.now);
  }
}

/** The error of the first event. */
export const errorOf = (events: readonly ClientEvent[]): DlmsError | undefined => {
  const [event] = events;
  return event !== undefined && "error" in event ? event.error : undefined;
};
/** The first event, as vectors write values. */
export const first = (events: readonly ClientEvent[]) => plain(events[0]);
export const kinds = (events: readonly ClientEvent[]) => events.map(({ type }) => type);
