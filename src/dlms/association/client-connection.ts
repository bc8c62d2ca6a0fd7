import { ByteReader } from "../../bytes/byte-reader.ts";
import { type AssociationRejectedError, DecodeError, type DlmsError, LocalProtocolError, RemoteProtocolError } from "../../errors.ts";
import { decodeAare, decodeAbrt, decodeRlre } from "../acse/codec.ts";
import { type Apdu, readApdu } from "../xdlms/apdu.ts";
import { apduTags } from "../xdlms/tags.ts";
import { ApduCarrier, type CarrierStep, type OutgoingApdu } from "./apdu-carrier.ts";
import { abortReasons, noAnswer, noAssociation, tooLong, wrongReferencing } from "./client-errors.ts";
import { type ClientExchange, type ExchangeStep, failed, isRefusal } from "./client-exchange.ts";
import { ClientHandshake, isHandshakeFailure } from "./client-handshake.ts";
import { type ClientAssociationOptions, clientDefaults } from "./client-options.ts";
import { createExchange } from "./create-exchange.ts";
import type { ClientEvent, InvokeId } from "./events.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import { confirmationOf } from "./notification-receiver.ts";
import { ApduProtection, openAnswer, overheadIn, protectRequest, refuseInClear } from "./protection.ts";
import { refusedAssociation } from "./rejection.ts";
import { checkRequest, type ServiceOptions, type ServiceRequest } from "./services.ts";
import { type ClientInput, type ClientState, clientTransitions, follow } from "./transitions.ts";

const nothing = new Uint8Array();

interface Queued {
  readonly invokeId: InvokeId;
  readonly request: ServiceRequest;
  readonly options: ServiceOptions;
}

interface Outstanding {
  readonly invokeId: InvokeId;
  readonly exchange: ClientExchange;
  /** What was sent last, for a link that may lose it. */
  lastApdu: Uint8Array;
  deadline: number;
  retries: number;
}

/**
 * The client's end of one application association, sans-IO: services in, APDUs out; APDUs in, events out. Time is an
 * argument.
 *
 * Requests are carried out in the order they were made, those of high priority first; several may be under way at once
 * where the options say so, one where general block transfer is negotiated or objects have short names.
 */
export class DlmsClientConnection {
  readonly #options: ClientAssociationOptions;
  readonly #queue: Queued[] = [];
  readonly #outstanding = new Map<InvokeId, Outstanding>();
  readonly #outgoing: OutgoingApdu[] = [];
  readonly #carrier: ApduCarrier;
  /** Events of calls that return none, and since when they wait to be told. */
  readonly #deferred: ClientEvent[] = [];
  #deferredSince: number | undefined;
  readonly #protection: ApduProtection | undefined;
  readonly #handshake: ClientHandshake;
  #state: ClientState = "idle";
  #context: NegotiatedContext | undefined;
  /** The same less the octets that protection takes: what the services may fill of an APDU. */
  #services: NegotiatedContext | undefined;
  #lastInvokeId = 0;
  /** Until when an association or a release may take. */
  #deadline: number | undefined;

