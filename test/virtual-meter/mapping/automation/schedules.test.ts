import { expect } from "chai";
import { day, hour, minute } from "../../../../src/meter-model/index.ts";
import { meterObjects } from "../../../../src/virtual-meter/virtual-meter.ts";
import { identity, sampleMeter, sampleStart } from "../../../support/sample-meter.ts";
import { BareObjects } from "../bare-objects.ts";
import { array, executionTime, logicalName, longUnsigned, octets, script, structure } from "./coded.ts";

const disconnect = "0.0.10.0.106.255";
const tariff = "0.0.10.0.100.255";
const anyDate = "FFFFFFFFFF";

function objects() {
  const meter = sampleMeter(hour);
  const bare = new BareObjects(meterObjects(meter, identity));
  return { meter, bare, advance: (duration: number) => meter.advance(sampleStart + duration) };
}

describe("Single action schedules of the virtual meter", () => {
  it("open the switch at their time, and close it at another", () => {
    const { meter, bare, advance } = objects();
    expect(bare.write("0.0.15.0.1.255:4", array(executionTime("06000000", anyDate)))).to.equal("success");
    advance(6 * hour - 1);
    expect(meter.relay.closed).to.equal(true);
    advance(6 * hour);
    expect(meter.relay.closed).to.equal(false);
    expect(meter.events.lastCode("disconnector")).to.equal(62);
    bare.write("0.0.15.0.1.255:4", array());
    bare.write("0.0.15.0.1.255:2", script(disconnect, 2));
    bare.write("0.0.15.0.1.255:3", "1605");
    bare.write("0.0.15.0.1.255:4", array(executionTime("070000FF", anyDate), executionTime("09000000", "07EA0105FF")));
    advance(7 * hour + minute);
    expect(meter.relay.controlState).to.not.equal("disconnected");
    expect(bare.read("0.0.15.0.1.255:2")).to.equal(script(disconnect, 2));
    expect(bare.read("0.0.15.0.1.255:3")).to.equal("1605");
    expect(bare.read("0.0.15.0.1.255:4")).to.equal(array(executionTime("070000FF", anyDate), executionTime("09000000", "07EA0105FF")));
  });

  it("put rates in force, and close the billing period by the script that clients execute too", () => {
    const { meter, bare, advance } = objects();
    bare.write("0.0.15.0.5.255:2", script(tariff, 4));
    bare.write("0.0.15.0.5.255:4", array(executionTime("02000000", anyDate)));
    bare.write("0.0.15.0.4.255:2", script("0.0.10.0.1.255", 1));
    bare.write("0.0.15.0.4.255:4", array(executionTime("03000000", "FFFFFF05FF")));
    advance(2 * hour);
    expect(meter.rate).to.equal(4);
    advance(3 * hour);
    expect(meter.billingPeriods).to.equal(1);
  });

  it("refuse scripts of tables that there are not, and times that their type does not allow", () => {
    const { bare } = objects();
    expect(bare.write("0.0.15.0.1.255:2", script("0.0.10.0.99.255", 1))).to.equal("other-reason");
    expect(bare.write("0.0.15.0.1.255:3", "1606")).to.equal("other-reason");
    expect(bare.write("0.0.15.0.1.255:3", "1602")).to.equal("success");
    expect(bare.write("0.0.15.0.1.255:4", array(executionTime("06000000", anyDate)))).to.equal("other-reason");
    expect(bare.write("0.0.15.0.1.255:4", array(executionTime("18000000", "07EA0105FF")))).to.equal("other-reason");
    expect(bare.write("0.0.15.0.1.255:4", array(executionTime("060000", "07EA0105FF")))).to.equal("type-unmatched");
    expect(bare.write("0.0.15.0.1.255:4", array(executionTime("06000000", "07EA0105FF")))).to.equal("success");
  });

  it("show when bills and days are frozen, and move them", () => {
    const { meter, bare, advance } = objects();
    expect(bare.read("0.0.15.0.0.255:2")).to.equal(script("0.0.10.0.1.255", 1));
    expect(bare.read("0.0.15.0.0.255:4")).to.equal(array(executionTime("000000FF", "FFFFFF01FF")));
    expect(bare.read("0.0.15.1.0.255:4")).to.equal(array(executionTime("000000FF", anyDate)));
    expect(bare.write("0.0.15.0.0.255:4", array(executionTime("06000000", "FFFFFF06FF")))).to.equal("success");
    expect(bare.write("0.0.15.0.0.255:2", script(disconnect, 1))).to.equal("other-reason");
    advance(3 * day);
    expect(meter.profile("monthly").rows.length).to.equal(1);
    expect(meter.profile("monthly").rows.stampAt(0)).to.equal(sampleStart + day + 6 * hour);
  });
});

