import { DecodeError, SecurityError } from "../../errors.ts";
import type { Aarq } from "../acse/apdus.ts";
import { encodeAare } from "../acse/codec.ts";
import { createChallenge } from "../security/hls.ts";
import { SecretKey } from "../security/secret-key.ts";
import { securitySuites } from "../security/suite.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../xdlms/apdu.ts";
import { dlmsVersion, type InitiateRequest, vaaNames } from "../xdlms/initiate.ts";
import { accepted, challenged, examine, type Refused, refused } from "./association-request.ts";
import { HlsAuthentication } from "./hls-authentication.ts";
import { passFour, passThree, refusedPassThree } from "./hls-service.ts";
import { isCipheredContext, type NegotiatedContext } from "./negotiation.ts";
import { type ApduProtection, isCiphered, suffices } from "./protection.ts";
import type { ServerAssociationOptions } from "./server-options.ts";

/** What an AARQ comes to. */
export type AssociateStep =
  | { readonly type: "refused"; readonly aare: Uint8Array; readonly secret: boolean }
  /** Passes 3 and 4 of high level security are still to come. */
  | { readonly type: "challenged"; readonly aare: Uint8Array; readonly context: NegotiatedContext }
  /** Without an AARE where the client wants none. */
  | { readonly type: "established"; readonly aare: Uint8Array | undefined; readonly context: NegotiatedContext };

/** What the APDU that should be pass 3 comes to. */
export type ReplyStep =
  | { readonly type: "established"; readonly answer: Apdu; readonly context: NegotiatedContext }
  | { readonly type: "failed"; readonly answer: Apdu }
  | { readonly type: "unexpected" };

interface Challenge {
  readonly context: NegotiatedContext;
  /** Undefined for a client that nobody knows: it is asked like any other, and never right. */
  readonly authentication: HlsAuthentication | undefined;
}

/** The server's side of opening an association, from AARQ to the last pass of high level security (Green Book 9.4.4, 9.2.7.4). */
export class ServerHandshake {
  readonly #options: ServerAssociationOptions;
  readonly #protection: ApduProtection | undefined;
  #challenge: Challenge | undefined;

  constructor(options: ServerAssociationOptions, protection: ApduProtection | undefined) {
    this.#options = options;
    this.#protection = protection;
  }

