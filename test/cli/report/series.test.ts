import { expect } from "chai";
import { dailyEnergyOf, powerOf, type Series } from "../../../src/cli/report/series.ts";
import { registerProfile } from "./sample-report.ts";

const values = (series: Series | undefined) => series?.points.map(({ local, value }) => [local.slice(5, 16), value]);

describe("series of a report", () => {
  it("take the column in watts of a load profile as it is", () => {
    const profile = registerProfile(
      "load",
      [
        ["2026-11-22T00:00:00+01:00", 230],
        ["2026-11-22T00:15:00+01:00", null],
      ],
      "W",
    );
    expect(powerOf(profile)).to.deep.include({ title: "Register", unit: "W" });
    expect(values(powerOf(profile))).to.deep.equal([
      ["11-22T00:00", 230],
      ["11-22T00:15", null],
    ]);
  });

  it("make power of a register that grows", () => {
    const profile = registerProfile("load", [
      ["2026-11-22T00:00:00+01:00", 1000],
      ["2026-11-22T00:15:00+01:00", 1250],
      ["2026-11-22T01:15:00+01:00", 1350n],
    ]);
    expect(values(powerOf(profile))).to.deep.equal([
      ["11-22T00:15", 1000],
      ["11-22T01:15", 100],
    ]);
  });

  it("have no value where a register went backwards, and no point where the clock did", () => {
    const profile = registerProfile("load", [
      ["2026-11-22T00:00:00+01:00", 1000],
      ["2026-11-22T00:15:00+01:00", 3],
      ["2026-11-22T00:15:00+01:00", 4],
      ["2026-11-22T00:30:00+01:00", 5],
      ["****-11-22T00:45:00+01:00", 6],
    ]);
    expect(values(powerOf(profile))).to.deep.equal([
      ["11-22T00:15", null],
      ["11-22T00:30", 4],
    ]);
  });

  it("give each day what was imported until the next midnight, also where it has 23 or 25 hours", () => {
    const profile = registerProfile("daily", [
      ["2026-10-24T00:00:00+02:00", 1000],
      ["2026-10-25T00:00:00+02:00", 1500],
      ["2026-10-26T00:00:00+01:00", 2500],
      ["2026-10-29T00:00:00+01:00", 9000],
      ["2026-10-30T00:00:00+01:00", 9100],
    ]);
    expect(dailyEnergyOf(profile)).to.deep.include({ unit: "Wh", title: "Register, a day" });
    expect(values(dailyEnergyOf(profile))).to.deep.equal([
      ["10-24T00:00", 500],
      ["10-25T00:00", 1000],
      ["10-26T00:00", null],
      ["10-29T00:00", 100],
    ]);
  });

  it("have no value where a float is no number", () => {
    const rows = [Number.NaN, Number.POSITIVE_INFINITY, 1e300, "text", [1]].map((value, hour) => [
      `2026-11-22T0${hour}:00:00+01:00`,
      value,
    ]);
    expect(values(powerOf(registerProfile("load", rows, "W")))?.map(([, value]) => value)).to.deep.equal([null, null, null, null, null]);
  });

  it("are none of a profile without energy or power", () => {
    const profile = registerProfile("load", [["2026-11-22T00:00:00+01:00", 1000]], "V");
    expect(powerOf(profile)).to.equal(undefined);
    expect(dailyEnergyOf(profile)).to.equal(undefined);
  });
});
