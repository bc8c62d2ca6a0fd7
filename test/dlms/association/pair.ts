import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { Aarq } from "../../../src/dlms/acse/apdus.ts";
import { encodeAarq } from "../../../src/dlms/acse/codec.ts";
import { DlmsClientConnection } from "../../../src/dlms/association/client-connection.ts";
import type { ClientAssociationOptions } from "../../../src/dlms/association/client-options.ts";
import type { ClientEvent, ServerEvent } from "../../../src/dlms/association/events.ts";
import { supportedConformance } from "../../../src/dlms/association/negotiation.ts";
import { DlmsServerConnection } from "../../../src/dlms/association/server-connection.ts";
import type { ServerAssociationOptions } from "../../../src/dlms/association/server-options.ts";
import type { ServiceRequest, ServiceResult } from "../../../src/dlms/association/services.ts";
import { encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import type { Conformance, ConformanceName } from "../../../src/dlms/xdlms/conformance.ts";
import type { InitiateRequest } from "../../../src/dlms/xdlms/initiate.ts";

export type Handler = (request: ServiceRequest) => ServiceResult | undefined;

export interface PairOptions {
  readonly client?: Partial<ClientAssociationOptions>;
  readonly server?: Partial<ServerAssociationOptions>;
  /** Carries out a service; undefined leaves it unanswered. */
  readonly handle?: Handler;
}

export interface Carried {
  readonly from: "client" | "server";
  readonly bytes: Uint8Array;
}

const saps = { clientSap: 16, serverSap: 1 } as const;

/** A client and a server that hear each other at once, in virtual time. */
export class AssociationPair {
  readonly client: DlmsClientConnection;
  readonly server: DlmsServerConnection;
  readonly carried: Carried[] = [];
  readonly clientEvents: ClientEvent[] = [];
  readonly serverEvents: ServerEvent[] = [];
  now = 0;
  handle: Handler;

  constructor(options: PairOptions = {}) {
    this.client = new DlmsClientConnection({
      ...saps,
      authentication: { mechanism: "none" },
      proposedConformance: serviceBlocks,
      ...options.client,
    });
    this.server = new DlmsServerConnection({ ...saps, authentication: { mechanism: "none" }, servesShortNames: true, ...options.server });
    this.handle = options.handle ?? (() => undefined);
  }

  /** Carries APDUs back and forth until neither side has any. Throws where that takes too long to be right. */
  run(limit = 20_000): void {
    for (let carried = 0; ; carried++) {
      if (carried > limit) throw new Error(`still talking after ${limit} APDUs`);
      const request = this.client.apduToSend();
      if (request !== undefined) {
        this.carried.push({ from: "client", bytes: request.bytes });
        this.#serve(this.server.receiveApdu(request.bytes, this.now, request.confirmed));
        continue;
      }
      const response = this.server.apduToSend();
      if (response === undefined) return;
      this.carried.push({ from: "server", bytes: response.bytes });
      this.clientEvents.push(...this.client.receiveApdu(response.bytes, this.now));
    }
  }

  #serve(events: readonly ServerEvent[]): void {
    for (const event of events) {
      this.serverEvents.push(event);
      if (event.type !== "indication") continue;
      const result = this.handle(event.request);
      if (result !== undefined) this.server.respond(event.invokeId, result);
    }
  }

  associate(): this {
    this.client.associate(this.now);
    this.run();
    return this;
  }

  /** Makes a request and carries everything it takes; what became of it, without the progress on the way. */
  request(request: ServiceRequest): ClientEvent[] {
    const before = this.clientEvents.length;
    this.client.request(request, this.now);
    this.run();
    if (this.client.nextTimeout === this.now) this.clientEvents.push(...this.client.handleTimeout(this.now));
    return this.clientEvents.slice(before).filter(({ type }) => type !== "progress");
  }

  /** Octets of the longest APDU that `from` sent since `start`. */
  longest(from: Carried["from"], start = 0): number {
    return Math.max(
      0,
      ...this.carried
        .slice(start)
        .filter((apdu) => apdu.from === from)
        .map(({ bytes }) => bytes.length),
    );
  }
}

/** A server spoken to in octets. */
export class RawServer {
  readonly server: DlmsServerConnection;
  readonly events: ServerEvent[] = [];
  readonly #handle: Handler;

  constructor(options: Partial<ServerAssociationOptions> = {}, handle: Handler = () => undefined) {
    this.server = new DlmsServerConnection({ ...saps, authentication: { mechanism: "none" }, servesShortNames: true, ...options });
    this.#handle = handle;
  }

  /** Sends one APDU; the answers, joined by spaces. */
  send(hex: string): string {
    return this.sendBytes(fromHex(hex));
  }

  sendBytes(apdu: Uint8Array): string {
    for (const event of this.server.receiveApdu(apdu)) {
      this.events.push(event);
      if (event.type !== "indication") continue;
      const result = this.#handle(event.request);
      if (result !== undefined) this.server.respond(event.invokeId, result);
    }
    return this.answers();
  }

  answers(): string {
    const answers: string[] = [];
    for (let apdu = this.server.apduToSend(); apdu !== undefined; apdu = this.server.apduToSend()) answers.push(toHex(apdu.bytes));
    return answers.join(" ");
  }

  /** Events since the last call. */
  takeEvents(): ServerEvent["type"][] {
    return this.events.splice(0).map(({ type }) => type);
  }

  associate(initiate: Partial<InitiateRequest> = {}): this {
    this.sendBytes(aarqOf({}, initiate));
    this.takeEvents();
    return this;
  }
}

/** An AARQ without authentication that proposes everything, but for the fields given. */
export function aarqOf(aarq: Partial<Aarq> = {}, initiate: Partial<InitiateRequest> = {}): Uint8Array {
  return encodeAarq({
    applicationContext: "logical-name",
    authenticationRequired: false,
    userInformation: initiateOf(initiate),
    ...aarq,
  });
}

export function initiateOf(fields: Partial<InitiateRequest> = {}): Uint8Array {
  return encodeApdu({
    type: "initiate-request",
    dedicatedKey: undefined,
    responseAllowed: true,
    proposedQualityOfService: undefined,
    proposedDlmsVersionNumber: 6,
    proposedConformance: serviceBlocks,
    clientMaxReceivePduSize: 0xffff,
    ...fields,
  });
}

/** Everything supported but general block transfer, in whose stead the services have their own blocks. */
const serviceBlocks = new Set([...supportedConformance].filter((name) => name !== "general-block-transfer"));

/** The same but the names given. */
export function without(...names: readonly ConformanceName[]): Conformance {
  return new Set([...serviceBlocks].filter((name) => !names.includes(name)));
}

const logicalName = fromHex("0100010800FF");

/** Value of a register. */
export const attribute = { attribute: { classId: 3, logicalName, attributeId: 2 }, selection: undefined } as const;
/** reset of a register. */
export const method = { classId: 3, logicalName, methodId: 1 } as const;

/** One tagged value of `size` octets, each different from its neighbours. */
export function dataOfSize(size: number): Uint8Array {
  if (size === 1) return Uint8Array.of(0);
  const header =
    size < 0x82
      ? [9, size - 2]
      : size < 0x102
        ? [9, 0x81, size - 3]
        : size < 0x10004
          ? [9, 0x82, ...bytesOf(size - 4, 2)]
          : [9, 0x84, ...bytesOf(size - 6, 4)];
  const data = Uint8Array.from({ length: size }, (_, index) => index % 251);
  data.set(header);
  return data;
}

function bytesOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(value / 256 ** (count - 1 - index)) % 256);
}
