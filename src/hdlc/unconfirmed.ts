import { addressKey } from "./address.ts";
import type { HdlcFrame } from "./frame.ts";
import type { WriteFrame } from "./information-transfer.ts";
import { llcLength, removeLlc } from "./llc.ts";
import { Reassembler } from "./reassembler.ts";
import { SegmentQueue } from "./segment-queue.ts";

/** Senders whose chains may be incomplete at the same time. */
const maxChains = 8;

/** Time after which the rest of a chain is not expected any more, in ms. */
const chainTimeout = 5000;

interface Chain {
  readonly reassembler: Reassembler;
  deadline: number;
}

/**
 * Receives UI frames. Pushing meters segment them although no window applies, so chains are joined for each pair of
 * addresses; a chain that stops is dropped, as nothing can ask for its rest.
 */
export class UnconfirmedReceiver {
  readonly #maxApduLength: number;
  readonly #chains = new Map<string, Chain>();

  constructor(maxApduLength: number) {
    this.#maxApduLength = maxApduLength;
  }

  /** When the oldest incomplete chain is given up. */
  get nextTimeout(): number | undefined {
    let earliest: number | undefined;
    for (const { deadline } of this.#chains.values()) earliest = Math.min(deadline, earliest ?? deadline);
    return earliest;
  }

  /** Takes a UI frame; returns the APDU when it is complete, and "too-long" when it outgrows the limit. */
  receive(frame: HdlcFrame, now: number): Uint8Array | "too-long" | undefined {
    const key = `${addressKey(frame.source)}>${addressKey(frame.destination)}`;
    let chain = this.#chains.get(key);
    if (chain === undefined) {
      if (frame.segmented) this.#makeRoom();
      chain = { reassembler: new Reassembler(this.#maxApduLength + llcLength), deadline: 0 };
    }
    const sdu = chain.reassembler.add(frame.information, frame.segmented);
    if (sdu === undefined) {
      chain.deadline = now + chainTimeout;
      this.#chains.set(key, chain);
      return undefined;
    }
    this.#chains.delete(key);
    return sdu === "too-long" ? sdu : removeLlc(sdu);
  }

  /** Gives up the chains whose time has come. */
  handleTimeout(now: number): void {
    for (const [key, { deadline }] of this.#chains) if (deadline <= now) this.#chains.delete(key);
  }

  #makeRoom(): void {
    for (const key of this.#chains.keys()) {
      if (this.#chains.size < maxChains) return;
      this.#chains.delete(key);
    }
  }
}

/** Writes SDUs as UI frames, segmented where they are too long for one; `final` sets P/F on the very last frame. */
export function writeUnconfirmed(sdus: readonly Uint8Array[], maxInformationFieldLength: number, final: boolean, write: WriteFrame): void {
  const segments = new SegmentQueue(maxInformationFieldLength);
  for (const sdu of sdus) segments.push(sdu);
  for (let segment = segments.shift(); segment !== undefined; segment = segments.shift()) {
    write({ kind: "ui", pollFinal: final && segments.isEmpty }, segment.information, segment.segmented);
  }
}
