import { ByteWriter } from "../bytes/byte-writer.ts";
import { LocalProtocolError } from "../errors.ts";
import { type HdlcAddress, hdlcAddress, isBroadcast, isCalling, sameStation } from "./address.ts";
import { connectionDefaults, type HdlcConnectionOptions } from "./connection-options.ts";
import type { ControlField } from "./control-field.ts";
import { earliest, isDue } from "./deadline.ts";
import { EchoFilter } from "./echo-filter.ts";
import type { HdlcDiscardReason, HdlcEvent } from "./events.ts";
import { type HdlcFrame, writeFrame } from "./frame.ts";
import { FrameDecoder, type FrameEvent } from "./frame-decoder.ts";
import { InformationTransfer } from "./information-transfer.ts";
import { addLlc, llcCommand, llcLength, removeLlc } from "./llc.ts";
import { defaultHdlcParameters, encodeParameters, type HdlcParameters, negotiate, parametersOf, resolveParameters } from "./parameters.ts";
import { clientTransitions, type HdlcClientInput, type HdlcState } from "./transitions.ts";
import { UnconfirmedReceiver, writeUnconfirmed } from "./unconfirmed.ts";

type NumberedControl = Extract<ControlField, { readonly receiveSequence: number }>;

const nothing = new Uint8Array(0);

/**
 * The client's end of an HDLC link (primary station in normal response mode, IEC 62056-46): it opens the link, grants
 * every turn and does all recovery. Bytes in, events out, bytes out; `now` is monotonic milliseconds.
 */
export class HdlcConnection {
  readonly #options: typeof connectionDefaults & HdlcConnectionOptions;
  readonly #client: HdlcAddress;
  readonly #server: HdlcAddress;
  readonly #servers: readonly HdlcAddress[];
  readonly #proposal: HdlcParameters;
  readonly #decoder = new FrameDecoder();
  readonly #echo = new EchoFilter();
  readonly #output = new ByteWriter();
  readonly #unconfirmed: UnconfirmedReceiver;
  /** UI payloads that wait for our turn. */
  #notices: Uint8Array[] = [];
  #state: HdlcState = "disconnected";
  #parameters = defaultHdlcParameters;
  #transfer: InformationTransfer;
  #ourTurn = true;
  /** A confirmed APDU went out and none has come back. */
  #awaitingAnswer = false;
  /** The user knows that the server has more to say: it is asked as soon as the turn is ours. */
  #pollAtOnce = false;
  /** I frames taken or newly acknowledged, and I frames lost, in the server's present turn. */
  #turn = { taken: 0, acknowledged: 0, lost: false };
  /** Repetitions since the server last made progress. */
  #attempts = 0;
  /** An answer without progress has made us send again, and none with progress has come since. */
  #wentBack = false;
  #responseDeadline: number | undefined;
  #pollDeadline: number | undefined;
  #silenceDeadline: number | undefined;
  #inactivityDeadline: number | undefined;

  constructor(options: HdlcConnectionOptions) {
    this.#options = { ...connectionDefaults, ...options };
    this.#client = hdlcAddress({ logical: options.clientSap, length: 1 });
    this.#server = hdlcAddress(options.serverAddress);
    this.#servers = [this.#server, ...this.#options.serverAliases.map(hdlcAddress)];
    this.#proposal = resolveParameters(options, defaultHdlcParameters);
    this.#unconfirmed = new UnconfirmedReceiver(this.#options.maxApduLength);
    this.#transfer = this.#newTransfer();
  }

  /** Where the link is between SNRM and DISC. */
  get state(): HdlcState {
    return this.#state;
  }

  /** What the link may carry, seen from here; the defaults until the server has answered. */
  get parameters(): HdlcParameters {
    return this.#parameters;
  }

  /** When {@link handleTimeout} has to be called; undefined while nothing is awaited. */
  get nextTimeout(): number | undefined {
    return earliest(
      this.#responseDeadline,
      this.#pollDeadline,
      this.#silenceDeadline,
      this.#inactivityDeadline,
      this.#unconfirmed.nextTimeout,
    );
  }

