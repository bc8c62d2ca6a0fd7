import { ByteWriter } from "../bytes/byte-writer.ts";
import { LocalProtocolError } from "../errors.ts";
import { type HdlcAddress, type HdlcAddressLength, hdlcAddress, isAllStation, isBroadcast, isNoStation } from "./address.ts";
import type { ControlField } from "./control-field.ts";
import { earliest, isDue } from "./deadline.ts";
import type { HdlcDiscardedEvent, HdlcDiscardReason } from "./events.ts";
import { type HdlcFrame, writeFrame } from "./frame.ts";
import { FrameDecoder, type FrameEvent } from "./frame-decoder.ts";
import { addLlc, llcResponse } from "./llc.ts";
import {
  defaultHdlcParameters,
  encodeParameters,
  type HdlcParameters,
  largestHdlcParameters,
  negotiate,
  parametersOf,
  resolveParameters,
} from "./parameters.ts";
import { SecondaryLink } from "./secondary-link.ts";
import { UnconfirmedReceiver, writeUnconfirmed } from "./unconfirmed.ts";

/** Who talks to whom: the client's address and the upper address of the logical device, both numerically the SAPs. */
export interface HdlcChannel {
  readonly clientSap: number;
  readonly serverSap: number;
}

/** One physical device on a line. Link parameters are what it can do; the default is all the profile allows. Times in ms. */
export interface HdlcStationOptions extends Partial<HdlcParameters> {
  /** Lower address of the device. */
  readonly physicalAddress: number;
  /** Upper addresses (SAPs) of its logical devices. */
  readonly logicalDevices: readonly number[];
  /** Address forms it answers to. Default all; without 1 it needs its lower address, as on a shared line. */
  readonly addressLengths?: readonly HdlcAddressLength[];
  /** Links open at the same time; SNRM for one more is answered DM. Default 16. */
  readonly maxLinks?: number;
  /** Without a frame of the client for this long its link is closed; 0 is never. Default 120 000. */
  readonly inactivityTimeout?: number;
  /** Longest gap inside a frame. Default 1000, as tunnels need; a serial line reports silence itself and earlier. */
  readonly interOctetTimeout?: number;
  /** Longest APDU taken, in octets. Default 65535. */
  readonly maxApduLength?: number;
  /** Send unconfirmed APDUs at once (default) rather than when a client polls for them, as a shared line demands. */
  readonly unsolicited?: boolean;
}

/** What a station tells its user. `bytes` are views, valid until the next call into the station. */
export type HdlcStationEvent =
  | { readonly type: "opened"; readonly channel: HdlcChannel; readonly parameters: HdlcParameters }
  | { readonly type: "apdu"; readonly channel: HdlcChannel; readonly bytes: Uint8Array; readonly confirmed: boolean }
  | { readonly type: "closed"; readonly channel: HdlcChannel; readonly reason: "remote" | "timeout" | "replaced" }
  | HdlcDiscardedEvent;

/** Unconfirmed APDUs that may wait for a poll. */
const maxNotices = 32;

const nothing = new Uint8Array(0);

/**
 * The server's end of a line: one physical device with its logical devices, each with a link of its own to each client.
 * Frames for others pass in silence; several stations may hear the same line.
 */
export class HdlcStation {
  readonly #physical: number;
  readonly #devices: ReadonlySet<number>;
  readonly #lengths: readonly HdlcAddressLength[];
  readonly #capability: HdlcParameters;
  readonly #maxLinks: number;
  readonly #inactivityTimeout: number;
  readonly #interOctetTimeout: number;
  readonly #maxApduLength: number;
  readonly #unsolicited: boolean;
  readonly #decoder = new FrameDecoder();
  readonly #output = new ByteWriter();
  readonly #unconfirmed: UnconfirmedReceiver;
  readonly #links = new Map<string, SecondaryLink>();
  #notices: { readonly channel: HdlcChannel; readonly sdu: Uint8Array }[] = [];
  #silenceDeadline: number | undefined;

