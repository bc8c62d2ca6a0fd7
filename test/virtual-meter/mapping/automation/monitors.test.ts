import { expect } from "chai";
import { toHex } from "../../../../src/bytes/hex.ts";
import { hour, type LoadModel, minute } from "../../../../src/meter-model/index.ts";
import { logged } from "../../../../src/virtual-meter/programming-log.ts";
import { meterObjects } from "../../../../src/virtual-meter/virtual-meter.ts";
import { identity, sampleMeter, sampleStart } from "../../../support/sample-meter.ts";
import { BareObjects } from "../bare-objects.ts";
import { array, attribute, logicalName, longUnsigned, octets, script, structure } from "./coded.ts";

const disconnect = "0.0.10.0.106.255";
const nothing = script("0.0.0.0.0.0", 0);

/** Ten amperes for an hour, then twenty. */
const growing: LoadModel = {
  at: (instant) => {
    const current = instant < sampleStart + hour ? 10_000 : 20_000;
    const point = { voltage: 230_000, current, neutralCurrent: current, activePower: 230 * current, reactivePower: 0, frequency: 50_000 };
    return { point, until: instant + minute };
  },
};

function objects(load?: LoadModel) {
  const meter = load === undefined ? sampleMeter(30 * minute) : sampleMeter(30 * minute, load);
  const bare = new BareObjects(meterObjects(meter, identity).map((object) => logged(object, meter)));
  return { meter, bare, advance: (duration: number) => meter.advance(sampleStart + duration) };
}

describe("Register monitors of the virtual meter", () => {
  const monitor = "0.0.16.0.0.255";

  it("execute the script of a threshold when the current crosses it", () => {
    const { meter, bare, advance } = objects(growing);
    expect(bare.write(`${monitor}:2`, array("0600003A98"))).to.equal("success");
    expect(bare.write(`${monitor}:4`, array(structure(script(disconnect, 1), nothing)))).to.equal("success");
    advance(hour - 1);
    expect(meter.relay.closed).to.equal(true);
    advance(hour);
    expect(meter.relay.closed).to.equal(false);
    expect(bare.read(`${monitor}:2`)).to.equal(array("0600003A98"));
    expect(bare.read(`${monitor}:4`)).to.equal(array(structure(script(disconnect, 1), nothing)));
  });

  it("watch what changes at instants, with thresholds of its type", () => {
    const { bare } = objects();
    expect(bare.read(`${monitor}:3`)).to.equal(attribute(3, "1.0.31.7.0.255", 2));
    expect(bare.write(`${monitor}:2`, array("120064"))).to.equal("type-unmatched");
    expect(bare.write(`${monitor}:3`, attribute(3, "1.0.32.7.0.255", 2))).to.equal("success");
    expect(bare.write(`${monitor}:2`, array("1209C4"))).to.equal("success");
    expect(bare.read(`${monitor}:2`)).to.equal(array("1209C4"));
    for (const other of [attribute(3, "1.0.1.8.0.255", 2), attribute(4, "1.0.32.7.0.255", 2), attribute(3, "1.0.32.7.0.255", 3)]) {
      expect(bare.write(`${monitor}:3`, other)).to.equal("other-reason");
    }
    expect(bare.write(`${monitor}:4`, array(structure(script("0.0.10.0.99.255", 1), nothing)))).to.equal("other-reason");
  });

  it("report alarms by the push of alarms", () => {
    const { bare } = objects();
    for (const [index, name] of ["0.0.16.1.0.255", "0.0.16.1.1.255", "0.0.16.1.2.255"].entries()) {
      expect(bare.read(`${name}:2`)).to.equal(array("0600000000"));
      expect(bare.read(`${name}:3`)).to.equal(attribute(1, `0.0.97.98.2${index}.255`, 2));
      expect(bare.read(`${name}:4`)).to.equal(array(structure(script("0.0.10.0.108.255", 4), nothing)));
    }
  });
});