  /**
   * Opens the link with SNRM.
   * @throws LocalProtocolError unless disconnected, or when the server address means more than one.
   */
  connect(now: number): void {
    if (isBroadcast(this.#server)) throw new LocalProtocolError("all stations cannot be connected to", { layer: "hdlc" });
    if (!this.#move("connect")) throw new LocalProtocolError(`connect on an HDLC link that is ${this.#state}`, { layer: "hdlc" });
    this.#attempts = 0;
    this.#sendCommand("snrm", now);
  }

  /**
   * Sends a confirmed APDU, at once when the turn is ours, else as soon as it is.
   * @throws LocalProtocolError unless connected.
   */
  send(apdu: Uint8Array, now: number): void {
    if (this.#state !== "connected") throw new LocalProtocolError(`send on an HDLC link that is ${this.#state}`, { layer: "hdlc" });
    this.#transfer.enqueue(addLlc(llcCommand, apdu));
    this.#awaitingAnswer = true;
    if (this.#ourTurn) this.#useTurn(now);
  }

  /** Sends an unconfirmed APDU in UI frames; no link is needed, and nobody says whether it arrived. */
  sendUnconfirmed(apdu: Uint8Array, now: number): void {
    this.#notices.push(addLlc(llcCommand, apdu));
    if (this.#state === "disconnected") this.#sendNotices();
    else if (this.#state === "connected" && this.#ourTurn) this.#useTurn(now);
  }

  /**
   * Asks the server for one more APDU, which follows although the link cannot know it (GBT streaming): at once when the
   * turn is ours, else as soon as it is and the APDU has not come; then again until it comes.
   */
  poll(now: number): void {
    if (this.#state !== "connected") return;
    this.#awaitingAnswer = true;
    this.#pollAtOnce = true;
    if (this.#ourTurn) this.#useTurn(now);
  }

  /** Closes the link with DISC; nothing happens when there is none. */
  disconnect(now: number): void {
    if (!this.#move("disconnect")) return;
    this.#attempts = 0;
    this.#sendCommand("disc", now);
  }

  /** Takes octets of the line, cut anywhere. */
  receiveBytes(chunk: Uint8Array, now: number): HdlcEvent[] {
    this.#decoder.append(chunk);
    const events = this.#drainDecoder(now);
    this.#silenceDeadline = this.#decoder.pending ? now + this.#options.interOctetTimeout : undefined;
    // A long frame on a slow line may take longer than the server may take to begin.
    if (this.#decoder.receivingFrame) this.#extendResponse(now);
    return events;
  }

  /** The line has been quiet for the inter-octet time-out: what was unfinished is given up. */
  handleSilence(now: number): HdlcEvent[] {
    this.#silenceDeadline = undefined;
    this.#decoder.silence();
    return this.#drainDecoder(now);
  }

  /** Does what is due at `now`. */
  handleTimeout(now: number): HdlcEvent[] {
    const events = isDue(this.#silenceDeadline, now) ? this.handleSilence(now) : [];
    this.#unconfirmed.handleTimeout(now);
    if (isDue(this.#pollDeadline, now)) this.#useTurn(now, true);
    if (isDue(this.#inactivityDeadline, now)) this.#move("timeout", events);
    if (isDue(this.#responseDeadline, now)) {
      if (this.#attempts >= this.#options.retries) this.#move("timeout", events);
      else this.#repeat(now);
    }
    return events;
  }

  /** What to put on the line, once; undefined when there is nothing. */
  dataToSend(): Uint8Array | undefined {
    if (this.#output.length === 0) return undefined;
    const bytes = this.#output.finish();
    this.#echo.remember(bytes);
    return bytes;
  }

  #drainDecoder(now: number): HdlcEvent[] {
    const events: HdlcEvent[] = [];
    for (let event = this.#decoder.next(); event !== undefined; event = this.#decoder.next()) this.#onFrameEvent(event, now, events);
    return events;
  }

  #onFrameEvent(event: FrameEvent, now: number, events: HdlcEvent[]): void {
    const reason = event.type === "frame" ? this.#onFrame(event.frame, event.bytes, now, events) : event.reason;
    if (reason !== undefined) events.push({ type: "discarded", reason, bytes: event.bytes });
  }

  /** Returns why the frame was of no use, if it was not. */
  #onFrame(frame: HdlcFrame, bytes: Uint8Array, now: number, events: HdlcEvent[]): HdlcDiscardReason | undefined {
    const { control, source, destination } = frame;
    if (this.#isEcho(frame, bytes)) return "echo";
    const toUs = sameStation(destination, this.#client);
    const fromServer = toUs && this.#servers.some((server) => sameStation(server, source));
    const byItself = control.kind === "ui" && (this.#options.anyUnconfirmed || (toUs && isCalling(source)));
    if (!fromServer && !byItself) return "address";
    this.#echo.forget();
    if (this.#inactivityDeadline !== undefined) this.#inactivityDeadline = now + this.#options.inactivityTimeout;
    switch (control.kind) {
      case "i":
      case "rr":
      case "rnr":
        return this.#state === "connected" ? this.#onNumbered(frame, control, now, events) : "sequence";
      case "ui": {
        const apdu = this.#unconfirmed.receive(frame, now);
        if (apdu === "too-long") return "limit";
        if (apdu !== undefined && apdu.length > 0) events.push({ type: "apdu", bytes: apdu, confirmed: false, source });
        return undefined;
      }
      case "ua":
        if (this.#state === "connecting") return this.#onAccepted(frame, now, events);
        return this.#move("ua", events) ? undefined : "sequence";
      case "dm":
      case "frmr":
        return this.#move(control.kind, events) ? undefined : "sequence";
      default:
        return "control";
    }
  }

  /**
   * Where both addresses are the same, an answer may equal the request to the octet (RR to RR); then only a line known
   * to echo is believed to have echoed. A client's command gives it away, no server sends those.
   */
  #isEcho(frame: HdlcFrame, bytes: Uint8Array): boolean {
    const symmetrical = sameStation(this.#server, this.#client);
    const command = frame.control.kind === "snrm" || frame.control.kind === "disc";
    return (command || !symmetrical || this.#echo.echoing) && this.#echo.isEcho(bytes);
  }

  #onAccepted(frame: HdlcFrame, now: number, events: HdlcEvent[]): undefined {
    // An answer that cannot be read promises nothing beyond what every station is able to do.
    this.#parameters = negotiate(this.#proposal, parametersOf(frame.information) ?? defaultHdlcParameters);
    this.#move("ua", events);
    this.#transfer = this.#newTransfer();
    this.#awaitingAnswer = false;
    this.#pollAtOnce = false;
    if (this.#options.inactivityTimeout > 0) this.#inactivityDeadline = now + this.#options.inactivityTimeout;
    events.push({ type: "connected", parameters: this.#parameters });
    this.#takeTurn(now);
  }

  #onNumbered(frame: HdlcFrame, control: NumberedControl, now: number, events: HdlcEvent[]): HdlcDiscardReason | undefined {
    const acknowledged = this.#transfer.acknowledge(control.receiveSequence);
    if (acknowledged === undefined) return "sequence";
    this.#transfer.peerBusy = control.kind === "rnr";
    this.#turn.acknowledged += acknowledged;
    let reason: HdlcDiscardReason | undefined;
    if (control.kind === "i") {
      reason = this.#onInformation(frame, control.sendSequence, events);
      if (reason === "limit") {
        this.disconnect(now);
        return reason;
      }
    }
    if (this.#ourTurn) return reason;
    if (!control.pollFinal) this.#extendResponse(now);
    else if (this.#isFinal(control)) this.#takeTurn(now);
    return reason;
  }

  /**
   * True when a frame with F=1 ends the answer we wait for, rather than a late or doubled one. Acting on those too would
   * double every exchange from there on.
   */
  #isFinal(control: NumberedControl): boolean {
    const { taken, acknowledged } = this.#turn;
    const { unacknowledged, receivingSdu, receiveState } = this.#transfer;
    if (taken > 0 || acknowledged > 0) {
      this.#wentBack = false;
    } else if (control.kind === "i") {
      // The I frame before the one expected: no window reaches so far ahead, so it is the last answer once more.
      if ((control.sendSequence + 1) % 8 === receiveState) {
        this.#turn.lost = false;
        return false;
      }
      return this.#goBackOnce();
    } else if (control.kind === "rr" && (unacknowledged > 0 || receivingSdu)) {
      // A single frame that was lost has no answer; the time-out takes care of it.
      return unacknowledged !== 1 && this.#goBackOnce();
    }
    this.#attempts = 0;
    return true;
  }

  /** Lost frames show as an answer without progress; if sending again does not help, the time-out decides. */
  #goBackOnce(): boolean {
    const first = !this.#wentBack;
    this.#wentBack = true;
    return first;
  }

  #onInformation(frame: HdlcFrame, sendSequence: number, events: HdlcEvent[]): HdlcDiscardReason | undefined {
    const reception = this.#transfer.receive(sendSequence, frame.segmented, frame.information);
    if (reception.outcome === "too-long") return "limit";
    if (reception.outcome !== "accepted") {
      if (reception.outcome === "out-of-sequence") this.#turn.lost = true;
      return "sequence";
    }
    this.#turn.taken++;
    const apdu = reception.sdu === undefined ? nothing : removeLlc(reception.sdu);
    if (apdu.length > 0) {
      this.#awaitingAnswer = false;
      this.#pollAtOnce = false;
      this.#pollDeadline = undefined;
      events.push({ type: "apdu", bytes: apdu, confirmed: true, source: frame.source });
    }
    return undefined;
  }

  /** The server has returned the turn. */
  #takeTurn(now: number): void {
    this.#ourTurn = true;
    this.#responseDeadline = undefined;
    this.#useTurn(now);
  }

  /** Sends what there is to send, or asks for what is still to come, or keeps the turn. */
  #useTurn(now: number, pollNow = false): void {
    this.#sendNotices();
    const transfer = this.#transfer;
    // A window filled to the brim may not have held everything; with a window of 1 that would cost every answer an RR.
    const { windowSizeReceive } = this.#parameters;
    const windowFull = windowSizeReceive > 1 && this.#turn.taken >= windowSizeReceive;
    if (transfer.hasInformation && !transfer.peerBusy) {
      transfer.transmit(this.#write);
      this.#giveTurn(now);
    } else if (pollNow || this.#pollAtOnce || transfer.receivingSdu || windowFull || this.#turn.lost) {
      this.#sendPoll(now);
    } else if (this.#awaitingAnswer || transfer.hasInformation) {
      this.#pollDeadline ??= now + this.#options.pollInterval;
    }
  }

  #sendPoll(now: number): void {
    this.#write({ kind: "rr", receiveSequence: this.#transfer.receiveState, pollFinal: true }, nothing, false);
    this.#giveTurn(now);
  }

  #sendCommand(kind: "snrm" | "disc", now: number): void {
    this.#write({ kind, pollFinal: true }, kind === "snrm" ? encodeParameters(this.#proposal) : nothing, false);
    this.#giveTurn(now);
  }

  #giveTurn(now: number): void {
    this.#ourTurn = false;
    this.#pollAtOnce = false;
    this.#turn = { taken: 0, acknowledged: 0, lost: false };
    this.#pollDeadline = undefined;
    this.#responseDeadline = now + this.#options.responseTimeout;
  }

  #extendResponse(now: number): void {
    if (this.#responseDeadline !== undefined) this.#responseDeadline = now + this.#options.responseTimeout;
  }

  #repeat(now: number): void {
    this.#attempts++;
    if (this.#state === "connecting") this.#sendCommand("snrm", now);
    else if (this.#state === "disconnecting") this.#sendCommand("disc", now);
    else {
      this.#wentBack = false;
      if (this.#transfer.unacknowledged === 0) this.#sendPoll(now);
      else {
        this.#transfer.transmit(this.#write);
        this.#giveTurn(now);
      }
    }
  }

  #sendNotices(): void {
    writeUnconfirmed(this.#notices, this.#parameters.maxInformationFieldLengthTransmit, false, this.#write);
    this.#notices = [];
  }

  readonly #write = (control: ControlField, information: Uint8Array, segmented: boolean): void => {
    writeFrame(this.#output, { segmented, destination: this.#server, source: this.#client, control, information });
  };

  /** Goes where the table says; false when the input means nothing in this state. */
  #move(input: HdlcClientInput, events?: HdlcEvent[]): boolean {
    const transition = clientTransitions[this.#state][input];
    if (transition === undefined) return false;
    this.#state = transition.to;
    this.#pollDeadline = undefined;
    this.#responseDeadline = undefined;
    this.#inactivityDeadline = undefined;
    if (transition.to === "disconnected") {
      this.#parameters = defaultHdlcParameters;
      this.#transfer = this.#newTransfer();
      this.#notices = [];
      this.#ourTurn = true;
      if (transition.reason !== undefined) events?.push({ type: "disconnected", reason: transition.reason });
    }
    return true;
  }

  #newTransfer(): InformationTransfer {
    return new InformationTransfer(this.#parameters, this.#options.maxApduLength + llcLength);
  }
}
