import { expect } from "chai";
import { newPowerQuality, PowerQuality } from "../../../src/meter-model/guard/power-quality.ts";
import { powerQualityObjects } from "../../../src/virtual-meter/mapping/power-quality.ts";
import { Bench, start } from "../../meter-model/guard/support.ts";
import { point, scriptedLoad } from "../../meter-model/support.ts";
import { BareObjects, itFollowsTheObjectList } from "./bare-objects.ts";

function objects() {
  const bench = new Bench(
    scriptedLoad([
      [start, point({ voltage: 150_000 })],
      [start + 100_000, point({})],
    ]),
  );
  const quality = new PowerQuality(newPowerQuality(), bench);
  bench.with(quality);
  return { bench, bare: new BareObjects(powerQualityObjects(quality)) };
}

describe("the objects of power quality", () => {
  itFollowsTheObjectList(() => objects().bare);

  it("are thresholds, times, counts, durations and magnitudes", () => {
    expect(objects().bare.names.length).to.equal(17);
  });

  it("show the last sag", () => {
    const { bench, bare } = objects();
    bench.run(300);
    expect(bare.read("1.0.32.32.0.255:2")).to.equal("120001");
    expect(bare.read("1.0.32.33.0.255:2")).to.equal("0600000064");
    expect(bare.read("1.0.32.34.0.255:2")).to.equal("1205DC");
    expect(bare.read("1.0.32.36.0.255:2")).to.equal("120000");
  });

  it("take thresholds in their scale, by which the meter goes then", () => {
    const { bench, bare } = objects();
    expect(bare.read("1.0.12.31.0.255:2")).to.equal("120730");
    expect(bare.write("1.0.12.31.0.255:2", "1205DC")).to.equal("success");
    bench.run(300);
    expect(bare.read("1.0.32.32.0.255:2")).to.equal("120000");
    expect([bare.read("1.0.12.31.0.255:2"), bare.read("1.0.13.31.0.255:2")]).to.deep.equal(["1205DC", "1001F4"]);
    expect(bare.write("1.0.12.31.0.255:2", "06000005DC")).to.equal("type-unmatched");
    expect(bare.write("1.0.13.31.0.255:2", "10FFFF")).to.equal("other-reason");
    expect(bare.write("1.0.32.32.0.255:2", "120000")).to.equal("read-write-denied");
  });
});
