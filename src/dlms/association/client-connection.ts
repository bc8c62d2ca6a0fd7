import { ByteReader } from "../../bytes/byte-reader.ts";
import {
  AssociationRejectedError,
  DecodeError,
  type DlmsError,
  LocalProtocolError,
  RemoteProtocolError,
  TransportError,
} from "../../errors.ts";
import type { Aare } from "../acse/apdus.ts";
import { decodeAare, decodeAbrt, decodeRlre, encodeAarq, encodeRlrq } from "../acse/codec.ts";
import { type Apdu, decodeApdu, encodeApdu, readApdu } from "../xdlms/apdu.ts";
import type { Conformance } from "../xdlms/conformance.ts";
import { dlmsVersion } from "../xdlms/initiate.ts";
import { apduTags } from "../xdlms/tags.ts";
import { ClientExchange, type ExchangeStep } from "./client-exchange.ts";
import type { ClientEvent, InvokeId } from "./events.ts";
import { minPduSize, type NegotiatedContext, supportedConformance, unlimitedPduSize } from "./negotiation.ts";
import { rejection } from "./rejection.ts";
import { checkRequest, type ServiceRequest } from "./services.ts";
import { type ClientInput, type ClientState, clientTransitions, follow } from "./transitions.ts";

/** How the client proves who it is. */
export type ClientAuthentication = { readonly mechanism: "none" } | { readonly mechanism: "lls"; readonly password: Uint8Array };

export interface ClientAssociationOptions {
  readonly clientSap: number;
  readonly serverSap: number;
  readonly authentication: ClientAuthentication;
  readonly proposedConformance?: Conformance;
  /** Longest APDU this side takes. */
  readonly maxReceivePduSize?: number;
  /** Longest answer this side takes, over all its blocks. */
  readonly maxResponseLength?: number;
  /** Milliseconds until an answer is given up. */
  readonly responseTimeout?: number;
  /** Milliseconds until a release that is not answered counts as done: not every meter knows it. */
  readonly releaseTimeout?: number;
}

const defaults = { maxResponseLength: 16 * 1024 * 1024, responseTimeout: 10_000, releaseTimeout: 1000 } as const;

interface Outstanding {
  readonly invokeId: InvokeId;
  readonly exchange: ClientExchange;
}

/**
 * The client's end of one application association, sans-IO: services in, APDUs out; APDUs in, events out. Requests are
 * carried out one after the other in the order they were made, with their blocks; time is an argument.
 */
export class DlmsClientConnection {
  readonly #options: ClientAssociationOptions;
  readonly #queue: { readonly invokeId: InvokeId; readonly request: ServiceRequest }[] = [];
  readonly #outgoing: Uint8Array[] = [];
  /** Failures of requests that could not be sent at all, and since when they wait to be told. */
  readonly #deferred: ClientEvent[] = [];
  #deferredSince: number | undefined;
  #state: ClientState = "idle";
  #context: NegotiatedContext | undefined;
  #outstanding: Outstanding | undefined;
  #lastInvokeId = 0;
  #deadline: number | undefined;

  constructor(options: ClientAssociationOptions) {
    this.#options = options;
  }

  get state(): ClientState {
    return this.#state;
  }

  /** When {@link handleTimeout} is due; defined whenever something is awaited. */
  get nextTimeout(): number | undefined {
    return this.#deferredSince ?? this.#deadline;
  }

