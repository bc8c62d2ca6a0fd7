import { expect } from "chai";
import { newTampers, TamperGuard } from "../../../src/meter-model/guard/tamper-guard.ts";
import { tamperObjects } from "../../../src/virtual-meter/mapping/tamper.ts";
import { Bench } from "../../meter-model/guard/support.ts";
import { constantLoad, point } from "../../meter-model/support.ts";
import { sampleMeter } from "../../support/sample-meter.ts";
import { BareObjects, itFollowsTheObjectList } from "./bare-objects.ts";

function objects() {
  const bench = new Bench(constantLoad(point({ current: 4000, neutralCurrent: 2000 })));
  const requests: string[] = [];
  const guard = new TamperGuard(newTampers(), bench, {
    openCommanded: false,
    request: (name, raised) => {
      if (raised) requests.push(name);
    },
  });
  bench.with(guard);
  return { bench, guard, requests, bare: new BareObjects(tamperObjects(sampleMeter(0), guard)) };
}

describe("the tamper objects", () => {
  itFollowsTheObjectList(() => objects().bare);

  it("are the 37 that the meter has for tampering", () => {
    const { names } = objects().bare;
    expect([names.length, new Set(names).size]).to.deep.equal([37, 37]);
  });

  it("count a cover that is open, with its time and durations", () => {
    const { bench, guard, bare } = objects();
    expect(bare.read("0.0.96.20.1.255:2")).to.equal("090CFFFFFFFFFFFFFFFFFF8000FF");
    guard.setContact("meterCover", true);
    bench.run(75);
    expect(bare.read("0.0.96.20.0.255:2")).to.equal("0600000001");
    expect(bare.read("0.0.96.20.1.255:2")).to.equal("090C07EA0105010C000000000000");
    expect(bare.read("0.0.96.20.2.255:2")).to.equal("060000004B");
    guard.setContact("meterCover", false);
    bench.run(60);
    expect(bare.read("0.0.96.20.3.255:2")).to.equal("060000004B");
    expect(bare.read("0.0.96.20.5.255:2")).to.equal("0600000000");
  });

  it("show what goes on and what is latched, bit by bit", () => {
    const { bench, guard, bare } = objects();
    bench.run(15);
    expect([bare.read("0.0.96.66.14.255:2"), bare.read("0.0.96.66.15.255:2")]).to.deep.equal(["0600000020", "0600000020"]);
    expect([bare.read("0.0.96.66.12.255:2"), bare.read("0.0.96.20.25.255:2")]).to.deep.equal(["0600000001", "0600000001"]);
    guard.clear("remote");
    expect([bare.read("0.0.96.66.14.255:2"), bare.read("0.0.96.66.15.255:2")]).to.deep.equal(["0600000020", "0600000000"]);
  });

  it("take parameters of their type and range", () => {
    const { bench, requests, bare } = objects();
    expect(bare.write("0.0.96.66.19.255:2", "120005")).to.equal("success");
    expect(bare.write("0.0.96.66.16.255:2", "0600000020")).to.equal("success");
    bench.run(5);
    expect(requests).to.deep.equal(["differential"]);
    expect(bare.write("0.0.96.66.18.255:2", "1165")).to.equal("other-reason");
    expect(bare.write("0.0.96.66.18.255:2", "120032")).to.equal("type-unmatched");
    expect(bare.write("0.0.96.66.16.255:2", "1120")).to.equal("type-unmatched");
    expect(bare.write("0.0.96.66.17.255:2", "1207D1")).to.equal("success");
    expect([bare.read("0.0.96.66.17.255:2"), bare.read("0.0.96.66.18.255:2")]).to.deep.equal(["1207D1", "110C"]);
    expect(bare.write("0.0.96.66.14.255:2", "0600000000")).to.equal("read-write-denied");
  });
});
