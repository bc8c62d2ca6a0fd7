import { DecodeError, type DlmsError, InvariantError, RemoteProtocolError, SecurityError } from "../../errors.ts";
import type { Aare } from "../acse/apdus.ts";
import { encodeAarq, encodeRlrq } from "../acse/codec.ts";
import type { ApplicationContext, AuthenticationMechanism } from "../acse/object-identifiers.ts";
import { createChallenge } from "../security/hls.ts";
import { systemTitleLength } from "../security/system-title.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../xdlms/apdu.ts";
import { type ClientAssociationOptions, initiateRequestOf } from "./client-options.ts";
import { HlsAuthentication } from "./hls-authentication.ts";
import { currentAssociationName, passFourOf, passThreeRequest } from "./hls-service.ts";
import { minPduSize, type NegotiatedContext, unlimitedPduSize } from "./negotiation.ts";
import { type ApduProtection, isCiphered, overheadOf, suffices } from "./protection.ts";
import { rejection } from "./rejection.ts";

/** What an answer on the way to an association comes to. */
export type HandshakeStep =
  | { readonly type: "established"; readonly context: NegotiatedContext }
  /** Pass 3 of high level security is to be sent, protected like any request. */
  | { readonly type: "challenged"; readonly context: NegotiatedContext; readonly passThree: Uint8Array }
  | { readonly type: "rejected"; readonly error: ReturnType<typeof rejection> };

/** The client's side of opening an association, from AARQ to the last pass of high level security (Green Book 9.4.4, 9.2.7.4). */
export class ClientHandshake {
  readonly #options: ClientAssociationOptions;
  readonly #protection: ApduProtection | undefined;
  #challenge: Uint8Array | undefined;
  #hls: { readonly authentication: HlsAuthentication; readonly context: NegotiatedContext } | undefined;

  constructor(options: ClientAssociationOptions, protection: ApduProtection | undefined) {
    this.#options = options;
    this.#protection = protection;
  }

