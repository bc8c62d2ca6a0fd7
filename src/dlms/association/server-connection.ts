import { DecodeError, LocalProtocolError } from "../../errors.ts";
import type { Aarq } from "../acse/apdus.ts";
import { decodeAarq, decodeAbrt, decodeRlrq, encodeAare, encodeRlre } from "../acse/codec.ts";
import type { ApplicationContext } from "../acse/object-identifiers.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../xdlms/apdu.ts";
import type { ConformanceName } from "../xdlms/conformance.ts";
import type { ExceptionServiceError, StateError } from "../xdlms/exception.ts";
import { dlmsVersion, vaaNames } from "../xdlms/initiate.ts";
import { apduTags, tagMeaning } from "../xdlms/tags.ts";
import { ApduCarrier, type OutgoingApdu } from "./apdu-carrier.ts";
import { accepted, examine, initiateOf, type Refused } from "./association-request.ts";
import type { InvokeId, Notification, ServerEvent } from "./events.ts";
import { type NegotiatedContext, unlimitedPduSize } from "./negotiation.ts";
import { AccessServer } from "./server-access.ts";
import type { ServerExchange, ServerStep } from "./server-exchange.ts";
import { LogicalNameServer } from "./server-logical-name.ts";
import { type ServerAssociationOptions, serverDefaults } from "./server-options.ts";
import { ShortNameServer } from "./server-short-name.ts";
import type { ServiceResult } from "./services.ts";
import { follow, type ServerInput, type ServerState, serverTransitions } from "./transitions.ts";

/** A service under way. */
interface Pending {
  readonly respond: (result: ServiceResult) => Uint8Array | undefined;
  /** False where the request came in a frame that is never answered. */
  readonly answered: boolean;
}

/**
 * The server's end of the association between one client and one logical device, sans-IO. Services come out as
 * indications and may be answered at any later time; whatever else a client sends gets the answer that the standard
 * prescribes, and never an exception of this process.
 */
export class DlmsServerConnection {
  readonly #options: ServerAssociationOptions;
  readonly #outgoing: OutgoingApdu[] = [];
  readonly #carrier: ApduCarrier;
  readonly #pending = new Map<InvokeId, Pending>();
  /** What a pre-established association has to tell with the first APDU. */
  readonly #unannounced: ServerEvent[] = [];
  #state: ServerState = "idle";
  #context: NegotiatedContext | undefined;
  #exchanges: ReadonlyMap<number, ServerExchange> = new Map();
  #lastInvokeId = 0;
  #deadline: number | undefined;

  constructor(options: ServerAssociationOptions) {
    this.#options = options;
    const { gbtWindow = serverDefaults.gbtWindow, maxRequestLength = serverDefaults.maxRequestLength } = options;
    this.#carrier = new ApduCarrier({ answers: true, window: gbtWindow, maxLength: maxRequestLength }, (apdu) => this.#outgoing.push(apdu));
    if (options.preEstablished !== undefined) this.#unannounced.push(...this.#establish(options.preEstablished));
  }

  get state(): ServerState {
    return this.#state;
  }

  /** A notification would reach the client: it is associated, by itself or from the start. */
  get reachable(): boolean {
    return this.#state === "associated";
  }

  /** When a client that says nothing is forgotten; links with connections of their own watch over that themselves. */
  get nextTimeout(): number | undefined {
    return this.#deadline;
  }

