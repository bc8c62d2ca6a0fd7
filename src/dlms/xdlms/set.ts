import { sequence, sequenceOf, u32 } from "../axdr/untagged.ts";
import { dataBlock } from "./block-transfer.ts";
import { attributeDescriptor, invokeIdAndPriority } from "./descriptors.ts";
import { selectedAttributes } from "./get.ts";
import { rawData } from "./raw-data.ts";
import { dataAccessResult } from "./results.ts";
import { optionalSelection } from "./selective-access.ts";

/** Set-Request (C1). */
export const setRequest = {
  normal: sequence("Set-Request-Normal", {
    invoke: invokeIdAndPriority,
    attribute: attributeDescriptor,
    selection: optionalSelection,
    value: rawData,
  }),
  withFirstDatablock: sequence("Set-Request-With-First-Datablock", {
    invoke: invokeIdAndPriority,
    attribute: attributeDescriptor,
    selection: optionalSelection,
    block: dataBlock,
  }),
  withDatablock: sequence("Set-Request-With-Datablock", { invoke: invokeIdAndPriority, block: dataBlock }),
  withList: sequence("Set-Request-With-List", { invoke: invokeIdAndPriority, attributes: selectedAttributes, values: sequenceOf(rawData) }),
  withListAndFirstDatablock: sequence("Set-Request-With-List-And-First-Datablock", {
    invoke: invokeIdAndPriority,
    attributes: selectedAttributes,
    block: dataBlock,
  }),
};

const results = sequenceOf(dataAccessResult);

/** Set-Response (C5). */
export const setResponse = {
  normal: sequence("Set-Response-Normal", { invoke: invokeIdAndPriority, result: dataAccessResult }),
  datablock: sequence("Set-Response-Datablock", { invoke: invokeIdAndPriority, blockNumber: u32 }),
  lastDatablock: sequence("Set-Response-Last-Datablock", { invoke: invokeIdAndPriority, result: dataAccessResult, blockNumber: u32 }),
  lastDatablockWithList: sequence("Set-Response-Last-Datablock-With-List", { invoke: invokeIdAndPriority, results, blockNumber: u32 }),
  withList: sequence("Set-Response-With-List", { invoke: invokeIdAndPriority, results }),
};