describe("Register activation of the virtual meter", () => {
  const energy = "0.0.14.0.0.255";
  const t = (rate: number) => octets(`543${rate}`);

  it("shows the mask of the rate in force, and puts the rate of a mask in force", () => {
    const { meter, bare } = objects();
    expect(bare.read(`${energy}:4`)).to.equal(t(1));
    meter.forceRate(3);
    expect(bare.read(`${energy}:4`)).to.equal(t(3));
    expect(bare.read("0.0.14.0.1.255:4")).to.equal(t(3));
    expect(bare.write(`${energy}:4`, t(7))).to.equal("success");
    expect(meter.rate).to.equal(7);
    expect(bare.write(`${energy}:4`, t(9))).to.equal("other-reason");
    expect(meter.rate).to.equal(7);
  });

  it("has eight masks of the registers of one rate each, and no total", () => {
    const { bare } = objects();
    expect(bare.read(`${energy}:2`)).to.not.include(logicalName("1.0.1.8.0.255"));
    expect(bare.read(`${energy}:2`)).to.match(new RegExp(`^0130${structure(longUnsigned(3), logicalName("1.0.1.8.1.255"))}`));
    const indexes = array(...[1, 9, 17, 25, 33, 41].map((index) => `11${toHex(Uint8Array.of(index))}`));
    expect(bare.read(`${energy}:3`)).to.match(new RegExp(`^0108${structure(t(1), indexes)}`));
    expect(bare.read("0.0.14.0.1.255:3").slice(0, 4)).to.equal("0108");
  });

  it("adds registers and masks, replaces and deletes masks by name", () => {
    const { meter, bare } = objects();
    const before = bare.read(`${energy}:3`);
    const night = octets("4E");
    const mask = (...indexes: readonly string[]) => structure(night, array(...indexes));
    expect(bare.invoke(`${energy}:2`, mask("1104", "110C"))).to.equal("success");
    expect(bare.write(`${energy}:4`, night)).to.equal("success");
    expect(meter.rate).to.equal(4);
    expect(bare.invoke(`${energy}:2`, mask("1101", "1102"))).to.equal("success");
    expect(bare.write(`${energy}:4`, night)).to.equal("other-reason");
    expect(bare.invoke(`${energy}:2`, mask("1131"))).to.equal("other-reason");
    expect(bare.invoke(`${energy}:1`, structure(longUnsigned(3), logicalName("1.0.15.8.1.255")))).to.equal("success");
    expect(bare.invoke(`${energy}:2`, mask("1131"))).to.equal("success");
    expect(bare.invoke(`${energy}:3`, night)).to.equal("success");
    expect(bare.invoke(`${energy}:3`, night)).to.equal("other-reason");
    expect(bare.read(`${energy}:3`)).to.equal(before);
  });
});

describe("The parameter monitor of the virtual meter", () => {
  const monitor = "0.0.16.2.0.255";
  const log = "0.0.99.16.0.255";
  const filter = attribute(1, "0.0.97.98.10.255", 2);
  const change = (value: string) => structure(longUnsigned(1), logicalName("0.0.97.98.10.255"), "0F02", value);

  it("shows and logs what was written to an attribute that it watches", () => {
    const { bare } = objects();
    expect(bare.read(`${monitor}:2`)).to.equal(structure(longUnsigned(0), logicalName("0.0.0.0.0.0"), "0F00", "00"));
    expect(bare.invoke(`${monitor}:1`, filter)).to.equal("success");
    expect(bare.write("0.0.97.98.10.255:2", "0600000007")).to.equal("success");
    expect(bare.write("0.0.97.98.11.255:2", "0600000007")).to.equal("success");
    expect(bare.write("0.0.97.98.10.255:2", "120007")).to.equal("type-unmatched");
    expect(bare.read(`${monitor}:2`)).to.equal(change("0600000007"));
    const now = bare.read("0.0.1.0.0.255:2").slice(4);
    expect(bare.read(`${monitor}:3`)).to.equal(`19${now}`);
    expect(bare.read(`${log}:2`)).to.equal(array(structure(`090C${now}`, change("0600000007"))));
    expect(bare.invoke(`${log}:1`)).to.equal("success");
    expect(bare.read(`${log}:2`)).to.equal(array());
  });

  it("notes the clock too, which has events of its own", () => {
    const { meter, bare } = objects();
    bare.write(`${monitor}:4`, array(attribute(8, "0.0.1.0.0.255", 3)));
    const changes = meter.events.changes.count;
    expect(bare.write("0.0.1.0.0.255:3", "10FFC4")).to.equal("success");
    expect(bare.read(`${monitor}:2`)).to.equal(structure(longUnsigned(8), logicalName("0.0.1.0.0.255"), "0F03", "10FFC4"));
    expect(meter.events.changes.count).to.equal(changes);
  });

  it("adds and removes attributes of the list, each once", () => {
    const { bare } = objects();
    expect(bare.invoke(`${monitor}:1`, filter)).to.equal("success");
    expect(bare.invoke(`${monitor}:1`, filter)).to.equal("other-reason");
    expect(bare.read(`${monitor}:4`)).to.equal(array(filter));
    expect(bare.invoke(`${monitor}:2`, filter)).to.equal("success");
    expect(bare.invoke(`${monitor}:2`, filter)).to.equal("other-reason");
    expect(bare.read(`${monitor}:4`)).to.equal(array());
  });
});

describe("The holidays of friendly credit", () => {
  const table = "0.1.11.0.0.255";
  const holiday = (index: number, date: string) => structure(longUnsigned(index), octets(date), "1101");

  it("are kept, replaced by index or date, and deleted", () => {
    const { bare } = objects();
    expect(bare.invoke(`${table}:1`, holiday(1, "FFFF0C19FF"))).to.equal("success");
    expect(bare.invoke(`${table}:1`, holiday(2, "FFFF0101FF"))).to.equal("success");
    expect(bare.invoke(`${table}:1`, holiday(3, "FFFF0C19FF"))).to.equal("success");
    expect(bare.read(`${table}:2`)).to.equal(array(holiday(2, "FFFF0101FF"), holiday(3, "FFFF0C19FF")));
    expect(bare.invoke(`${table}:2`, longUnsigned(2))).to.equal("success");
    expect(bare.invoke(`${table}:2`, longUnsigned(2))).to.equal("other-reason");
    expect(bare.write(`${table}:2`, array(holiday(1, "FFFF0D19FF")))).to.equal("other-reason");
    expect(bare.read(`${table}:2`)).to.equal(array(holiday(3, "FFFF0C19FF")));
  });
});
