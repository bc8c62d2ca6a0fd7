import { arrayOf, longUnsigned, octetString, structure } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { baudRate } from "./iec-local-port-setup.ts";

/** A command for the modem, what it must answer, and ms to wait then. */
export const initializationString = structure({ request: octetString, response: octetString, delayAfterResponse: longUnsigned });
export type InitializationString = Infer<typeof initializationString>;

/** Modem configuration, class 27 version 1 (Blue Book 4.7.4). */
export const ModemConfiguration = defineClass({
  classId: 27,
  version: 1,
  name: "Modem configuration",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    commSpeed: attribute(2, baudRate, "rw", "speed between meter and modem"),
    initializationString: attribute(3, arrayOf(initializationString), "rw", "commands that prepare the modem"),
    modemProfile: attribute(4, arrayOf(octetString), "rw", "result codes and commands of the modem"),
  },
  methods: {},
});
