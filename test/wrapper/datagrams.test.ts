import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { LocalProtocolError } from "../../src/errors.ts";
import { encodeWpdu, maxDatagramPayload, WrapperConnection, WrapperStation, type WrapperStationOptions } from "../../src/wrapper/index.ts";

const wpdu = (sourceWPort: number, destinationWPort: number, apdu = "C001") =>
  encodeWpdu({ sourceWPort, destinationWPort, apdu: fromHex(apdu) });
const connection = () => new WrapperConnection({ clientSap: 16, serverSap: 1, datagrams: true });
const station = (options: Partial<WrapperStationOptions> = {}) =>
  new WrapperStation({ logicalDevices: [1, 2], datagrams: true, ...options });

const short = (events: ReturnType<WrapperStation["receiveBytes"]>) =>
  events.map((event) => {
    if (event.type === "failed") return "failed";
    if (event.type === "discarded") return `discarded ${event.reason}`;
    const channel = `${event.channel.clientSap}>${event.channel.serverSap}`;
    if (event.type === "apdu") return `${channel} apdu ${toHex(event.bytes)}${event.confirmed ? "" : " unconfirmed"}`;
    return `${channel} ${event.type}`;
  });

const bad = {
  "half a header": "00010010",
  "another version": "0002001000010002C001",
  "an empty APDU": "0001001000010000",
  "less than the length says": "0001001000010003C001",
  "more than the length says": "0001001000010001C001",
  "two PDUs": "0001001000010002C0010001001000010002C001",
  nothing: "",
};

describe("wrapper PDUs in datagrams (IEC 62056-47: one each, length = datagram - 8)", () => {
  for (const [name, hex] of Object.entries(bad)) {
    it(`are discarded with ${name}, and life goes on, at both ends`, () => {
      const meter = station();
      expect(short(meter.receiveBytes(fromHex(hex), 0))).to.deep.equal(["discarded malformed"]);
      expect(short(meter.receiveBytes(wpdu(16, 1), 0))).to.deep.equal(["16>1 opened", "16>1 apdu C001"]);
      const client = connection();
      expect(client.receiveBytes(fromHex(hex), 0).map(({ type }) => type)).to.deep.equal(["discarded"]);
      expect(client.state).to.equal("connected");
      expect(client.receiveBytes(wpdu(1, 16), 0).map(({ type }) => type)).to.deep.equal(["apdu"]);
    });
  }

  it("are discarded when longer than is taken", () => {
    expect(short(station({ maxApduLength: 4 }).receiveBytes(wpdu(16, 1, "C001020304"), 0))).to.deep.equal(["discarded malformed"]);
  });

  it("leave one by one, however many are queued", () => {
    const client = connection();
    client.send(fromHex("C001"), 0);
    client.sendUnconfirmed(fromHex("C102"), 0);
    client.poll(0);
    expect(toHex(client.dataToSend() as Uint8Array)).to.equal("0001001000010002C001");
    expect(toHex(client.dataToSend() as Uint8Array)).to.equal("0001001000010002C102");
    expect(client.dataToSend()).to.equal(undefined);
    const meter = station();
    meter.send({ clientSap: 16, serverSap: 1 }, fromHex("C401"), 0);
    meter.sendUnconfirmed({ clientSap: 16, serverSap: 2 }, fromHex("0F02"), 0);
    expect(toHex(meter.dataToSend() as Uint8Array)).to.equal("0001000100100002C401");
    expect(toHex(meter.dataToSend() as Uint8Array)).to.equal("00010002001000020F02");
    expect(meter.dataToSend()).to.equal(undefined);
  });

  it("hold 65499 octets: the client is refused more with a clear error, a server drops what its client could never hear", () => {
    const client = connection();
    client.send(new Uint8Array(maxDatagramPayload), 0);
    expect(client.dataToSend()?.length).to.equal(65_507);
    expect(() => client.send(new Uint8Array(maxDatagramPayload + 1), 0)).to.throw(LocalProtocolError, /does not fit a datagram/);
    const meter = station();
    meter.send({ clientSap: 16, serverSap: 1 }, new Uint8Array(maxDatagramPayload + 1), 0);
    expect(meter.dataToSend()).to.equal(undefined);
  });

  it("keep a channel open for as long as it is used: there is no connection that could close", () => {
    const meter = station({ inactivityTimeout: 1000 });
    expect(meter.nextTimeout).to.equal(undefined);
    meter.receiveBytes(wpdu(16, 1), 0);
    meter.receiveBytes(wpdu(32, 1), 400);
    meter.receiveBytes(wpdu(16, 1), 800);
    expect(meter.nextTimeout).to.equal(1400);
    expect(short(meter.handleTimeout(1399))).to.deep.equal([]);
    expect(short(meter.handleTimeout(1400))).to.deep.equal(["32>1 closed"]);
    expect(meter.nextTimeout).to.equal(1800);
    expect(short(meter.handleTimeout(1800))).to.deep.equal(["16>1 closed"]);
    expect(meter.nextTimeout).to.equal(undefined);
    expect(short(meter.receiveBytes(wpdu(16, 1), 1900)), "it begins afresh").to.deep.equal(["16>1 opened", "16>1 apdu C001"]);
  });

  it("make room for another channel when one times out", () => {
    const meter = station({ maxChannels: 1, inactivityTimeout: 1000 });
    meter.receiveBytes(wpdu(16, 1), 0);
    expect(short(meter.receiveBytes(wpdu(32, 1), 10))).to.deep.equal(["discarded limit"]);
    meter.handleTimeout(1000);
    expect(short(meter.receiveBytes(wpdu(32, 1), 1001))).to.deep.equal(["32>1 opened", "32>1 apdu C001"]);
  });

  it("for all stations reach every logical device, unconfirmed, and open nothing", () => {
    const meter = station({ inactivityTimeout: 1000 });
    expect(short(meter.receiveBytes(wpdu(102, 0x7f, "C101"), 0))).to.deep.equal([
      "102>1 apdu C101 unconfirmed",
      "102>2 apdu C101 unconfirmed",
    ]);
    expect(meter.nextTimeout).to.equal(undefined);
  });

  it("make nothing but events of garbage", () => {
    const meter = station();
    const client = connection();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
        expect(short(meter.receiveBytes(octets, 0)).every((line) => line !== "failed")).to.equal(true);
        expect(client.receiveBytes(octets, 0).length).to.equal(1);
      }),
    );
  });
});
