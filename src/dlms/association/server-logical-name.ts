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
import type { NegotiatedContext } from "./negotiation.ts";
import type { ProtectionLevel } from "./protection.ts";
import { goesWhole, negotiated, type ServerExchange, type ServerStep } from "./server-exchange.ts";
import type { ActionOutcome, GetResult, ServiceRequest, ServiceResult } from "./services.ts";
import { Transfers } from "./transfers.ts";

type LogicalNameRequest = ServiceRequest & { readonly service: "get" | "set" | "action" };

/** A request whose blocks are still coming in; `complete` makes the service of the joined payload. */
interface Incoming {
  readonly service: "set" | "action";
  readonly receiver: BlockReceiver;
  readonly complete: (payload: Uint8Array) => LogicalNameRequest;
}

/** An answer whose blocks are still going out. */
interface Outgoing {
  readonly service: "get" | "action";
  readonly sender: BlockSender;
  /** How each block has to be protected at least. */
  readonly needed: ProtectionLevel;
  /** The block last sent: asked for again where it was lost. */
  last: Apdu | undefined;
}

/** A service under way: how it was asked for decides how it is answered. */
interface Pending {
  readonly invoke: InvokeIdAndPriority;
  readonly list: boolean;
  /** Number of the last block of a request that came in blocks. */
  readonly lastBlock: number | undefined;
}

/** Transfers that one client may have under way in each direction, and octets of answers that are kept for it. */
const maxTransfers = { count: 4, octets: 2 * 1024 * 1024 } as const;

/**
 * The server's side of GET, SET and ACTION with their block transfers (Green Book 9.3.6..9.3.8, 9.4.6.12). A new request
 * ends the transfer with its invoke id, as clients expect; another invoke id is another invocation beside it.
 */
export class LogicalNameServer implements ServerExchange {
  readonly #context: NegotiatedContext;
  readonly #maxRequestLength: number;
  // Requests are bounded one by one.
  readonly #incoming = new Transfers<Incoming>({ ...maxTransfers, octetsOf: () => 0 });
  readonly #outgoing = new Transfers<Outgoing>({ ...maxTransfers, octetsOf: ({ sender }) => sender.held });

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

  #indicate(invoke: InvokeIdAndPriority, needed: readonly ConformanceName[], request: LogicalNameRequest, lastBlock?: number): ServerStep {
    if (!this.#negotiated(needed) || (selects(request) && !this.#negotiated(["selective-access"]))) return { type: "not-negotiated" };
    if (!this.#canAnswer(request, lastBlock)) return { type: "unexpected" };
    this.#incoming.end(invoke.invokeId);
    this.#outgoing.end(invoke.invokeId);
    const pending = { invoke, list: request.list, lastBlock };
    return {
      type: "indication",
      request,
      respond: (result, needed) => (invoke.confirmed ? this.#respond(pending, result, needed) : undefined),
    };
  }

  #respond(pending: Pending, result: ServiceResult, needed: ProtectionLevel): Uint8Array | undefined {
    switch (result.service) {
      case "get":
        return this.#respondGet(pending, result.results, needed);
      case "set":
        return encodeApdu(setResponse(pending, result.results));
      case "action":
        return this.#respondAction(pending, result.results, needed);
      default:
        return undefined;
    }
  }

  /**
   * Results of a list are never sent in blocks for SET, for ACTION only where negotiated. What they could not be told of
   * is not done at all. A refused GET does no harm, and may be refused as a whole.
   */
  #canAnswer(request: LogicalNameRequest, lastBlock: number | undefined): boolean {
    if (!request.list || request.service === "get" || this.#negotiated(["general-block-transfer"])) return true;
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
    this.#outgoing.end(invoke.invokeId);
    const incoming = { service, receiver: new BlockReceiver(this.#maxRequestLength), complete };
    this.#incoming.start(invoke.invokeId, incoming);
    return this.#acceptBlock(incoming, invoke, block);
  }

  #furtherBlock({ type, invoke, block }: ApduOf<"set-request-with-datablock" | "action-request-with-pblock">): ServerStep {
    const service = type === "set-request-with-datablock" ? "set" : "action";
    const incoming = this.#incoming.get(invoke.invokeId);
    if (incoming === undefined || incoming.service !== service) {
      return refuseBlock(service, invoke, block, "no-long-set-in-progress", "no-long-action-in-progress");
    }
    return this.#acceptBlock(incoming, invoke, block);
  }

  #acceptBlock(incoming: Incoming, invoke: InvokeIdAndPriority, block: DataBlock): ServerStep {
    const { service, receiver } = incoming;
    const { blockNumber } = block;
    switch (receiver.accept(blockNumber, block.lastBlock, block.raw)) {
      case "more":
      case "repeated":
        return {
          type: "answer",
          apdu:
            service === "set"
              ? { type: "set-response-datablock", invoke, blockNumber }
              : { type: "action-response-next-pblock", invoke, blockNumber },
        };
      case "wrong-number":
        this.#incoming.end(invoke.invokeId);
        return refuseBlock(service, invoke, block, "data-block-number-invalid", "long-action-aborted");
      case "too-long":
        this.#incoming.end(invoke.invokeId);
        return refuseBlock(service, invoke, block, "long-set-aborted", "long-action-aborted");
      case "complete":
        return this.#completeBlocks(incoming, invoke, block);
    }
  }

  #completeBlocks({ service, receiver, complete }: Incoming, invoke: InvokeIdAndPriority, block: DataBlock): ServerStep {
    this.#incoming.end(invoke.invokeId);
    try {
      return this.#indicate(invoke, [], complete(receiver.payload()), block.blockNumber);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return refuseBlock(service, invoke, block, "type-unmatched", "type-unmatched");
    }
  }

