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

/** `list` says whether it travels as with-list; without it there is exactly one element. */
export type ServiceRequest =
  | { readonly service: "get"; readonly list: boolean; readonly attributes: readonly AttributeRequest[] }
  | {
      readonly service: "set";
      readonly list: boolean;
      readonly attributes: readonly AttributeRequest[];
      readonly values: readonly Uint8Array[];
    }
  | { readonly service: "action"; readonly list: boolean; readonly methods: readonly MethodRequest[] };

/** @throws LocalProtocolError unless there is one element or a list, and for SET a value for each attribute */
export function checkRequest(request: ServiceRequest): void {
  const count = request.service === "action" ? request.methods.length : request.attributes.length;
  if (!request.list && count !== 1) throw new LocalProtocolError(`a request that is no list has one element, not ${count}`);
  if (request.service === "set" && request.values.length !== count) {
    throw new LocalProtocolError(`${request.values.length} values for ${count} attributes`);
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

export type ServiceResult =
  | { readonly service: "get"; readonly results: readonly GetResult[] }
  | { readonly service: "set"; readonly results: readonly DataAccessResult[] }
  | { readonly service: "action"; readonly results: readonly ActionOutcome[] };
