import { arrayOf, longUnsigned, octetString, structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** An object, by its class and name. */
export const objectReference = structure({ classId: longUnsigned, logicalName });
export type ObjectReference = Infer<typeof objectReference>;

/** Registers that count together; an index is the place in register_assignment, from 1. */
export const registerMask = structure({ name: octetString, indexes: arrayOf(unsigned) });
export type RegisterMask = Infer<typeof registerMask>;

/** Register activation, class 6 version 0 (Blue Book 4.3.5). */
export const RegisterActivation = defineClass({
  classId: 6,
  version: 0,
  name: "Register activation",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    registerAssignment: attribute(2, arrayOf(objectReference), "rw", "registers that masks can name"),
    maskList: attribute(3, arrayOf(registerMask), "rw", "the masks"),
    activeMask: attribute(4, octetString, "rw", "name of the mask in force", { dynamic: true }),
  },
  methods: {
    addRegister: method(1, objectReference, "adds a register to those that masks can name"),
    addMask: method(2, registerMask, "adds a mask, or replaces that of the same name"),
    deleteMask: method(3, octetString, "removes the mask of a name"),
  },
  firstMethodOffset: 0x30,
});
