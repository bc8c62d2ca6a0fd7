import { expect } from "chai";
import fc from "fast-check";
import { DecodeError } from "../../../src/errors.ts";
import { decodePayload, encodePayload } from "../../../src/mqtt-bridge/sparkplug/payload.ts";

const hex = (octets: Uint8Array) => Buffer.from(octets).toString("hex");

describe("Sparkplug payloads", () => {
  it("have the published field numbers", () => {
    const octets = encodePayload({ timestamp: 1, seq: 2, metrics: [{ name: "a", alias: 3, timestamp: 4, datatype: 10, value: 1 }] });
    // 1: timestamp, 2: metric { 1: name, 2: alias, 3: timestamp, 4: datatype, 13: double }, 3: seq; by hand.
    expect(hex(octets)).to.equal("08011212" + "0a0161" + "1003" + "1804" + "200a" + "69000000000000f03f" + "1802");
  });

  it("carry what is unknown, past and negative", () => {
    const metrics = [
      { alias: 0, historical: true as const, value: null },
      { name: "n", datatype: 4, value: -5n },
      { name: "s", datatype: 12, value: "x", unit: "kWh" },
      { name: "b", value: false },
    ];
    expect(decodePayload(encodePayload({ metrics }))).to.deep.equal({ metrics });
  });

  it("throw nothing but DecodeError when they are malformed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        try {
          decodePayload(octets);
        } catch (error) {
          expect(error).to.be.instanceOf(DecodeError);
        }
      }),
      { numRuns: 500 },
    );
    expect(() => decodePayload(new Uint8Array([0x12, 0x7f]))).to.throw(DecodeError);
    expect(() => decodePayload(new Uint8Array(70_000))).to.throw(DecodeError);
  });
});
