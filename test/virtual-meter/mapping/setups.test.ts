import { expect } from "chai";
import type { DlmsClient } from "../../../src/client/dlms-client.ts";
import { Data } from "../../../src/cosem-objects/classes/data.ts";
import { IecHdlcSetup } from "../../../src/cosem-objects/classes/iec-hdlc-setup.ts";
import { IecLocalPortSetup } from "../../../src/cosem-objects/classes/iec-local-port-setup.ts";
import { Ipv4Setup } from "../../../src/cosem-objects/classes/ipv4-setup.ts";
import { MacAddressSetup } from "../../../src/cosem-objects/classes/mac-address-setup.ts";
import { TcpUdpSetup } from "../../../src/cosem-objects/classes/tcp-udp-setup.ts";
import { DlmsError } from "../../../src/errors.ts";
import { stateCodec } from "../../../src/meter-model/index.ts";
import { MemoryMeterStore } from "../../../src/store/memory-meter-store.ts";
import { inMemory } from "../../support/in-memory.ts";
import { asClient, SecuredMeter } from "../../support/secured-meter.ts";

const tcp = "0.0.25.0.0.255";
const ip = "0.0.25.1.0.255";
const optical = "0.0.22.0.0.255";

describe("Setups of the virtual meter", () => {
  const world = inMemory();
  const manage = async (device: SecuredMeter): Promise<DlmsClient> => world.connect(device.server, "wrapper", asClient("management", 0));
  const codeOf = async (promise: Promise<unknown>): Promise<string> => {
    try {
      await world.settle(promise);
      return "success";
    } catch (error) {
      if (error instanceof DlmsError) return error.code;
      throw error;
    }
  };

  it("show what a meter leaves the factory with, until something else is written", async () => {
    const client = await manage(new SecuredMeter());
    expect(await world.settle(client.get(TcpUdpSetup, tcp, "port"))).to.equal(4059);
    expect(await world.settle(client.get(IecLocalPortSetup, "0.0.20.0.0.255", "defaultMode"))).to.equal("iec-62056-21");
    await world.settle(client.set(TcpUdpSetup, tcp, "port", 4061));
    await world.settle(client.set(IecHdlcSetup, optical, "maxInfoFieldLengthReceive", 2030));
    expect(await world.settle(client.get(TcpUdpSetup, tcp, "port"))).to.equal(4061);
    expect(await world.settle(client.get(IecHdlcSetup, optical, "maxInfoFieldLengthReceive"))).to.equal(2030);
    expect(await world.settle(client.get(IecHdlcSetup, "0.1.22.0.0.255", "maxInfoFieldLengthReceive")), "of the other line").to.equal(128);
  });

  it("are stored with the state of the meter", async () => {
    const device = new SecuredMeter();
    const client = await manage(device);
    await world.settle(client.set(MacAddressSetup, "0.0.25.2.0.255", "macAddress", Uint8Array.of(2, 4, 6, 8, 10, 12)));
    const store = new MemoryMeterStore(stateCodec);
    store.save(device.meter.state);
    expect(store.load()?.parameters["0.0.25.2.0.255:2"]).to.deep.equal(Uint8Array.of(9, 6, 2, 4, 6, 8, 10, 12));
  });

  it("take nothing out of range, and keep what they had", async () => {
    const client = await manage(new SecuredMeter());
    for (const attempt of [
      client.set(IecHdlcSetup, optical, "windowSizeReceive", 8),
      client.set(IecHdlcSetup, optical, "maxInfoFieldLengthTransmit", 31),
      client.set(TcpUdpSetup, tcp, "port", 0),
      client.set(TcpUdpSetup, tcp, "maximumSegmentSize", 39),
      client.set(MacAddressSetup, "0.0.25.2.0.255", "macAddress", new Uint8Array(5)),
      client.set(IecLocalPortSetup, "0.0.20.0.0.255", "proposedBaud", 77 as unknown as "9600"),
      client.set(Data, "0.0.96.13.1.255", "value", { type: "octet-string", value: new Uint8Array(256) }),
      client.set(Data, "0.0.96.13.1.255", "value", { type: "unsigned", value: 1 }),
    ])
      expect(await codeOf(attempt)).to.equal("other-reason");
    expect(await world.settle(client.get(IecHdlcSetup, optical, "windowSizeReceive"))).to.equal(1);
  });

  it("never show passwords", async () => {
    const client = await manage(new SecuredMeter());
    const password = new TextEncoder().encode("11111111");
    await world.settle(client.set(IecLocalPortSetup, "0.0.20.0.0.255", "passwordP1", password));
    expect(await codeOf(client.getRaw({ classId: 19, logicalName: "0.0.20.0.0.255", attribute: 7 }))).to.equal("read-write-denied");
  });

  it("leave to DHCP what comes by DHCP", async () => {
    const client = await manage(new SecuredMeter());
    expect(await codeOf(client.set(Ipv4Setup, ip, "ipAddress", 0x0a000001))).to.equal("read-write-denied");
    await world.settle(client.set(Ipv4Setup, ip, "useDhcp", false));
    await world.settle(client.set(Ipv4Setup, ip, "ipAddress", 0x0a000001));
    expect(await world.settle(client.get(Ipv4Setup, ip, "ipAddress"))).to.equal(0x0a000001);
  });

  it("join and leave multicast groups, each once", async () => {
    const client = await manage(new SecuredMeter());
    await world.settle(client.invoke(Ipv4Setup, ip, "addMulticastIpAddress", 0xe0000001));
    await world.settle(client.invoke(Ipv4Setup, ip, "addMulticastIpAddress", 0xe0000001));
    expect(await world.settle(client.invoke(Ipv4Setup, ip, "countMulticastIpAddresses", 0))).to.equal(1);
    await world.settle(client.invoke(Ipv4Setup, ip, "deleteMulticastIpAddress", 0xe0000001));
    expect(await codeOf(client.invoke(Ipv4Setup, ip, "deleteMulticastIpAddress", 0xe0000001))).to.equal("other-reason");
    expect(await world.settle(client.get(Ipv4Setup, ip, "multicastIpAddress"))).to.deep.equal([]);
  });

  it("keep the messages to the consumer", async () => {
    const client = await manage(new SecuredMeter());
    const value = { type: "octet-string" as const, value: new TextEncoder().encode("supply off on Monday") };
    await world.settle(client.set(Data, "0.0.96.13.1.255", "value", value));
    expect(await world.settle(client.get(Data, "0.0.96.13.1.255", "value"))).to.deep.equal(value);
  });
});
