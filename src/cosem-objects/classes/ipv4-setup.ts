import {
  arrayOf,
  boolean,
  doubleLongUnsigned,
  integer,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** IPv4 setup, class 42 version 0 (Blue Book 4.9.2); addresses are numbers of 32 bits. */
export const Ipv4Setup = defineClass({
  classId: 42,
  version: 0,
  name: "IPv4 setup",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    dataLinkReference: attribute(2, logicalName, "rw", "the data link setup under it"),
    ipAddress: attribute(3, doubleLongUnsigned, "rw", "address of the meter"),
    multicastIpAddress: attribute(4, arrayOf(doubleLongUnsigned), "rw", "groups that the meter belongs to"),
    ipOptions: attribute(5, arrayOf(structure({ type: unsigned, length: unsigned, data: octetString })), "rw", "IP options"),
    subnetMask: attribute(6, doubleLongUnsigned, "rw", "mask of the subnet"),
    gatewayIpAddress: attribute(7, doubleLongUnsigned, "rw", "address of the gateway"),
    useDhcp: attribute(8, boolean, "rw", "whether address, mask and gateway come by DHCP"),
    primaryDns: attribute(9, doubleLongUnsigned, "rw", "address of the name server"),
    secondaryDns: attribute(10, doubleLongUnsigned, "rw", "address of the second name server"),
  },
  methods: {
    addMulticastIpAddress: method(1, doubleLongUnsigned, "joins a group"),
    deleteMulticastIpAddress: method(2, doubleLongUnsigned, "leaves a group"),
    countMulticastIpAddresses: method(3, integer, "returns how many groups there are", longUnsigned),
  },
});
