import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { gatewaySchema } from "../../src/config/gateway.ts";
import { loadYamlLeavingOut } from "../../src/config/load-leaving-out.ts";
import { ConfigError } from "../../src/errors.ts";

describe("A configuration with faulty meters", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-gateway-config-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function load(...meters: readonly string[]) {
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, ["mqtt: { url: mqtt://127.0.0.1 }", "meters:", ...meters.map((meter) => `  - ${meter}`)].join("\n"));
    const { config, faults } = loadYamlLeavingOut(file, gatewaySchema, "meters");
    return { ids: config.meters.map(({ id }) => id), faults: faults.map(({ path }) => path) };
  }
  const good = (id: string) => `{ id: ${id}, target: "tcp://10.0.0.1:4059" }`;

  it("serves all of them when none is faulty", () => {
    expect(load(good("a"), good("b"))).to.deep.equal({ ids: ["a", "b"], faults: [] });
  });

  it("serves nineteen of twenty", () => {
    const meters = Array.from({ length: 20 }, (_, index) => good(`m${index}`));
    meters[7] = '{ id: m7, target: "carrier-pigeon://coop" }';
    const { ids, faults } = load(...meters);
    expect(ids).to.have.lengthOf(19);
    expect(ids).not.to.include("m7");
    expect(faults).to.deep.equal(["meters[7].target"]);
  });

  it("names every fault of several", () => {
    const { ids, faults } = load("{ id: a/b }", good("b"), '{ id: c, target: "tcp://x:1", pol: 5s }', good("d"), "nonsense");
    expect(ids).to.deep.equal(["b", "d"]);
    expect(faults.map((path) => path.replace(/\..*/, ""))).to.include.members(["meters[0]", "meters[2]", "meters[4]"]);
  });

  it("names faults by their places in the file, also those that show only once others are out of the way", () => {
    const { ids, faults } = load("{ id: a/b }", good("b"), '{ id: c, target: "carrier-pigeon://coop" }', good("d"), good("B"));
    expect(ids).to.deep.equal(["b", "d"]);
    expect(faults).to.include.members(["meters[0].id", "meters[2].target", "meters[4].id"]);
  });

  it("takes the first of two with one id", () => {
    const { ids, faults } = load(good("a"), good("A"));
    expect(ids).to.deep.equal(["a"]);
    expect(faults).to.deep.equal(["meters[1].id"]);
  });

  it("is refused for a fault anywhere else, and where it is no YAML", () => {
    for (const text of ["mqtt: { url: 5 }\nmeters: []", "mqtt: {", ""]) {
      const file = join(folder, "bad.yaml");
      writeFileSync(file, text);
      expect(() => loadYamlLeavingOut(file, gatewaySchema, "meters"), text).to.throw(ConfigError);
    }
    expect(() => loadYamlLeavingOut(join(folder, "none.yaml"), gatewaySchema, "meters")).to.throw(ConfigError);
  });
});
