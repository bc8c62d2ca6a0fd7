import type { Payload } from "./links/found.ts";
import { Located } from "./located.ts";

interface Chain {
  readonly parts: Located[];
  lastNumber: number | undefined;
  /** A segment is missing, so the message is lost up to its end. */
  broken: boolean;
}

/** Joins the segments that links cut messages into, each direction for itself. */
export class MessageChains {
  readonly #chains = new Map<string, Chain>();
  readonly #warn: (warning: string) => void;
  readonly #abandon: (part: Located) => void;

  /** @param abandon is told of the segments of messages that are given up */
  constructor(warn: (warning: string) => void, abandon: (part: Located) => void) {
    this.#warn = warn;
    this.#abandon = abandon;
  }

  /** Takes a segment, which may be all of the message; returns the message when it is complete. */
  accept({ channel, more, numbered }: Payload, part: Located): Located | undefined {
    const chain = this.#chains.get(channel) ?? { parts: [], lastNumber: undefined, broken: false };
    if (more) this.#chains.set(channel, chain);
    else this.#chains.delete(channel);
    const fault = numbered && faultOf(chain, numbered);
    if (fault === "twice") {
      this.#warn(`a segment of ${channel} comes twice`);
      if (!more && chain.parts.length > 0) this.#chains.set(channel, chain);
    } else if (fault !== undefined && !chain.broken) {
      this.#warn(`${channel}: ${fault}`);
      for (const earlier of chain.parts.splice(0)) this.#abandon(earlier);
      chain.broken = true;
    }
    if (fault !== "twice") chain.lastNumber = numbered?.number;
    if (fault !== undefined || chain.broken) {
      this.#abandon(part);
      return undefined;
    }
    chain.parts.push(part);
    return more ? undefined : Located.join(chain.parts);
  }

  /** To be called at the end: what has none is told of. */
  finish(): void {
    for (const [channel, { parts, broken }] of this.#chains) {
      if (!broken) this.#warn(`the segments of ${channel} have no end`);
      for (const part of parts) this.#abandon(part);
    }
  }
}

function faultOf({ lastNumber, parts }: Chain, { number, modulus, first }: NonNullable<Payload["numbered"]>): string | undefined {
  if (lastNumber === undefined)
    return parts.length === 0 && first !== undefined && number !== first ? "the beginning of a message is missing" : undefined;
  if (number === lastNumber) return "twice";
  return number === (lastNumber + 1) % modulus ? undefined : "a segment is missing";
}
