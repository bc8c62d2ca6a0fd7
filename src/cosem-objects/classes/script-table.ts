import { anyData } from "../../dlms/axdr/data.ts";
import { arrayOf, enumeration, integer, longUnsigned, structure } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** What a script does: writes an attribute, or executes a method. */
export const scriptAction = structure({
  serviceId: enumeration({ write: 1, execute: 2 }),
  classId: longUnsigned,
  logicalName,
  index: integer,
  parameter: anyData,
});
export type ScriptAction = Infer<typeof scriptAction>;

/** Script table, class 9 version 0 (Blue Book 4.5.2). */
export const ScriptTable = defineClass({
  classId: 9,
  version: 0,
  name: "Script table",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    scripts: attribute(2, arrayOf(structure({ scriptIdentifier: longUnsigned, actions: arrayOf(scriptAction) })), "rw", "the scripts"),
  },
  methods: {
    execute: method(1, longUnsigned, "executes a script; 0 does nothing"),
  },
  firstMethodOffset: 0x20,
});
