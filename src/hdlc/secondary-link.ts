import type { HdlcAddress } from "./address.ts";
import { type ControlField, encodeControl } from "./control-field.ts";
import type { HdlcFrame } from "./frame.ts";
import { InformationTransfer, type WriteFrame } from "./information-transfer.ts";
import { addLlc, llcLength, llcResponse, removeLlc } from "./llc.ts";
import { defaultHdlcParameters, type HdlcParameters } from "./parameters.ts";
import { type HdlcServerInput, type HdlcServerState, serverTransitions } from "./transitions.ts";

/**
 * Third octet of the information field of FRMR: why a frame was rejected (ISO/IEC 13239 5.5.3.4.2, bits W, X, Y, Z; X
 * never comes without W).
 */
const rejection = {
  undefinedControl: 0x80,
  informationNotPermitted: 0xc0,
  informationTooLong: 0x20,
  invalidReceiveSequence: 0x10,
} as const;

const nothing = new Uint8Array(0);

/** What a frame of the client came to: an APDU, nothing to report, or nothing at all because it was not expected. */
export type SecondaryReception = { readonly apdu: Uint8Array } | "handled" | "unexpected";

/**
 * One client's link at the server's end (secondary station in normal response mode): it speaks only when given the
 * turn, repeats what was not acknowledged, and rejects what it cannot interpret.
 */
export class SecondaryLink {
  readonly client: HdlcAddress;
  /** The server address in the form the client used last, since answers use the same. */
  server: HdlcAddress;
  /** When the client was last heard. */
  lastHeard = 0;
  readonly #maxSduLength: number;
  readonly #write: WriteFrame;
  #state: HdlcServerState = "disconnected";
  #parameters = defaultHdlcParameters;
  #transfer: InformationTransfer;
  /** We have the turn and keep it until the answer is there. */
  #holdingTurn = false;
  #rejected: Uint8Array = nothing;

  constructor(client: HdlcAddress, server: HdlcAddress, maxApduLength: number, write: WriteFrame) {
    this.client = client;
    this.server = server;
    this.#maxSduLength = maxApduLength + llcLength;
    this.#write = write;
    this.#transfer = new InformationTransfer(this.#parameters, this.#maxSduLength);
  }

  /** What the link may carry, seen from here. */
  get parameters(): HdlcParameters {
    return this.#parameters;
  }

  /** Starts afresh with what SNRM negotiated: numbers at zero, nothing under way (IEC 62056-46 6.4.4.4.2.1). */
  open(parameters: HdlcParameters): void {
    this.#move("snrm");
    this.#parameters = parameters;
    this.#transfer = new InformationTransfer(parameters, this.#maxSduLength);
    this.#holdingTurn = false;
  }

  /** Queues `apdu`. It goes out with {@link answer} while the turn is held for it, else when the client asks again. */
  send(apdu: Uint8Array): void {
    if (this.#state === "connected") this.#transfer.enqueue(addLlc(llcResponse, apdu));
  }

  /** Uses the turn that was held, once there is an answer: as much of all that is queued as the window takes. */
  answer(): void {
    if (this.#holdingTurn && this.#transfer.hasInformation) this.#useTurn();
  }

  /** Takes any frame but SNRM, DISC and UI. */
  receive(frame: HdlcFrame): SecondaryReception {
    const { control, information } = frame;
    if (this.#state === "rejecting") {
      if (control.pollFinal) this.#sendRejection();
      return "unexpected";
    }
    switch (control.kind) {
      case "i":
      case "rr":
      case "rnr":
        break;
      case "unknown":
        return this.#reject(control, rejection.undefinedControl);
      default:
        // Commands are dealt with before; UA, DM and FRMR are for servers to send.
        return "unexpected";
    }
    if (control.kind !== "i" && information.length > 0) return this.#reject(control, rejection.informationNotPermitted);
    if (information.length > this.#parameters.maxInformationFieldLengthReceive) return this.#reject(control, rejection.informationTooLong);
    if (this.#transfer.acknowledge(control.receiveSequence) === undefined) {
      return this.#reject(control, rejection.invalidReceiveSequence);
    }
    this.#transfer.peerBusy = control.kind === "rnr";
    // Whoever asks again while the answer is being made learns that the request has arrived.
    this.#holdingTurn = false;
    let reception: SecondaryReception = "handled";
    if (control.kind === "i") {
      const { sendSequence } = control;
      const received = this.#transfer.receive(sendSequence, frame.segmented, information);
      if (received.outcome === "too-long") return this.#reject(control, rejection.informationTooLong);
      if (received.outcome !== "accepted") reception = "unexpected";
      else if (received.sdu !== undefined) {
        const apdu = removeLlc(received.sdu);
        if (apdu.length > 0) reception = { apdu };
      }
    }
    if (!control.pollFinal) return reception;
    if (typeof reception === "object" && !this.#transfer.hasInformation) this.#holdingTurn = true;
    else this.#useTurn();
    return reception;
  }

  #useTurn(): void {
    this.#holdingTurn = false;
    if (this.#transfer.hasInformation && !this.#transfer.peerBusy) this.#transfer.transmit(this.#write);
    else this.#write({ kind: "rr", receiveSequence: this.#transfer.receiveState, pollFinal: true }, nothing, false);
  }

  #reject(control: ControlField, reason: number): SecondaryReception {
    const { sendState, receiveState } = this.#transfer;
    this.#rejected = Uint8Array.of(encodeControl(control), (receiveState << 5) | (sendState << 1), reason);
    this.#move("reject");
    this.#holdingTurn = false;
    if (control.pollFinal) this.#sendRejection();
    return "unexpected";
  }

  #sendRejection(): void {
    this.#write({ kind: "frmr", pollFinal: true }, this.#rejected, false);
  }

  #move(input: HdlcServerInput): void {
    this.#state = serverTransitions[this.#state][input]?.to ?? this.#state;
  }
}
