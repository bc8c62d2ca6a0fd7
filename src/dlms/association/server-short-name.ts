import { DecodeError } from "../../errors.ts";
import { type Apdu, type ApduOf, encodeApdu } from "../xdlms/apdu.ts";
import type { ConformanceName } from "../xdlms/conformance.ts";
import type { DataAccessResult } from "../xdlms/results.ts";
import type { VariableAccess } from "../xdlms/short-name.ts";
import { decodeOctetString, decodeReadRequest, decodeWriteRequest } from "./block-payload.ts";
import { BlockReceiver } from "./block-receiver.ts";
import { BlockSender, rawCapacity } from "./block-sender.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import type { ProtectionLevel } from "./protection.ts";
import { goesWhole, negotiated, type ServerExchange, type ServerStep } from "./server-exchange.ts";
import type { GetResult, VariableRequest } from "./services.ts";

interface Incoming {
  readonly service: "read" | "write";
  readonly receiver: BlockReceiver;
}

interface Outgoing {
  readonly sender: BlockSender;
  /** How each block has to be protected at least. */
  readonly needed: ProtectionLevel;
  /** The block last sent: asked for again where it was lost. */
  last: Apdu | undefined;
}

/** 0C 01 02, last block and number, before the length and the raw data. */
const readBlockOverhead = 6;

/**
 * The server's side of Read, Write and UnconfirmedWrite (Green Book 9.3.14..9.3.16). Short names have no invoke ids, so
 * there is one transfer each way, and a new request ends it.
 */
export class ShortNameServer implements ServerExchange {
  readonly #context: NegotiatedContext;
  readonly #maxRequestLength: number;
  #incoming: Incoming | undefined;
  #outgoing: Outgoing | undefined;

  /** @param maxRequestLength octets that a request may have over all its blocks */
  constructor(context: NegotiatedContext, maxRequestLength: number) {
    this.#context = context;
    this.#maxRequestLength = maxRequestLength;
  }

  receive(apdu: Apdu): ServerStep {
    switch (apdu.type) {
      case "read-request":
        return this.#receiveRead(apdu.specifications);
      case "write-request":
        return this.#receiveWrite(apdu);
      case "unconfirmed-write-request":
        return this.#write("unconfirmed-write", apdu);
      default:
        return { type: "unexpected" };
    }
  }

