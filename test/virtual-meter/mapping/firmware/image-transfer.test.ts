import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../../../src/bytes/hex.ts";
import { encodeData } from "../../../../src/dlms/axdr/data.ts";
import { imageBlockSize, largestImage, type Meter } from "../../../../src/meter-model/index.ts";
import { makeImage, parseImage } from "../../../../src/virtual-meter/mapping/firmware/image-format.ts";
import { meterObjects } from "../../../../src/virtual-meter/virtual-meter.ts";
import { identity, sampleMeter } from "../../../support/sample-meter.ts";
import { BareObjects } from "../bare-objects.ts";

const transfer = "0.0.44.0.0.255";

class Device {
  readonly meter: Meter = sampleMeter(60_000);
  readonly objects = new BareObjects(meterObjects(this.meter, identity));

  initiate(size: number, identifier = "image"): unknown {
    const octets = Uint8Array.from(identifier, (character) => character.charCodeAt(0));
    return this.#invoke(1, [
      { type: "octet-string", value: octets },
      { type: "double-long-unsigned", value: size },
    ]);
  }

  block(number: number, octets: Uint8Array): unknown {
    return this.#invoke(2, [
      { type: "double-long-unsigned", value: number },
      { type: "octet-string", value: octets },
    ]);
  }

  verify = () => this.objects.invoke(`${transfer}:3`, "0F00");
  activate = () => this.objects.invoke(`${transfer}:4`, "0F00");
  read = (attribute: number) => this.objects.read(`${transfer}:${attribute}`);

  /** Transfers the blocks with these numbers, or all. */
  send(image: Uint8Array, numbers = [...Array(Math.ceil(image.length / imageBlockSize)).keys()]): void {
    for (const number of numbers) {
      expect(this.block(number, image.subarray(number * imageBlockSize, (number + 1) * imageBlockSize))).to.equal("success");
    }
  }

  #invoke(method: number, value: Parameters<typeof encodeData>[0]["value"]): unknown {
    return this.objects.invoke(
      `${transfer}:${method}`,
      toHex(encodeData({ type: "structure", value } as Parameters<typeof encodeData>[0])),
    );
  }
}

const program = Uint8Array.from({ length: 2000 }, (_, index) => (index * 31) & 0xff);
const image = makeImage("application", "A2", program);

describe("The image transfer", () => {
  it("takes blocks in any order, verifies, and activates what the image says it is", () => {
    const device = new Device();
    expect(device.initiate(image.length)).to.equal("success");
    expect([device.read(3), device.read(4), device.read(6)]).to.deep.equal(["040400", "0600000000", "1601"]);
    device.send(image, [3, 0, 2]);
    expect([device.read(3), device.read(4)]).to.deep.equal(["0404B0", "0600000001"]);
    expect(device.verify(), "a block is missing").to.equal("other-reason");
    expect(device.read(6)).to.equal("1601");
    device.send(image, [0, 1]);
    expect(device.activate(), "not verified").to.equal("other-reason");
    expect(device.verify()).to.equal("success");
    expect(device.read(6)).to.equal("1603");
    const size = image.length.toString(16).padStart(8, "0").toUpperCase();
    expect(device.read(7)).to.equal(`0101020306${size}0905696D6167650920${toHex(image.subarray(-32))}`);
    expect(device.objects.read("1.1.0.2.0.255:2")).to.equal("09024131");
    const before = device.objects.read("1.1.0.2.8.255:2");
    expect(device.activate()).to.equal("success");
    expect(device.read(6)).to.equal("1606");
    expect(device.objects.read("1.1.0.2.0.255:2")).to.equal("09024132");
    expect(device.objects.read("1.1.0.2.8.255:2")).to.not.equal(before);
    expect(device.objects.read("1.0.0.2.0.255:2"), "the other parts stay").to.equal("09024D31");
    expect(device.meter.milestones.firmwareActivated).to.equal(device.meter.clockTime);
    expect(device.activate(), "once").to.equal("other-reason");
  });

  it("refuses blocks that are not of the image, and images that are too large", () => {
    const device = new Device();
    expect(device.block(0, image.subarray(0, imageBlockSize)), "nothing was initiated").to.equal("other-reason");
    for (const size of [0, largestImage + 1]) expect(device.initiate(size)).to.equal("other-reason");
    device.initiate(image.length);
    expect(device.block(0, image.subarray(0, imageBlockSize - 1))).to.equal("other-reason");
    expect(device.block(3, image.subarray(3 * imageBlockSize, 4 * imageBlockSize - 1).slice(0, 1))).to.equal("other-reason");
    expect(device.block(4, image.subarray(0, imageBlockSize))).to.equal("other-reason");
    expect(device.objects.write(`${transfer}:5`, "0300")).to.equal("success");
    expect(device.block(0, image.subarray(0, imageBlockSize)), "disabled").to.equal("other-reason");
    expect(device.initiate(10)).to.equal("other-reason");
  });

  it("finds an image damaged whatever bit of it is another, and keeps the firmware it has", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: image.length * 8 - 1 }), (bit) => {
        const damaged = image.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(parseImage(damaged)).to.equal(undefined);
      }),
    );
    const device = new Device();
    const damaged = image.slice();
    damaged[100] = 0;
    device.initiate(image.length);
    device.send(damaged);
    expect(device.verify()).to.equal("other-reason");
    expect([device.read(6), device.read(7)]).to.deep.equal(["1604", "0100"]);
    expect(device.activate()).to.equal("other-reason");
    expect(device.objects.read("1.1.0.2.0.255:2")).to.equal("09024131");
  });

  it("never fails by rubbish", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => parseImage(octets) === undefined));
    for (const part of ["metrology", "communication"] as const) {
      expect(parseImage(makeImage(part, "X", new Uint8Array()))).to.deep.equal({ part, version: "X" });
    }
  });

  it("begins anew with another image", () => {
    const device = new Device();
    device.initiate(image.length);
    device.send(image);
    device.verify();
    device.initiate(10, "other");
    expect([device.read(3), device.read(6), device.read(7)]).to.deep.equal(["040100", "1601", "0100"]);
  });
});