  constructor(options: ClientAssociationOptions) {
    this.#options = options;
    this.#protection = options.security && new ApduProtection(options.security);
    this.#handshake = new ClientHandshake(options, this.#protection);
    const { gbtWindow = clientDefaults.gbtWindow, maxResponseLength = clientDefaults.maxResponseLength } = options;
    this.#carrier = new ApduCarrier({ answers: false, window: gbtWindow, maxLength: maxResponseLength }, (apdu) =>
      this.#outgoing.push(apdu),
    );
  }

  get state(): ClientState {
    return this.#state;
  }

  /** When {@link handleTimeout} is due; defined whenever something is awaited. */
  get nextTimeout(): number | undefined {
    let next = this.#deferredSince ?? this.#deadline;
    for (const { deadline } of this.#outstanding.values()) if (next === undefined || deadline < next) next = deadline;
    return next;
  }

  /** The server sends on without being asked: on a link with turns it needs another. */
  get expectsMore(): boolean {
    return this.#carrier.expectsMore;
  }

  /** Sends AARQ; a pre-established association stands at once. @throws LocalProtocolError unless idle */
  associate(now: number): void {
    this.#follow("associate");
    const { preEstablished } = this.#options;
    if (preEstablished !== undefined) {
      this.#defer(this.#established(preEstablished), now);
      return;
    }
    this.#send(this.#handshake.start());
    this.#deadline = now + this.#responseTimeout;
  }

  /** Queues a service. @throws LocalProtocolError unless associated, and for what is no request */
  request(request: ServiceRequest, now: number, options: ServiceOptions = {}): InvokeId {
    if (this.#state !== "associated") throw new LocalProtocolError(`no request is possible while ${this.#state}`);
    checkRequest(request);
    this.#lastInvokeId += 1;
    const queued = { invokeId: this.#lastInvokeId, request, options };
    const urgent = options.highPriority !== false && this.#queue.length > 0;
    const behind = urgent ? this.#queue.findIndex(({ options }) => options.highPriority === false) : -1;
    if (behind < 0) this.#queue.push(queued);
    else this.#queue.splice(behind, 0, queued);
    // What ends at once is told by way of the timer, when its caller knows its id.
    this.#defer(this.#startNext(now), now);
    return queued.invokeId;
  }

  /** Sends RLRQ; the requests under way are dropped. @throws LocalProtocolError unless associated */
  release(now: number): void {
    this.#follow("release");
    this.#dropRequests();
    if (this.#options.preEstablished !== undefined) {
      this.#follow("released");
      this.#defer([{ type: "released" }], now);
      return;
    }
    this.#send(this.#handshake.release());
    this.#deadline = now + (this.#options.releaseTimeout ?? clientDefaults.releaseTimeout);
  }

  apduToSend(): OutgoingApdu | undefined {
    return this.#outgoing.shift();
  }

  /** Takes one APDU. What fits nothing that is awaited is left out; nothing a peer sends makes this throw. */
  receiveApdu(apdu: Uint8Array, now: number): ClientEvent[] {
    try {
      // Results outlive the link's buffer, so they get octets of their own.
      return this.#receive(apdu.slice(), now);
    } catch (error) {
      if (error instanceof DecodeError) return this.#failOldest(error, now);
      if (!isHandshakeFailure(error)) throw error;
      // What fails its tag, or should be protected and is not, is nobody's answer: it is left out as if it had not come.
      return this.#opening ? this.#abort(error) : [];
    }
  }

  handleTimeout(now: number): ClientEvent[] {
    if (this.#deferredSince !== undefined) {
      this.#deferredSince = undefined;
      return this.#deferred.splice(0);
    }
    if (this.#deadline !== undefined && now >= this.#deadline) {
      this.#deadline = undefined;
      if (this.#opening) return this.#abort(noAssociation());
      if (this.#state === "releasing") {
        this.#follow("released");
        return [{ type: "released" }];
      }
    }
    const events: ClientEvent[] = [];
    for (const outstanding of [...this.#outstanding.values()]) {
      if (now >= outstanding.deadline && this.#outstanding.has(outstanding.invokeId)) events.push(...this.#unanswered(outstanding, now));
    }
    return events;
  }

  /** @param joined true for what came in blocks: it holds no blocks itself, ciphered or not, or they would go on without end */
  #receive(bytes: Uint8Array, now: number, joined = false): ClientEvent[] {
    switch (bytes[0]) {
      case apduTags.aare.plain:
        return this.#state === "associating" ? this.#receiveAare(bytes, now) : [];
      case apduTags.rlre.plain:
        decodeRlre(bytes);
        if (this.#state !== "releasing") return [];
        this.#deadline = undefined;
        this.#follow("released");
        return [{ type: "released" }];
      case apduTags.abrt.plain: {
        const { source } = decodeAbrt(bytes);
        return this.#abort(new RemoteProtocolError("the meter aborted the association", { layer: "acse", details: { source } }));
      }
    }
    const opened = openAnswer(this.#protection, bytes);
    // Some servers leave octets behind a lawful answer (Gurux C does behind its clock); they mean nothing.
    const apdu = readApdu(new ByteReader(opened));
    // Refusals come in clear, and so do blocks, whose joined content is protected (Green Book 9.2.7.2).
    if (bytes === opened && !isRefusal(apdu) && apdu.type !== "general-block-transfer") refuseInClear(this.#protection);
    switch (apdu.type) {
      case "general-block-transfer":
        return this.#receiveBlock(joined ? { type: "aborted", reason: "nested" } : this.#carrier.receive(apdu), now);
      case "data-notification":
        if (apdu.invoke.confirmed) this.#outgoing.push({ bytes: protectRequest(this.#protection, confirmationOf(apdu)), confirmed: false });
        return [{ type: "notification", notification: apdu }];
      case "event-notification-request":
      case "information-report-request":
        return [{ type: "notification", notification: apdu }];
    }
    if (this.#state === "associating") return this.#refusedAssociation(apdu);
    if (this.#state === "authenticating") return this.#established(this.#handshake.receivePassFour(apdu));
    for (const outstanding of this.#outstanding.values()) {
      // A refusal does not say what it refuses: it is the oldest request, since servers answer in order.
      if (outstanding.exchange.concerns(apdu) || isRefusal(apdu))
        return this.#advance(outstanding, outstanding.exchange.receive(apdu), now);
    }
    return [];
  }

  #receiveBlock(step: CarrierStep, now: number): ClientEvent[] {
    // One request at a time is under way where there is general block transfer.
    const [outstanding] = this.#outstanding.values();
    if (outstanding !== undefined) this.#await(outstanding, now);
    switch (step.type) {
      case "waiting":
      case "lost":
        return [];
      case "progress":
        if (outstanding === undefined) return [];
        outstanding.retries = this.#retries;
        return [{ type: "progress", invokeId: outstanding.invokeId, receivedBytes: step.receivedBytes }];
      case "apdu":
        return this.#receive(step.bytes, now, true);
      case "aborted":
        return this.#failOldest(new RemoteProtocolError(abortReasons[step.reason]), now);
    }
  }

  #receiveAare(bytes: Uint8Array, now: number): ClientEvent[] {
    const step = this.#handshake.receiveAare(decodeAare(bytes));
    switch (step.type) {
      case "rejected":
        return this.#reject(step.error);
      case "established":
        return this.#established(step.context);
      case "challenged":
        this.#follow("challenged");
        this.#deadline = now + this.#responseTimeout;
        this.#send(protectRequest(this.#protection, step.passThree));
        return [];
    }
  }

  #established(context: NegotiatedContext): ClientEvent[] {
    this.#deadline = undefined;
    this.#context = context;
    this.#services = { ...context, serverMaxReceivePduSize: Math.max(0, context.serverMaxReceivePduSize - overheadIn(context)) };
    this.#carrier.start({
      maxPduSize: context.serverMaxReceivePduSize,
      generalBlockTransfer: context.conformance.has("general-block-transfer"),
    });
    this.#follow("accepted");
    return [{ type: "associated", context }];
  }

  #refusedAssociation(apdu: Apdu): ClientEvent[] {
    const error = refusedAssociation(apdu);
    return error === undefined ? [] : this.#reject(error);
  }

  #reject(error: AssociationRejectedError): ClientEvent[] {
    this.#deadline = undefined;
    this.#follow("rejected");
    return [{ type: "rejected", error }];
  }

  #advance(outstanding: Outstanding, step: ExchangeStep, now: number): ClientEvent[] {
    const { invokeId } = outstanding;
    switch (step.type) {
      case "ignore":
        return [];
      case "send":
      case "progress":
        if (!this.#carrier.carries(step.apdu.length + overheadIn(this.#context ?? {}))) {
          return this.#advance(outstanding, failed(tooLong(step.apdu.length)), now);
        }
        outstanding.lastApdu = step.apdu;
        outstanding.retries = this.#retries;
        this.#await(outstanding, now);
        this.#carrier.send(protectRequest(this.#protection, step.apdu));
        return step.type === "send" ? [] : [{ type: "progress", invokeId, receivedBytes: step.receivedBytes }];
      case "done":
        return this.#finish(outstanding, { type: "response", invokeId, result: step.result }, now);
      case "failed":
        return this.#finish(outstanding, { type: "failed", invokeId, error: step.error }, now);
    }
  }

  #finish(outstanding: Outstanding, event: ClientEvent, now: number): ClientEvent[] {
    this.#outstanding.delete(outstanding.invokeId);
    if (event.type === "failed") this.#carrier.reset();
    return this.#queue.length === 0 ? [event] : [event, ...this.#startNext(now)];
  }

  /** Starts queued requests until as many are under way as may be. */
  #startNext(now: number): ClientEvent[] {
    const events: ClientEvent[] = [];
    while (this.#state === "associated" && this.#outstanding.size < this.#maxOutstanding) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      events.push(...this.#start(next, now));
    }
    return events;
  }

  #start({ invokeId, request, options }: Queued, now: number): ClientEvent[] {
    const context = this.#context as NegotiatedContext;
    const { maxResponseLength = clientDefaults.maxResponseLength } = this.#options;
    const exchange = createExchange(request, invokeId, options, this.#services as NegotiatedContext, maxResponseLength);
    if (exchange === undefined) return [{ type: "failed", invokeId, error: wrongReferencing(request, context) }];
    const step = exchange.start();
    if (options.confirmed === false && step.type === "send") {
      this.#carrier.sendUnconfirmed(protectRequest(this.#protection, step.apdu));
      return [{ type: "sent", invokeId }];
    }
    const outstanding = { invokeId, exchange, lastApdu: nothing, deadline: now, retries: 0 };
    this.#outstanding.set(invokeId, outstanding);
    return this.#advance(outstanding, step, now);
  }

  /** Nothing came for too long: what may be repeated is, as often as the options say. */
  #unanswered(outstanding: Outstanding, now: number): ClientEvent[] {
    if (outstanding.retries > 0 && this.#repeat(outstanding)) {
      outstanding.retries -= 1;
      this.#await(outstanding, now);
      return [];
    }
    if (this.#carrier.active) this.#carrier.abort();
    // With short names a late answer could not be told from the answer to the next request.
    if (this.#context?.referencing === "short-name") return this.#abort(noAnswer());
    return this.#advance(outstanding, failed(noAnswer()), now);
  }

  #repeat({ exchange, lastApdu }: Outstanding): boolean {
    if (this.#context?.referencing === "short-name" && !this.#carrier.active) return false;
    if (this.#carrier.repeat()) return true;
    if (!exchange.repeatable) return false;
    // Protected anew: a counter is used once.
    this.#send(protectRequest(this.#protection, lastApdu));
    return true;
  }

  #failOldest(error: DlmsError, now: number): ClientEvent[] {
    const [outstanding] = this.#outstanding.values();
    if (outstanding !== undefined) return this.#advance(outstanding, failed(error), now);
    return this.#opening ? this.#abort(error) : [];
  }

  #abort(error: DlmsError): ClientEvent[] {
    this.#follow("abort");
    this.#deadline = undefined;
    this.#dropRequests();
    return [{ type: "aborted", error }];
  }

  #dropRequests(): void {
    this.#outstanding.clear();
    this.#queue.length = 0;
    this.#deferred.length = 0;
    this.#deferredSince = undefined;
    this.#carrier.reset();
  }

  #defer(events: readonly ClientEvent[], now: number): void {
    if (events.length === 0) return;
    this.#deferred.push(...events);
    this.#deferredSince ??= now;
  }

  /** The association is not there yet. */
  get #opening(): boolean {
    return this.#state === "associating" || this.#state === "authenticating";
  }

  #send(bytes: Uint8Array): void {
    this.#outgoing.push({ bytes, confirmed: true });
  }

  #await(outstanding: Outstanding, now: number): void {
    outstanding.deadline = now + this.#responseTimeout;
  }

  get #responseTimeout(): number {
    return this.#options.responseTimeout ?? clientDefaults.responseTimeout;
  }

  get #retries(): number {
    return this.#options.retries ?? clientDefaults.retries;
  }

  get #maxOutstanding(): number {
    const alone = this.#context?.referencing === "short-name" || this.#context?.conformance.has("general-block-transfer") === true;
    return alone ? 1 : (this.#options.maxOutstanding ?? clientDefaults.maxOutstanding);
  }

  #follow(input: ClientInput): void {
    this.#state = follow(clientTransitions, this.#state, input);
  }
}