  /** Sends AARQ. @throws LocalProtocolError unless idle */
  associate(now: number): void {
    this.#follow("associate");
    const { authentication, maxReceivePduSize = unlimitedPduSize } = this.#options;
    const initiate: Apdu = {
      type: "initiate-request",
      dedicatedKey: undefined,
      responseAllowed: true,
      proposedQualityOfService: undefined,
      proposedDlmsVersionNumber: dlmsVersion,
      proposedConformance: this.#options.proposedConformance ?? supportedConformance,
      clientMaxReceivePduSize: maxReceivePduSize,
    };
    this.#outgoing.push(
      encodeAarq({
        applicationContext: "logical-name",
        authenticationRequired: authentication.mechanism !== "none",
        mechanism: authentication.mechanism === "none" ? undefined : authentication.mechanism,
        authenticationValue: authentication.mechanism === "none" ? undefined : authentication.password,
        userInformation: encodeApdu(initiate),
      }),
    );
    this.#await(now, this.#options.responseTimeout ?? defaults.responseTimeout);
  }

  /** Queues a service. @throws LocalProtocolError unless associated, and for what is no request */
  request(request: ServiceRequest, now: number): InvokeId {
    if (this.#state !== "associated") throw new LocalProtocolError(`no request is possible while ${this.#state}`);
    checkRequest(request);
    this.#lastInvokeId += 1;
    this.#queue.push({ invokeId: this.#lastInvokeId, request });
    if (this.#outstanding === undefined) {
      // A request that cannot be sent at all fails by way of the timer, when its caller knows its id.
      this.#deferred.push(...this.#startNext(now));
      if (this.#deferred.length > 0) this.#deferredSince ??= now;
    }
    return this.#lastInvokeId;
  }

  /** Sends RLRQ; the requests under way are dropped. @throws LocalProtocolError unless associated */
  release(now: number): void {
    this.#follow("release");
    this.#dropRequests();
    this.#outgoing.push(encodeRlrq({ reason: 0 }));
    this.#await(now, this.#options.releaseTimeout ?? defaults.releaseTimeout);
  }

  apduToSend(): Uint8Array | undefined {
    return this.#outgoing.shift();
  }

  /** Takes one APDU. What fits nothing that is awaited is left out; nothing a peer sends makes this throw. */
  receiveApdu(apdu: Uint8Array, now: number): ClientEvent[] {
    try {
      // Results outlive the link's buffer, so they get octets of their own.
      return this.#receive(apdu.slice(), now);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return this.#failOutstanding(error, now);
    }
  }

  handleTimeout(now: number): ClientEvent[] {
    if (this.#deferredSince !== undefined) {
      this.#deferredSince = undefined;
      return this.#deferred.splice(0);
    }
    if (this.#deadline === undefined || now < this.#deadline) return [];
    this.#deadline = undefined;
    switch (this.#state) {
      case "associating":
        return this.#abort(
          new TransportError("timeout", "the meter did not answer the association request", {
            layer: "acse",
            hint: "check --client and --server; an association of an earlier session may still be open",
          }),
        );
      case "releasing":
        this.#follow("released");
        return [{ type: "released" }];
      case "associated":
        return this.#failOutstanding(
          new TransportError("timeout", "the meter did not answer in time", {
            layer: "xdlms",
            hint: "try again, or allow more time with --timeout",
          }),
          now,
        );
      default:
        return [];
    }
  }

  #receive(bytes: Uint8Array, now: number): ClientEvent[] {
    switch (bytes[0]) {
      case apduTags.aare.plain:
        return this.#state === "associating" ? this.#receiveAare(decodeAare(bytes)) : [];
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
    // Some servers leave octets behind a lawful answer (Gurux C does behind its clock); they mean nothing.
    const apdu = readApdu(new ByteReader(bytes));
    if (apdu.type === "data-notification") return [{ type: "notification", notification: apdu }];
    if (this.#state === "associating") return this.#refusedAssociation(apdu);
    const outstanding = this.#outstanding;
    if (outstanding === undefined || !answers(apdu, outstanding.invokeId)) return [];
    return this.#advance(outstanding, outstanding.exchange.receive(apdu), now);
  }

  #receiveAare(aare: Aare): ClientEvent[] {
    this.#deadline = undefined;
    if (aare.result !== "accepted") return this.#reject(rejection(aare));
    const response = decodeApdu(aare.userInformation ?? new Uint8Array());
    if (response.type !== "initiate-response") {
      return this.#reject(rejection(aare));
    }
    const { clientSap, serverSap, authentication, maxReceivePduSize = unlimitedPduSize } = this.#options;
    const size = response.serverMaxReceivePduSize === 0 ? unlimitedPduSize : response.serverMaxReceivePduSize;
    if (size < minPduSize) throw new DecodeError("out-of-range", "server-max-receive-pdu-size", 0, `the meter takes only ${size} octets`);
    this.#context = {
      clientSap,
      serverSap,
      applicationContext: aare.applicationContext,
      mechanism: authentication.mechanism,
      conformance: response.negotiatedConformance,
      clientMaxReceivePduSize: maxReceivePduSize,
      serverMaxReceivePduSize: size,
    };
    this.#follow("accepted");
    return [{ type: "associated", context: this.#context }];
  }

  /** Meters whose previous association is still open answer AARQ with an exception (Green Book pitfall 4). */
  #refusedAssociation(apdu: Apdu): ClientEvent[] {
    if (apdu.type !== "exception-response" && apdu.type !== "confirmed-service-error") return [];
    const reason = apdu.type === "exception-response" ? `${apdu.stateError}, ${apdu.serviceError}` : `${apdu.errorClass}: ${apdu.value}`;
    return this.#reject(
      new AssociationRejectedError(`the meter refused the association: ${reason}`, {
        details: { result: apdu.type, diagnostic: reason },
        hint: "an association of an earlier session may still be open; wait for its time-out (2 to 3 minutes)",
      }),
    );
  }

  #reject(error: AssociationRejectedError): ClientEvent[] {
    this.#deadline = undefined;
    this.#follow("rejected");
    return [{ type: "rejected", error }];
  }

  #advance(outstanding: Outstanding, step: ExchangeStep, now: number): ClientEvent[] {
    const { invokeId } = outstanding;
    switch (step.type) {
      case "send":
        this.#transmit(step.apdu, now);
        return [];
      case "progress":
        this.#transmit(step.apdu, now);
        return [{ type: "progress", invokeId, receivedBytes: step.receivedBytes }];
      case "done":
        return this.#finishOutstanding({ type: "response", invokeId, result: step.result }, now);
      case "failed":
        return this.#finishOutstanding({ type: "failed", invokeId, error: step.error }, now);
    }
  }

  #finishOutstanding(event: ClientEvent, now: number): ClientEvent[] {
    this.#outstanding = undefined;
    this.#deadline = undefined;
    return this.#queue.length === 0 ? [event] : [event, ...this.#startNext(now)];
  }

  /** Starts queued requests until one has to wait for its answer. */
  #startNext(now: number): ClientEvent[] {
    const events: ClientEvent[] = [];
    while (this.#outstanding === undefined && this.#state === "associated") {
      const next = this.#queue.shift();
      if (next === undefined) break;
      const { invokeId, request } = next;
      const invoke = { invokeId: wireId(invokeId), confirmed: true, highPriority: true, reserved: 0 };
      const exchange = new ClientExchange(
        request,
        invoke,
        this.#context as NegotiatedContext,
        this.#options.maxResponseLength ?? defaults.maxResponseLength,
      );
      const step = exchange.start();
      this.#outstanding = { invokeId, exchange };
      events.push(...this.#advance(this.#outstanding, step, now));
    }
    return events;
  }

  #failOutstanding(error: DlmsError, now: number): ClientEvent[] {
    const outstanding = this.#outstanding;
    if (outstanding !== undefined) return this.#advance(outstanding, { type: "failed", error }, now);
    return this.#state === "associating" ? this.#abort(error) : [];
  }

  #abort(error: DlmsError): ClientEvent[] {
    this.#follow("abort");
    this.#deadline = undefined;
    this.#dropRequests();
    return [{ type: "aborted", error }];
  }

  #dropRequests(): void {
    this.#outstanding = undefined;
    this.#queue.length = 0;
    this.#deferred.length = 0;
    this.#deferredSince = undefined;
  }

  #transmit(apdu: Uint8Array, now: number): void {
    this.#outgoing.push(apdu);
    this.#await(now, this.#options.responseTimeout ?? defaults.responseTimeout);
  }

  #await(now: number, timeout: number): void {
    this.#deadline = now + timeout;
  }

  #follow(input: ClientInput): void {
    this.#state = follow(clientTransitions, this.#state, input);
  }
}

/** False for a late answer to a request already given up, which carries another id, and for what is no answer at all. */
function answers(apdu: Exclude<Apdu, { readonly type: "data-notification" }>, invokeId: InvokeId): boolean {
  if ("invoke" in apdu) return apdu.invoke.invokeId === wireId(invokeId);
  return apdu.type === "exception-response" || apdu.type === "confirmed-service-error";
}

function wireId(invokeId: InvokeId): number {
  return invokeId & 0x0f;
}
