import { expect } from "chai";
import { Limiter, newLimiters } from "../../../src/meter-model/relay/limiter.ts";
import { newOverload, Overload } from "../../../src/meter-model/relay/overload.ts";
import { limiterObjects } from "../../../src/virtual-meter/mapping/limiter.ts";
import { Bench } from "../../meter-model/guard/support.ts";
import { constantLoad } from "../../meter-model/support.ts";
import { sampleMeter } from "../../support/sample-meter.ts";
import { BareObjects, itFollowsTheObjectList } from "./bare-objects.ts";

function objects() {
  const bench = new Bench(constantLoad());
  const requests: string[] = [];
  const overload = new Overload(newOverload(), bench, { request: (name, raised) => requests.push(`${name} ${raised}`) });
  const states = newLimiters();
  const limiters = {
    power: new Limiter(states.power, bench, overload, "overload"),
    current: new Limiter(states.current, bench, overload, "overCurrent"),
  };
  bench.with(limiters.power, limiters.current, overload);
  return { bench, requests, overload, bare: new BareObjects(limiterObjects(sampleMeter(0), limiters, overload)) };
}

const power = "0.0.17.0.0.255";

describe("the limiter objects", () => {
  itFollowsTheObjectList(() => objects().bare);

  it("show what the meter leaves the factory with", () => {
    const { bare } = objects();
    const attributes = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((id) => bare.read(`${power}:${id}`));
    expect(attributes).to.deep.equal([
      "020312000309060100010700FF0F02",
      "0600002710",
      "0600002710",
      "0600002710",
      "060000003C",
      "060000000A",
      "0203120000090CFFFFFFFFFFFFFFFFFF8000FF0600000000",
      "0100",
      "0300",
      "0202020209060000" + "0A006AFF" + "120001020209060000" + "0A006AFF" + "120000",
    ]);
    expect(bare.read("0.0.17.0.1.255:2")).to.equal("0203120003090601001F0700FF0F02");
    expect(bare.read("0.0.17.0.1.255:3")).to.equal("0600013880");
  });

  it("disconnect above a threshold that a client has written", () => {
    const { bench, requests, bare } = objects();
    expect(bare.write(`${power}:4`, "06000003E7")).to.equal("success");
    expect(bare.write(`${power}:6`, "0600000005")).to.equal("success");
    bench.run(5);
    expect(requests).to.deep.equal(["overload true"]);
  });

  it("take an emergency profile whose time is an instant or nothing", () => {
    const { bench, bare } = objects();
    const profile = (time: string) => `0203120007090C${time}0600000E10`;
    expect(bare.write(`${power}:9`, "0101120007")).to.equal("success");
    expect(bare.write(`${power}:8`, profile("07EA0105010B1E00FF0000FF"))).to.equal("success");
    expect(bare.write(`${power}:5`, "06000001F4")).to.equal("success");
    expect([bare.read(`${power}:10`), bare.read(`${power}:3`)]).to.deep.equal(["0301", "06000001F4"]);
    bench.run(1800);
    expect([bare.read(`${power}:10`), bare.read(`${power}:3`)]).to.deep.equal(["0300", "0600002710"]);
    expect(bare.write(`${power}:8`, profile("FFFF0105010B1E00FF0000FF"))).to.equal("other-reason");
    expect(bare.write(`${power}:8`, profile("FFFFFFFFFFFFFFFFFF8000FF"))).to.equal("success");
    expect(bare.read(`${power}:8`)).to.equal(profile("FFFFFFFFFFFFFFFFFF8000FF"));
  });

  it("watch another register that they know, in its scale", () => {
    const { bare } = objects();
    expect(bare.write(`${power}:2`, "02031200030906010020" + "0700FF0F02")).to.equal("success");
    expect(bare.write(`${power}:4`, "1209C4")).to.equal("success");
    expect(bare.write(`${power}:4`, "06000009C4")).to.equal("type-unmatched");
    expect(bare.read(`${power}:3`)).to.equal("1209C4");
    expect(bare.write(`${power}:2`, "02031200030906010001" + "0800FF0F02")).to.equal("other-reason");
    expect(bare.write(`${power}:2`, "02031200030906010001" + "0700FF0F03")).to.equal("other-reason");
  });

  it("take the scripts of the disconnect control as actions, and no others", () => {
    const { bare } = objects();
    const reference = (table: string, selector: number) => `02020906${table}1200${selector.toString(16).padStart(2, "0")}`;
    const ours = "00000A006AFF";
    expect(bare.write(`${power}:11`, `0202${reference(ours, 1)}${reference(ours, 2)}`)).to.equal("success");
    expect(bare.read(`${power}:11`)).to.equal(`0202${reference(ours, 1)}${reference(ours, 2)}`);
    expect(bare.write(`${power}:11`, `0202${reference("000000000000", 0)}${reference(ours, 0)}`)).to.equal("success");
    for (const [over, under] of [
      [reference(ours, 2), reference(ours, 0)],
      [reference(ours, 1), reference(ours, 1)],
      [reference("00000A0064FF", 1), reference(ours, 0)],
    ]) {
      expect(bare.write(`${power}:11`, `0202${over}${under}`)).to.equal("other-reason");
    }
  });

  it("have the parameters of the reconnection beside them", () => {
    const { overload, bare } = objects();
    expect(["0.0.96.65.0.255:2", "0.0.96.65.1.255:2", "0.0.96.65.2.255:2"].map((name) => bare.read(name))).to.deep.equal([
      "12003C",
      "1105",
      "120708",
    ]);
    expect(bare.write("0.0.96.65.0.255:2", "12001E")).to.equal("success");
    expect(bare.write("0.0.96.65.1.255:2", "1100")).to.equal("success");
    expect(bare.write("0.0.96.65.1.255:2", "120000")).to.equal("type-unmatched");
    expect(bare.write("0.0.96.65.2.255:2", "1100")).to.equal("type-unmatched");
    expect(overload.settings).to.deep.equal({ reconnectDelay: 30, attempts: 0, clearTime: 1800 });
  });
});
