import { longUnsigned, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** TCP-UDP setup, class 41 version 0 (Blue Book 4.9.1). */
export const TcpUdpSetup = defineClass({
  classId: 41,
  version: 0,
  name: "TCP-UDP setup",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    port: attribute(2, longUnsigned, "rw", "port that the meter listens on"),
    ipReference: attribute(3, logicalName, "rw", "the IP setup under it"),
    maximumSegmentSize: attribute(4, longUnsigned, "rw", "40 to 65535 octets"),
    numberOfConnections: attribute(5, unsigned, "rw", "connections at once, at least 1"),
    inactivityTimeOut: attribute(6, longUnsigned, "rw", "s without a message until a connection is closed; 0 for never"),
  },
  methods: {},
});
