import { DecodeError, LocalProtocolError, RemoteProtocolError } from "../../errors.ts";
import type { Apdu, ApduOf } from "../xdlms/apdu.ts";
import { encodeApdu } from "../xdlms/apdu.ts";
import type { InvokeIdAndPriority } from "../xdlms/descriptors.ts";
import { rawNullData } from "../xdlms/raw-data.ts";
import { decodeActionBlocks, decodeGetResults, decodeSingle, encodeDataList } from "./block-payload.ts";
import { BlockReceiver } from "./block-receiver.ts";
import { BlockSender, rawCapacity } from "./block-sender.ts";
import { type ClientExchange, complete, type ExchangeStep, failed, goesWhole, refusal, tooLong, unexpected } from "./client-exchange.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import { type ActionOutcome, type GetResult, isRepeatable, type ServiceRequest } from "./services.ts";

type LogicalNameRequest = ServiceRequest & { readonly service: "get" | "set" | "action" };

/** GET, SET or ACTION of a client, with the blocks either way (Green Book 9.3.6..9.3.8, 9.4.6.12). */
export class LogicalNameExchange implements ClientExchange {
  readonly #request: LogicalNameRequest;
  readonly #invoke: InvokeIdAndPriority;
  readonly #context: NegotiatedContext;
  readonly #receiver: BlockReceiver;
  #sender: BlockSender | undefined;

  /** @param maxResponseLength octets that a long answer may have */
  constructor(request: LogicalNameRequest, invoke: InvokeIdAndPriority, context: NegotiatedContext, maxResponseLength: number) {
    this.#request = request;
    this.#invoke = invoke;
    this.#context = context;
    this.#receiver = new BlockReceiver(maxResponseLength);
  }

