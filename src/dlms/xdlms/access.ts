import type { Infer } from "../axdr/schema.ts";
import { choice, optional, sequence, sequenceOf } from "../axdr/untagged.ts";
import { attributeDescriptor, descriptorLength, longInvokeIdAndPriority, methodDescriptor } from "./descriptors.ts";
import { optionalTime } from "./optional-time.ts";
import { rawData } from "./raw-data.ts";
import { actionResult, dataAccessResult } from "./results.ts";
import { accessSelection } from "./selective-access.ts";

/** Access-Request-Specification: what one element of the list asks for. */
export const accessSpecification = choice("Access-Request-Specification", {
  "access-request-get": [1, sequence("Access-Request-Get", { attribute: attributeDescriptor })],
  "access-request-set": [2, sequence("Access-Request-Set", { attribute: attributeDescriptor })],
  "access-request-action": [3, sequence("Access-Request-Action", { method: methodDescriptor })],
  "access-request-get-with-selection": [
    4,
    sequence("Access-Request-Get-With-Selection", { attribute: attributeDescriptor, selection: accessSelection }),
  ],
  "access-request-set-with-selection": [
    5,
    sequence("Access-Request-Set-With-Selection", { attribute: attributeDescriptor, selection: accessSelection }),
  ],
});
export type AccessSpecification = Infer<typeof accessSpecification>;

const specifications = sequenceOf(accessSpecification, descriptorLength + 1);

/** Access-Request (D9): one data for each specification, null-data where it takes none. */
export const accessRequest = sequence("Access-Request", {
  invoke: longInvokeIdAndPriority,
  dateTime: optionalTime,
  specifications,
  data: sequenceOf(rawData),
});

/** Access-Response-Specification: how one element went. */
export const accessResult = choice("Access-Response-Specification", {
  "access-response-get": [1, sequence("Access-Response-Get", { result: dataAccessResult })],
  "access-response-set": [2, sequence("Access-Response-Set", { result: dataAccessResult })],
  "access-response-action": [3, sequence("Access-Response-Action", { result: actionResult })],
});
export type AccessResult = Infer<typeof accessResult>;

/** Access-Response (DA): the specifications are repeated where the request was self-descriptive. */
export const accessResponse = sequence("Access-Response", {
  invoke: longInvokeIdAndPriority,
  dateTime: optionalTime,
  specifications: optional(specifications),
  data: sequenceOf(rawData),
  results: sequenceOf(accessResult, 2),
});
