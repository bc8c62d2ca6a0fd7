import { DecodeError } from "../../errors.ts";
import { lengthSize } from "../axdr/length.ts";
import { type Apdu, type ApduOf, encodeApdu } from "../xdlms/apdu.ts";
import type { DataBlock } from "../xdlms/block-transfer.ts";
import type { ConformanceName } from "../xdlms/conformance.ts";
import type { InvokeIdAndPriority } from "../xdlms/descriptors.ts";
import type { ActionResult, DataAccessResult } from "../xdlms/results.ts";
import { decodeDataList, decodeSingle, encodeActionOutcomes, encodeGetResults } from "./block-payload.ts";
import { BlockReceiver } from "./block-receiver.ts";
import { BlockSender, rawCapacity } from "./block-sender.ts";
import type { InvokeId } from "./events.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import type { ActionOutcome, GetResult, ServiceRequest, ServiceResult } from "./services.ts";

/** What one APDU of a request leads to. */
export type ServerStep =
  /** A service to carry out. */
  | { readonly type: "indication"; readonly invokeId: InvokeId; readonly request: ServiceRequest }
  /** An answer that needs no service. */
  | { readonly type: "answer"; readonly apdu: Apdu }
  /** Not part of what was negotiated. */
  | { readonly type: "not-negotiated" }
  /** Nothing that a server takes, or could answer. */
  | { readonly type: "unexpected" };

/** A request whose blocks are still coming in; `complete` makes the service of the joined payload. */
interface Incoming {
  readonly service: "set" | "action";
  readonly invokeId: InvokeId;
  readonly receiver: BlockReceiver;
  readonly complete: (payload: Uint8Array) => ServiceRequest;
}

/** An answer whose blocks are still going out. */
interface Outgoing {
  readonly service: "get" | "action";
  readonly invoke: InvokeIdAndPriority;
  readonly sender: BlockSender;
}

/** A service under way: how it was asked for decides how it is answered. */
interface Pending {
  readonly invoke: InvokeIdAndPriority;
  readonly list: boolean;
  /** Number of the last block of a request that came in blocks. */
  readonly lastBlock: number | undefined;
}

/**
 * The server's side of GET, SET and ACTION with their block transfers (Green Book 9.3.6..9.3.8, 9.4.6.12). One transfer
 * each way at a time: a new request ends the one before it, as clients expect.
 */
export class ServerExchange {
  readonly #context: NegotiatedContext;
  readonly #maxRequestLength: number;
  readonly #pending = new Map<InvokeId, Pending>();
  #incoming: Incoming | undefined;
  #outgoing: Outgoing | undefined;

  /** @param maxRequestLength octets that a request may have over all its blocks */
  constructor(context: NegotiatedContext, maxRequestLength: number) {
    this.#context = context;
    this.#maxRequestLength = maxRequestLength;
  }