  /** A block that is not the last is acknowledged twice at worst, and so is the request for one. */
  get repeatable(): boolean {
    return isRepeatable(this.#request) || this.#receiver.blockNumber > 0 || this.#sender?.ended === false;
  }

  concerns(apdu: Apdu): boolean {
    return "invoke" in apdu && "invokeId" in apdu.invoke && apdu.invoke.invokeId === this.#invoke.invokeId;
  }

  /** The first APDU, or why the request cannot be made. */
  start(): ExchangeStep {
    const apdu = encodeApdu(this.#wholeRequest());
    if (goesWhole(apdu.length, this.#context)) return { type: "send", apdu };
    const payload = this.#payload();
    const blocks = this.#request.service === "set" ? "block-transfer-with-set-or-write" : "block-transfer-with-action";
    if (payload === undefined || !this.#invoke.confirmed || !this.#context.conformance.has(blocks)) {
      return tooLong(
        apdu.length,
        this.#context,
        payload === undefined ? "ask for fewer attributes at once" : "the meter does not offer block transfer for this service",
      );
    }
    const empty = { lastBlock: false, blockNumber: 1, raw: new Uint8Array() };
    const limit = this.#context.serverMaxReceivePduSize;
    // The length of nothing takes one octet, which is counted with the data.
    const size = rawCapacity(limit - encodeApdu(this.#firstBlock(empty)).length + 1);
    if (size < 1) return failed(new LocalProtocolError(`the meter's PDU size of ${limit} octets has no room for data`));
    this.#sender = new BlockSender(payload, size);
    return { type: "send", apdu: encodeApdu(this.#firstBlock(this.#sender.next())) };
  }

  receive(apdu: Apdu): ExchangeStep {
    try {
      return this.#receive(apdu);
    } catch (error) {
      if (error instanceof DecodeError) return failed(error);
      throw error;
    }
  }

  #receive(apdu: Apdu): ExchangeStep {
    const refused = refusal(apdu);
    if (refused !== undefined) return refused;
    switch (this.#request.service) {
      case "get":
        return this.#receiveGet(apdu, this.#request.attributes.length, this.#request.list);
      case "set":
        return this.#receiveSet(apdu, this.#request.attributes.length);
      case "action":
        return this.#receiveAction(apdu, this.#request.methods.length, this.#request.list);
    }
  }

  #receiveGet(apdu: Apdu, count: number, list: boolean): ExchangeStep {
    const done = (results: readonly GetResult[]): ExchangeStep => complete({ service: "get", results }, count);
    switch (apdu.type) {
      case "get-response-normal":
        // A refusal may come for the list as a whole.
        return done(list && apdu.result.error !== undefined ? Array.from({ length: count }, () => apdu.result) : [apdu.result]);
      case "get-response-with-list":
        return done(apdu.results);
      case "get-response-with-datablock": {
        const { result } = apdu;
        if (result.data === undefined) return done(Array.from({ length: count }, () => ({ error: result.error })));
        const next = { type: "get-request-next", invoke: this.#invoke, blockNumber: apdu.blockNumber } as const;
        return (
          this.#acceptBlock(apdu.blockNumber, apdu.lastBlock, result.data, next) ??
          done(list ? decodeGetResults(this.#receiver.payload()) : [{ data: decodeSingle(this.#receiver.payload()) }])
        );
      }
      default:
        return this.#unexpected(apdu);
    }
  }

  #receiveSet(apdu: Apdu, count: number): ExchangeStep {
    const done = (results: ReturnType<typeof resultsOf>): ExchangeStep => complete({ service: "set", results }, count);
    switch (apdu.type) {
      case "set-response-normal":
      case "set-response-last-datablock":
      case "set-response-with-list":
      case "set-response-last-datablock-with-list":
        return done(resultsOf(apdu, count));
      case "set-response-datablock":
        return this.#sendNextBlock(apdu, (block) => ({ type: "set-request-with-datablock", invoke: this.#invoke, block }));
      default:
        return this.#unexpected(apdu);
    }
  }

  #receiveAction(apdu: Apdu, count: number, list: boolean): ExchangeStep {
    const done = (results: readonly ActionOutcome[]): ExchangeStep => complete({ service: "action", results }, count);
    switch (apdu.type) {
      case "action-response-normal": {
        const outcome = { result: apdu.result, returned: apdu.returned };
        return done(list ? Array.from({ length: count }, () => outcome) : [outcome]);
      }
      case "action-response-with-list":
        return done(apdu.results);
      case "action-response-next-pblock":
        return this.#sendNextBlock(apdu, (block) => ({ type: "action-request-with-pblock", invoke: this.#invoke, block }));
      case "action-response-with-pblock": {
        const { blockNumber, lastBlock, raw } = apdu.block;
        const next = { type: "action-request-next-pblock", invoke: this.#invoke, blockNumber } as const;
        return this.#acceptBlock(blockNumber, lastBlock, raw, next) ?? done(decodeActionBlocks(this.#receiver.payload(), list));
      }
      default:
        return this.#unexpected(apdu);
    }
  }

  /** Undefined once the last block is in. */
  #acceptBlock(blockNumber: number, lastBlock: boolean, raw: Uint8Array, next: Apdu): ExchangeStep | undefined {
    switch (this.#receiver.accept(blockNumber, lastBlock, raw)) {
      case "complete":
        return undefined;
      case "more":
        return { type: "progress", apdu: encodeApdu(next), receivedBytes: this.#receiver.length };
      case "repeated":
        return { type: "ignore" };
      case "wrong-number":
        return failed(
          new RemoteProtocolError(`block ${blockNumber} came after block ${this.#receiver.blockNumber}`, { details: { blockNumber } }),
        );
      case "too-long":
        return failed(new RemoteProtocolError(`the answer is longer than the ${this.#receiver.length + raw.length} octets allowed`));
    }
  }

  #sendNextBlock(
    apdu: ApduOf<"set-response-datablock"> | ApduOf<"action-response-next-pblock">,
    wrap: (block: ReturnType<BlockSender["next"]>) => Apdu,
  ): ExchangeStep {
    const sender = this.#sender;
    if (sender === undefined) return this.#unexpected(apdu);
    if (apdu.blockNumber === sender.blockNumber - 1) return { type: "ignore" };
    if (sender.ended || apdu.blockNumber !== sender.blockNumber) return this.#unexpected(apdu);
    return { type: "send", apdu: encodeApdu(wrap(sender.next())) };
  }

  #unexpected(apdu: Apdu): ExchangeStep {
    return unexpected(apdu, this.#request.service);
  }

  #wholeRequest(): Apdu {
    const request = this.#request;
    const invoke = this.#invoke;
    switch (request.service) {
      case "get":
        return request.list
          ? { type: "get-request-with-list", invoke, attributes: request.attributes }
          : { type: "get-request-normal", invoke, ...only(request.attributes) };
      case "set":
        return request.list
          ? { type: "set-request-with-list", invoke, attributes: request.attributes, values: request.values }
          : { type: "set-request-normal", invoke, ...only(request.attributes), value: only(request.values) };
      case "action":
        return request.list
          ? {
              type: "action-request-with-list",
              invoke,
              methods: request.methods.map(({ method }) => method),
              parameters: request.methods.map(({ parameter }) => parameter ?? rawNullData),
            }
          : { type: "action-request-normal", invoke, ...only(request.methods) };
    }
  }

  /** What is cut into blocks, where the service can be. */
  #payload(): Uint8Array | undefined {
    const request = this.#request;
    switch (request.service) {
      case "get":
        return undefined;
      case "set":
        return request.list ? encodeDataList(request.values) : only(request.values);
      case "action":
        return request.list
          ? encodeDataList(request.methods.map(({ parameter }) => parameter ?? rawNullData))
          : only(request.methods).parameter;
    }
  }

  #firstBlock(block: ReturnType<BlockSender["next"]>): Apdu {
    const request = this.#request;
    const invoke = this.#invoke;
    switch (request.service) {
      case "get":
        throw new LocalProtocolError("a GET request has no data to send in blocks");
      case "set":
        return request.list
          ? { type: "set-request-with-list-and-first-datablock", invoke, attributes: request.attributes, block }
          : { type: "set-request-with-first-datablock", invoke, ...only(request.attributes), block };
      case "action":
        return request.list
          ? { type: "action-request-with-list-and-first-pblock", invoke, methods: request.methods.map(({ method }) => method), block }
          : { type: "action-request-with-first-pblock", invoke, method: only(request.methods).method, block };
    }
  }
}

function resultsOf(
  apdu: ApduOf<"set-response-normal" | "set-response-last-datablock" | "set-response-with-list" | "set-response-last-datablock-with-list">,
  count: number,
) {
  return "results" in apdu ? apdu.results : Array.from({ length: count }, () => apdu.result);
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length !== 1)
    throw new LocalProtocolError(`a request that is no list has one element, not ${items.length}`);
  return item;
}