  #nextGetBlock({ invoke, blockNumber }: ApduOf<"get-request-next">): ServerStep {
    const refused = (error: DataAccessResult): ServerStep => {
      this.#outgoing.end(invoke.invokeId);
      return { type: "answer", apdu: { type: "get-response-with-datablock", invoke, lastBlock: true, blockNumber, result: { error } } };
    };
    const outgoing = this.#outgoing.get(invoke.invokeId);
    if (outgoing?.service !== "get" || (outgoing.sender.ended && blockNumber === outgoing.sender.blockNumber))
      return refused("no-long-get-in-progress");
    const apdu = this.#blockAfter(blockNumber, outgoing, invoke);
    return apdu === undefined ? refused("data-block-number-invalid") : { type: "answer", apdu, needed: outgoing.needed };
  }

  #nextActionBlock({ invoke, blockNumber }: ApduOf<"action-request-next-pblock">): ServerStep {
    const refused = (result: ActionResult): ServerStep => {
      this.#outgoing.end(invoke.invokeId);
      return { type: "answer", apdu: { type: "action-response-normal", invoke, result, returned: undefined } };
    };
    const outgoing = this.#outgoing.get(invoke.invokeId);
    if (outgoing?.service !== "action" || (outgoing.sender.ended && blockNumber === outgoing.sender.blockNumber))
      return refused("no-long-action-in-progress");
    const apdu = this.#blockAfter(blockNumber, outgoing, invoke);
    return apdu === undefined ? refused("long-action-aborted") : { type: "answer", apdu, needed: outgoing.needed };
  }

  /** The next block, or the last one again for a client that did not get it; undefined for any other number. */
  #blockAfter(received: number, outgoing: Outgoing, invoke: InvokeIdAndPriority): Apdu | undefined {
    const { sender } = outgoing;
    if (received > 0 && received === sender.blockNumber - 1) return outgoing.last;
    return received === sender.blockNumber && !sender.ended ? this.#nextOutgoing(outgoing, invoke) : undefined;
  }

  #nextOutgoing(outgoing: Outgoing, invoke: InvokeIdAndPriority): Apdu {
    const block = outgoing.sender.next();
    outgoing.last =
      outgoing.service === "get"
        ? {
            type: "get-response-with-datablock",
            invoke,
            lastBlock: block.lastBlock,
            blockNumber: block.blockNumber,
            result: { data: block.raw },
          }
        : { type: "action-response-with-pblock", invoke, block };
    return outgoing.last;
  }

  #respondGet({ invoke, list }: Pending, results: readonly GetResult[], needed: ProtectionLevel): Uint8Array {
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
    return this.#startSending("get", invoke, payload, getBlockOverhead, needed);
  }

  #respondAction({ invoke, list }: Pending, results: readonly ActionOutcome[], needed: ProtectionLevel): Uint8Array {
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
    return this.#startSending("action", invoke, payload, actionBlockOverhead, needed);
  }

  #startSending(
    service: Outgoing["service"],
    invoke: InvokeIdAndPriority,
    payload: Uint8Array,
    overhead: number,
    needed: ProtectionLevel,
  ): Uint8Array {
    const sender = new BlockSender(payload, rawCapacity(this.#context.clientMaxReceivePduSize - overhead));
    const outgoing = { service, sender, needed, last: undefined };
    this.#outgoing.start(invoke.invokeId, outgoing);
    return encodeApdu(this.#nextOutgoing(outgoing, invoke));
  }

  #fits(apdu: Uint8Array): boolean {
    return goesWhole(apdu.length, this.#context);
  }

  #negotiated(names: readonly ConformanceName[]): boolean {
    return negotiated(this.#context, names);
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

function selects(request: LogicalNameRequest): boolean {
  return request.service !== "action" && request.attributes.some(({ selection }) => selection !== undefined);
}

function actionList(methods: ApduOf<"action-request-with-list">["methods"], parameters: readonly Uint8Array[]): LogicalNameRequest {
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
