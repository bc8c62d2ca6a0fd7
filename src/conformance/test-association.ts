import type { AssociationOptions } from "../client/connect.ts";
import type { Aare, Aarq } from "../dlms/acse/apdus.ts";
import { decodeAare, decodeAarq, encodeAarq, encodeRlrq } from "../dlms/acse/codec.ts";
import { ClientHandshake } from "../dlms/association/client-handshake.ts";
import { type ClientAssociationOptions, initiateRequestOf } from "../dlms/association/client-options.ts";
import { HlsAuthentication } from "../dlms/association/hls-authentication.ts";
import { currentAssociationName, passFourOf, passThreeRequest } from "../dlms/association/hls-service.ts";
import {
  ApduProtection,
  isCiphered,
  openAnswer,
  type ProtectionForm,
  type ProtectionLevel,
  protectRequest,
  suffices,
} from "../dlms/association/protection.ts";
import { type Apdu, type ApduOf, decodeApdu, encodeApdu } from "../dlms/xdlms/apdu.ts";
import { apduTags } from "../dlms/xdlms/tags.ts";
import { DecodeError, SecurityError } from "../errors.ts";
import type { ApduLink } from "./apdu-link.ts";
import type { Reaction } from "./reaction.ts";
import { fail, inconclusive } from "./verdict.ts";

/** What is done otherwise than a well-behaved client would. */
export interface AarqChanges {
  readonly initiate?: (request: ApduOf<"initiate-request">) => ApduOf<"initiate-request">;
  readonly aarq?: (aarq: Aarq) => Aarq;
  /** The encoded AARQ, for what its fields do not reach. */
  readonly octets?: (aarq: Uint8Array) => Uint8Array;
}

export interface TestAssociationOptions {
  /** Protect requests otherwise than declared. */
  readonly policy?: ProtectionLevel;
}

/** What an AARQ comes to. */
export type Opening =
  | { readonly type: "accepted"; readonly aare: Aare; readonly initiate: ApduOf<"initiate-response"> }
  /** With the ConfirmedServiceError inside, where there is one. */
  | { readonly type: "rejected"; readonly aare: Aare; readonly error: ApduOf<"confirmed-service-error"> | undefined }
  /** Answered with another APDU: an exception-response, or a ConfirmedServiceError without AARE. */
  | { readonly type: "refused"; readonly apdu: Apdu }
  | { readonly type: "silence" | "closed" };

/** What a request comes to; the answer with its protection off. */
export type Answer = Apdu | { readonly type: "silence" } | { readonly type: "closed" };

/** An attribute by its numbers. */
export interface AttributeOf {
  readonly classId: number;
  readonly logicalName: Uint8Array;
  readonly attributeId: number;
}

/** Logical device name: mandatory, and to be read in every association (Blue Book 6.2.36). */
export const logicalDeviceNameValue: AttributeOf = { classId: 1, logicalName: Uint8Array.of(0, 0, 42, 0, 0, 255), attributeId: 2 };

const plainLevel: ProtectionLevel = { authenticated: false, encrypted: false };
const invoke = { invokeId: 1, confirmed: true, highPriority: true, reserved: 0 } as const;

/** One association with a device, every step of which can be done otherwise. */
export class TestAssociation<Link extends Pick<ApduLink, "exchange"> = ApduLink> {
  readonly link: Link;
  readonly #options: ClientAssociationOptions;
  readonly #protection: ApduProtection | undefined;
  readonly #handshake: ClientHandshake;
  #challenge: Uint8Array | undefined;
  #hls: HlsAuthentication | undefined;

