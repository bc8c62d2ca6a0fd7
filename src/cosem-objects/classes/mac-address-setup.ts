import { octetString } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** MAC address setup, class 43 version 0 (Blue Book 4.9.4). */
export const MacAddressSetup = defineClass({
  classId: 43,
  version: 0,
  name: "MAC address setup",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    macAddress: attribute(2, octetString, "rw", "six octets"),
  },
  methods: {},
});
