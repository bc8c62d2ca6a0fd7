import { octetString, rest, sequence, u8 } from "../axdr/untagged.ts";

/** Gateway prefix (E6, E7) before an APDU: the device behind a gateway that it is for, or from (Green Book 10.10). */
export const gatewayPrefix = sequence("Gateway-Prefix", { networkId: u8, physicalDeviceAddress: octetString, apdu: rest });
