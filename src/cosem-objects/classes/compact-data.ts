import { arrayOf, enumeration, integer, octetString, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { captureObjects } from "../capture-object.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { restrictedObject } from "./push-setup.ts";

const buffer = {
  logicalName: attribute(1, logicalName, "r", "identifies the object"),
  compactBuffer: attribute(2, octetString, "r", "the template id, then the values without their types", { dynamic: true }),
} as const;

const template = {
  templateId: attribute(4, unsigned, "rw", "says which template the buffer has"),
  templateDescription: attribute(5, octetString, "r", "the template id, then the types of the values", { dynamic: true }),
  captureMethod: attribute(6, enumeration({ invoke: 0, implicit: 1 }), "rw", "whether reading captures"),
} as const;

const methods = {
  reset: method(1, integer, "empties the buffer"),
  capture: method(2, integer, "captures now"),
} as const;

/** Compact data, class 62 version 0 (Blue Book 4.3.10). */
export const CompactDataV0 = defineClass({
  classId: 62,
  version: 0,
  name: "Compact data",
  attributes: { ...buffer, captureObjects: attribute(3, captureObjects, "rw", "what is captured"), ...template },
  methods,
});

/** Compact data, class 62 version 1: parts of profiles (Blue Book 4.3.10). */
export const CompactDataV1 = defineClass({
  classId: 62,
  version: 1,
  name: "Compact data",
  attributes: { ...buffer, captureObjects: attribute(3, arrayOf(restrictedObject), "rw", "what is captured"), ...template },
  methods,
});
