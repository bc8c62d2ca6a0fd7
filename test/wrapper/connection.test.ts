import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { LocalProtocolError } from "../../src/errors.ts";
import type { DataLink } from "../../src/session/data-link.ts";
import { encodeWpdu, WrapperConnection, type WrapperEvent } from "../../src/wrapper/index.ts";
import { chunkings, octets } from "../support/vectors.ts";

const connection = (maxApduLength?: number) =>
  new WrapperConnection({ clientSap: 16, serverSap: 1, ...(maxApduLength === undefined ? {} : { maxApduLength }) });

const wpdu = (apdu: Uint8Array, sourceWPort = 1, destinationWPort = 16) => encodeWpdu({ sourceWPort, destinationWPort, apdu });

function short(events: readonly WrapperEvent[]): string[] {
  return events.map((event) => (event.type === "failed" ? `failed ${event.error.code}` : `${event.type} ${toHex(event.bytes)}`));
}

function run(chunks: readonly Uint8Array[], link = connection()): string[] {
  return chunks.flatMap((chunk) => {
    const lent = chunk.slice();
    const events = short(link.receiveBytes(lent, 0));
    lent.fill(0x55);
    return events;
  });
}

describe("WrapperConnection", () => {
  it("fits the session and is connected from the start", () => {
    const link: DataLink = connection();
    expect(link.state).to.equal("connected");
    expect(link.nextTimeout).to.equal(undefined);
    link.connect(0);
    expect(link.handleTimeout(0)).to.deep.equal([]);
    expect(link.handleSilence(0)).to.deep.equal([]);
    expect(link.dataToSend()).to.equal(undefined);
  });

  it("sends between its ports", () => {
    const link = connection();
    link.send(fromHex("C001"), 0);
    link.send(fromHex("C002"), 0);
    expect(toHex(link.dataToSend() as Uint8Array)).to.equal("0001001000010002C0010001001000010002C002");
    expect(link.dataToSend()).to.equal(undefined);
  });

  it("hands out views of a chunk that holds the whole", () => {
    const chunk = wpdu(fromHex("C401"));
    const [event] = connection().receiveBytes(chunk, 0);
    expect(event?.type === "apdu" && event.bytes.buffer === chunk.buffer).to.equal(true);
  });

  it("finds the same APDUs however the stream is cut (pitfall 34)", () => {
    const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3000 })), { minLength: 1, maxLength: 8 });
    const streams = lengths.chain((list) => {
      const apdus = list.map((length, index) => new Uint8Array(length).fill(index + 1));
      const stream = new Uint8Array(apdus.flatMap((apdu) => [...wpdu(apdu)]));
      return fc.tuple(fc.constant(apdus), fc.constant(stream), chunkings(stream));
    });
    fc.assert(
      fc.property(streams, ([apdus, stream, chunks]) => {
        const expected = apdus.map((apdu) => `apdu ${toHex(apdu)}`);
        expect(run([stream])).to.deep.equal(expected);
        expect(run(chunks)).to.deep.equal(expected);
        expect(run(octets(stream))).to.deep.equal(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps the views of one chunk apart when the first and the last APDU are cut", () => {
    const link = connection();
    const [one, two, three] = [wpdu(fromHex("AAAA")), wpdu(fromHex("BBBB")), wpdu(fromHex("CCCC"))];
    expect(link.receiveBytes(one.subarray(0, 9), 0)).to.deep.equal([]);
    const events = link.receiveBytes(Uint8Array.of(...one.subarray(9), ...two, ...three.subarray(0, 9)), 0);
    expect(short(events)).to.deep.equal(["apdu AAAA", "apdu BBBB"]);
  });

  it("discards APDUs between other ports", () => {
    const link = connection();
    expect(run([wpdu(fromHex("C401"), 2), wpdu(fromHex("C401"), 1, 17), wpdu(fromHex("C402"))], link)).to.deep.equal([
      "discarded C401",
      "discarded C401",
      "apdu C402",
    ]);
  });

  it("fails for good at another version, an empty APDU or one too long, cut anywhere", () => {
    for (const [header, code] of [
      ["0002 0001 0010 0001 00", "bad-tag"],
      ["0001 0001 0010 0000", "bad-length"],
      ["0001 0001 0010 0065", "limit"],
    ] as const) {
      const good = wpdu(fromHex("C401"));
      const stream = Uint8Array.of(...good, ...fromHex(header), ...good);
      for (const chunks of [[stream], octets(stream)]) {
        const link = connection(100);
        expect(run(chunks, link)).to.deep.equal(["apdu C401", `failed ${code}`]);
        expect(link.state).to.equal("disconnected");
        link.connect(0);
        expect(link.state).to.equal("disconnected");
        expect(run([good], link)).to.deep.equal([]);
      }
    }
  });

  it("makes nothing but events of garbage", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (chunks) => {
        const events = run(chunks, connection(40));
        const failed = events.findIndex((event) => event.startsWith("failed"));
        expect(failed, "nothing after the failure").to.be.oneOf([-1, events.length - 1]);
      }),
    );
  });

  it("refuses to send after disconnect, until connected again", () => {
    const link = connection();
    link.disconnect(0);
    expect(link.state).to.equal("disconnected");
    expect(() => link.send(fromHex("C0"), 0)).to.throw(LocalProtocolError);
    expect(run([wpdu(fromHex("C401"))], link)).to.deep.equal([]);
    link.connect(0);
    expect(link.state).to.equal("connected");
  });
});
