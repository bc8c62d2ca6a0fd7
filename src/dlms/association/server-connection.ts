import { DecodeError } from "../../errors.ts";
import type { Aarq, AssociateDiagnostic } from "../acse/apdus.ts";
import { decodeAarq, decodeAbrt, decodeRlrq, encodeAare, encodeRlre } from "../acse/codec.ts";
import type { ApplicationContext } from "../acse/object-identifiers.ts";
import { equalSecrets } from "../security/compare.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../xdlms/apdu.ts";
import type { Conformance } from "../xdlms/conformance.ts";
import type { ConfirmedServiceError, ExceptionServiceError, StateError } from "../xdlms/exception.ts";
import { dlmsVersion, type InitiateRequest, logicalNameVaa } from "../xdlms/initiate.ts";
import { apduTags, tagMeaning } from "../xdlms/tags.ts";
import type { InvokeId, ServerEvent } from "./events.ts";
import { type NegotiatedContext, negotiate, supportedConformance, unlimitedPduSize } from "./negotiation.ts";
import { ServerExchange } from "./server-exchange.ts";
import type { ServiceResult } from "./services.ts";
import { follow, type ServerInput, type ServerState, serverTransitions } from "./transitions.ts";

/** What a server demands of the client with one SAP. */
export type ServerAuthentication = { readonly mechanism: "none" } | { readonly mechanism: "lls"; readonly password: Uint8Array };

export interface ServerAssociationOptions {
  readonly clientSap: number;
  readonly serverSap: number;
  /** Undefined when no association is foreseen between the two: it fails exactly like one with a wrong password. */
  readonly authentication: ServerAuthentication | undefined;
  readonly supportedConformance?: Conformance;
  /** Longest APDU this side takes. */
  readonly maxReceivePduSize?: number;
  /** Longest request this side takes, over all its blocks. */
  readonly maxRequestLength?: number;
}

const defaultMaxRequestLength = 256 * 1024;

/** Octets of a calling-AP-title, which is a system title. */
const systemTitleLength = 8;

const accepted: AssociateDiagnostic = { source: "acse-service-user", value: "null" };

type Refused = { readonly diagnostic: AssociateDiagnostic; readonly initiateError?: ConfirmedServiceError["value"] };

/**
 * The server's end of the association between one client and one logical device, sans-IO. Services come out as
 * indications and may be answered at any later time; whatever else a client sends gets the answer that the standard
 * prescribes, and never an exception of this process.
 */
export class DlmsServerConnection {
  readonly #options: ServerAssociationOptions;
  readonly #outgoing: Uint8Array[] = [];
  #state: ServerState = "idle";
  #exchange: ServerExchange | undefined;

  constructor(options: ServerAssociationOptions) {
    this.#options = options;
  }

  get state(): ServerState {
    return this.#state;
  }

  /** This end awaits nothing: links watch over inactivity. */
  readonly nextTimeout = undefined;

  handleTimeout(): ServerEvent[] {
    return [];
  }

  apduToSend(): Uint8Array | undefined {
    return this.#outgoing.shift();
  }

  receiveApdu(apdu: Uint8Array): ServerEvent[] {
    try {
      return this.#receive(apdu);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return this.#refuseMalformed(apdu);
    }
  }

  /** Answers an indication. Too late is not an error: the association may have ended meanwhile. */
  respond(invokeId: InvokeId, result: ServiceResult): void {
    const apdu = this.#exchange?.respond(invokeId, result);
    if (apdu !== undefined) this.#outgoing.push(apdu);
  }

