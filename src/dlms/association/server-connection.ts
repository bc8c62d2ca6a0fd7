import { DecodeError, LocalProtocolError, SecurityError } from "../../errors.ts";
import type { Release } from "../acse/apdus.ts";
import { decodeAarq, decodeAbrt, decodeRlrq, encodeRlre } from "../acse/codec.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../xdlms/apdu.ts";
import type { ConformanceName } from "../xdlms/conformance.ts";
import type { ExceptionServiceError, StateError } from "../xdlms/exception.ts";
import { apduTags, tagMeaning } from "../xdlms/tags.ts";
import { ApduCarrier, type OutgoingApdu } from "./apdu-carrier.ts";
import type { InvokeId, Notification, ServerEvent } from "./events.ts";
import { minPduSize, type NegotiatedContext, unlimitedPduSize } from "./negotiation.ts";
import { ApduProtection, isCiphered, type OpenedApdu, type ProtectionLevel, suffices } from "./protection.ts";
import { AccessServer } from "./server-access.ts";
import type { ServerExchange, ServerStep } from "./server-exchange.ts";
import { malformedAarq, ServerHandshake } from "./server-handshake.ts";
import { LogicalNameServer } from "./server-logical-name.ts";
import { type ServerAssociationOptions, serverDefaults } from "./server-options.ts";
import { ShortNameServer } from "./server-short-name.ts";
import type { ServiceResult } from "./services.ts";
import { follow, type ServerInput, type ServerState, serverTransitions } from "./transitions.ts";

/** A service under way. */
interface Pending {
  readonly respond: (result: ServiceResult, needed: ProtectionLevel) => Uint8Array | undefined;
  /** False where the request came in a frame that is never answered. */
  readonly answered: boolean;
  /** How the request was protected; its answer is so too. */
  readonly openedFrom: OpenedApdu | undefined;
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
  readonly #protection: ApduProtection | undefined;
  readonly #handshake: ServerHandshake;
  /** What a pre-established association has to tell with the first APDU. */
  readonly #unannounced: ServerEvent[] = [];
  #state: ServerState = "idle";
  #context: NegotiatedContext | undefined;
  #exchanges: ReadonlyMap<number, ServerExchange> = new Map();
  #lastInvokeId = 0;
  /** Octets that the protection of the answer in hand takes. */
  #overhead = 0;
  #deadline: number | undefined;

  constructor(options: ServerAssociationOptions) {
    this.#options = options;
    const { gbtWindow = serverDefaults.gbtWindow, maxRequestLength = serverDefaults.maxRequestLength } = options;
    this.#carrier = new ApduCarrier({ answers: true, window: gbtWindow, maxLength: maxRequestLength }, (apdu) => this.#outgoing.push(apdu));
    this.#protection = options.security && new ApduProtection(options.security);
    this.#handshake = new ServerHandshake(options, this.#protection);
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
    const before = this.#state;
    const heard = this.#receiveGuarded(apdu, confirmed, now);
    const events = this.#unannounced.length === 0 ? heard : [...this.#unannounced.splice(0), ...heard];
    if (this.#state === "authenticating") {
      const { authenticationTimeout = serverDefaults.authenticationTimeout } = this.#options;
      if (before !== "authenticating") this.#deadline = now + authenticationTimeout;
    } else if (before === "authenticating" && inactivityTimeout === undefined) {
      this.#deadline = undefined;
    }
    if (!confirmed) this.#outgoing.length = queued;
    return events;
  }

  /**
   * Answers an indication. Too late is not an error: the association may have ended meanwhile.
   * @param needed what the answer has to be protected with, where that is more than the request and the policy ask for
   */
  respond(invokeId: InvokeId, result: ServiceResult, needed: ProtectionLevel = inClear): void {
    const pending = this.#pending.get(invokeId);
    if (pending === undefined) return;
    this.#pending.delete(invokeId);
    this.#makeRoom(pending.openedFrom, needed);
    const apdu = pending.respond(result, needed);
    if (apdu !== undefined && pending.answered) this.#sendService(apdu, pending.openedFrom, needed);
  }

  /**
   * Sends a notification, in blocks where it is long and general block transfer is agreed on.
   * @throws LocalProtocolError unless the client is reachable, and where it did not agree to such notifications
   */
  notify(notification: Notification): void {
    const needed = notificationServices[notification.type];
    if (this.#context?.conformance.has(needed) !== true) throw new LocalProtocolError(`the client has not agreed to ${needed}`);
    const plain = encodeApdu(notification);
    const policy = this.#protection?.answerPolicy ?? inClear;
    const apdu =
      this.#protection === undefined || suffices(inClear, policy) ? plain : this.#protection.protect(plain, "general-global", policy);
    if (!this.#carrier.carries(apdu.length)) {
      throw new LocalProtocolError(
        `the notification takes ${apdu.length} octets, the client accepts ${this.#context.clientMaxReceivePduSize}`,
      );
    }
    this.#carrier.sendUnconfirmed(apdu);
  }

  #receiveGuarded(apdu: Uint8Array, confirmed: boolean, now: number): ServerEvent[] {
    try {
      return this.#receive(apdu, confirmed, now);
    } catch (error) {
      if (error instanceof SecurityError) {
        this.#options.onInsecure?.(error);
        return this.#refuseInsecure(error);
      }
      if (!(error instanceof DecodeError)) throw error;
      return this.#refuseMalformed(apdu);
    }
  }