  handleTimeout(now: number): ServerEvent[] {
    if (this.#deadline === undefined || now < this.#deadline) return [];
    this.#deadline = undefined;
    return this.#end("abort");
  }

  apduToSend(): OutgoingApdu | undefined {
    return this.#outgoing.shift();
  }

  /** @param confirmed false for an APDU out of a frame that is never answered (HDLC UI, broadcast) */
  receiveApdu(apdu: Uint8Array, now = 0, confirmed = true): ServerEvent[] {
    const { inactivityTimeout, preEstablished } = this.#options;
    if (inactivityTimeout !== undefined && preEstablished === undefined) this.#deadline = now + inactivityTimeout;
    const queued = this.#outgoing.length;
    const events = [...this.#unannounced.splice(0), ...this.#receiveGuarded(apdu, confirmed)];
    if (!confirmed) this.#outgoing.length = queued;
    return events;
  }

  /** Answers an indication. Too late is not an error: the association may have ended meanwhile. */
  respond(invokeId: InvokeId, result: ServiceResult): void {
    const pending = this.#pending.get(invokeId);
    if (pending === undefined) return;
    this.#pending.delete(invokeId);
    const apdu = pending.respond(result);
    if (apdu === undefined || !pending.answered) return;
    if (this.#carrier.carries(apdu.length)) this.#carrier.send(apdu);
    else this.#refuse("service-not-allowed", "other-reason");
  }

  /**
   * Sends a notification, in blocks where it is long and general block transfer is agreed on.
   * @throws LocalProtocolError unless the client is reachable, and where it did not agree to such notifications
   */
  notify(notification: Notification): void {
    const needed = notificationServices[notification.type];
    if (this.#context?.conformance.has(needed) !== true) throw new LocalProtocolError(`the client has not agreed to ${needed}`);
    const apdu = encodeApdu(notification);
    if (!this.#carrier.carries(apdu.length)) {
      throw new LocalProtocolError(
        `the notification takes ${apdu.length} octets, the client accepts ${this.#context.clientMaxReceivePduSize}`,
      );
    }
    this.#carrier.sendUnconfirmed(apdu);
  }

  #receiveGuarded(apdu: Uint8Array, confirmed: boolean): ServerEvent[] {
    try {
      return this.#receive(apdu, confirmed);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return this.#refuseMalformed(apdu);
    }
  }

  #receive(bytes: Uint8Array, confirmed: boolean): ServerEvent[] {
    if (this.#options.preEstablished === undefined) {
      switch (bytes[0]) {
        case apduTags.aarq.plain:
          return this.#associate(decodeAarq(bytes));
        case apduTags.rlrq.plain:
          decodeRlrq(bytes);
          this.#send(encodeRlre({ reason: 0 }));
          return this.#end("release");
        case apduTags.abrt.plain:
          decodeAbrt(bytes);
          return this.#end("abort");
      }
    }
    if (bytes.length > (this.#options.maxReceivePduSize ?? unlimitedPduSize)) return this.#refuse("service-not-allowed", "pdu-too-long");
    if (bytes[0] === apduTags["general-block-transfer"].plain) return this.#receiveBlock(bytes, confirmed);
    // Requests are kept until they are answered, longer than the link's buffer lives.
    return this.#receiveRequest(bytes.slice(), confirmed);
  }

  #receiveBlock(bytes: Uint8Array, confirmed: boolean): ServerEvent[] {
    const block = decodeApdu(bytes.slice());
    if (block.type !== "general-block-transfer" || this.#context === undefined)
      return this.#refuse("service-not-allowed", "operation-not-possible");
    if (!this.#context.conformance.has("general-block-transfer")) return this.#refuse("service-not-allowed", "service-not-supported");
    const step = this.#carrier.receive(block);
    if (step.type === "apdu") return this.#receiveRequest(step.bytes, confirmed);
    return [];
  }

  #receiveRequest(bytes: Uint8Array, confirmed: boolean): ServerEvent[] {
    const meaning = tagMeaning(bytes[0] as number);
    if (meaning?.protection !== "plain" || !served.has(meaning.kind)) return this.#refuse("service-unknown", "service-not-supported");
    if (this.#context === undefined) return this.#refuse("service-not-allowed", "operation-not-possible");
    const apdu = decodeApdu(bytes);
    if (apdu.type === "data-notification-confirm") {
      return [{ type: "notification-confirmed", longInvokeId: apdu.invoke.longInvokeId }];
    }
    const exchange = this.#exchanges.get(bytes[0] as number);
    if (exchange === undefined) return this.#refuse("service-not-allowed", "service-not-supported");
    return this.#take(exchange.receive(apdu), confirmed);
  }

  #take(step: ServerStep, answered: boolean): ServerEvent[] {
    switch (step.type) {
      case "indication": {
        if (this.#pending.size >= maxPending) return this.#refuse("service-not-allowed", "operation-not-possible");
        this.#lastInvokeId += 1;
        this.#pending.set(this.#lastInvokeId, { respond: step.respond, answered });
        return [{ type: "indication", invokeId: this.#lastInvokeId, request: step.request }];
      }
      case "answer":
        this.#carrier.send(encodeApdu(step.apdu));
        return [];
      case "not-negotiated":
        return this.#refuse("service-not-allowed", "service-not-supported");
      case "unexpected":
        return this.#refuse("service-not-allowed", "operation-not-possible");
    }
  }

  #associate(aarq: Aarq): ServerEvent[] {
    const ended = this.#end("abort");
    const initiate = initiateOf(aarq);
    const outcome = examine(aarq, initiate, this.#options);
    if ("diagnostic" in outcome) {
      this.#reject(aarq.applicationContext, outcome);
      return ended;
    }
    if (initiate?.responseAllowed !== false) this.#accept(outcome.context);
    return [...ended, ...this.#establish(outcome.context)];
  }

  #establish(context: NegotiatedContext): ServerEvent[] {
    const { maxRequestLength = serverDefaults.maxRequestLength } = this.#options;
    this.#state = follow(serverTransitions, this.#state, "accept");
    this.#context = context;
    this.#exchanges = exchangesOf(context, maxRequestLength);
    this.#carrier.start({
      maxPduSize: context.clientMaxReceivePduSize,
      generalBlockTransfer: context.conformance.has("general-block-transfer"),
    });
    return [{ type: "associated", context }];
  }

  #accept(context: NegotiatedContext): void {
    this.#send(
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
          vaaName: vaaNames[context.referencing],
        }),
      }),
    );
  }

  #reject(applicationContext: ApplicationContext, { diagnostic, initiateError }: Refused): void {
    const error: Apdu = { type: "confirmed-service-error", service: "initiate", errorClass: "initiate", value: initiateError ?? "other" };
    this.#send(
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
    this.#send(encodeApdu({ type: "exception-response", stateError, serviceError }));
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
    this.#context = undefined;
    this.#exchanges = new Map();
    this.#pending.clear();
    this.#carrier.start({ maxPduSize: Number.POSITIVE_INFINITY, generalBlockTransfer: false });
    return was === "associated" ? [{ type: "released" }] : [];
  }

  #send(bytes: Uint8Array): void {
    this.#outgoing.push({ bytes, confirmed: true });
  }
}

