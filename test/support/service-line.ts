import { DlmsClientConnection } from "../../src/dlms/association/client-connection.ts";
import type { ClientAssociationOptions } from "../../src/dlms/association/client-options.ts";
import type { ClientEvent } from "../../src/dlms/association/events.ts";
import { DlmsServerConnection } from "../../src/dlms/association/server-connection.ts";
import type { ServerAssociationOptions } from "../../src/dlms/association/server-options.ts";
import type { ServiceRequest, ServiceResult } from "../../src/dlms/association/services.ts";
import { HdlcConnection } from "../../src/hdlc/connection.ts";
import { HdlcStation } from "../../src/hdlc/station.ts";
import { ServedTransport } from "../../src/server/served-transport.ts";
import { ClientSession } from "../../src/session/client-session.ts";
import type { DataLink, StationLink } from "../../src/session/data-link.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { WrapperConnection } from "../../src/wrapper/connection.ts";
import { WrapperStation } from "../../src/wrapper/station.ts";

export type LineKind = "wrapper" | "wrapper-udp" | "hdlc";

export interface ServiceLineOptions {
  readonly link: LineKind;
  readonly client?: Partial<ClientAssociationOptions>;
  readonly server?: Partial<ServerAssociationOptions>;
  /** Frames in a row, both ways. */
  readonly hdlcWindow?: number;
  /** Octets of an information field, both ways. */
  readonly hdlcInformation?: number;
  readonly handle: (request: ServiceRequest) => ServiceResult;
  /** True for a datagram or frame that does not arrive. */
  readonly lose?: () => boolean;
  /** Milliseconds a datagram or frame travels. */
  readonly latency?: number;
}

/** What a service came to: an answer, or the way in which there is none. */
export type Outcome = (ClientEvent & { readonly type: "response" | "failed" | "aborted" }) | { readonly type: "disconnected" };

const saps = { clientSap: 16, serverSap: 1 } as const;

/** A client, a line and a server in virtual time, without a promise: as fast as the machines themselves. */
export class ServiceLine {
  readonly timers = new VirtualTimers();
  readonly client: DlmsClientConnection;
  /** Octets and pieces (datagrams, frames, writes of a stream) that went over the line. */
  readonly carried = { octets: 0, pieces: 0 };
  /** Longest APDU that each side sent after the association was opened. */
  readonly longest = { sent: 0, received: 0 };
  readonly #session: ClientSession<ClientEvent>;
  #associated = false;
  #outcome: Outcome | undefined;

  constructor(options: ServiceLineOptions) {
    const { link, lose = () => false, latency = 1, handle } = options;
    const { a, b } = memoryTransportPair({
      schedule: (delay, callback) => this.timers.schedule(delay, callback),
      latency,
      carry: (bytes) => {
        const pieces = link === "hdlc" ? framesOf(bytes) : [bytes];
        this.carried.octets += bytes.length;
        this.carried.pieces += pieces.length;
        return pieces.filter(() => !lose());
      },
    });
    new ServedTransport({
      transport: b,
      link: stationOf(options),
      timers: this.timers,
      connect: () =>
        new DlmsServerConnection({ ...saps, authentication: { mechanism: "none" }, servesShortNames: true, ...options.server }),
      handler: () => ({ handle }),
      observer: {},
      maxAnswerLength: Number.POSITIVE_INFINITY,
      onFailure: (error) => {
        throw error;
      },
      onClosed: () => {},
    });
    this.client = new DlmsClientConnection({ ...saps, authentication: { mechanism: "none" }, ...options.client });
    this.#session = new ClientSession<ClientEvent>(
      {
        transport: a,
        link: connectionOf(options),
        application: this.client,
        timers: this.timers,
        trace: ({ layer, direction, bytes }) => {
          if (layer === "apdu" && this.#associated) this.longest[direction] = Math.max(this.longest[direction], bytes.length);
        },
      },
      {
        onLinkConnected: () => {
          this.client.associate(this.timers.now());
          this.#session.flush();
        },
        onLinkDisconnected: () => {
          this.#outcome ??= { type: "disconnected" };
        },
        onEvent: (event) => this.#onEvent(event),
        onClosed: () => {
          this.#outcome ??= { type: "disconnected" };
        },
      },
    );
  }

  /** True once associated; false where the line did not let it come to that. */
  associate(): boolean {
    this.#session.open();
    for (let step = 0; step < maxSteps && !this.#associated && this.#outcome === undefined; step++) {
      if (!this.timers.advanceToNext()) break;
    }
    return this.#associated;
  }

  /** Carries one service out. Fails where nothing is decided within a bound that no lawful exchange reaches. */
  request(request: ServiceRequest): Outcome {
    this.#outcome = undefined;
    this.client.request(request, this.timers.now());
    this.#session.flush();
    for (let step = 0; step < maxSteps; step++) {
      if (this.#outcome !== undefined) return this.#outcome;
      if (!this.timers.advanceToNext()) break;
    }
    throw new Error("the exchange is stuck: neither an answer nor a failure");
  }

  #onEvent(event: ClientEvent): void {
    if (event.type === "associated") this.#associated = true;
    if (event.type === "response" || event.type === "failed" || event.type === "aborted") this.#outcome = event;
  }
}

const maxSteps = 2_000_000;

function stationOf({ link, hdlcWindow = 1, hdlcInformation = 128 }: ServiceLineOptions): StationLink {
  if (link !== "hdlc") return new WrapperStation({ logicalDevices: [1], datagrams: link === "wrapper-udp" });
  return new HdlcStation({
    physicalAddress: 17,
    logicalDevices: [1],
    maxInformationFieldLengthTransmit: hdlcInformation,
    maxInformationFieldLengthReceive: hdlcInformation,
    windowSizeTransmit: hdlcWindow,
    windowSizeReceive: hdlcWindow,
  });
}

function connectionOf({ link, hdlcWindow = 1, hdlcInformation = 128 }: ServiceLineOptions): DataLink {
  if (link !== "hdlc") return new WrapperConnection({ ...saps, datagrams: link === "wrapper-udp" });
  return new HdlcConnection({
    clientSap: saps.clientSap,
    serverAddress: { logical: saps.serverSap, physical: 17 },
    maxInformationFieldLengthTransmit: hdlcInformation,
    maxInformationFieldLengthReceive: hdlcInformation,
    windowSizeTransmit: hdlcWindow,
    windowSizeReceive: hdlcWindow,
    responseTimeout: 100,
    retries: 30,
  });
}

/** The frames of one write, by their length fields: each meets its own fate. */
function framesOf(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const length = (((bytes[offset + 1] as number) & 0x07) << 8) + (bytes[offset + 2] as number) + 2;
    frames.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  return frames;
}
