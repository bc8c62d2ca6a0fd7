import { expect } from "chai";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { toHex } from "../../src/bytes/hex.ts";
import { logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import { ownContext } from "../../src/virtual-meter/device-objects.ts";
import { Device } from "./device.ts";

/** Blue Book notes 0.2 and 0.3: what a tester checks of every object, whatever its class. */
describe("every object of the meter", () => {
  const device = new Device(26 * 3_600_000);
  const each = device.all;

  it("has its logical name as the first attribute, in six octets, and never takes another", () => {
    for (const { logicalName } of each) {
      expect(device.read(`${logicalName}:1`), logicalName).to.equal(`0906${toHex(logicalNameToBytes(logicalName))}`);
      expect(device.write(`${logicalName}:1`, "0906000000000000"), logicalName).to.equal("read-write-denied");
    }
  });

  it("has every attribute of its class, and nothing behind the last", () => {
    for (const { logicalName, cosemClass } of each) {
      const definitions = Object.values(cosemClass.attributes);
      for (const { id, access } of definitions) {
        if (access !== "w") expect(device.read(`${logicalName}:${id}`), `${logicalName}:${id}`).to.match(/^[0-9A-F]+$/);
      }
      const last = Math.max(...definitions.map(({ id }) => id));
      for (const id of [0, last + 1, 120, -1])
        expect(device.read(`${logicalName}:${id}`), `${logicalName}:${id}`).to.equal("object-undefined");
    }
  });

  it("has the same type at each read", () => {
    for (const { logicalName, cosemClass } of each) {
      for (const { id, access } of Object.values(cosemClass.attributes)) {
        if (access === "w") continue;
        const [first, second] = [device.read(`${logicalName}:${id}`), device.read(`${logicalName}:${id}`)];
        expect(first.slice(0, 2), `${logicalName}:${id}`).to.equal(second.slice(0, 2));
      }
    }
  });

  it("knows no methods but those of its class", () => {
    for (const { logicalName, cosemClass } of each) {
      const last = Math.max(0, ...Object.values(cosemClass.methods).map(({ id }) => id));
      for (const id of [0, last + 1, 120])
        expect(device.invoke(`${logicalName}:${id}`), `${logicalName} method ${id}`).to.equal("object-undefined");
    }
  });

  it("refuses a value of another type, and stays as it is", () => {
    let refused = 0;
    for (const { logicalName, cosemClass, offers } of each) {
      for (const id of offers.writable) {
        const before = device.read(`${logicalName}:${id}`);
        // A floating point number, which no attribute of this meter is.
        const result = device.write(`${logicalName}:${id}`, "2300000000");
        expect(result, `${logicalName}:${id} of class ${cosemClass.classId}`).to.be.oneOf(["type-unmatched", "other-reason"]);
        expect(device.read(`${logicalName}:${id}`), `${logicalName}:${id}`).to.equal(before);
        refused += 1;
      }
    }
    expect(refused).to.be.greaterThan(200);
  });

  it("refuses a value with octets behind it", () => {
    for (const { logicalName, offers, cosemClass } of each) {
      for (const id of offers.writable) {
        const value = device.read(`${logicalName}:${id}`);
        // What is told without being known is read back as it is, so it can be written with an octet more.
        if (!/^[0-9A-F]+$/.test(value)) continue;
        expect(device.write(`${logicalName}:${id}`, `${value}00`), `${logicalName}:${id} of class ${cosemClass.classId}`).to.equal(
          "type-unmatched",
        );
      }
    }
  });

  it("has no selective access but to buffers, tables and lists", () => {
    const selective = new Set(["7:2", "15:2", "26:4", "12:2"]);
    const selection = { selector: 1, parameters: Uint8Array.of(0) };
    for (const { logicalName, cosemClass } of each) {
      const object = each.find((one) => one.logicalName === logicalName);
      for (const { id, access } of Object.values(cosemClass.attributes)) {
        if (id === 1 || access === "w" || selective.has(`${cosemClass.classId}:${id}`)) continue;
        const result = object?.read(id, new ByteWriter(64), selection, ownContext);
        expect(result, `${logicalName}:${id}`).to.equal("scope-of-access-violated");
      }
    }
  });
});
