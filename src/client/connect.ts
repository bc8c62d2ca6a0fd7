import type { LinkKind } from "../cosem-objects/object.ts";
import { DlmsClientConnection } from "../dlms/association/client-connection.ts";
import type { ClientAuthentication } from "../dlms/association/client-options.ts";
import type { ClientEvent, Notification } from "../dlms/association/events.ts";
import type { Referencing } from "../dlms/association/negotiation.ts";
import type { AssociationSecurity } from "../dlms/association/protection.ts";
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
import { ShortNameAssociation } from "./short-name-association.ts";

/** Where a meter is, and what is spoken there: the wrapper or HDLC over TCP, the wrapper over UDP, or HDLC on a serial line, behind an optical probe after a sign-on. */
export type MeterAddress =
  | { readonly link: LinkKind; readonly host: string; readonly port: number }
  | { readonly link: "serial"; readonly path: string; readonly baudRate: number }
  | { readonly link: "optical"; readonly path: string; readonly baudRate: number; readonly maxBaudRate: number };

/** The association to open, and what the link under it may be asked for. */
export interface AssociationOptions {
  /** 16 is the public client. */
  readonly clientSap?: number;
  /** 1 is the management logical device. */
  readonly serverSap?: number;
  /** Lower HDLC address; without it the meter is called by the upper address alone. */
  readonly physicalAddress?: number | undefined;
  readonly authentication?: ClientAuthentication;
  /** Keys under which everything is, with their counters; without them everything is in clear. */
  readonly security?: AssociationSecurity | undefined;
  /** How objects are addressed; logical names by default. */
  readonly referencing?: Referencing | undefined;
  /** Longest APDU this side takes. */
  readonly maxReceivePduSize?: number | undefined;
  /** HDLC: longest information field and largest window to propose. */
  readonly maxInformationFieldLength?: number | undefined;
  readonly windowSize?: number | undefined;
  /** Blocks of a general block transfer to take in a row, 1..63; 0 not to offer it at all. */
  readonly gbtWindow?: number | undefined;
  /** Requests under way at once, 1..15; 1 by default, as many meters take no more. */
  readonly maxOutstanding?: number | undefined;
  /** How often what may be repeated is; none by default but over UDP, where nobody else repeats what is lost. */
  readonly retries?: number | undefined;
  /** Hears what the meter sends without being asked. */
  readonly onNotification?: ((notification: Notification) => void) | undefined;
  /** Milliseconds for a connection, and for each answer. */
  readonly timeout?: number | undefined;
  readonly timers?: Timers;
  readonly trace?: TraceSink | undefined;
}

/** What HDLC can do at most (IEC 62056-46); the meter answers with what it can. */
const hdlcProposal = { maxInformationFieldLength: 2030, windowSize: 7 } as const;
const defaultTimeout = 10_000;

/** A way to a meter that is open, and what is spoken on it. */
export interface OpenWay {
  readonly transport: Transport;
  readonly link: LinkKind;
}

/**
 * Opens the way to a meter: a socket, a port, and behind a probe the sign-on.
 * @throws TransportError where nobody answers
 */
export async function openWay(
  address: MeterAddress,
  { timeout = defaultTimeout, timers = realTimers }: Pick<AssociationOptions, "timeout" | "timers"> = {},
): Promise<OpenWay> {
  switch (address.link) {
    case "serial": {
      const { openSerialPort } = await import("../optical/serial-port.ts");
      const { path, baudRate } = address;
      const transport = await openSerialPort({ path, baudRate, schedule: (delay, callback) => timers.schedule(delay, callback) });
      return { transport, link: "hdlc" };
    }
    case "optical": {
      const { openOpticalPort } = await import("../optical/open-optical.ts");
      const { line } = await openOpticalPort({ ...address, want: "hdlc", timers });
      return { transport: line, link: "hdlc" };
    }
    case "wrapper-udp":
      return { transport: await connectUdp(address), link: address.link };
    default:
      return { transport: await connectTcp({ ...address, connectTimeout: timeout }), link: address.link };
  }
}

/**
 * Opens the way to a meter and associates.
 * @throws TransportError where nobody answers, AssociationRejectedError where the meter refuses
 */
export async function connect(address: MeterAddress, options: AssociationOptions = {}): Promise<DlmsClient> {
  const { transport, link } = await openWay(address, options);
  return associate(transport, link, options);
}

/** Associates over a transport that is already open; on failure it is closed. */
export async function associate(transport: Transport, link: LinkKind, options: AssociationOptions = {}): Promise<DlmsClient> {
  const {
    clientSap = 16,
    serverSap = 1,
    authentication = { mechanism: "none" },
    timers = realTimers,
    timeout = defaultTimeout,
    retries = link === "wrapper-udp" ? udpRetries : 0,
    trace,
  } = options;
  const association = new ClientAssociation({
    transport,
    link: dataLink(link, clientSap, serverSap, timeout, options),
    application: new DlmsClientConnection({
      clientSap,
      serverSap,
      authentication,
      // All tries together stay within what an answer may take.
      responseTimeout: Math.max(500, Math.floor(timeout / (retries + 1))),
      retries,
      ...maxReceivePduSizeOver(link, options),
      ...given("security", options.security),
      ...given("referencing", options.referencing),
      ...given("gbtWindow", options.gbtWindow),
      ...given("maxOutstanding", options.maxOutstanding),
    }),
    timers,
    ...given("trace", trace),
    ...given("onNotification", options.onNotification),
  });
  await association.open();
  return new DlmsClient(options.referencing === "short-name" ? new ShortNameAssociation(association) : association);
}

/** What does not fit a datagram cannot be asked for. */
function maxReceivePduSizeOver(link: LinkKind, { maxReceivePduSize }: AssociationOptions) {
  if (link === "wrapper-udp") return { maxReceivePduSize: Math.min(maxReceivePduSize ?? maxDatagramPayload, maxDatagramPayload) };
  return maxReceivePduSize === undefined ? {} : { maxReceivePduSize };
}

/** The client's end of a link, between two SAPs. */
export function dataLink(
  link: LinkKind,
  clientSap: number,
  serverSap: number,
  timeout: number,
  options: Pick<AssociationOptions, "physicalAddress" | "maxInformationFieldLength" | "windowSize">,
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
    // The link repeats lost frames, within what an answer may take.
    responseTimeout: Math.max(500, Math.floor(timeout / (hdlcRetries + 1))),
    retries: hdlcRetries,
  });
}

const hdlcRetries = 3;
const udpRetries = 3;

/** An option under its name, or none where it was not given. */
function given<K extends string, T>(name: K, value: T | undefined): { readonly [Key in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in K]?: T };
}