  constructor(
    link: Link,
    options: AssociationOptions & { readonly clientSap: number; readonly serverSap: number },
    { policy }: TestAssociationOptions = {},
  ) {
    this.link = link;
    const { clientSap, serverSap, authentication = { mechanism: "none" }, referencing, maxReceivePduSize } = options;
    const security = options.security && { ...options.security, ...(policy && { policy, answerPolicy: options.security.policy }) };
    this.#options = {
      clientSap,
      serverSap,
      authentication,
      ...(security && { security }),
      ...(referencing && { referencing }),
      ...(maxReceivePduSize !== undefined && { maxReceivePduSize }),
    };
    this.#protection = security && new ApduProtection(security);
    this.#handshake = new ClientHandshake(this.#options, this.#protection);
  }

  get shortNames(): boolean {
    return this.#options.referencing === "short-name";
  }

  get ciphered(): boolean {
    return this.#protection !== undefined;
  }

  get options(): ClientAssociationOptions {
    return this.#options;
  }

  /** Whether AARQ names the system title of the client: under keys, and with the mechanisms that have it in their answers. */
  get aarqHasTitle(): boolean {
    const { authentication, security } = this.#options;
    return security !== undefined || (authentication.mechanism === "hls" && authentication.systemTitle !== undefined);
  }

  /** The AARQ of a well-behaved client, changed. */
  aarq({ initiate, aarq, octets }: AarqChanges = {}): Uint8Array {
    const wellBehaved = this.#handshake.start();
    let fields = decodeAarq(wellBehaved);
    this.#challenge = fields.authenticationValue?.slice();
    if (initiate === undefined && aarq === undefined) return octets === undefined ? wellBehaved : octets(wellBehaved);
    if (initiate !== undefined) {
      const request = encodeApdu(initiate(initiateRequestOf(this.#options)));
      fields = { ...fields, userInformation: this.#protection?.protectInitiate(request) ?? request };
    }
    const changed = encodeAarq(aarq === undefined ? fields : aarq(fields));
    return octets === undefined ? changed : octets(changed);
  }

  /** Sends AARQ, and reads what comes. */
  async open(changes: AarqChanges = {}): Promise<Opening> {
    const reaction = await this.link.exchange(this.aarq(changes));
    if (reaction.type !== "apdu") return reaction;
    if (reaction.apdu[0] !== apduTags.aare.plain) return { type: "refused", apdu: decodeApdu(reaction.apdu) };
    const aare = decodeAare(reaction.apdu);
    if (aare.result !== "accepted") return { type: "rejected", aare, error: this.#serviceErrorIn(aare) };
    const title = aare.respondingApTitle;
    if (title !== undefined && title.length === 8 && this.#protection !== undefined) this.#protection.peer = title;
    const content = this.#initiateOf(aare.userInformation ?? new Uint8Array());
    return content.type === "initiate-response"
      ? { type: "accepted", aare, initiate: content }
      : fail(`AARE accepts and holds ${content.type} instead of an Initiate response`);
  }

  /**
   * Passes 3 and 4 of high level security; undefined where the association has them not.
   * @param change what is done to pass 3 before it is protected and sent
   * @throws VerdictError where the challenge of the device must not be answered
   */
  async authenticate(aare: Aare, change: (passThree: Uint8Array) => Uint8Array = (same) => same): Promise<Answer | undefined> {
    const { authentication, referencing = "logical-name" } = this.#options;
    if (authentication.mechanism !== "hls") return undefined;
    const received = aare.authenticationValue;
    if (received === undefined) return fail("AARE has no challenge");
    const challenges = { sent: this.#challenge ?? new Uint8Array(), received };
    this.#hls = new HlsAuthentication(authentication, challenges, aare.respondingApTitle, this.#protection);
    const { associationObject = currentAssociationName } = authentication;
    return this.exchangeApdu(change(passThreeRequest(referencing, this.#respond(this.#hls), associationObject)));
  }

  /** True where pass 4 proves that the device has the secret too. */
  verifies(passFour: Apdu): boolean {
    const response = passFourOf(passFour);
    return response !== undefined && this.#hls?.verifies(response) === true;
  }

  /** Opens and authenticates as declared; inconclusive where the device refuses. */
  async establish(changes: AarqChanges = {}): Promise<Opening & { readonly type: "accepted" }> {
    const opening = await this.open(changes);
    if (opening.type !== "accepted") return inconclusive(`the association is refused: ${describeOpening(opening)}`);
    const passFour = await this.authenticate(opening.aare);
    if (passFour === undefined) return opening;
    if (passFour.type === "silence" || passFour.type === "closed") return inconclusive(`pass 3 is answered by ${passFour.type}`);
    if (!this.verifies(passFour)) return inconclusive("the authentication does not succeed");
    return opening;
  }

  /** Protects a request as the association has it, or otherwise. */
  protect(plain: Uint8Array, level?: ProtectionLevel, form?: ProtectionForm): Uint8Array {
    if (this.#protection === undefined) return plain;
    if (level === undefined) return protectRequest(this.#protection, plain);
    return suffices(plainLevel, level) ? plain : this.#protection.protect(plain, form ?? this.#protection.preferredForm, level);
  }

  /** Sends octets as they are: what comes, protection and all. */
  exchangeOctets(octets: Uint8Array): Promise<Reaction> {
    return this.link.exchange(octets);
  }

  /** What came, with its protection off, and decoded. */
  answerIn(reaction: Reaction): Answer {
    return reaction.type === "apdu" ? decodeApdu(this.opened(reaction.apdu)) : reaction;
  }

  /** Sends the octets of an APDU protected as the association is; what comes, protection off. */
  async exchangePlain(plain: Uint8Array): Promise<Reaction> {
    const reaction = await this.link.exchange(this.protect(plain));
    return reaction.type === "apdu" ? { type: "apdu", apdu: this.opened(reaction.apdu) } : reaction;
  }

  /** The same, with what comes decoded. */
  async exchangeApdu(plain: Uint8Array): Promise<Answer> {
    const reaction = await this.exchangePlain(plain);
    return reaction.type === "apdu" ? decodeApdu(reaction.apdu) : reaction;
  }

  request(apdu: Apdu): Promise<Answer> {
    return this.exchangeApdu(encodeApdu(apdu));
  }

  /** Reads one attribute whose value fits an APDU. */
  get(attribute: AttributeOf): Promise<Answer> {
    return this.request({ type: "get-request-normal", invoke, attribute, selection: undefined });
  }

  /** Fails unless the association still serves: what every client may read is read. */
  async mustServe(when: string): Promise<void> {
    const answer = this.shortNames
      ? await this.request({ type: "read-request", specifications: [{ type: "variable-name", variableName: 0xfa00 }] })
      : await this.get(logicalDeviceNameValue);
    if (!isSuccess(answer)) fail(`${when}, the association does not serve any more: ${describeAnswer(answer)}`);
  }

  /** Fails where the device still serves what needs an association. */
  async mustNotServe(when: string): Promise<void> {
    const answer = await this.get(logicalDeviceNameValue);
    if (isSuccess(answer)) fail(`${when}, the device still answers requests`);
  }

  /** Releases; what comes. */
  async release(): Promise<Reaction> {
    return this.link.exchange(this.#handshake.release());
  }

  /** A release without proof of who sends it. */
  releaseInClear(): Promise<Reaction> {
    return this.link.exchange(encodeRlrq({ reason: 0 }));
  }

  /** An answer with its protection off; fails where it is not protected as the association is. */
  opened(bytes: Uint8Array): Uint8Array {
    let plain: Uint8Array;
    try {
      plain = openAnswer(this.#protection, bytes);
    } catch (error) {
      if (error instanceof SecurityError) return fail(`the protection of the answer is wrong: ${error.message}`);
      throw error;
    }
    const inClear = plain === bytes && this.#protection !== undefined && !suffices(plainLevel, this.#protection.answerPolicy);
    if (inClear && !inClearByRight.has(bytes[0] as number)) fail("the answer comes in clear where the association is ciphered");
    return plain;
  }

  /** The answer to the challenge of the device. */
  #respond(hls: HlsAuthentication): Uint8Array {
    try {
      return hls.respond();
    } catch (error) {
      if (error instanceof SecurityError || error instanceof DecodeError)
        return fail(`the challenge of the device is wrong: ${error.message}`);
      throw error;
    }
  }

  #initiateOf(bytes: Uint8Array): Apdu {
    if (this.#protection === undefined) return decodeApdu(bytes);
    if (!isCiphered(bytes)) return fail("the Initiate response is in clear where the request was ciphered");
    try {
      return decodeApdu(this.#protection.open(bytes, true).plain);
    } catch (error) {
      if (error instanceof SecurityError) return fail(`the Initiate response is not protected right: ${error.message}`);
      throw error;
    }
  }

  #serviceErrorIn({ userInformation }: Aare): ApduOf<"confirmed-service-error"> | undefined {
    if (userInformation === undefined || userInformation.length === 0 || isCiphered(userInformation)) return undefined;
    try {
      const apdu = decodeApdu(userInformation);
      return apdu.type === "confirmed-service-error" ? apdu : undefined;
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }
}

/** Refusals that are no secret come in clear (Green Book 9.2.7.2), and blocks, whose content is ciphered. */
const inClearByRight: ReadonlySet<number> = new Set([
  apduTags["exception-response"].plain,
  apduTags["confirmed-service-error"].plain,
  apduTags["general-block-transfer"].plain,
]);

/** True where what was asked for was done. */
export function isSuccess(answer: Answer): boolean {
  switch (answer.type) {
    case "get-response-normal":
      return answer.result.data !== undefined;
    case "get-response-with-datablock":
      return answer.result.data !== undefined;
    case "set-response-normal":
      return answer.result === "success";
    case "action-response-normal":
      return answer.result === "success";
    case "read-response":
      return answer.results.every(({ type }) => type === "data");
    case "write-response":
      return answer.results.every(({ type }) => type === "success");
    default:
      return false;
  }
}

/** In words, for a verdict. */
export function describeAnswer(answer: Answer): string {
  switch (answer.type) {
    case "get-response-normal":
      return answer.result.error === undefined ? "a value" : `${answer.result.error}`;
    case "set-response-normal":
    case "action-response-normal":
      return `${answer.result}`;
    case "exception-response":
      return `exception-response ${answer.stateError}, ${answer.serviceError}`;
    case "confirmed-service-error":
      return `ConfirmedServiceError ${answer.errorClass} ${answer.value}`;
    default:
      return answer.type;
  }
}

/** In words, for a verdict. */
export function describeOpening(opening: Opening): string {
  switch (opening.type) {
    case "rejected": {
      const { result, diagnostic } = opening.aare;
      const inside = opening.error === undefined ? "" : `, ${describeAnswer(opening.error)}`;
      return `${result}, ${diagnostic.source} ${diagnostic.value}${inside}`;
    }
    case "refused":
      return describeAnswer(opening.apdu);
    default:
      return opening.type;
  }
}
