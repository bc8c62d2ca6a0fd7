import { arrayOf, boolean, octetString, structure } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { objectReference } from "./register-activation.ts";

/** Whether a function is on. */
export const functionStatus = structure({ name: octetString, active: boolean });
export type FunctionStatus = Infer<typeof functionStatus>;

/** A function, and the objects that it consists of. */
export const functionSpecification = structure({ name: octetString, objects: arrayOf(objectReference) });
export type FunctionSpecification = Infer<typeof functionSpecification>;

/** Function control, class 122 version 0 (Blue Book 4.4.13). */
export const FunctionControl = defineClass({
  classId: 122,
  version: 0,
  name: "Function control",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    activationStatus: attribute(2, arrayOf(functionStatus), "r", "which functions are on", { dynamic: true }),
    functionList: attribute(3, arrayOf(functionSpecification), "r", "the functions, with their objects"),
  },
  methods: {
    setFunctionStatus: method(1, arrayOf(functionStatus), "turns functions on and off"),
    addFunction: method(2, functionSpecification, "adds a function, which is off"),
    removeFunction: method(3, functionSpecification, "removes the function of this name"),
  },
});
