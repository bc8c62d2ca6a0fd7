import { anyData } from "../../dlms/axdr/data.ts";
import { structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** Meaning of the bits: a table, and in it either the entry of the first bit or an array with the entry of each. */
export const mappingTable = structure({ tableId: unsigned, mapping: anyData });

/** Status mapping, class 63 version 0 (Blue Book 4.3.9). */
export const StatusMapping = defineClass({
  classId: 63,
  version: 0,
  name: "Status mapping",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    statusWord: attribute(2, anyData, "r", "bits of the status", { dynamic: true }),
    mappingTable: attribute(3, mappingTable, "r", "what the bits mean"),
  },
  methods: {},
});
