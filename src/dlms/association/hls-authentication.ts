import { DecodeError, SecurityError } from "../../errors.ts";
import { type HlsCredentials, type HlsExchange, respond, verify } from "../security/hls.ts";
import type { SystemTitle } from "../security/system-title.ts";
import { type ApduProtection, accept } from "./protection.ts";

/** High level security of an association: with mechanism 5 keys and counters are those that protect its APDUs. */
export interface HlsOptions {
  readonly credentials: HlsCredentials;
  /** System title of this side; mechanisms 5 to 7 need both sides'. */
  readonly systemTitle?: SystemTitle | undefined;
}

/** Passes 3 and 4 of one association, seen from one side (Green Book 9.2.7.4). */
export class HlsAuthentication {
  readonly #options: HlsOptions;
  readonly #exchange: HlsExchange;
  readonly #protection: ApduProtection | undefined;

  /** @param challenges of this side, and of the other */
  constructor(
    options: HlsOptions,
    challenges: { readonly sent: Uint8Array; readonly received: Uint8Array },
    peerSystemTitle: SystemTitle | undefined,
    protection: ApduProtection | undefined,
  ) {
    this.#options = options;
    this.#protection = protection;
    this.#exchange = {
      sentChallenge: challenges.sent,
      receivedChallenge: challenges.received.slice(),
      systemTitle: options.systemTitle,
      peerSystemTitle: peerSystemTitle?.slice(),
    };
  }

  /** The answer to the peer's challenge. @throws SecurityError, DecodeError for a challenge that must not be answered */
  respond(): Uint8Array {
    const { credentials } = this.#options;
    return respond(credentials, this.#exchange, credentials.mechanism === "hls-gmac" ? this.#protection?.takeCounter() : undefined);
  }

  /**
   * True where the peer answered our challenge as only the right one can. The counter of the answer is noted where it is
   * the highest; it may be lower than that of the APDU around it, and the challenge alone makes the answer new.
   */
  verifies(response: Uint8Array): boolean {
    try {
      const counter = verify(this.#options.credentials, this.#exchange, response);
      const receiver = this.#protection?.receiveCounter;
      if (counter !== undefined && receiver !== undefined && counter >= receiver.lowestAcceptable) accept(receiver, counter);
      return true;
    } catch (error) {
      if (error instanceof SecurityError || error instanceof DecodeError) return false;
      throw error;
    }
  }
}
