import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { StationLink } from "../../src/session/data-link.ts";
import { encodeWpdu, WrapperStation, type WrapperStationEvent } from "../../src/wrapper/index.ts";

const wpdu = (sourceWPort: number, destinationWPort: number, apdu = "C001") =>
  encodeWpdu({ sourceWPort, destinationWPort, apdu: fromHex(apdu) });

function short(events: readonly WrapperStationEvent[]): string[] {
  return events.map((event) => {
    if (event.type === "discarded") return `discarded ${event.reason}`;
    if (event.type === "failed") return `failed ${event.error.code}`;
    const channel = `${event.channel.clientSap}>${event.channel.serverSap}`;
    return event.type === "apdu" ? `${channel} apdu ${toHex(event.bytes)}` : `${channel} ${event.type}`;
  });
}

describe("WrapperStation", () => {
  it("fits the session and waits for nothing", () => {
    const station: StationLink = new WrapperStation({ logicalDevices: [1] });
    expect(station.nextTimeout).to.equal(undefined);
    expect(station.handleTimeout(0)).to.deep.equal([]);
    expect(station.handleSilence(0)).to.deep.equal([]);
    expect(station.dataToSend()).to.equal(undefined);
  });

  it("opens a channel for each pair of ports and answers from the port addressed", () => {
    const station = new WrapperStation({ logicalDevices: [1, 17] });
    const stream = Uint8Array.of(...wpdu(16, 1), ...wpdu(16, 1, "C002"), ...wpdu(32, 17));
    expect(short(station.receiveBytes(stream, 0))).to.deep.equal([
      "16>1 opened",
      "16>1 apdu C001",
      "16>1 apdu C002",
      "32>17 opened",
      "32>17 apdu C001",
    ]);
    station.send({ clientSap: 32, serverSap: 17 }, fromHex("C401"), 0);
    expect(toHex(station.dataToSend() as Uint8Array)).to.equal("0001001100200002C401");
  });

  it("drops APDUs for unknown devices, and of more channels than it keeps", () => {
    const station = new WrapperStation({ logicalDevices: [1], maxChannels: 1 });
    expect(short(station.receiveBytes(wpdu(16, 2), 0))).to.deep.equal(["discarded address"]);
    expect(short(station.receiveBytes(wpdu(16, 1), 0))).to.deep.equal(["16>1 opened", "16>1 apdu C001"]);
    expect(short(station.receiveBytes(wpdu(17, 1), 0))).to.deep.equal(["discarded limit"]);
    expect(short(station.receiveBytes(wpdu(16, 1), 0))).to.deep.equal(["16>1 apdu C001"]);
  });

  it("is silent for good once the stream makes no sense", () => {
    const station = new WrapperStation({ logicalDevices: [1], maxApduLength: 1 });
    expect(short(station.receiveBytes(wpdu(16, 1), 0))).to.deep.equal(["failed limit"]);
    expect(station.receiveBytes(wpdu(16, 1, "C0"), 0)).to.deep.equal([]);
    station.send({ clientSap: 16, serverSap: 1 }, fromHex("C401"), 0);
    expect(station.dataToSend()).to.equal(undefined);
  });
});