  #receive(bytes: Uint8Array, confirmed: boolean, now: number): ServerEvent[] {
    if (this.#options.preEstablished === undefined) {
      switch (bytes[0]) {
        case apduTags.aarq.plain:
          return this.#associate(bytes, now);
        case apduTags.rlrq.plain:
          return this.#release(decodeRlrq(bytes));
        case apduTags.abrt.plain:
          decodeAbrt(bytes);
          return this.#end("abort");
      }
    }
    if (bytes.length > (this.#options.maxReceivePduSize ?? unlimitedPduSize)) return this.#refuse("service-not-allowed", "pdu-too-long");
    if (bytes[0] === apduTags["general-block-transfer"].plain) return this.#receiveBlock(bytes, confirmed, now);
    // Requests are kept until they are answered, longer than the link's buffer lives.
    return this.#receiveRequest(bytes.slice(), confirmed, now);
  }

  #receiveBlock(bytes: Uint8Array, confirmed: boolean, now: number): ServerEvent[] {
    const block = decodeApdu(bytes.slice());
    if (block.type !== "general-block-transfer" || this.#context === undefined || this.#state !== "associated")
      return this.#refuse("service-not-allowed", "operation-not-possible");
    if (!this.#context.conformance.has("general-block-transfer")) return this.#refuse("service-not-allowed", "service-not-supported");
    const step = this.#carrier.receive(block);
    if (step.type === "apdu") return this.#receiveRequest(step.bytes, confirmed, now);
    return [];
  }

  #receiveRequest(bytes: Uint8Array, confirmed: boolean, now: number): ServerEvent[] {
    const openedFrom = this.#protection !== undefined && isCiphered(bytes) ? this.#protection.open(bytes, confirmed) : undefined;
    const request = openedFrom?.plain ?? bytes;
    const meaning = tagMeaning(request[0] as number);
    if (meaning?.protection !== "plain" || !served.has(meaning.kind)) return this.#refuse("service-unknown", "service-not-supported");
    if (this.#context === undefined) return this.#refuse("service-not-allowed", "operation-not-possible");
    if (!suffices(openedFrom?.level ?? inClear, this.#protection?.policy ?? inClear)) {
      return this.#refuse("service-not-allowed", "operation-not-possible");
    }
    const apdu = decodeApdu(request);
    if (this.#state === "authenticating") return this.#finishAuthentication(apdu, openedFrom, now);
    if (apdu.type === "data-notification-confirm") {
      return [{ type: "notification-confirmed", longInvokeId: apdu.invoke.longInvokeId }];
    }
    const exchange = this.#exchanges.get(request[0] as number);
    if (exchange === undefined) return this.#refuse("service-not-allowed", "service-not-supported");
    this.#makeRoom(openedFrom, inClear);
    return this.#take(exchange.receive(apdu), confirmed, openedFrom);
  }

  #take(step: ServerStep, answered: boolean, openedFrom: OpenedApdu | undefined): ServerEvent[] {
    switch (step.type) {
      case "indication": {
        if (this.#pending.size >= maxPending) return this.#refuse("service-not-allowed", "operation-not-possible");
        this.#lastInvokeId += 1;
        this.#pending.set(this.#lastInvokeId, { respond: step.respond, answered, openedFrom });
        return [{ type: "indication", invokeId: this.#lastInvokeId, request: step.request, protection: openedFrom?.level }];
      }
      case "answer":
        this.#sendService(encodeApdu(step.apdu), openedFrom, step.needed);
        return [];
      case "not-negotiated":
        return this.#refuse("service-not-allowed", "service-not-supported");
      case "unexpected":
        return this.#refuse("service-not-allowed", "operation-not-possible");
    }
  }

  #associate(bytes: Uint8Array, now: number): ServerEvent[] {
    const aarq = decodeAarq(bytes.slice());
    const ended = this.#end("abort");
    const { limiter } = this.#options;
    const step = this.#handshake.associate(aarq, () => limiter?.mayTry(now) ?? true);
    if (step.aare !== undefined) this.#send(step.aare);
    switch (step.type) {
      case "refused":
        if (step.secret) limiter?.failed(now);
        return ended;
      case "challenged":
        this.#state = follow(serverTransitions, this.#state, "challenge");
        this.#context = step.context;
        return ended;
      case "established":
        if (step.context.mechanism !== "none") limiter?.succeeded?.(now);
        return [...ended, ...this.#establish(step.context)];
    }
  }

  #release({ userInformation }: Release): ServerEvent[] {
    if (!this.#mayRelease(userInformation)) {
      this.#send(encodeRlre({ reason: notFinished }));
      return [];
    }
    this.#send(encodeRlre({ reason: 0 }));
    return this.#end("release");
  }

  /**
   * Under keys a release has an Initiate request in it that is protected no less than the policy asks for, or anybody could
   * end the association (Green Book notes 5.2).
   * @throws SecurityError, DecodeError for one that cannot be opened
   */
  #mayRelease(initiate: Uint8Array | undefined): boolean {
    const policy = this.#protection?.policy ?? inClear;
    if (this.#protection === undefined || this.#context === undefined || suffices(inClear, policy)) return true;
    if (initiate === undefined || !isCiphered(initiate)) return false;
    const { plain, level } = this.#protection.open(initiate, true);
    return level.authenticated && suffices({ ...level, signed: true }, policy) && decodeApdu(plain).type === "initiate-request";
  }

  #finishAuthentication(apdu: Apdu, openedFrom: OpenedApdu | undefined, now: number): ServerEvent[] {
    const step = this.#handshake.reply(apdu);
    switch (step.type) {
      case "unexpected":
        return this.#refuse("service-not-allowed", "operation-not-possible");
      case "failed":
        this.#options.limiter?.failed(now);
        this.#sendService(encodeApdu(step.answer), openedFrom);
        return this.#end("abort");
      case "established":
        this.#options.limiter?.succeeded?.(now);
        this.#sendService(encodeApdu(step.answer), openedFrom);
        return this.#establish(step.context);
    }
  }

  #establish(context: NegotiatedContext): ServerEvent[] {
    const { maxRequestLength = serverDefaults.maxRequestLength } = this.#options;
    this.#state = follow(serverTransitions, this.#state, "accept");
    this.#context = context;
    this.#exchanges = exchangesOf(this.#withRoomForProtection(context), maxRequestLength);
    this.#carrier.start({
      maxPduSize: context.clientMaxReceivePduSize,
      generalBlockTransfer: context.conformance.has("general-block-transfer"),
    });
    return [{ type: "associated", context }];
  }

  /** Answers take the form of their requests, and some forms take more of an APDU than others. */
  #makeRoom(openedFrom: OpenedApdu | undefined, needed: ProtectionLevel): void {
    this.#overhead = this.#protection?.answerOverhead(openedFrom, needed) ?? 0;
  }

