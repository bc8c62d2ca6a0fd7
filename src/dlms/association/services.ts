import { LocalProtocolError } from "../../errors.ts";
import type { CosemAttributeDescriptor, CosemMethodDescriptor } from "../xdlms/descriptors.ts";
import type { ActionResult, DataAccessResult } from "../xdlms/results.ts";
import type { AccessSelection } from "../xdlms/selective-access.ts";

/*
 * Services as both ends think of them: what is asked and what comes back, whatever the APDUs it takes. Data stay octets
 * (one tagged value each): decoding is the reader's choice.
 */

export interface AttributeRequest {
  readonly attribute: CosemAttributeDescriptor;
  readonly selection: AccessSelection | undefined;
}

export interface MethodRequest {
  readonly method: CosemMethodDescriptor;
  /** One tagged value, where the method takes one. */
  readonly parameter: Uint8Array | undefined;
}

/** One element of ACCESS, which mixes the three services. */
export type AccessElement =
  | ({ readonly service: "get" } & AttributeRequest)
  | ({ readonly service: "set"; readonly value: Uint8Array } & AttributeRequest)
  | ({ readonly service: "action" } & MethodRequest);

/** An attribute or a method by its short name; a parameterised access is one with a selection. */
export interface VariableRequest {
  readonly variableName: number;
  readonly selection: AccessSelection | undefined;
}

/** Selector of a parameterised access that invokes a method with return parameters (Green Book 9.3.14). */
export const methodSelector = 0;

/**
 * GET, SET, ACTION and ACCESS with logical names, Read and Write with short names. `list` says whether it travels as
 * with-list; without it there is exactly one element.
 */
export type ServiceRequest =
  | { readonly service: "get"; readonly list: boolean; readonly attributes: readonly AttributeRequest[] }
  | {
      readonly service: "set";
      readonly list: boolean;
      readonly attributes: readonly AttributeRequest[];
      readonly values: readonly Uint8Array[];
    }
  | { readonly service: "action"; readonly list: boolean; readonly methods: readonly MethodRequest[] }
  | {
      readonly service: "access";
      readonly elements: readonly AccessElement[];
      /** The elements behind one that fails are not carried out. */
      readonly breakOnError?: boolean;
      /** The answer repeats what was asked for. */
      readonly selfDescriptive?: boolean;
    }
  | { readonly service: "read"; readonly variables: readonly VariableRequest[] }
  | { readonly service: "write"; readonly variables: readonly VariableRequest[]; readonly values: readonly Uint8Array[] };

/** How a request travels. */
export interface ServiceOptions {
  /** False: nothing answers, and nobody learns how it went. */
  readonly confirmed?: boolean;
  readonly highPriority?: boolean;
}

/** Elements of a request. */
export function elementCount(request: ServiceRequest): number {
  switch (request.service) {
    case "get":
    case "set":
      return request.attributes.length;
    case "action":
      return request.methods.length;
    case "access":
      return request.elements.length;
    case "read":
    case "write":
      return request.variables.length;
  }
}

/** @throws LocalProtocolError unless there is one element or a list, and for SET and Write a value for each element */
export function checkRequest(request: ServiceRequest): void {
  const count = elementCount(request);
  if ("list" in request && !request.list && count !== 1) {
    throw new LocalProtocolError(`a request that is no list has one element, not ${count}`);
  }
  if ("values" in request && request.values.length !== count) {
    throw new LocalProtocolError(`${request.values.length} values for ${count} attributes`);
  }
}

/** True for a request that changes nothing, so that it may be repeated when its answer is lost. */
export function isRepeatable(request: ServiceRequest): boolean {
  switch (request.service) {
    case "get":
      return true;
    case "access":
      return request.elements.every(({ service }) => service === "get");
    case "read":
      return request.variables.every(({ selection }) => selection?.selector !== methodSelector);
    default:
      return false;
  }
}

/** One tagged value, or why there is none. */
export type GetResult =
  | { readonly data: Uint8Array; readonly error?: undefined }
  | { readonly error: DataAccessResult; readonly data?: undefined };

export interface ActionOutcome {
  readonly result: ActionResult;
  /** Return parameters: a value, or why it could not be given. */
  readonly returned: GetResult | undefined;
}

export type AccessOutcome =
  | ({ readonly service: "get" } & GetResult)
  | { readonly service: "set"; readonly result: DataAccessResult }
  | { readonly service: "action"; readonly result: ActionResult; readonly returned: Uint8Array | undefined };

export type ServiceResult =
  | { readonly service: "get"; readonly results: readonly GetResult[] }
  | { readonly service: "set"; readonly results: readonly DataAccessResult[] }
  | { readonly service: "action"; readonly results: readonly ActionOutcome[] }
  | { readonly service: "access"; readonly results: readonly AccessOutcome[] }
  | { readonly service: "read"; readonly results: readonly GetResult[] }
  | { readonly service: "write"; readonly results: readonly DataAccessResult[] };

/** The result of one service, by its name. */
export type ServiceResultOf<S extends ServiceResult["service"]> = ServiceResult & { readonly service: S };

/** The same refusal for every element of a request. */
export function refuseAll(request: ServiceRequest, error: "object-undefined" | "other-reason"): ServiceResult {
  switch (request.service) {
    case "get":
      return { service: "get", results: request.attributes.map(() => ({ error })) };
    case "read":
      return { service: "read", results: request.variables.map(() => ({ error })) };
    case "set":
      return { service: "set", results: request.attributes.map(() => error) };
    case "write":
      return { service: "write", results: request.variables.map(() => error) };
    case "action":
      return { service: "action", results: request.methods.map(() => ({ result: error, returned: undefined })) };
    case "access":
      return { service: "access", results: request.elements.map((element) => refuseElement(element, error)) };
  }
}

/** One refused element of ACCESS. */
export function refuseElement({ service }: AccessElement, error: "object-undefined" | "other-reason"): AccessOutcome {
  switch (service) {
    case "get":
      return { service, error };
    case "set":
      return { service, result: error };
    case "action":
      return { service, result: error, returned: undefined };
  }
}
