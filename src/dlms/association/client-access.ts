import { RemoteProtocolError } from "../../errors.ts";
import { dataTag } from "../axdr/data-type.ts";
import type { AccessResult, AccessSpecification } from "../xdlms/access.ts";
import { type Apdu, type ApduOf, encodeApdu } from "../xdlms/apdu.ts";
import type { LongInvokeIdAndPriority } from "../xdlms/descriptors.ts";
import { rawNullData } from "../xdlms/raw-data.ts";
import { type ClientExchange, complete, type ExchangeStep, failed, goesWhole, refusal, tooLong, unexpected } from "./client-exchange.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import { type AccessElement, type AccessOutcome, isRepeatable, type ServiceRequest } from "./services.ts";

type AccessServiceRequest = ServiceRequest & { readonly service: "access" };

/** ACCESS of a client (Green Book 9.3.9). It has no blocks of its own: what is too long needs general block transfer. */
export class AccessExchange implements ClientExchange {
  readonly repeatable: boolean;
  readonly #request: AccessServiceRequest;
  readonly #invoke: LongInvokeIdAndPriority;
  readonly #context: NegotiatedContext;

  constructor(request: AccessServiceRequest, invoke: LongInvokeIdAndPriority, context: NegotiatedContext) {
    this.repeatable = isRepeatable(request);
    this.#request = request;
    this.#invoke = invoke;
    this.#context = context;
  }

  start(): ExchangeStep {
    const { elements } = this.#request;
    const apdu = encodeApdu({
      type: "access-request",
      invoke: this.#invoke,
      dateTime: undefined,
      specifications: elements.map(specificationOf),
      data: elements.map(dataOf),
    });
    return goesWhole(apdu.length, this.#context)
      ? { type: "send", apdu }
      : tooLong(apdu.length, this.#context, "ask for fewer elements at once");
  }

  concerns(apdu: Apdu): boolean {
    return apdu.type === "access-response" && apdu.invoke.longInvokeId === this.#invoke.longInvokeId;
  }

  receive(apdu: Apdu): ExchangeStep {
    const refused = refusal(apdu);
    if (refused !== undefined) return refused;
    if (apdu.type !== "access-response") return unexpected(apdu, "access");
    const { elements } = this.#request;
    const results: AccessOutcome[] = [];
    for (const [index, result] of apdu.results.entries()) {
      const outcome = outcomeOf(result, apdu.data[index]);
      if (outcome.service !== elements[index]?.service) return mixedUp(apdu, index);
      results.push(outcome);
    }
    return complete({ service: "access", results }, elements.length);
  }
}

/** What an element asks for, without its value. */
export function specificationOf(element: AccessElement): AccessSpecification {
  switch (element.service) {
    case "get":
      return element.selection === undefined
        ? { type: "access-request-get", attribute: element.attribute }
        : { type: "access-request-get-with-selection", attribute: element.attribute, selection: element.selection };
    case "set":
      return element.selection === undefined
        ? { type: "access-request-set", attribute: element.attribute }
        : { type: "access-request-set-with-selection", attribute: element.attribute, selection: element.selection };
    case "action":
      return { type: "access-request-action", method: element.method };
  }
}

function dataOf(element: AccessElement): Uint8Array {
  switch (element.service) {
    case "get":
      return rawNullData;
    case "set":
      return element.value;
    case "action":
      return element.parameter ?? rawNullData;
  }
}

function outcomeOf(result: AccessResult, data: Uint8Array | undefined): AccessOutcome {
  switch (result.type) {
    case "access-response-get":
      return result.result === "success" ? { service: "get", data: data ?? rawNullData } : { service: "get", error: result.result };
    case "access-response-set":
      return { service: "set", result: result.result };
    case "access-response-action":
      return { service: "action", result: result.result, returned: data?.[0] === dataTag["null-data"] ? undefined : data };
  }
}

function mixedUp(apdu: ApduOf<"access-response">, index: number): ExchangeStep {
  return failed(new RemoteProtocolError(`result ${index + 1} is ${apdu.results[index]?.type}, which was not asked for there`));
}