  /** The context with what the services may fill of an APDU; what does not fit even so is refused when it is sent. */
  #withRoomForProtection(context: NegotiatedContext): NegotiatedContext {
    const room = (): number => Math.max(minPduSize, context.clientMaxReceivePduSize - this.#overhead);
    return {
      ...context,
      get clientMaxReceivePduSize() {
        return room();
      },
    };
  }

  /** Sends an answer, protected as it has to be; what cannot be protected so is not sent at all. */
  #sendService(apdu: Uint8Array, openedFrom: OpenedApdu | undefined, needed = inClear): void {
    const bytes = this.#protectedAnswer(apdu, openedFrom, needed);
    if (bytes !== undefined && this.#carrier.carries(bytes.length)) this.#carrier.send(bytes);
    else this.#refuse("service-not-allowed", "other-reason");
  }

  #protectedAnswer(apdu: Uint8Array, openedFrom: OpenedApdu | undefined, needed: ProtectionLevel): Uint8Array | undefined {
    if (this.#protection === undefined) return suffices(inClear, needed) ? apdu : undefined;
    try {
      return this.#protection.answer(apdu, openedFrom, needed);
    } catch (error) {
      if (error instanceof SecurityError) return undefined;
      throw error;
    }
  }

  #refuse(stateError: StateError, serviceError: ExceptionServiceError): ServerEvent[] {
    this.#send(encodeApdu({ type: "exception-response", stateError, serviceError }));
    return [];
  }

  #refuseMalformed(apdu: Uint8Array): ServerEvent[] {
    switch (apdu[0]) {
      case apduTags.aarq.plain:
        this.#send(malformedAarq());
        return [];
      case apduTags.rlrq.plain:
      case apduTags.abrt.plain:
        return [];
      default:
        return this.#refuse("service-not-allowed", "other-reason");
    }
  }

  /** What was ciphered and cannot be taken tells its sender no more than the standard has words for. */
  #refuseInsecure(error: SecurityError): ServerEvent[] {
    const lowest = error.details["lowestAcceptable"];
    if (error.code !== "replayed" || typeof lowest !== "number") return this.#refuse("service-not-allowed", "deciphering-error");
    this.#send(
      encodeApdu({
        type: "exception-response",
        stateError: "service-not-allowed",
        serviceError: "invocation-counter-error",
        invocationCounter: lowest,
      }),
    );
    return [];
  }

  #end(input: ServerInput): ServerEvent[] {
    const was = this.#state;
    this.#state = follow(serverTransitions, was, input);
    this.#context = undefined;
    this.#exchanges = new Map();
    this.#pending.clear();
    this.#protection?.start(undefined);
    this.#carrier.start({ maxPduSize: Number.POSITIVE_INFINITY, generalBlockTransfer: false });
    return was === "associated" ? [{ type: "released" }] : [];
  }

  #send(bytes: Uint8Array): void {
    this.#outgoing.push({ bytes, confirmed: true });
  }
}

/** Reason of an RLRE that does not release. */
const notFinished = 1;

const inClear: ProtectionLevel = { authenticated: false, encrypted: false };

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