  #receiveRead(specifications: readonly VariableAccess[]): ServerStep {
    const [first] = specifications;
    if (specifications.length !== 1 || first === undefined) return this.#read(specifications);
    switch (first.type) {
      case "block-number-access":
        return this.#nextBlock(first.blockNumber);
      case "read-data-block-access":
        return this.#acceptBlock("read", first.lastBlock, first.blockNumber, first.raw);
      default:
        return this.#read(specifications);
    }
  }

  #receiveWrite(apdu: ApduOf<"write-request">): ServerStep {
    const [first] = apdu.specifications;
    const [data] = apdu.data;
    if (apdu.specifications.length !== 1 || first?.type !== "write-data-block-access" || data === undefined) {
      return this.#write("write", apdu);
    }
    return this.#acceptBlock("write", first.lastBlock, first.blockNumber, decodeOctetString(data));
  }

  #read(specifications: readonly VariableAccess[]): ServerStep {
    const variables = variablesOf(specifications);
    if (variables === undefined) return { type: "unexpected" };
    if (!this.#negotiated(["read", ...needs(variables)])) return { type: "not-negotiated" };
    this.#incoming = undefined;
    this.#outgoing = undefined;
    return {
      type: "indication",
      request: { service: "read", variables },
      respond: (result, needed) => (result.service === "read" ? this.#respondRead(result.results, needed) : undefined),
    };
  }

  #write(
    service: "write" | "unconfirmed-write",
    { specifications, data }: Pick<ApduOf<"write-request">, "specifications" | "data">,
  ): ServerStep {
    const variables = variablesOf(specifications);
    if (variables === undefined || data.length !== variables.length) return { type: "unexpected" };
    if (!this.#negotiated([service, ...needs(variables)])) return { type: "not-negotiated" };
    // Results of Write never travel in blocks: what they could not be told of is not done.
    const worst = encodeApdu(writeResponse(variables.map(() => "other-reason")));
    if (service === "write" && !goesWhole(worst.length, this.#context)) return { type: "unexpected" };
    this.#incoming = undefined;
    this.#outgoing = undefined;
    return {
      type: "indication",
      request: { service: "write", variables, values: data },
      respond: (result) => (result.service === "write" && service === "write" ? encodeApdu(writeResponse(result.results)) : undefined),
    };
  }

  #acceptBlock(service: Incoming["service"], lastBlock: boolean, blockNumber: number, raw: Uint8Array): ServerStep {
    if (!this.#negotiated([service, service === "read" ? "block-transfer-with-get-or-read" : "block-transfer-with-set-or-write"])) {
      return { type: "not-negotiated" };
    }
    // A first block starts afresh, unless it is the one just taken.
    if (blockNumber === 1 && this.#incoming?.receiver.blockNumber !== 1) this.#incoming = undefined;
    this.#outgoing = undefined;
    if (this.#incoming?.service !== service) {
      if (blockNumber !== 1) return refuse(service, service === "write" ? "no-long-set-in-progress" : "data-block-number-invalid");
      this.#incoming = { service, receiver: new BlockReceiver(this.#maxRequestLength) };
    }
    const { receiver } = this.#incoming;
    switch (receiver.accept(blockNumber, lastBlock, raw)) {
      case "more":
      case "repeated":
        return { type: "answer", apdu: blockNumberAnswer(service, blockNumber) };
      case "wrong-number":
        this.#incoming = undefined;
        return refuse(service, "data-block-number-invalid");
      case "too-long":
        this.#incoming = undefined;
        return refuse(service, service === "write" ? "long-set-aborted" : "long-get-aborted");
      case "complete":
        this.#incoming = undefined;
        return this.#complete(service, receiver.payload());
    }
  }

  #complete(service: Incoming["service"], payload: Uint8Array): ServerStep {
    try {
      return service === "read" ? this.#read(decodeReadRequest(payload).specifications) : this.#write("write", decodeWriteRequest(payload));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return refuse(service, "type-unmatched");
    }
  }

  #nextBlock(received: number): ServerStep {
    const outgoing = this.#outgoing;
    if (outgoing === undefined) return refuse("read", "no-long-get-in-progress");
    const { sender, last, needed } = outgoing;
    if (received > 0 && received === sender.blockNumber - 1 && last !== undefined) return { type: "answer", apdu: last, needed };
    if (received === sender.blockNumber && !sender.ended) return { type: "answer", apdu: this.#nextOutgoing(outgoing), needed };
    this.#outgoing = undefined;
    return refuse("read", sender.ended ? "no-long-get-in-progress" : "data-block-number-invalid");
  }

  #respondRead(results: readonly GetResult[], needed: ProtectionLevel): Uint8Array {
    const whole = encodeApdu(readResponse(results));
    if (goesWhole(whole.length, this.#context)) return whole;
    const size = rawCapacity(this.#context.clientMaxReceivePduSize - readBlockOverhead);
    const blocks = Math.ceil((whole.length - 1) / size);
    if (blocks > maxBlocks || !this.#negotiated(["block-transfer-with-get-or-read"])) {
      const refused = encodeApdu(readResponse(results.map(() => ({ error: "other-reason" }))));
      if (goesWhole(refused.length, this.#context)) return refused;
      return encodeApdu({ type: "confirmed-service-error", service: "read", errorClass: "service", value: "pdu-size" });
    }
    // What is cut is the body of the whole response.
    this.#outgoing = { sender: new BlockSender(whole.subarray(1), size), needed, last: undefined };
    return encodeApdu(this.#nextOutgoing(this.#outgoing));
  }

  #nextOutgoing(outgoing: Outgoing): Apdu {
    const { lastBlock, blockNumber, raw } = outgoing.sender.next();
    outgoing.last = { type: "read-response", results: [{ type: "data-block-result", lastBlock, blockNumber, raw }] };
    return outgoing.last;
  }

  #negotiated(names: readonly ConformanceName[]): boolean {
    return negotiated(this.#context, names);
  }
}

/** Blocks have 16-bit numbers. */
const maxBlocks = 0xffff;

/** Undefined where a block stands among the variables. */
function variablesOf(specifications: readonly VariableAccess[]): readonly VariableRequest[] | undefined {
  const variables: VariableRequest[] = [];
  for (const specification of specifications) {
    if (specification.type === "variable-name") {
      variables.push({ variableName: specification.variableName, selection: undefined });
    } else if (specification.type === "parameterized-access") {
      const { variableName, selector, parameters } = specification;
      variables.push({ variableName, selection: { selector, parameters } });
    } else {
      return undefined;
    }
  }
  return variables;
}

function needs(variables: readonly VariableRequest[]): readonly ConformanceName[] {
  const names: ConformanceName[] = [];
  if (variables.length > 1) names.push("multiple-references");
  if (variables.some(({ selection }) => selection !== undefined)) names.push("parameterized-access");
  return names;
}

function readResponse(results: readonly GetResult[]): Apdu {
  return {
    type: "read-response",
    results: results.map((result) =>
      result.data === undefined ? { type: "data-access-error", error: result.error } : { type: "data", data: result.data },
    ),
  };
}

function writeResponse(results: readonly DataAccessResult[]): Apdu {
  return {
    type: "write-response",
    results: results.map((error) => (error === "success" ? { type: "success" } : { type: "data-access-error", error })),
  };
}

function blockNumberAnswer(service: Incoming["service"], blockNumber: number): Apdu {
  const results = [{ type: "block-number", blockNumber }] as const;
  return service === "read" ? { type: "read-response", results } : { type: "write-response", results };
}

function refuse(service: Incoming["service"], error: DataAccessResult): ServerStep {
  return { type: "answer", apdu: service === "read" ? readResponse([{ error }]) : writeResponse([error]) };
}
