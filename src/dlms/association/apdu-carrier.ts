import type { GeneralBlockTransfer } from "../xdlms/general-block-transfer.ts";
import { type GbtStep, GbtTransfer, gbtCarries } from "./gbt-transfer.ts";
import { UnconfirmedBlocks, unconfirmedBlocks } from "./gbt-unconfirmed.ts";

/** An APDU to be sent. Unconfirmed ones go out in frames that nobody acknowledges, where the link has such. */
export interface OutgoingApdu {
  readonly bytes: Uint8Array;
  readonly confirmed: boolean;
}

export interface CarrierOptions {
  /** True at the server. */
  readonly answers: boolean;
  /** Blocks this side takes in a row, 1..63. */
  readonly window: number;
  /** Octets that an APDU of the peer may have over all its blocks. */
  readonly maxLength: number;
}

/** What an association agreed on about long APDUs. */
export interface CarrierLimits {
  /** Longest APDU the peer takes, in octets. */
  readonly maxPduSize: number;
  readonly generalBlockTransfer: boolean;
}

/** Besides the steps of a transfer: an unconfirmed one ended with blocks missing. */
export type CarrierStep = GbtStep | { readonly type: "lost" };

/**
 * Carries APDUs of any length between the two ends of an association: whole where they fit, else by general block
 * transfer. There is one transfer at a time.
 */
export class ApduCarrier {
  readonly #options: CarrierOptions;
  readonly #emit: (apdu: OutgoingApdu) => void;
  readonly #unconfirmed: UnconfirmedBlocks;
  #limits: CarrierLimits = { maxPduSize: Number.POSITIVE_INFINITY, generalBlockTransfer: false };
  #transfer: GbtTransfer | undefined;
  /** What the peer said of its window outlives the transfer: the next one need not ask. */
  #peerWindow = 1;
  #expectsMore = false;

  constructor(options: CarrierOptions, emit: (apdu: OutgoingApdu) => void) {
    this.#options = options;
    this.#emit = emit;
    this.#unconfirmed = new UnconfirmedBlocks(options.maxLength);
  }

  /** The peer sends on without being asked: the turn is still its own. */
  get expectsMore(): boolean {
    return this.#expectsMore;
  }

  /** True while blocks go one way or the other. */
  get active(): boolean {
    return this.#transfer !== undefined;
  }

  /** A new association begins. */
  start(limits: CarrierLimits): void {
    this.#limits = limits;
    this.#peerWindow = 1;
    this.reset();
  }

  /** Forgets the transfer under way. */
  reset(): void {
    this.#transfer = undefined;
    this.#expectsMore = false;
  }

  /** False where an APDU is too long to be carried. */
  carries(length: number): boolean {
    const { maxPduSize, generalBlockTransfer } = this.#limits;
    return length <= maxPduSize || (generalBlockTransfer && gbtCarries(length, maxPduSize));
  }

  send(apdu: Uint8Array): void {
    // The answer begins with its first block: whatever else came before was not asked for.
    if (!this.#options.answers) this.reset();
    if (this.#transfer?.awaitsAnswer !== true) {
      if (apdu.length <= this.#limits.maxPduSize) {
        this.#emit({ bytes: apdu, confirmed: true });
        return;
      }
      this.#transfer = this.#newTransfer();
    }
    this.#transfer.send(apdu);
  }

  sendUnconfirmed(apdu: Uint8Array): void {
    const { maxPduSize } = this.#limits;
    if (apdu.length <= maxPduSize) this.#emit({ bytes: apdu, confirmed: false });
    else for (const block of unconfirmedBlocks(apdu, maxPduSize)) this.#emit({ bytes: block, confirmed: false });
  }

  receive(block: GeneralBlockTransfer): CarrierStep {
    if (block.window === 0 && block.streaming && block.blockNumberAck === 0) return this.#receiveUnconfirmed(block);
    if (this.#transfer === undefined || this.#beginsAnother(block, this.#transfer)) this.#transfer = this.#newTransfer();
    const step = this.#transfer.receive(block);
    this.#peerWindow = this.#transfer.peerWindow;
    this.#expectsMore = block.streaming;
    if (step.type === "aborted" || (step.type === "apdu" && !this.#options.answers)) this.reset();
    return step;
  }

  /** Sends again what the peer may have missed; false where no transfer is under way. */
  repeat(): boolean {
    this.#transfer?.repeat();
    return this.#transfer !== undefined;
  }

  /** Ends the transfer under way, and tells the peer. */
  abort(): void {
    this.#transfer?.abort();
    this.reset();
  }

  #receiveUnconfirmed(block: GeneralBlockTransfer): CarrierStep {
    const outcome = this.#unconfirmed.accept(block);
    if (outcome === undefined) return { type: "waiting" };
    return outcome === "lost" ? { type: "lost" } : { type: "apdu", bytes: outcome };
  }

  /** At the server, a first block with data after a complete request is the next request. */
  #beginsAnother({ blockNumber, blockNumberAck, raw }: GeneralBlockTransfer, transfer: GbtTransfer): boolean {
    return this.#options.answers && transfer.delivered && blockNumber === 1 && blockNumberAck === 0 && raw.length > 0;
  }

  #newTransfer(): GbtTransfer {
    const { answers, window, maxLength } = this.#options;
    return new GbtTransfer({ maxPduSize: this.#limits.maxPduSize, window, peerWindow: this.#peerWindow, maxLength, answers }, (bytes) =>
      this.#emit({ bytes, confirmed: true }),
    );
  }
}
