import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { roleClient } from "../support/role-client.ts";
import { SecuredMeter } from "../support/secured-meter.ts";

describe("A meter under keys that somebody tries without them", () => {
  it("counts what it refuses, and tells of an attack in its logs and alarms", () => {
    const device = new SecuredMeter();
    const client = roleClient(device, "management").associate();
    // A GET under the global key, as long as one, with a tag that nobody has made.
    const forged = (counter: number) => fromHex(`C81E30${counter.toString(16).padStart(8, "0")}${"AB".repeat(25)}`);
    for (let counter = 0; counter < 5; counter++) client.send(forged(0x7000_0000 + counter));
    expect(device.meter.intrusions.count("decryption")).to.equal(5);
    expect(device.meter.events.count("fraud")).to.equal(1);
    expect(device.meter.events.lastCode("security")).to.equal(49);
    expect((device.meter.events.alarms.registers[0] ?? 0) & (1 << 13)).to.equal(1 << 13);
    client.close();
  });
});
