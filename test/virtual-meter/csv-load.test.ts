import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { ConfigError } from "../../src/errors.ts";
import { day, hour, minute, RowStatus } from "../../src/meter-model/index.ts";
import { csvLoad } from "../../src/virtual-meter/csv-load.ts";
import { parseStart, zoneRule } from "../../src/virtual-meter/time-zone.ts";
import { newMeter, paris, rowsOf, stampsOf } from "../meter-model/support.ts";

const header = "time,p_kw,q_kvar,u_v,i_a";

describe("csvLoad", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "csv-load-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function file(lines: readonly string[], separator = "\n"): string {
    const path = join(folder, "load.csv");
    writeFileSync(path, lines.join(separator));
    return path;
  }

  function load(rows: readonly string[], separator?: string) {
    return csvLoad({ path: file([header, ...rows, ""], separator), zone: paris });
  }

  function problemOf(lines: readonly string[]): string {
    try {
      csvLoad({ path: file(lines), zone: paris });
    } catch (error) {
      if (error instanceof ConfigError) return error.message.replace(folder, "");
      throw error;
    }
    throw new TypeError("nothing was thrown");
  }

  it("holds each row for its minute, in the meter's local time", () => {
    const from = Date.parse("2026-01-10T11:00:00Z");
    const model = load(["2026-01-10T12:00,1.5,-0.25,231.2,6.6", "2026-01-10T12:01,0.3,0.05,230,1.3"]);
    expect(model.at(from + 59_999)).to.deep.equal({
      point: { voltage: 231_200, current: 6600, neutralCurrent: 6600, activePower: 1_500_000, reactivePower: -250_000, frequency: 50_000 },
      until: from + minute,
    });
    expect(model.at(from + minute).point?.activePower).to.equal(300_000);
  });

  it("is a supply without load outside the time of the file, and none in its gaps", () => {
    const from = Date.parse("2026-01-10T11:00:00Z");
    const model = load(["2026-01-10T12:00,1.5,0,231.2,6.6", "2026-01-10T12:03,0.3,0.05,230,1.3"]);
    expect(model.at(from - 1)).to.deep.include({ until: from });
    expect(model.at(from - 1).point).to.include({ voltage: 230_000, current: 0, activePower: 0 });
    expect(model.at(from + minute)).to.deep.equal({ point: undefined, until: from + 3 * minute });
    expect(model.at(from + 4 * minute)).to.deep.include({ until: Number.POSITIVE_INFINITY });
    expect(model.at(from + 4 * minute).point?.voltage).to.equal(230_000);
  });

  it("reads files with carriage returns and a byte order mark, and never says minus zero", () => {
    writeFileSync(join(folder, "load.csv"), `\uFEFF${header}\r\n2026-01-10T12:00,-0.000,0,230,0\r\n`);
    const model = csvLoad({ path: join(folder, "load.csv"), zone: paris });
    expect(Object.is(model.at(Date.parse("2026-01-10T11:00:00Z")).point?.activePower, 0)).to.equal(true);
  });

  it("takes the hour that autumn repeats in the order it is written", () => {
    const rows = ["02:59", "02:00", "02:59", "03:00"].map((time, index) => `2026-10-25T${time},${index + 1},0,230,5`);
    const model = load(rows);
    const powers = ["00:59", "01:00", "01:59", "02:00"].map((time) => model.at(Date.parse(`2026-10-25T${time}:00Z`)).point?.activePower);
    expect(powers).to.deep.equal([1_000_000, 2_000_000, 3_000_000, 4_000_000]);
  });

  it("names the file that cannot be read", () => {
    expect(() => csvLoad({ path: join(folder, "none.csv"), zone: paris }))
      .to.throw(ConfigError)
      .with.property("message")
      .that.contains("none.csv");
  });

  it("names the line and the reason of what it cannot use", () => {
    const good = "2026-01-10T12:00,1,0,230,5";
    const second = (row: string) => problemOf([header, good, row, ""]);
    expect(problemOf([""])).to.contain("line 1: expected the header");
    expect(problemOf(["time;p_kw", good])).to.contain("line 1");
    expect(problemOf([header, ""])).to.contain("line 2: no rows");
    expect(second("2026-01-10T12:01,1,0,230")).to.contain("line 3: expected 5 values, got 4");
    expect(second("2026-01-10T12:01,one,0,230,5")).to.contain('line 3: p_kw: expected a number up to 1000, got "one"');
    expect(second("2026-01-10T12:01,1e3,0,230,5")).to.contain("line 3: p_kw");
    expect(second("2026-01-10T12:01,1,1001,230,5")).to.contain("line 3: q_kvar");
    expect(second("2026-01-10T12:01,1,0,-230,5")).to.contain("line 3: u_v");
    expect(second("2026-01-10T12:01,1,0,230,")).to.contain("line 3: i_a");
    expect(second("2026-01-10 12:01,1,0,230,5")).to.contain("line 3: time: expected");
    expect(second("2026-01-10T12:01:30,1,0,230,5")).to.contain("line 3: time: expected");
    expect(second("2026-02-30T12:01,1,0,230,5")).to.contain("line 3: time: expected");
    expect(second("2026-01-10T12:00,1,0,230,5")).to.contain("line 3: time: 2026-01-10T12:00 is not a minute or more after");
    expect(second("2026-01-09T12:00,1,0,230,5")).to.contain("line 3: time");
    expect(second("2026-03-29T02:30,1,0,230,5")).to.contain("line 3: time: 2026-03-29T02:30 does not exist");
    expect(problemOf([header, "", good])).to.contain("line 2: expected 5 values");
  });

  it("gives a meter the energy, the demand and the cuts of the file", () => {
    const start = Date.parse("2026-01-09T23:00:00Z");
    const milliwatts = (index: number) => 200_000 + ((index * 7919) % 5_000_000);
    const missing = (index: number) => index === 683 || index === 684;
    const indices = Array.from({ length: 1440 }, (_, index) => index).filter((index) => !missing(index));
    const rows = indices.map((index) => {
      const time = new Date(start + hour + index * minute).toISOString().slice(0, 16);
      return `${time},${(milliwatts(index) / 1e6).toFixed(6)},0.040,240.000,10.000`;
    });
    const meter = newMeter(start, load(rows), { zone: paris });
    meter.advance(start + day);
    const sum = indices.reduce((total, index) => total + milliwatts(index), 0);
    expect(meter.energy("activeImport")).to.equal(Math.floor((sum * minute) / 3.6e9));
    expect(meter.energy("reactiveImport")).to.equal(Math.floor((indices.length * 40_000 * minute) / 3.6e9));
    expect(meter.supply).to.include({ failures: 1, longFailures: 0, lastFailureDuration: 2 * minute });
    const marked = rowsOf(meter.profile("load").rows).filter(({ status }) => status === RowStatus.powerDown);
    expect(marked.map(({ stamp }) => new Date(stamp).toISOString())).to.deep.equal(["2026-01-10T10:30:00.000Z"]);
    const blocks = Array.from({ length: 96 }, (_, block) => {
      const inside = indices.filter((index) => Math.floor(index / 15) === block);
      return inside.length < 15 ? 0 : Math.round(inside.reduce((total, index) => total + milliwatts(index), 0) / 15_000);
    });
    const maximum = Math.max(...blocks);
    const { maximum: measured, maximumAt } = meter.demand("activeImport");
    expect([measured, maximumAt]).to.deep.equal([maximum, start + (blocks.indexOf(maximum) + 1) * 15 * minute]);
    expect(stampsOf(meter.profile("load").rows)).to.have.length(96);
  });

  it("reproduces the figures of the recorded household", function () {
    const beside = fileURLToPath(new URL("../../../shared/data/household-load.csv", import.meta.url));
    const path = process.env["HOUSEHOLD_CSV"] ?? beside;
    if (!existsSync(path)) this.skip();
    this.timeout(20_000);
    const zone = zoneRule("Europe/Paris", 2006);
    const start = parseStart("2006-12-17", zone);
    const meter = newMeter(start, csvLoad({ path, zone }), { zone });
    meter.advance(start + 25 * day);
    expect(meter.energy("activeImport")).to.equal(1_030_506);
    expect(Math.round(meter.energy("reactiveImport") / 10)).to.equal(8078);
    expect(meter.energy("reactiveExport")).to.equal(0);
    expect(meter.supply).to.include({ failures: 2, longFailures: 0, lastFailureDuration: 2 * minute });
    const marked = rowsOf(meter.profile("load").rows).filter(({ status }) => status === RowStatus.powerDown);
    expect(marked.map(({ stamp }) => new Date(stamp).toISOString())).to.deep.equal([
      "2006-12-21T10:30:00.000Z",
      "2006-12-30T09:15:00.000Z",
    ]);
    expect(meter.profile("load").rows.length).to.equal(2400);
  });
});
