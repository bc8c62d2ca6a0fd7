import { boolean, enumeration, enumValue, integer } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

export const controlState = enumeration({ disconnected: 0, connected: 1, "ready-for-reconnection": 2 });

/** Disconnect control, class 70 version 0 (Blue Book 4.5.8). */
export const DisconnectControl = defineClass({
  classId: 70,
  version: 0,
  name: "Disconnect control",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    outputState: attribute(2, boolean, "r", "whether the supply is connected", { dynamic: true }),
    controlState: attribute(3, controlState, "r", "what the contacts are told to be", { dynamic: true }),
    controlMode: attribute(4, enumValue, "rw", "who may connect and disconnect, and how"),
  },
  methods: {
    remoteDisconnect: method(1, integer, "opens the switch"),
    remoteReconnect: method(2, integer, "closes the switch, or lets it be closed"),
  },
  firstMethodOffset: 0x20,
});
