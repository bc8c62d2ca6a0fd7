import { longUnsigned, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { baudRate } from "./iec-local-port-setup.ts";

/** IEC HDLC setup, class 23 version 1 (Blue Book 4.7.2). */
export const IecHdlcSetup = defineClass({
  classId: 23,
  version: 1,
  name: "IEC HDLC setup",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    commSpeed: attribute(2, baudRate, "rw", "speed of the port"),
    windowSizeTransmit: attribute(3, unsigned, "rw", "frames sent in a row, 1 to 7"),
    windowSizeReceive: attribute(4, unsigned, "rw", "frames taken in a row, 1 to 7"),
    maxInfoFieldLengthTransmit: attribute(5, longUnsigned, "rw", "longest information field sent, 32 to 2030 octets"),
    maxInfoFieldLengthReceive: attribute(6, longUnsigned, "rw", "longest information field taken, 32 to 2030 octets"),
    interOctetTimeOut: attribute(7, longUnsigned, "rw", "ms between two octets of a frame, 20 to 6000"),
    inactivityTimeOut: attribute(8, longUnsigned, "rw", "s without a frame until the line is free; 0 for never"),
    deviceAddress: attribute(9, longUnsigned, "rw", "physical address"),
  },
  methods: {},
});
