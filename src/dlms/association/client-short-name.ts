import { DecodeError, LocalProtocolError, RemoteProtocolError } from "../../errors.ts";
import { type Apdu, type ApduOf, encodeApdu } from "../xdlms/apdu.ts";
import type { DataAccessResult } from "../xdlms/results.ts";
import type { VariableAccess } from "../xdlms/short-name.ts";
import { decodeReadBlocks, encodeOctetString } from "./block-payload.ts";
import { BlockReceiver } from "./block-receiver.ts";
import { type Block, BlockSender, rawCapacity } from "./block-sender.ts";
import { type ClientExchange, complete, type ExchangeStep, failed, goesWhole, refusal, tooLong, unexpected } from "./client-exchange.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import { type GetResult, isRepeatable, type ServiceRequest, type VariableRequest } from "./services.ts";

type ShortNameRequest = ServiceRequest & { readonly service: "read" | "write" };

/** Blocks have 16-bit numbers. */
const maxShortNameBlocks = 0xffff;

/**
 * Read or Write of a client with its blocks (Green Book 9.3.14, 9.3.15). Answers carry no invoke id, so whatever comes is
 * taken as the answer to what was asked last.
 */
export class ShortNameExchange implements ClientExchange {
  readonly #request: ShortNameRequest;
  readonly #confirmed: boolean;
  readonly #context: NegotiatedContext;
  readonly #receiver: BlockReceiver;
  #sender: BlockSender | undefined;

  /** @param maxResponseLength octets that a long answer may have */
  constructor(request: ShortNameRequest, confirmed: boolean, context: NegotiatedContext, maxResponseLength: number) {
    this.#request = request;
    this.#confirmed = confirmed;
    this.#context = context;
    this.#receiver = new BlockReceiver(maxResponseLength);
  }

  get repeatable(): boolean {
    return isRepeatable(this.#request) || this.#receiver.blockNumber > 0 || this.#sender?.ended === false;
  }

  start(): ExchangeStep {
    const apdu = encodeApdu(this.#wholeRequest());
    if (goesWhole(apdu.length, this.#context)) return { type: "send", apdu };
    const { service } = this.#request;
    const blocks = service === "read" ? "block-transfer-with-get-or-read" : "block-transfer-with-set-or-write";
    if (!this.#confirmed || !this.#context.conformance.has(blocks)) {
      return tooLong(apdu.length, this.#context, "ask for fewer variables at once");
    }
    const limit = this.#context.serverMaxReceivePduSize;
    const overhead = encodeApdu(this.#block({ lastBlock: false, blockNumber: 1, raw: new Uint8Array() })).length - 1;
    const size = rawCapacity(limit - overhead);
    if (size < 1) return failed(new LocalProtocolError(`the meter's PDU size of ${limit} octets has no room for data`));
    if (apdu.length - 1 > size * maxShortNameBlocks) return tooLong(apdu.length, this.#context, "its blocks cannot be counted");
    // What is cut is the body of the whole request.
    this.#sender = new BlockSender(apdu.subarray(1), size);
    return { type: "send", apdu: encodeApdu(this.#block(this.#sender.next())) };
  }

  concerns(apdu: Apdu): boolean {
    return apdu.type === (this.#request.service === "read" ? "read-response" : "write-response");
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
    switch (apdu.type) {
      case "read-response":
        return this.#receiveRead(apdu);
      case "write-response":
        return this.#receiveWrite(apdu);
      default:
        return unexpected(apdu, this.#request.service);
    }
  }

  #receiveRead(apdu: ApduOf<"read-response">): ExchangeStep {
    const [first] = apdu.results;
    if (first?.type === "block-number") return this.#sendNextBlock(first.blockNumber, apdu);
    if (first?.type !== "data-block-result") return this.#readDone(apdu.results);
    const { blockNumber, lastBlock, raw } = first;
    switch (this.#receiver.accept(blockNumber, lastBlock, raw)) {
      case "more": {
        const specifications = [{ type: "block-number-access", blockNumber }] as const;
        return {
          type: "progress",
          apdu: encodeApdu({ type: "read-request", specifications }),
          receivedBytes: this.#receiver.length,
        };
      }
      case "repeated":
        return { type: "ignore" };
      case "wrong-number":
        return failed(new RemoteProtocolError(`block ${blockNumber} came after block ${this.#receiver.blockNumber}`));
      case "too-long":
        return failed(new RemoteProtocolError(`the answer is longer than the ${this.#receiver.length + raw.length} octets allowed`));
      case "complete":
        return this.#readDone(decodeReadBlocks(this.#receiver.payload(), this.#request.variables.length));
    }
  }

  #readDone(results: ApduOf<"read-response">["results"]): ExchangeStep {
    const found = results.flatMap((result): readonly GetResult[] => {
      if (result.type === "data") return [{ data: result.data }];
      return result.type === "data-access-error" ? [{ error: result.error }] : [];
    });
    return complete({ service: "read", results: found }, this.#request.variables.length);
  }

  #receiveWrite(apdu: ApduOf<"write-response">): ExchangeStep {
    const [first] = apdu.results;
    if (first?.type === "block-number") return this.#sendNextBlock(first.blockNumber, apdu);
    const results = apdu.results.flatMap((result): readonly DataAccessResult[] => {
      if (result.type === "success") return ["success"];
      return result.type === "data-access-error" ? [result.error] : [];
    });
    return complete({ service: "write", results }, this.#request.variables.length);
  }

  #sendNextBlock(blockNumber: number, apdu: Apdu): ExchangeStep {
    const sender = this.#sender;
    if (sender === undefined) return unexpected(apdu, this.#request.service);
    if (blockNumber === sender.blockNumber - 1) return { type: "ignore" };
    if (sender.ended || blockNumber !== sender.blockNumber) return unexpected(apdu, this.#request.service);
    return { type: "send", apdu: encodeApdu(this.#block(sender.next())) };
  }

  #wholeRequest(): Apdu {
    const request = this.#request;
    const specifications = request.variables.map(specificationOf);
    if (request.service === "read") return { type: "read-request", specifications };
    return { type: this.#confirmed ? "write-request" : "unconfirmed-write-request", specifications, data: request.values };
  }

  #block({ lastBlock, blockNumber, raw }: Block): Apdu {
    return this.#request.service === "read"
      ? { type: "read-request", specifications: [{ type: "read-data-block-access", lastBlock, blockNumber, raw }] }
      : {
          type: "write-request",
          specifications: [{ type: "write-data-block-access", lastBlock, blockNumber }],
          data: [encodeOctetString(raw)],
        };
  }
}

function specificationOf({ variableName, selection }: VariableRequest): VariableAccess {
  return selection === undefined ? { type: "variable-name", variableName } : { type: "parameterized-access", variableName, ...selection };
}