  receive(apdu: Apdu): ServerStep {
    switch (apdu.type) {
      case "get-request-normal":
        return this.#indicate(apdu.invoke, ["get"], { service: "get", list: false, attributes: [apdu] });
      case "get-request-with-list":
        return this.#indicate(apdu.invoke, ["get", "multiple-references"], { service: "get", list: true, attributes: apdu.attributes });
      case "get-request-next":
        return this.#nextGetBlock(apdu);
      case "set-request-normal":
        return this.#indicate(apdu.invoke, ["set"], { service: "set", list: false, attributes: [apdu], values: [apdu.value] });
      case "set-request-with-list":
        if (apdu.values.length !== apdu.attributes.length) return { type: "unexpected" };
        return this.#indicate(apdu.invoke, ["set", "multiple-references"], {
          service: "set",
          list: true,
          attributes: apdu.attributes,
          values: apdu.values,
        });
      case "set-request-with-first-datablock": {
        const attributes = [{ attribute: apdu.attribute, selection: apdu.selection }];
        return this.#firstBlock("set", apdu.invoke, apdu.block, ["set", "block-transfer-with-set-or-write"], (payload) => ({
          service: "set",
          list: false,
          attributes,
          values: [decodeSingle(payload)],
        }));
      }
      case "set-request-with-list-and-first-datablock": {
        const { attributes } = apdu;
        return this.#firstBlock(
          "set",
          apdu.invoke,
          apdu.block,
          ["set", "multiple-references", "block-transfer-with-set-or-write"],
          (payload) => ({
            service: "set",
            list: true,
            attributes,
            values: sameLength(decodeDataList(payload), attributes.length),
          }),
        );
      }
      case "set-request-with-datablock":
      case "action-request-with-pblock":
        return this.#furtherBlock(apdu);
      case "action-request-normal":
        return this.#indicate(apdu.invoke, ["action"], { service: "action", list: false, methods: [apdu] });
      case "action-request-with-list":
        if (apdu.parameters.length !== apdu.methods.length) return { type: "unexpected" };
        return this.#indicate(apdu.invoke, ["action", "multiple-references"], actionList(apdu.methods, apdu.parameters));
      case "action-request-with-first-pblock": {
        const { method } = apdu;
        return this.#firstBlock("action", apdu.invoke, apdu.block, ["action", "block-transfer-with-action"], (payload) => ({
          service: "action",
          list: false,
          methods: [{ method, parameter: decodeSingle(payload) }],
        }));
      }
      case "action-request-with-list-and-first-pblock": {
        const { methods } = apdu;
        return this.#firstBlock(
          "action",
          apdu.invoke,
          apdu.block,
          ["action", "multiple-references", "block-transfer-with-action"],
          (payload) => actionList(methods, sameLength(decodeDataList(payload), methods.length)),
        );
      }
      case "action-request-next-pblock":
        return this.#nextActionBlock(apdu);
      default:
        return { type: "unexpected" };
    }
  }

  /** The answer to a service, as octets; undefined when it is unconfirmed or no longer awaited. */
  respond(invokeId: InvokeId, result: ServiceResult): Uint8Array | undefined {
    const pending = this.#pending.get(invokeId);
    if (pending === undefined) return undefined;
    this.#pending.delete(invokeId);
    if (!pending.invoke.confirmed) return undefined;
    switch (result.service) {
      case "get":
        return this.#respondGet(pending, result.results);
      case "set":
        return encodeApdu(setResponse(pending, result.results));
      case "action":
        return this.#respondAction(pending, result.results);
    }
  }

  #indicate(invoke: InvokeIdAndPriority, needed: readonly ConformanceName[], request: ServiceRequest, lastBlock?: number): ServerStep {
    if (!this.#negotiated(needed) || (selects(request) && !this.#negotiated(["selective-access"]))) return { type: "not-negotiated" };
    if (!this.#canAnswer(request, lastBlock)) return { type: "unexpected" };
    this.#incoming = undefined;
    this.#outgoing = undefined;
    this.#pending.set(invoke.invokeId, { invoke, list: request.list, lastBlock });
    return { type: "indication", invokeId: invoke.invokeId, request };
  }

  /**
   * Results of a list are never sent in blocks for SET, for ACTION only where negotiated. What they could not be told of
   * is not done at all. A refused GET does no harm, and may be refused as a whole.
   */
  #canAnswer(request: ServiceRequest, lastBlock: number | undefined): boolean {
    if (!request.list || request.service === "get") return true;
    const room = this.#context.clientMaxReceivePduSize - listHeader;
    if (request.service === "set") {
      const count = request.attributes.length;
      return lengthSize(count) + count + (lastBlock === undefined ? 0 : blockNumberSize) <= room;
    }
    const count = request.methods.length;
    return this.#negotiated(["block-transfer-with-action"]) || lengthSize(count) + count * refusedOutcomeSize <= room;
  }

  #firstBlock(
    service: "set" | "action",
    invoke: InvokeIdAndPriority,
    block: DataBlock,
    needed: readonly ConformanceName[],
    complete: Incoming["complete"],
  ): ServerStep {
    if (!this.#negotiated(needed)) return { type: "not-negotiated" };
    this.#outgoing = undefined;
    this.#incoming = { service, invokeId: invoke.invokeId, receiver: new BlockReceiver(this.#maxRequestLength), complete };
    return this.#acceptBlock(this.#incoming, invoke, block);
  }

  #furtherBlock({ type, invoke, block }: ApduOf<"set-request-with-datablock" | "action-request-with-pblock">): ServerStep {
    const service = type === "set-request-with-datablock" ? "set" : "action";
    const incoming = this.#incoming;
    if (incoming === undefined || incoming.service !== service || incoming.invokeId !== invoke.invokeId) {
      return refuseBlock(service, invoke, block, "no-long-set-in-progress", "no-long-action-in-progress");
    }
    return this.#acceptBlock(incoming, invoke, block);
  }

  #acceptBlock(incoming: Incoming, invoke: InvokeIdAndPriority, block: DataBlock): ServerStep {
    const { service, receiver } = incoming;
    const { blockNumber } = block;
    switch (receiver.accept(blockNumber, block.lastBlock, block.raw)) {
      case "more":
        return {
          type: "answer",
          apdu:
            service === "set"
              ? { type: "set-response-datablock", invoke, blockNumber }
              : { type: "action-response-next-pblock", invoke, blockNumber },
        };
      case "wrong-number":
        this.#incoming = undefined;
        return refuseBlock(service, invoke, block, "data-block-number-invalid", "long-action-aborted");
      case "too-long":
        this.#incoming = undefined;
        return refuseBlock(service, invoke, block, "long-set-aborted", "long-action-aborted");
      case "complete":
        return this.#completeBlocks(incoming, invoke, block);
    }
  }

  #completeBlocks({ service, receiver, complete }: Incoming, invoke: InvokeIdAndPriority, block: DataBlock): ServerStep {
    this.#incoming = undefined;
    try {
      return this.#indicate(invoke, [], complete(receiver.payload()), block.blockNumber);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return refuseBlock(service, invoke, block, "type-unmatched", "type-unmatched");
    }
  }

  #nextGetBlock({ invoke, blockNumber }: ApduOf<"get-request-next">): ServerStep {
    const refused = (error: DataAccessResult): ServerStep => {
      this.#outgoing = undefined;
      return { type: "answer", apdu: { type: "get-response-with-datablock", invoke, lastBlock: true, blockNumber, result: { error } } };
    };
    const outgoing = this.#outgoing;
    if (outgoing?.service !== "get" || outgoing.invoke.invokeId !== invoke.invokeId) return refused("no-long-get-in-progress");
    if (blockNumber !== outgoing.sender.blockNumber) return refused("data-block-number-invalid");
    return { type: "answer", apdu: this.#nextOutgoing(outgoing) };
  }

  #nextActionBlock({ invoke, blockNumber }: ApduOf<"action-request-next-pblock">): ServerStep {
    const refused = (result: ActionResult): ServerStep => {
      this.#outgoing = undefined;
      return { type: "answer", apdu: { type: "action-response-normal", invoke, result, returned: undefined } };
    };
    const outgoing = this.#outgoing;
    if (outgoing?.service !== "action" || outgoing.invoke.invokeId !== invoke.invokeId) return refused("no-long-action-in-progress");
    if (blockNumber !== outgoing.sender.blockNumber) return refused("long-action-aborted");
    return { type: "answer", apdu: this.#nextOutgoing(outgoing) };
  }

  #nextOutgoing({ service, invoke, sender }: Outgoing): Apdu {
    const block = sender.next();
    if (sender.ended) this.#outgoing = undefined;
    return service === "get"
      ? {
          type: "get-response-with-datablock",
          invoke,
          lastBlock: block.lastBlock,
          blockNumber: block.blockNumber,
          result: { data: block.raw },
        }
      : { type: "action-response-with-pblock", invoke, block };
  }

  #respondGet({ invoke, list }: Pending, results: readonly GetResult[]): Uint8Array {
    const [single] = results;
    const whole = encodeApdu(
      list || single === undefined
        ? { type: "get-response-with-list", invoke, results }
        : { type: "get-response-normal", invoke, result: single },
    );
    if (this.#fits(whole)) return whole;
    const payload = list ? encodeGetResults(results) : single?.data;
    if (payload === undefined || !this.#negotiated(["block-transfer-with-get-or-read"])) {
      const error = { error: "other-reason" } as const;
      const refused = encodeApdu({ type: "get-response-with-list", invoke, results: results.map(() => error) });
      return list && this.#fits(refused) ? refused : encodeApdu({ type: "get-response-normal", invoke, result: error });
    }
    return this.#startSending("get", invoke, payload, getBlockOverhead);
  }

  #respondAction({ invoke, list }: Pending, results: readonly ActionOutcome[]): Uint8Array {
    const [single] = results;
    const whole = encodeApdu(
      list || single === undefined
        ? { type: "action-response-with-list", invoke, results }
        : { type: "action-response-normal", invoke, ...single },
    );
    if (this.#fits(whole)) return whole;
    // The data alone, as most peers expect; the standard's text is not clear (Green Book notes 6.3).
    const payload = list ? encodeActionOutcomes(results) : single?.returned?.data;
    if (payload === undefined || !this.#negotiated(["block-transfer-with-action"])) {
      const withoutData = results.map(({ result }) => ({ result, returned: { error: "other-reason" } as const }));
      const [only] = withoutData;
      return encodeApdu(
        list || only === undefined
          ? { type: "action-response-with-list", invoke, results: withoutData }
          : { type: "action-response-normal", invoke, ...only },
      );
    }
    return this.#startSending("action", invoke, payload, actionBlockOverhead);
  }

  #startSending(service: Outgoing["service"], invoke: InvokeIdAndPriority, payload: Uint8Array, overhead: number): Uint8Array {
    const sender = new BlockSender(payload, rawCapacity(this.#context.clientMaxReceivePduSize - overhead));
    this.#outgoing = { service, invoke, sender };
    return encodeApdu(this.#nextOutgoing(this.#outgoing));
  }

  #fits(apdu: Uint8Array): boolean {
    return apdu.length <= this.#context.clientMaxReceivePduSize;
  }

  #negotiated(names: readonly ConformanceName[]): boolean {
    return names.every((name) => this.#context.conformance.has(name));
  }
}