  /** AARQ; a new challenge each time. */
  start(): Uint8Array {
    const { authentication, security } = this.#options;
    this.#hls = undefined;
    this.#challenge =
      authentication.mechanism === "hls" ? createChallenge(authentication.credentials.mechanism, authentication.random) : undefined;
    this.#protection?.start(undefined);
    const initiate = encodeApdu(initiateRequestOf(this.#options));
    const aarq = encodeAarq({
      applicationContext: this.#applicationContext,
      callingApTitle: security?.systemTitle ?? (authentication.mechanism === "hls" ? authentication.systemTitle : undefined),
      authenticationRequired: authentication.mechanism !== "none",
      mechanism: authentication.mechanism === "none" ? undefined : this.#mechanism,
      authenticationValue: authentication.mechanism === "lls" ? authentication.password : this.#challenge,
      userInformation: this.#protection === undefined ? initiate : this.#protection.protectInitiate(initiate),
    });
    if (security?.dedicatedKey !== undefined) this.#protection?.useDedicatedKey(security.dedicatedKey);
    return aarq;
  }

  /** RLRQ; with keys it has a ciphered Initiate request in it, so that nobody else can send it (Green Book notes 5.2). */
  release(): Uint8Array {
    const initiate = this.#protection?.protectInitiate(encodeApdu({ ...initiateRequestOf(this.#options), dedicatedKey: undefined }));
    return encodeRlrq({ reason: 0, userInformation: initiate });
  }

  /** @throws DecodeError, SecurityError for an answer that is not the right server's */
  receiveAare(aare: Aare): HandshakeStep {
    if (aare.result !== "accepted") return { type: "rejected", error: rejection(aare) };
    const title = aare.respondingApTitle;
    if (title !== undefined && title.length === systemTitleLength && this.#protection !== undefined) this.#protection.peer = title;
    const response = this.#initiateResponseOf(aare.userInformation ?? new Uint8Array());
    if (response.type !== "initiate-response") return { type: "rejected", error: rejection(aare) };
    const size = response.serverMaxReceivePduSize === 0 ? unlimitedPduSize : response.serverMaxReceivePduSize;
    if (size < minPduSize) throw new DecodeError("out-of-range", "server-max-receive-pdu-size", 0, `the meter takes only ${size} octets`);
    const {
      clientSap,
      serverSap,
      authentication,
      security,
      referencing = "logical-name",
      maxReceivePduSize = unlimitedPduSize,
    } = this.#options;
    const context: NegotiatedContext = {
      clientSap,
      serverSap,
      applicationContext: aare.applicationContext,
      referencing,
      mechanism: this.#mechanism,
      conformance: response.negotiatedConformance,
      clientMaxReceivePduSize: maxReceivePduSize,
      serverMaxReceivePduSize: size,
      ...(security !== undefined && { protectionOverhead: overheadOf(security) }),
    };
    if (authentication.mechanism !== "hls") return { type: "established", context };
    return this.#answerChallenge(aare, title, context);
  }

  /**
   * The last pass: only a server that knows the secret too is the one that was asked for.
   * @throws SecurityError `authentication-failed`, RemoteProtocolError, DecodeError
   */
  receivePassFour(apdu: Apdu): NegotiatedContext {
    const hls = this.#hls;
    if (hls === undefined) throw new InvariantError("no authentication is under way");
    const response = passFourOf(apdu);
    if (response === undefined) {
      throw new SecurityError("authentication-failed", "the meter did not accept the answer to its challenge", {
        hint: "check the keys or the secret for this client, and --system-title",
      });
    }
    if (!hls.authentication.verifies(response)) {
      throw new SecurityError("authentication-failed", "the meter's answer to our challenge is wrong: it does not know the secret", {
        hint: "do not trust what answers at this address; or check the keys",
      });
    }
    this.#hls = undefined;
    return hls.context;
  }

  #answerChallenge(aare: Aare, title: Uint8Array | undefined, context: NegotiatedContext): HandshakeStep {
    const { authentication } = this.#options;
    if (authentication.mechanism !== "hls") throw new InvariantError("only high level security has challenges");
    const received = aare.authenticationValue;
    if (received === undefined || this.#challenge === undefined)
      throw new RemoteProtocolError("the meter sent no challenge", { layer: "acse" });
    const { associationObject = currentAssociationName } = authentication;
    const hls = new HlsAuthentication(authentication, { sent: this.#challenge, received }, title, this.#protection);
    this.#hls = { authentication: hls, context };
    return { type: "challenged", context, passThree: passThreeRequest(context.referencing, hls.respond(), associationObject) };
  }

  /** A server that answers in clear what was asked in secret is not the one that has the keys. */
  #initiateResponseOf(bytes: Uint8Array): Apdu {
    if (this.#protection === undefined) return decodeApdu(bytes);
    if (!isCiphered(bytes)) throw new SecurityError("policy", "the meter answered the ciphered association request in clear");
    const { plain, level } = this.#protection.open(bytes, true);
    // Initiate APDUs are ciphered and never signed.
    if (!suffices({ ...level, signed: true }, this.#protection.policy)) {
      throw new SecurityError("policy", "the meter protects its answer less than the association");
    }
    return decodeApdu(plain);
  }

  get #mechanism(): AuthenticationMechanism {
    const { authentication } = this.#options;
    return authentication.mechanism === "hls" ? authentication.credentials.mechanism : authentication.mechanism;
  }

  get #applicationContext(): ApplicationContext {
    const { referencing = "logical-name", security } = this.#options;
    return security === undefined ? referencing : `${referencing}-ciphered`;
  }
}

/** What a handshake may fail with because of what the peer sent. */
export function isHandshakeFailure(error: unknown): error is DlmsError {
  return error instanceof SecurityError || error instanceof RemoteProtocolError || error instanceof DecodeError;
}
