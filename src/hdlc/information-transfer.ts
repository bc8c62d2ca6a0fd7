import type { ControlField } from "./control-field.ts";
import type { HdlcParameters } from "./parameters.ts";
import { Reassembler } from "./reassembler.ts";
import { type Segment, SegmentQueue } from "./segment-queue.ts";

/** Writes one frame of a link: control field, information field, and whether more segments follow. */
export type WriteFrame = (control: ControlField, information: Uint8Array, segmented: boolean) => void;

/**
 * What became of an I frame. `repeated`: the one accepted last, again. `out-of-sequence`: another one than expected,
 * frames were lost. `too-long`: its SDU outgrew what we take.
 */
export type Reception =
  | { readonly outcome: "accepted"; readonly sdu: Uint8Array | undefined }
  | { readonly outcome: "repeated" | "out-of-sequence" | "too-long" };

const modulus = 8;

/**
 * The sequence numbers, window and segments of one end of a link in normal response mode (IEC 62056-46 6.4.4.4.3.3).
 * Both ends work alike: whoever holds the turn sends again what was not acknowledged, then what is new, and returns the
 * turn with the last frame. What is under way is known by its SDU, so frames are made again rather than kept.
 */
export class InformationTransfer {
  readonly #parameters: HdlcParameters;
  readonly #queue: SegmentQueue;
  readonly #reassembler: Reassembler;
  /** Segments under way, oldest first; the oldest carries N(S) = V(S) - length. */
  readonly #inFlight: Segment[] = [];
  #sendState = 0;
  #receiveState = 0;
  /** The peer has said RNR: it may be asked, but not sent information. */
  peerBusy = false;

  constructor(parameters: HdlcParameters, maxSduLength: number) {
    this.#parameters = parameters;
    this.#queue = new SegmentQueue(parameters.maxInformationFieldLengthTransmit);
    this.#reassembler = new Reassembler(maxSduLength);
  }

  /** V(S), the number of the next new I frame. */
  get sendState(): number {
    return this.#sendState;
  }

  /** V(R), the number of the I frame expected next; also the N(R) that acknowledges all before it. */
  get receiveState(): number {
    return this.#receiveState;
  }

  /** There is something to send, or to send again. */
  get hasInformation(): boolean {
    return this.#inFlight.length > 0 || !this.#queue.isEmpty;
  }

  /** Frames under way that the peer has not acknowledged. */
  get unacknowledged(): number {
    return this.#inFlight.length;
  }

  /** The peer is in the middle of an SDU. */
  get receivingSdu(): boolean {
    return this.#reassembler.partial;
  }

  /** Queues an SDU, which must not change any more. */
  enqueue(sdu: Uint8Array): void {
    this.#queue.push(sdu);
  }

  /**
   * Takes the N(R) of a frame: everything before it has arrived. Returns how many frames that newly acknowledges, or
   * undefined when the number is outside the window and means nothing.
   */
  acknowledge(receiveSequence: number): number | undefined {
    const oldest = (this.#sendState - this.#inFlight.length + modulus) % modulus;
    const count = (receiveSequence - oldest + modulus) % modulus;
    if (count > this.#inFlight.length) return undefined;
    this.#inFlight.splice(0, count);
    return count;
  }

  /** Takes an I frame. */
  receive(sendSequence: number, segmented: boolean, information: Uint8Array): Reception {
    if (sendSequence !== this.#receiveState) {
      return { outcome: (sendSequence + 1) % modulus === this.#receiveState ? "repeated" : "out-of-sequence" };
    }
    const sdu = this.#reassembler.add(information, segmented);
    if (sdu === "too-long") return { outcome: "too-long" };
    this.#receiveState = (this.#receiveState + 1) % modulus;
    return { outcome: "accepted", sdu };
  }

  /** Fills the window, what was not acknowledged first; P/F is set on the last frame. */
  transmit(write: WriteFrame): void {
    const inFlight = this.#inFlight;
    while (inFlight.length < this.#parameters.windowSizeTransmit) {
      const segment = this.#queue.shift();
      if (segment === undefined) break;
      inFlight.push(segment);
      this.#sendState = (this.#sendState + 1) % modulus;
    }
    let sendSequence = (this.#sendState - inFlight.length + modulus) % modulus;
    inFlight.forEach(({ information, segmented }, index) => {
      const pollFinal = index === inFlight.length - 1;
      write({ kind: "i", sendSequence, receiveSequence: this.#receiveState, pollFinal }, information, segmented);
      sendSequence = (sendSequence + 1) % modulus;
    });
  }
}