  #receive(bytes: Uint8Array): ServerEvent[] {
    switch (bytes[0]) {
      case apduTags.aarq.plain:
        return this.#associate(decodeAarq(bytes));
      case apduTags.rlrq.plain:
        decodeRlrq(bytes);
        this.#outgoing.push(encodeRlre({ reason: 0 }));
        return this.#end("release");
      case apduTags.abrt.plain:
        decodeAbrt(bytes);
        return this.#end("abort");
    }
    if (bytes.length > (this.#options.maxReceivePduSize ?? unlimitedPduSize)) return this.#refuse("service-not-allowed", "pdu-too-long");
    if (!isPlainRequest(bytes[0])) return this.#refuse("service-unknown", "service-not-supported");
    if (this.#exchange === undefined) return this.#refuse("service-not-allowed", "operation-not-possible");
    // Requests are kept until they are answered, longer than the link's buffer lives.
    const step = this.#exchange.receive(decodeApdu(bytes.slice()));
    switch (step.type) {
      case "indication":
        return [step];
      case "answer":
        this.#outgoing.push(encodeApdu(step.apdu));
        return [];
      case "not-negotiated":
        return this.#refuse("service-not-allowed", "service-not-supported");
      case "unexpected":
        return this.#refuse("service-not-allowed", "operation-not-possible");
    }
  }

  /** Green Book 9.4.4: protocol version, context, mechanism, title, Initiate, secret; the first fault decides. */
  #associate(aarq: Aarq): ServerEvent[] {
    const ended = this.#end("abort");
    const initiate = initiateOf(aarq);
    const outcome = this.#examine(aarq, initiate);
    if ("diagnostic" in outcome) {
      this.#reject(aarq.applicationContext, outcome);
      return ended;
    }
    this.#state = follow(serverTransitions, this.#state, "accept");
    this.#exchange = new ServerExchange(outcome.context, this.#options.maxRequestLength ?? defaultMaxRequestLength);
    if (initiate?.responseAllowed !== false) this.#accept(outcome.context);
    return [...ended, { type: "associated", context: outcome.context }];
  }

  #examine(aarq: Aarq, initiate: InitiateRequest | undefined): { readonly context: NegotiatedContext } | Refused {
    const { authentication, clientSap, serverSap } = this.#options;
    const expected = authentication?.mechanism ?? "lls";
    if (aarq.protocolVersion1 === false) return { diagnostic: { source: "acse-service-provider", value: "no-common-acse-version" } };
    if (aarq.applicationContext !== "logical-name") return refused("application-context-name-not-supported");
    const mechanism = aarq.mechanism ?? "none";
    if (mechanism !== expected)
      return refused(mechanism === "none" ? "authentication-required" : "authentication-mechanism-name-not-recognised");
    // Without the authentication functional unit the fields that belong to it mean nothing (ISO/IEC 8650-1).
    if (expected !== "none" && !aarq.authenticationRequired) return refused("authentication-required");
    if (aarq.callingApTitle !== undefined && aarq.callingApTitle.length !== systemTitleLength) {
      return refused("calling-ap-title-not-recognized");
    }
    if (initiate === undefined) return refused("no-reason-given");
    const negotiated = negotiate(initiate, this.#options.supportedConformance ?? supportedConformance);
    if (negotiated.error !== undefined) return { ...refused("no-reason-given"), initiateError: negotiated.error };
    if (!this.#authenticates(aarq)) return refused("authentication-failure");
    return {
      context: {
        clientSap,
        serverSap,
        applicationContext: aarq.applicationContext,
        mechanism,
        conformance: negotiated.conformance,
        clientMaxReceivePduSize: negotiated.clientMaxReceivePduSize,
        serverMaxReceivePduSize: this.#options.maxReceivePduSize ?? unlimitedPduSize,
      },
    };
  }

  /** The same work is done for clients nobody knows, so that they cannot be told apart. */
  #authenticates(aarq: Aarq): boolean {
    const { authentication } = this.#options;
    if (authentication?.mechanism === "none") return true;
    const matches = equalSecrets(authentication?.password ?? new Uint8Array(), aarq.authenticationValue ?? new Uint8Array());
    return authentication !== undefined && matches;
  }

  #accept(context: NegotiatedContext): void {
    this.#outgoing.push(
      encodeAare({
        applicationContext: context.applicationContext,
        result: "accepted",
        diagnostic: accepted,
        authenticationRequired: false,
        userInformation: encodeApdu({
          type: "initiate-response",
          negotiatedQualityOfService: undefined,
          negotiatedDlmsVersionNumber: dlmsVersion,
          negotiatedConformance: context.conformance,
          serverMaxReceivePduSize: context.serverMaxReceivePduSize,
          vaaName: logicalNameVaa,
        }),
      }),
    );
  }

  #reject(applicationContext: ApplicationContext, { diagnostic, initiateError }: Refused): void {
    const error: Apdu = { type: "confirmed-service-error", service: "initiate", errorClass: "initiate", value: initiateError ?? "other" };
    this.#outgoing.push(
      encodeAare({
        applicationContext,
        result: "rejected-permanent",
        diagnostic,
        authenticationRequired: false,
        userInformation: encodeApdu(error),
      }),
    );
  }

  #refuse(stateError: StateError, serviceError: ExceptionServiceError): ServerEvent[] {
    this.#outgoing.push(encodeApdu({ type: "exception-response", stateError, serviceError }));
    return [];
  }

  #refuseMalformed(apdu: Uint8Array): ServerEvent[] {
    switch (apdu[0]) {
      case apduTags.aarq.plain:
        this.#reject("logical-name", { diagnostic: { source: "acse-service-provider", value: "no-reason-given" } });
        return [];
      case apduTags.rlrq.plain:
      case apduTags.abrt.plain:
        return [];
      default:
        return this.#refuse("service-not-allowed", "other-reason");
    }
  }

  #end(input: ServerInput): ServerEvent[] {
    const was = this.#state;
    this.#state = follow(serverTransitions, was, input);
    this.#exchange = undefined;
    return was === "associated" ? [{ type: "released" }] : [];
  }
}

function refused(value: AssociateDiagnostic["value"] & string): Refused {
  return { diagnostic: { source: "acse-service-user", value } as AssociateDiagnostic };
}

/** Undefined where there is none, or it is not in clear. */
function initiateOf(aarq: Aarq): InitiateRequest | undefined {
  if (aarq.userInformation === undefined) return undefined;
  try {
    const apdu = decodeApdu(aarq.userInformation);
    return apdu.type === "initiate-request" ? apdu : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function isPlainRequest(tag: number | undefined): boolean {
  const meaning = tag === undefined ? undefined : tagMeaning(tag);
  return meaning?.protection === "plain" && ["get-request", "set-request", "action-request"].includes(meaning.kind);
}
