import { IecHdlcSetup } from "../../../cosem-objects/classes/iec-hdlc-setup.ts";
import { IecLocalPortSetup } from "../../../cosem-objects/classes/iec-local-port-setup.ts";
import { Ipv4Setup } from "../../../cosem-objects/classes/ipv4-setup.ts";
import { MacAddressSetup } from "../../../cosem-objects/classes/mac-address-setup.ts";
import { TcpUdpSetup } from "../../../cosem-objects/classes/tcp-udp-setup.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { type Accessor, bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { named, parametersOf, within } from "./parameters-of.ts";

/** Setups of the optical port, the serial line and the network. */
export function communicationObjects(meter: Meter): readonly CosemObject[] {
  return [
    localPort(meter),
    hdlc(meter, "0.0.22.0.0.255", 17),
    hdlc(meter, "0.1.22.0.0.255", 17),
    tcpUdp(meter),
    ipv4(meter),
    macAddress(meter),
  ];
}

function localPort(meter: Meter): CosemObject {
  const logicalName = "0.0.20.0.0.255";
  const at = parametersOf(meter, IecLocalPortSetup, logicalName);
  const nothing = new Uint8Array();
  return bind(IecLocalPortSetup, {
    logicalName,
    attributes: {
      defaultMode: at("defaultMode", "iec-62056-21", named),
      defaultBaud: at("defaultBaud", "300", named),
      proposedBaud: at("proposedBaud", "9600", named),
      responseTime: at("responseTime", "20-ms", named),
      deviceAddress: at("deviceAddress", nothing, (address) => address.length <= 32),
      passwordP1: at("passwordP1", nothing, (password) => password.length <= 32),
      passwordP2: at("passwordP2", nothing, (password) => password.length <= 32),
      passwordW5: at("passwordW5", nothing, (password) => password.length <= 32),
    },
  });
}

function hdlc(meter: Meter, logicalName: LogicalName, address: number): CosemObject {
  const at = parametersOf(meter, IecHdlcSetup, logicalName);
  return bind(IecHdlcSetup, {
    logicalName,
    attributes: {
      commSpeed: at("commSpeed", "9600", named),
      windowSizeTransmit: at("windowSizeTransmit", 1, within(1, 7)),
      windowSizeReceive: at("windowSizeReceive", 1, within(1, 7)),
      maxInfoFieldLengthTransmit: at("maxInfoFieldLengthTransmit", 128, within(32, 2030)),
      maxInfoFieldLengthReceive: at("maxInfoFieldLengthReceive", 128, within(32, 2030)),
      interOctetTimeOut: at("interOctetTimeOut", 25, within(20, 6000)),
      inactivityTimeOut: at("inactivityTimeOut", 120),
      deviceAddress: at("deviceAddress", address, within(1, 0x3ffd)),
    },
  });
}

function tcpUdp(meter: Meter): CosemObject {
  const logicalName = "0.0.25.0.0.255";
  const at = parametersOf(meter, TcpUdpSetup, logicalName);
  return bind(TcpUdpSetup, {
    logicalName,
    attributes: {
      port: at("port", 4059, within(1, 0xffff)),
      ipReference: at("ipReference", "0.0.25.1.0.255"),
      maximumSegmentSize: at("maximumSegmentSize", 576, within(40, 0xffff)),
      numberOfConnections: at("numberOfConnections", 255, within(1, 255)),
      inactivityTimeOut: at("inactivityTimeOut", 180),
    },
  });
}

function ipv4(meter: Meter): CosemObject {
  const logicalName = "0.0.25.1.0.255";
  const at = parametersOf(meter, Ipv4Setup, logicalName);
  const groups = at("multicastIpAddress", []);
  const useDhcp = at("useDhcp", true);
  /** Addresses that DHCP gives are not to be written. */
  const fixed = (name: "ipAddress" | "subnetMask" | "gatewayIpAddress"): Accessor<number> => {
    const { get, set } = at(name, 0);
    return { get, set: (value) => (useDhcp.get() ? refuse("read-write-denied") : set(value)) };
  };
  return bind(Ipv4Setup, {
    logicalName,
    attributes: {
      dataLinkReference: at("dataLinkReference", "0.0.25.2.0.255"),
      ipAddress: fixed("ipAddress"),
      multicastIpAddress: groups,
      ipOptions: at("ipOptions", []),
      subnetMask: fixed("subnetMask"),
      gatewayIpAddress: fixed("gatewayIpAddress"),
      useDhcp,
      primaryDns: at("primaryDns", 0),
      secondaryDns: at("secondaryDns", 0),
    },
    methods: {
      addMulticastIpAddress: (address) => (groups.get().includes(address) ? undefined : groups.set([...groups.get(), address])),
      deleteMulticastIpAddress: (address) =>
        groups.get().includes(address) ? groups.set(groups.get().filter((other) => other !== address)) : refuse("other-reason"),
      countMulticastIpAddresses: () => groups.get().length,
    },
  });
}

function macAddress(meter: Meter): CosemObject {
  const logicalName = "0.0.25.2.0.255";
  const at = parametersOf(meter, MacAddressSetup, logicalName);
  return bind(MacAddressSetup, {
    logicalName,
    attributes: { macAddress: at("macAddress", Uint8Array.of(0x02, 0, 0, 0, 0, 1), (address) => address.length === 6) },
  });
}
