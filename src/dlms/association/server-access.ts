import { dataTag } from "../axdr/data-type.ts";
import type { AccessResult, AccessSpecification } from "../xdlms/access.ts";
import { type Apdu, type ApduOf, encodeApdu } from "../xdlms/apdu.ts";
import type { ConformanceName } from "../xdlms/conformance.ts";
import { rawNullData } from "../xdlms/raw-data.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import { goesWhole, negotiated, type ServerExchange, type ServerStep } from "./server-exchange.ts";
import { type AccessElement, type AccessOutcome, refuseElement, type ServiceResult } from "./services.ts";

type AccessRequest = ApduOf<"access-request">;

/** ACCESS of a server (Green Book 9.3.9): mixed services in one request and one answer, without blocks of its own. */
export class AccessServer implements ServerExchange {
  readonly #context: NegotiatedContext;

  constructor(context: NegotiatedContext) {
    this.#context = context;
  }

  receive(apdu: Apdu): ServerStep {
    if (apdu.type !== "access-request" || apdu.data.length !== apdu.specifications.length) return { type: "unexpected" };
    const needed = new Set<ConformanceName>(["access", ...apdu.specifications.flatMap(needs)]);
    if (!negotiated(this.#context, [...needed])) return { type: "not-negotiated" };
    const { invoke, specifications, data } = apdu;
    const elements = specifications.map((specification, index) => elementOf(specification, data[index] as Uint8Array));
    // What could not be answered for is not carried out; a refused GET does no harm.
    const refused = elements.map((element) => refuseElement(element, "other-reason"));
    if (!this.#fits(encodeApdu(response(apdu, refused))) && elements.some(({ service }) => service !== "get"))
      return { type: "unexpected" };
    return {
      type: "indication",
      request: { service: "access", elements, breakOnError: invoke.breakOnError, selfDescriptive: invoke.selfDescriptive },
      respond: (result) => (invoke.confirmed ? this.#respond(apdu, result) : undefined),
    };
  }

  #respond(request: AccessRequest, result: ServiceResult): Uint8Array | undefined {
    if (result.service !== "access") return undefined;
    const whole = encodeApdu(response(request, result.results));
    if (this.#fits(whole)) return whole;
    const withoutData = encodeApdu(response(request, result.results.map(withoutReturnedData)));
    if (this.#fits(withoutData)) return withoutData;
    return encodeApdu({ type: "exception-response", stateError: "service-not-allowed", serviceError: "other-reason" });
  }

  #fits(apdu: Uint8Array): boolean {
    return goesWhole(apdu.length, this.#context);
  }
}

function needs(specification: AccessSpecification): readonly ConformanceName[] {
  switch (specification.type) {
    case "access-request-get":
      return ["get"];
    case "access-request-set":
      return ["set"];
    case "access-request-action":
      return ["action"];
    case "access-request-get-with-selection":
      return ["get", "selective-access"];
    case "access-request-set-with-selection":
      return ["set", "selective-access"];
  }
}

function elementOf(specification: AccessSpecification, data: Uint8Array): AccessElement {
  const selection = "selection" in specification ? specification.selection : undefined;
  switch (specification.type) {
    case "access-request-get":
    case "access-request-get-with-selection":
      return { service: "get", attribute: specification.attribute, selection };
    case "access-request-set":
    case "access-request-set-with-selection":
      return { service: "set", attribute: specification.attribute, selection, value: data };
    case "access-request-action":
      return { service: "action", method: specification.method, parameter: data[0] === dataTag["null-data"] ? undefined : data };
  }
}

function response({ invoke, specifications }: AccessRequest, outcomes: readonly AccessOutcome[]): Apdu {
  return {
    type: "access-response",
    invoke,
    dateTime: undefined,
    specifications: invoke.selfDescriptive ? specifications : undefined,
    data: outcomes.map(dataOf),
    results: outcomes.map(resultOf),
  };
}

function dataOf(outcome: AccessOutcome): Uint8Array {
  switch (outcome.service) {
    case "get":
      return outcome.data ?? rawNullData;
    case "set":
      return rawNullData;
    case "action":
      return outcome.returned ?? rawNullData;
  }
}

function resultOf(outcome: AccessOutcome): AccessResult {
  switch (outcome.service) {
    case "get":
      return { type: "access-response-get", result: outcome.error ?? "success" };
    case "set":
      return { type: "access-response-set", result: outcome.result };
    case "action":
      return { type: "access-response-action", result: outcome.result };
  }
}

/** How each element went, without what there is no room for. */
function withoutReturnedData(outcome: AccessOutcome): AccessOutcome {
  switch (outcome.service) {
    case "get":
      return { service: "get", error: outcome.error ?? "other-reason" };
    case "set":
      return outcome;
    case "action":
      return { ...outcome, returned: undefined };
  }
}
