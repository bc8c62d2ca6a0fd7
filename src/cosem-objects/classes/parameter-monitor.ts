import { anyData } from "../../dlms/axdr/data.ts";
import { arrayOf, enumValue, integer, longUnsigned, octetString, structure } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { bareDateTime } from "../bare-date-time.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { monitoredValue } from "./limiter.ts";

/** An attribute, and what was written to it. */
export const changedParameter = structure({ classId: longUnsigned, logicalName, attribute: integer, value: anyData });
export type ChangedParameter = Infer<typeof changedParameter>;

const attributes = {
  logicalName: attribute(1, logicalName, "r", "identifies the object"),
  changedParameter: attribute(2, changedParameter, "r", "the parameter that changed last", { dynamic: true }),
  captureTime: attribute(3, bareDateTime, "r", "when it changed", { dynamic: true }),
  parameterList: attribute(4, arrayOf(monitoredValue), "rw", "attributes that are watched"),
} as const;

const methods = {
  addParameter: method(1, monitoredValue, "watches an attribute"),
  deleteParameter: method(2, monitoredValue, "ceases to watch an attribute"),
} as const;

/** Parameter monitor, class 65 version 0 (Blue Book 4.5.10). */
export const ParameterMonitorV0 = defineClass({
  classId: 65,
  version: 0,
  name: "Parameter monitor",
  attributes,
  methods,
  firstMethodOffset: 0x20,
});

/** Parameter monitor, class 65 version 1: a digest of the values (Blue Book 4.5.10). */
export const ParameterMonitorV1 = defineClass({
  classId: 65,
  version: 1,
  name: "Parameter monitor",
  attributes: {
    ...attributes,
    parameterListName: attribute(5, octetString, "rw", "name of the list"),
    hashAlgorithmId: attribute(6, enumValue, "rw", "algorithm of the digest"),
    parameterValueDigest: attribute(7, octetString, "r", "digest of the values", { dynamic: true }),
    // A structure whose elements follow from the list.
    parameterValues: attribute(8, anyData, "r", "the values, in the order of the list", { dynamic: true }),
  },
  methods,
});
