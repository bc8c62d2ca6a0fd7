import { DlmsClientConnection } from "../dlms/association/client-connection.ts";
import type { ClientAuthentication } from "../dlms/association/client-options.ts";
import type { ClientEvent } from "../dlms/association/events.ts";
import { HdlcConnection } from "../hdlc/connection.ts";
import type { ClientSessionOptions } from "../session/client-session.ts";
import { realTimers, type Timers } from "../session/timers.ts";
import { connectTcp } from "../transport/tcp.ts";
import type { TraceSink } from "../transport/trace.ts";
import type { Transport } from "../transport/transport.ts";
import { connectUdp } from "../transport/udp.ts";
import { WrapperConnection } from "../wrapper/connection.ts";
import { maxDatagramPayload } from "../wrapper/header.ts";
import { ClientAssociation } from "./association.ts";
import { DlmsClient } from "./dlms-client.ts";

/** Where a meter is, and what is spoken there: the wrapper or HDLC over TCP, or the wrapper over UDP. */
export interface MeterAddress {
  readonly link: "wrapper" | "wrapper-udp" | "hdlc";
  readonly host: string;
  readonly port: number;
}

/** The association to open, and what the link under it may be asked for. */
export interface AssociationOptions {
  /** 16 is the public client. */
  readonly clientSap?: number;
  /** 1 is the management logical device. */
  readonly serverSap?: number;
  /** Lower HDLC address; without it the meter is called by the upper address alone. */
  readonly physicalAddress?: number | undefined;
  readonly authentication?: ClientAuthentication;
  /** Longest APDU this side takes. */
  readonly maxReceivePduSize?: number | undefined;
  /** HDLC: longest information field and largest window to propose. */
  readonly maxInformationFieldLength?: number | undefined;
  readonly windowSize?: number | undefined;
  /** Milliseconds for a connection, and for each answer. */
  readonly timeout?: number | undefined;
  readonly timers?: Timers;
  readonly trace?: TraceSink | undefined;
}

/** What HDLC can do at most (IEC 62056-46); the meter answers with what it can. */
const hdlcProposal = { maxInformationFieldLength: 2030, windowSize: 7 } as const;
const defaultTimeout = 10_000;

/**
 * Connects over TCP or UDP and associates.
 * @throws TransportError where nobody answers, AssociationRejectedError where the meter refuses
 */
export async function connect({ link, host, port }: MeterAddress, options: AssociationOptions = {}): Promise<DlmsClient> {
  const { timeout = defaultTimeout } = options;
  const transport = await (link === "wrapper-udp" ? connectUdp({ host, port }) : connectTcp({ host, port, connectTimeout: timeout }));
  return associate(transport, link, options);
}

/** Associates over a transport that is already open; on failure it is closed. */
export async function associate(transport: Transport, link: MeterAddress["link"], options: AssociationOptions = {}): Promise<DlmsClient> {
  const {
    clientSap = 16,
    serverSap = 1,
    authentication = { mechanism: "none" },
    timers = realTimers,
    timeout = defaultTimeout,
    trace,
  } = options;
  const association = new ClientAssociation({
    transport,
    link: dataLink(link, clientSap, serverSap, timeout, options),
    application: new DlmsClientConnection({
      clientSap,
      serverSap,
      authentication,
      responseTimeout: timeout,
      ...maxReceivePduSizeOver(link, options),
    }),
    timers,
    ...(trace === undefined ? {} : { trace }),
  });
  await association.open();
  return new DlmsClient(association);
}

/** What does not fit a datagram cannot be asked for. */
function maxReceivePduSizeOver(link: MeterAddress["link"], { maxReceivePduSize }: AssociationOptions) {
  if (link === "wrapper-udp") return { maxReceivePduSize: Math.min(maxReceivePduSize ?? maxDatagramPayload, maxDatagramPayload) };
  return maxReceivePduSize === undefined ? {} : { maxReceivePduSize };
}

function dataLink(
  link: MeterAddress["link"],
  clientSap: number,
  serverSap: number,
  timeout: number,
  options: AssociationOptions,
): ClientSessionOptions<ClientEvent>["link"] {
  if (link !== "hdlc") return new WrapperConnection({ clientSap, serverSap, datagrams: link === "wrapper-udp" });
  const {
    physicalAddress,
    maxInformationFieldLength = hdlcProposal.maxInformationFieldLength,
    windowSize = hdlcProposal.windowSize,
  } = options;
  return new HdlcConnection({
    clientSap,
    serverAddress: { logical: serverSap, ...(physicalAddress === undefined ? {} : { physical: physicalAddress }) },
    maxInformationFieldLengthTransmit: maxInformationFieldLength,
    maxInformationFieldLengthReceive: maxInformationFieldLength,
    windowSizeTransmit: windowSize,
    windowSizeReceive: windowSize,
    // The link repeats lost frames; all its tries together stay within what an answer may take.
    responseTimeout: Math.max(500, Math.floor(timeout / (hdlcRetries + 1))),
    retries: hdlcRetries,
  });
}

const hdlcRetries = 3;