  /** Whether the client's secret is right is looked at last, and only where the limiter lets it be looked at. */
  associate(aarq: Aarq, mayTry: () => boolean): AssociateStep {
    this.#challenge = undefined;
    this.#protection?.start(aarq.callingApTitle);
    const outcome = examine(aarq, () => this.#initiateOf(aarq), this.#options, mayTry);
    if ("diagnostic" in outcome) {
      return { type: "refused", aare: this.#rejection(aarq, outcome), secret: outcome.secret === true };
    }
    const { context, hls, responseAllowed } = outcome;
    const ciphered = aarq.userInformation !== undefined && isCiphered(aarq.userInformation);
    if (hls) return this.#challengeFor(aarq, context, ciphered);
    return { type: "established", aare: responseAllowed ? this.#acceptance(context, ciphered, {}) : undefined, context };
  }

  /** Takes what came after the challenge; anything but pass 3 is not allowed yet. */
  reply(apdu: Apdu): ReplyStep {
    const challenge = this.#challenge;
    const response = passThree(apdu);
    if (challenge === undefined || response === undefined) return { type: "unexpected" };
    this.#challenge = undefined;
    const { authentication, context } = challenge;
    if (authentication?.verifies(response) !== true) return { type: "failed", answer: refusedPassThree(apdu) };
    return { type: "established", answer: passFour(apdu, authentication.respond()), context };
  }

  #challengeFor(aarq: Aarq, context: NegotiatedContext, ciphered: boolean): AssociateStep {
    const { authentication, random = noRandom } = this.#options;
    const received = aarq.authenticationValue ?? new Uint8Array();
    const known = authentication?.mechanism === "hls" ? authentication : undefined;
    const sent = createChallenge(known?.credentials.mechanism ?? "hls-gmac", random);
    this.#challenge = {
      context,
      authentication: known && new HlsAuthentication(known, { sent, received }, aarq.callingApTitle, this.#protection),
    };
    return { type: "challenged", aare: this.#acceptance(context, ciphered, { challenge: sent }), context };
  }

  /** The Initiate request, opened where it is ciphered. What cannot be opened is refused like a wrong secret. */
  #initiateOf({ userInformation, applicationContext }: Aarq): InitiateRequest | Refused | undefined {
    if (userInformation === undefined) return undefined;
    const ciphered = isCiphered(userInformation);
    const protection = this.#protection;
    try {
      if (!ciphered) return isCipheredContext(applicationContext) ? undecipherable : initiateIn(userInformation);
      // A client that has no keys here is told so; one that nobody knows, that its keys are wrong.
      if (protection === undefined) return this.#options.authentication === undefined ? undecipherable : undefined;
      const { plain, level } = protection.open(userInformation, true);
      const request = initiateIn(plain);
      if (!level.authenticated || !suffices({ ...level, signed: true }, protection.policy)) return undecipherable;
      if (request?.dedicatedKey !== undefined) {
        // A key that anybody could read on the way is none.
        if (!level.encrypted || request.dedicatedKey.length !== this.#keyLength) return undecipherable;
        protection.useDedicatedKey(SecretKey.from(request.dedicatedKey));
      }
      return request;
    } catch (error) {
      if (error instanceof SecurityError || (ciphered && error instanceof DecodeError)) return undecipherable;
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }

  /** Octets of every key of the suite in force. */
  get #keyLength(): number | undefined {
    const { security } = this.#options;
    return security && securitySuites[security.suite].keyLength;
  }

  #acceptance(context: NegotiatedContext, ciphered: boolean, { challenge }: { readonly challenge?: Uint8Array }): Uint8Array {
    const initiate = encodeApdu({
      type: "initiate-response",
      negotiatedQualityOfService: undefined,
      negotiatedDlmsVersionNumber: dlmsVersion,
      negotiatedConformance: context.conformance,
      serverMaxReceivePduSize: context.serverMaxReceivePduSize,
      vaaName: vaaNames[context.referencing],
    });
    return encodeAare({
      applicationContext: context.applicationContext,
      result: "accepted",
      diagnostic: challenge === undefined ? accepted : challenged,
      respondingApTitle: this.#titleFor(context),
      authenticationRequired: challenge !== undefined,
      ...(challenge === undefined ? {} : { mechanism: context.mechanism, authenticationValue: challenge }),
      userInformation: ciphered && this.#protection !== undefined ? this.#protection.protectInitiate(initiate) : initiate,
    });
  }

  /** Sent where the client needs it: for ciphering, and for the mechanisms that have it in their answers. */
  #titleFor({ applicationContext, mechanism }: NegotiatedContext): Uint8Array | undefined {
    const { security, authentication } = this.#options;
    if (isCipheredContext(applicationContext)) return security?.systemTitle;
    return mechanism !== "none" && mechanism !== "lls" && authentication?.mechanism === "hls" ? authentication.systemTitle : undefined;
  }

  #rejection(aarq: Aarq, { diagnostic, initiateError }: Refused): Uint8Array {
    const error: Apdu = {
      type: "confirmed-service-error",
      service: "initiate",
      ...(initiateError ?? { errorClass: "initiate", value: "other" }),
    };
    return encodeAare({
      applicationContext: aarq.applicationContext,
      result: "rejected-permanent",
      diagnostic,
      authenticationRequired: false,
      userInformation: encodeApdu(error),
    });
  }
}

const undecipherable: Refused = {
  ...refused("authentication-failure"),
  initiateError: { errorClass: "application-reference", value: "deciphering-error" },
  secret: true,
};

function initiateIn(bytes: Uint8Array): InitiateRequest | undefined {
  const apdu = decodeApdu(bytes);
  return apdu.type === "initiate-request" ? apdu : undefined;
}

function noRandom(): never {
  throw new SecurityError("policy", "high level security needs a source of randomness");
}

/** The answer to an AARQ that cannot be understood. */
export function malformedAarq(): Uint8Array {
  return encodeAare({
    applicationContext: "logical-name",
    result: "rejected-permanent",
    diagnostic: { source: "acse-service-provider", value: "no-reason-given" },
    authenticationRequired: false,
    userInformation: encodeApdu({ type: "confirmed-service-error", service: "initiate", errorClass: "initiate", value: "other" }),
  });
}
