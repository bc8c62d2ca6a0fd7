import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../../../src/bytes/hex.ts";
import { encodeData } from "../../../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../../../src/dlms/axdr/dlms-data.ts";
import { hour } from "../../../../src/meter-model/index.ts";
import { DeviceObjects } from "../../../../src/virtual-meter/device-objects.ts";
import { automationObjects } from "../../../../src/virtual-meter/mapping/automation/automation-objects.ts";
import { sampleMeter, sampleStart } from "../../../support/sample-meter.ts";
import { BareObjects } from "../bare-objects.ts";

const scalar: fc.Arbitrary<DlmsData> = fc.oneof(
  fc.constant<DlmsData>({ type: "null-data", value: null }),
  fc.nat(0xffff).map((value): DlmsData => ({ type: "long-unsigned", value })),
  fc.nat(0xff).map((value): DlmsData => ({ type: "unsigned", value })),
  fc.nat(0xff).map((value): DlmsData => ({ type: "enum", value })),
  fc.boolean().map((value): DlmsData => ({ type: "boolean", value })),
  fc.integer({ min: -128, max: 127 }).map((value): DlmsData => ({ type: "integer", value })),
  fc.uint8Array({ maxLength: 12 }).map((value): DlmsData => ({ type: "octet-string", value })),
);
const nested = (elements: fc.Arbitrary<DlmsData>): fc.Arbitrary<DlmsData> =>
  fc
    .tuple(fc.constantFrom("structure" as const, "array" as const), fc.array(elements, { maxLength: 5 }))
    .map(([type, value]): DlmsData => ({ type, value }));
const anyData = fc.oneof(scalar, nested(scalar), nested(nested(scalar)), nested(nested(nested(scalar))));
const anyOctets = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  anyData.map((data) => encodeData(data)),
  // A value that was damaged on the way.
  fc.tuple(anyData, fc.nat(), fc.nat(0xff)).map(([data, place, octet]) => {
    const octets = encodeData(data);
    octets[place % octets.length] = octet;
    return octets;
  }),
);

describe("What automation is told", () => {
  it("is taken or refused, whatever it is, and the meter goes on", () => {
    const meter = sampleMeter(hour);
    const device = new DeviceObjects();
    const objects = automationObjects(meter, device);
    device.add(objects);
    const bare = new BareObjects(objects);
    fc.assert(
      fc.property(fc.constantFrom(...objects), fc.integer({ min: 1, max: 8 }), anyOctets, fc.boolean(), (object, id, octets, write) => {
        const member = `${object.logicalName}:${id}`;
        const result = write ? bare.write(member, toHex(octets)) : bare.invoke(member, toHex(octets));
        expect(result).to.be.a("string");
        for (const { id: attribute } of Object.values(object.cosemClass.attributes)) {
          expect(bare.read(`${object.logicalName}:${attribute}`)).to.match(/^[0-9A-F]*$/);
        }
      }),
      { numRuns: 3000 },
    );
    meter.advance(sampleStart + 2 * hour);
    expect(meter.measurement.voltage).to.equal(230_000);
  });
});