const blockNumberSize = 4;
/** C4 02, invoke id, last block, block number, choice; the smallest PDU leaves three octets for raw data. */
const getBlockOverhead = 2 + 1 + 1 + blockNumberSize + 1;
/** The same without the choice. */
const actionBlockOverhead = getBlockOverhead - 1;
/** C5 05 or C7 03, and invoke id, before the results of a list. */
const listHeader = 3;
/** Action-Result, presence, choice, Data-Access-Result. */
const refusedOutcomeSize = 4;

function selects(request: ServiceRequest): boolean {
  return request.service !== "action" && request.attributes.some(({ selection }) => selection !== undefined);
}

function actionList(methods: ApduOf<"action-request-with-list">["methods"], parameters: readonly Uint8Array[]): ServiceRequest {
  return { service: "action", list: true, methods: methods.map((method, index) => ({ method, parameter: parameters[index] })) };
}

function sameLength<T>(items: readonly T[], length: number): readonly T[] {
  if (items.length !== length) throw new DecodeError("bad-length", "list of data", 0, `${items.length} values for ${length} references`);
  return items;
}

function setResponse({ invoke, list, lastBlock }: Pending, results: readonly DataAccessResult[]): Apdu {
  const result = results[0] ?? "other-reason";
  if (lastBlock === undefined) {
    return list ? { type: "set-response-with-list", invoke, results } : { type: "set-response-normal", invoke, result };
  }
  return list
    ? { type: "set-response-last-datablock-with-list", invoke, results, blockNumber: lastBlock }
    : { type: "set-response-last-datablock", invoke, result, blockNumber: lastBlock };
}

function refuseBlock(
  service: "set" | "action",
  invoke: InvokeIdAndPriority,
  { blockNumber }: DataBlock,
  set: DataAccessResult,
  action: ActionResult,
): ServerStep {
  return {
    type: "answer",
    apdu:
      service === "set"
        ? { type: "set-response-last-datablock", invoke, result: set, blockNumber }
        : { type: "action-response-normal", invoke, result: action, returned: undefined },
  };
}
