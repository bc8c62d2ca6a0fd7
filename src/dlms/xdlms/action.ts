import { dataTag } from "../axdr/data-type.ts";
import type { Infer, Schema } from "../axdr/schema.ts";
import { optional, sequence, sequenceOf, u32 } from "../axdr/untagged.ts";
import { dataBlock } from "./block-transfer.ts";
import { descriptorLength, invokeIdAndPriority, methodDescriptor } from "./descriptors.ts";
import { type GetDataResult, getDataResult } from "./get.ts";
import { rawData } from "./raw-data.ts";
import { actionResult } from "./results.ts";

const methods = sequenceOf(methodDescriptor, descriptorLength);

/** Action-Request (C3). In the list form a method without parameter carries null-data. */
export const actionRequest = {
  normal: sequence("Action-Request-Normal", { invoke: invokeIdAndPriority, method: methodDescriptor, parameter: optional(rawData) }),
  nextPblock: sequence("Action-Request-Next-Pblock", { invoke: invokeIdAndPriority, blockNumber: u32 }),
  withList: sequence("Action-Request-With-List", { invoke: invokeIdAndPriority, methods, parameters: sequenceOf(rawData) }),
  withFirstPblock: sequence("Action-Request-With-First-Pblock", {
    invoke: invokeIdAndPriority,
    method: methodDescriptor,
    block: dataBlock,
  }),
  withListAndFirstPblock: sequence("Action-Request-With-List-And-First-Pblock", { invoke: invokeIdAndPriority, methods, block: dataBlock }),
  withPblock: sequence("Action-Request-With-Pblock", { invoke: invokeIdAndPriority, block: dataBlock }),
};

/**
 * Presence octet of the return parameters, then data or result. Some meters leave out the first at the end of the APDU, some
 * the choice, or both, before an octet-string (Green Book pitfall 25).
 */
export const returnParameters: Schema<GetDataResult | undefined> = {
  type: { name: "OPTIONAL", element: getDataResult.type },
  read: (reader) => {
    if (reader.remaining === 0) return undefined;
    if (reader.peek() !== dataTag["octet-string"] && reader.u8("presence of return parameters") === 0) return undefined;
    return reader.peek() === dataTag["octet-string"] ? { data: rawData.read(reader) } : getDataResult.read(reader);
  },
  write: optional(getDataResult).write,
};

/** Action-Response-With-Optional-Data. */
export const actionOutcome = sequence("Action-Response-With-Optional-Data", { result: actionResult, returned: optional(getDataResult) });
export type ActionOutcomeField = Infer<typeof actionOutcome>;

/** Action-Response (C7). */
export const actionResponse = {
  normal: sequence("Action-Response-Normal", { invoke: invokeIdAndPriority, result: actionResult, returned: returnParameters }),
  withPblock: sequence("Action-Response-With-Pblock", { invoke: invokeIdAndPriority, block: dataBlock }),
  withList: sequence("Action-Response-With-List", { invoke: invokeIdAndPriority, results: sequenceOf(actionOutcome, 2) }),
  nextPblock: sequence("Action-Response-Next-Pblock", { invoke: invokeIdAndPriority, blockNumber: u32 }),
};