const entry = (
  index: number,
  selector: number,
  changes: { readonly enable?: string; readonly weekdays?: string; readonly table?: string } = {},
) =>
  structure(
    longUnsigned(index),
    changes.enable ?? "0301",
    logicalName(changes.table ?? tariff),
    longUnsigned(selector),
    octets("02000000"),
    longUnsigned(0xffff),
    changes.weekdays ?? "0407FE",
    "0400",
    octets(anyDate),
    octets(anyDate),
  );
const range = (first: number, last: number) => structure(longUnsigned(first), longUnsigned(last));
const ranges = (...indexes: readonly number[]) => structure(...indexes.map(longUnsigned));

describe("The schedule of the virtual meter", () => {
  const entries = "0.0.12.0.0.255:2";

  it("executes its entries, and shows them as they were written", () => {
    const { meter, bare, advance } = objects();
    const written = array(entry(1, 3), entry(2, 5, { weekdays: "040740" }));
    expect(bare.write(entries, written)).to.equal("success");
    expect(bare.read(entries)).to.equal(written);
    advance(2 * hour);
    expect(meter.rate).to.equal(3);
    advance(day + 2 * hour);
    expect(meter.rate).to.equal(5);
  });

  it("inserts, replaces and deletes entries by index", () => {
    const { bare } = objects();
    expect(bare.invoke("0.0.12.0.0.255:2", entry(7, 3))).to.equal("success");
    expect(bare.invoke("0.0.12.0.0.255:2", entry(2, 4))).to.equal("success");
    expect(bare.invoke("0.0.12.0.0.255:2", entry(7, 5))).to.equal("success");
    expect(bare.read(entries)).to.equal(array(entry(2, 4), entry(7, 5)));
    expect(bare.invoke("0.0.12.0.0.255:3", range(3, 9))).to.equal("success");
    expect(bare.read(entries)).to.equal(array(entry(2, 4)));
  });

  it("disables one range, then enables another; a range that is upside down is none", () => {
    const { bare } = objects();
    const off = { enable: "0300" };
    bare.write(entries, array(entry(1, 1), entry(2, 2), entry(3, 3, off)));
    expect(bare.invoke("0.0.12.0.0.255:1", ranges(1, 2, 2, 3))).to.equal("success");
    expect(bare.read(entries)).to.equal(array(entry(1, 1, off), entry(2, 2), entry(3, 3)));
    expect(bare.invoke("0.0.12.0.0.255:1", ranges(9, 1, 9, 1))).to.equal("success");
    expect(bare.read(entries)).to.equal(array(entry(1, 1, off), entry(2, 2), entry(3, 3)));
  });

  it("refuses entries that are none", () => {
    const { bare } = objects();
    expect(bare.write(entries, array(entry(1, 1, { table: "0.0.10.0.99.255" })))).to.equal("other-reason");
    expect(bare.write(entries, array(entry(1, 1, { weekdays: "0406FC" })))).to.equal("other-reason");
    expect(bare.write(entries, array(entry(1, 1), entry(1, 2)))).to.equal("other-reason");
    expect(bare.read(entries)).to.equal(array());
  });
});
