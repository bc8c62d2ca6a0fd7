import { enumeration, octetString } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** Speeds of serial ports in classes 19, 23 and 27, in Bd. */
export const baudRates = {
  "300": 0,
  "600": 1,
  "1200": 2,
  "2400": 3,
  "4800": 4,
  "9600": 5,
  "19200": 6,
  "38400": 7,
  "57600": 8,
  "115200": 9,
} as const;

export const baudRate = enumeration(baudRates);

/** IEC local port setup, class 19 version 1 (Blue Book 4.7.1). */
export const IecLocalPortSetup = defineClass({
  classId: 19,
  version: 1,
  name: "IEC local port setup",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    defaultMode: attribute(2, enumeration({ "iec-62056-21": 0, hdlc: 1, "not-specified": 2 }), "rw", "protocol of the port"),
    defaultBaud: attribute(3, baudRate, "rw", "speed of the opening sequence"),
    proposedBaud: attribute(4, baudRate, "rw", "speed that the meter proposes"),
    responseTime: attribute(5, enumeration({ "20-ms": 0, "200-ms": 1 }), "rw", "shortest time between request and response"),
    deviceAddress: attribute(6, octetString, "rw", "address of the device (IEC 62056-21)"),
    passwordP1: attribute(7, octetString, "w", "password 1"),
    passwordP2: attribute(8, octetString, "w", "password 2"),
    passwordW5: attribute(9, octetString, "w", "password W5"),
  },
  methods: {},
});