  constructor(options: HdlcStationOptions) {
    this.#physical = options.physicalAddress;
    this.#devices = new Set(options.logicalDevices);
    this.#lengths = options.addressLengths ?? [1, 2, 4];
    this.#capability = resolveParameters(options, largestHdlcParameters);
    this.#maxLinks = options.maxLinks ?? 16;
    this.#inactivityTimeout = options.inactivityTimeout ?? 120_000;
    this.#interOctetTimeout = options.interOctetTimeout ?? 1000;
    this.#maxApduLength = options.maxApduLength ?? 0xffff;
    this.#unsolicited = options.unsolicited ?? true;
    this.#unconfirmed = new UnconfirmedReceiver(this.#maxApduLength);
    for (const logical of this.#devices) this.#ownAddress(logical);
  }

  /** When {@link handleTimeout} has to be called; undefined while nothing is awaited. */
  get nextTimeout(): number | undefined {
    let first = earliest(this.#silenceDeadline, this.#unconfirmed.nextTimeout);
    for (const link of this.#links.values()) first = earliest(first, this.#inactivityDeadline(link));
    return first;
  }

  /** Takes octets of the line, cut anywhere. */
  receiveBytes(chunk: Uint8Array, now: number): HdlcStationEvent[] {
    this.#decoder.append(chunk);
    const events = this.#drainDecoder(now);
    this.#silenceDeadline = this.#decoder.pending ? now + this.#interOctetTimeout : undefined;
    return events;
  }

  /** The line has been quiet for the inter-octet time-out: what was unfinished is given up. */
  handleSilence(now: number): HdlcStationEvent[] {
    this.#silenceDeadline = undefined;
    this.#decoder.silence();
    return this.#drainDecoder(now);
  }

  /** Does what is due at `now`. */
  handleTimeout(now: number): HdlcStationEvent[] {
    const events = isDue(this.#silenceDeadline, now) ? this.handleSilence(now) : [];
    this.#unconfirmed.handleTimeout(now);
    for (const [key, link] of this.#links) {
      if (!isDue(this.#inactivityDeadline(link), now)) continue;
      this.#links.delete(key);
      events.push({ type: "closed", channel: channelOf(link.client, link.server), reason: "timeout" });
    }
    return events;
  }

  /**
   * Answers on a channel, now or, after the client has asked again meanwhile, when it asks next. An answer for a link
   * that is closed by now is dropped: nobody is left to hear it.
   */
  send(channel: HdlcChannel, apdu: Uint8Array, _now: number): void {
    this.#links.get(channelKey(channel))?.send(apdu);
  }

  /**
   * Sends an APDU in UI frames, with or without a link; see `unsolicited`.
   * @throws LocalProtocolError when too many wait for a poll already.
   */
  sendUnconfirmed(channel: HdlcChannel, apdu: Uint8Array, _now: number): void {
    if (!this.#unsolicited && this.#notices.length >= maxNotices) {
      throw new LocalProtocolError(`${maxNotices} unconfirmed APDUs wait for a client to poll already`, { layer: "hdlc" });
    }
    const sdu = addLlc(llcResponse, apdu);
    if (!this.#unsolicited) {
      this.#notices.push({ channel, sdu });
      return;
    }
    const link = this.#links.get(channelKey(channel));
    const client = hdlcAddress({ logical: channel.clientSap, length: 1 });
    this.#sendNotices([sdu], client, link?.server ?? this.#ownAddress(channel.serverSap), false);
  }

  /**
   * What to put on the line, once; undefined when there is nothing. The answers queued on a channel up to now share its
   * turn, so that several go out together where the window allows.
   */
  dataToSend(): Uint8Array | undefined {
    for (const link of this.#links.values()) link.answer();
    return this.#output.length === 0 ? undefined : this.#output.finish();
  }

  #drainDecoder(now: number): HdlcStationEvent[] {
    const events: HdlcStationEvent[] = [];
    for (let event = this.#decoder.next(); event !== undefined; event = this.#decoder.next()) this.#onFrameEvent(event, now, events);
    return events;
  }

  #onFrameEvent(event: FrameEvent, now: number, events: HdlcStationEvent[]): void {
    const reason = event.type === "frame" ? this.#onFrame(event.frame, now, events) : event.reason;
    if (reason !== undefined) events.push({ type: "discarded", reason, bytes: event.bytes });
  }

  /** Returns why the frame was of no use, if it was not. */
  #onFrame(frame: HdlcFrame, now: number, events: HdlcStationEvent[]): HdlcDiscardReason | undefined {
    const { control, source, destination } = frame;
    if (source.length !== 1 || isNoStation(source) || !this.#isAddressed(destination)) return "address";
    if (control.kind === "ui") return this.#onUnconfirmed(frame, now, events);
    // Nothing but UI may be sent to more than one, and none of them answers.
    if (isBroadcast(destination)) return "address";
    if (control.kind === "ua" || control.kind === "dm" || control.kind === "frmr") return "control";
    const channel = channelOf(source, destination);
    const key = channelKey(channel);
    const link = this.#links.get(key);
    if (link !== undefined) {
      link.server = destination;
      link.lastHeard = now;
    }
    if (control.kind === "snrm") return this.#onOpen(frame, key, link, now, events);
    if (link === undefined) {
      this.#answer(frame, { kind: "dm", pollFinal: true }, nothing);
      return "sequence";
    }
    if (control.kind === "disc") {
      this.#links.delete(key);
      this.#answer(frame, { kind: "ua", pollFinal: true }, nothing);
      events.push({ type: "closed", channel, reason: "remote" });
      return undefined;
    }
    const reception = link.receive(frame);
    if (typeof reception === "object") events.push({ type: "apdu", channel, bytes: reception.apdu, confirmed: true });
    return reception === "unexpected" ? "sequence" : undefined;
  }

  #onOpen(
    frame: HdlcFrame,
    key: string,
    present: SecondaryLink | undefined,
    now: number,
    events: HdlcStationEvent[],
  ): HdlcDiscardReason | undefined {
    // Without P there is no turn to say UA, and a client that is not told would not know what holds.
    if (!frame.control.pollFinal) return "sequence";
    const proposal = readProposal(frame.information);
    if (proposal === undefined || (present === undefined && this.#links.size >= this.#maxLinks)) {
      this.#answer(frame, { kind: "dm", pollFinal: true }, nothing);
      return "limit";
    }
    const channel = channelOf(frame.source, frame.destination);
    if (present !== undefined) events.push({ type: "closed", channel, reason: "replaced" });
    const parameters = negotiate(this.#capability, proposal);
    const link = present ?? this.#newLink(frame);
    link.open(parameters);
    link.lastHeard = now;
    this.#links.set(key, link);
    this.#answer(frame, { kind: "ua", pollFinal: true }, encodeParameters(parameters));
    events.push({ type: "opened", channel, parameters });
    return undefined;
  }

  #onUnconfirmed(frame: HdlcFrame, now: number, events: HdlcStationEvent[]): HdlcDiscardReason | undefined {
    const { source, destination } = frame;
    const broadcast = isBroadcast(destination);
    if (broadcast && frame.control.pollFinal) return "address";
    const apdu = this.#unconfirmed.receive(frame, now);
    if (apdu === "too-long") return "limit";
    const heard = isAllStation(destination.logical, destination) ? [...this.#devices] : [destination.logical];
    if (apdu !== undefined && apdu.length > 0) {
      for (const serverSap of heard) {
        events.push({ type: "apdu", channel: { clientSap: source.logical, serverSap }, bytes: apdu, confirmed: false });
      }
    }
    if (broadcast) return undefined;
    const key = channelKey(channelOf(source, destination));
    const link = this.#links.get(key);
    if (link !== undefined) link.lastHeard = now;
    if (frame.control.pollFinal) this.#answerPoll(source, destination, key);
    return undefined;
  }

  /** A UI frame with P=1 asks for what waits to be told; with nothing to tell, an empty UI frame returns the turn. */
  #answerPoll(client: HdlcAddress, server: HdlcAddress, key: string): void {
    const due = this.#notices.filter(({ channel }) => channelKey(channel) === key);
    this.#notices = this.#notices.filter((notice) => !due.includes(notice));
    const sdus = due.length === 0 ? [nothing] : due.map(({ sdu }) => sdu);
    this.#sendNotices(sdus, client, server, true);
    this.#decoder.expectOpeningFlag();
  }

  #sendNotices(sdus: readonly Uint8Array[], destination: HdlcAddress, source: HdlcAddress, final: boolean): void {
    const link = this.#links.get(channelKey(channelOf(destination, source)));
    const { maxInformationFieldLengthTransmit } = link?.parameters ?? defaultHdlcParameters;
    writeUnconfirmed(sdus, maxInformationFieldLengthTransmit, final, (control, information, segmented) => {
      writeFrame(this.#output, { segmented, destination, source, control, information });
    });
  }

  #isAddressed(destination: HdlcAddress): boolean {
    const { logical, physical, length } = destination;
    if (isNoStation(destination) || !this.#lengths.includes(length)) return false;
    if (!this.#devices.has(logical) && !isAllStation(logical, destination)) return false;
    return physical === undefined || physical === this.#physical || isAllStation(physical, destination);
  }

  /** The address a logical device gives when nobody has called it yet: with the lower part where it may have one. */
  #ownAddress(logical: number): HdlcAddress {
    const wide = Math.max(logical, this.#physical) > 0x7f;
    const length = this.#lengths.includes(2) && !wide ? 2 : this.#lengths.includes(4) ? 4 : 1;
    return hdlcAddress({ logical, physical: length === 1 ? undefined : this.#physical, length });
  }

  #newLink({ source, destination }: HdlcFrame): SecondaryLink {
    const link: SecondaryLink = new SecondaryLink(source, destination, this.#maxApduLength, (control, information, segmented) => {
      writeFrame(this.#output, { segmented, destination: link.client, source: link.server, control, information });
      this.#decoder.expectOpeningFlag();
    });
    return link;
  }

  /** Answers outside a link, if the frame gave us the turn. */
  #answer(frame: HdlcFrame, control: ControlField, information: Uint8Array): void {
    if (!frame.control.pollFinal) return;
    writeFrame(this.#output, { segmented: false, destination: frame.source, source: frame.destination, control, information });
    this.#decoder.expectOpeningFlag();
  }

  #inactivityDeadline(link: SecondaryLink): number | undefined {
    return this.#inactivityTimeout === 0 ? undefined : link.lastHeard + this.#inactivityTimeout;
  }
}

function channelOf(client: HdlcAddress, server: HdlcAddress): HdlcChannel {
  return { clientSap: client.logical, serverSap: server.logical };
}

function channelKey({ clientSap, serverSap }: HdlcChannel): string {
  return `${clientSap}>${serverSap}`;
}

/** What SNRM proposes; undefined when it cannot be read, or is longer than every station is able to receive. */
function readProposal(information: Uint8Array): HdlcParameters | undefined {
  return information.length > defaultHdlcParameters.maxInformationFieldLengthReceive ? undefined : parametersOf(information);
}