/** Services that a client may have waiting in one association. */
const maxPending = 64;

/** What a notification needs the client's agreement to. */
const notificationServices = {
  "data-notification": "data-notification",
  "event-notification-request": "event-notification",
  "information-report-request": "information-report",
} as const satisfies Readonly<Record<Notification["type"], ConformanceName>>;

/** The services of an association, by the tag of their requests. */
function exchangesOf(context: NegotiatedContext, maxRequestLength: number): ReadonlyMap<number, ServerExchange> {
  if (context.referencing === "short-name") {
    const shortNames = new ShortNameServer(context, maxRequestLength);
    return new Map(shortNameRequests.map((kind) => [apduTags[kind].plain, shortNames]));
  }
  const logicalNames = new LogicalNameServer(context, maxRequestLength);
  return new Map<number, ServerExchange>([
    ...logicalNameRequests.map((kind) => [apduTags[kind].plain, logicalNames] as const),
    [apduTags["access-request"].plain, new AccessServer(context)],
  ]);
}

const logicalNameRequests = ["get-request", "set-request", "action-request"] as const;
const shortNameRequests = ["read-request", "write-request", "unconfirmed-write-request"] as const;

/** What a client may send in an association; everything else is unknown to a server. */
const served: ReadonlySet<string> = new Set([...logicalNameRequests, ...shortNameRequests, "access-request", "data-notification-confirm"]);
