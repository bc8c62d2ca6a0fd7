import { arrayOf, longUnsigned, octetString, structure } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

const assignment = structure({ sap: longUnsigned, logicalDeviceName: octetString });

/** SAP assignment, class 17 version 0 (Blue Book 4.4.5). */
export const SapAssignment = defineClass({
  classId: 17,
  version: 0,
  name: "SAP assignment",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    sapAssignmentList: attribute(2, arrayOf(assignment), "r", "logical devices and their SAPs"),
  },
  methods: {
    connectLogicalDevice: method(1, assignment, "connects a logical device to a SAP"),
  },
  firstMethodOffset: 0x20,
});
