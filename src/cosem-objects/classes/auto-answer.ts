import { arrayOf, enumeration, enumValue, octetString, structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { timeWindow } from "./auto-connect.ts";

/** Auto answer, class 28 version 2 (Blue Book 4.7.5). */
export const AutoAnswer = defineClass({
  classId: 28,
  version: 2,
  name: "Auto answer",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    mode: attribute(2, enumValue, "rw", "when calls are answered"),
    listeningWindow: attribute(3, arrayOf(timeWindow), "rw", "when the device listens"),
    status: attribute(4, enumeration({ inactive: 0, active: 1, locked: 2 }), "r", "whether it listens", { dynamic: true }),
    numberOfCalls: attribute(5, unsigned, "rw", "calls until it ceases to listen; 0 for no limit"),
    numberOfRings: attribute(6, structure({ inWindow: unsigned, outOfWindow: unsigned }), "rw", "rings before it answers"),
    listOfAllowedCallers: attribute(7, arrayOf(structure({ callerId: octetString, callType: enumValue })), "rw", "who may call"),
  },
  methods: {},
});
