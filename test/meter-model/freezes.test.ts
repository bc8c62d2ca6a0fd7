import { expect } from "chai";
import { day, hour, minute, RowStatus } from "../../src/meter-model/index.ts";
import { constantLoad, kilowatt, newMeter, paris, rowsOf, scriptedLoad } from "./support.ts";

/** 2026-01-01 00:00 UTC. */
const newYear = Date.UTC(2026, 0, 1);

const stampsOf = (meter: ReturnType<typeof newMeter>, name: "hourly" | "daily" | "monthly") =>
  rowsOf(meter.profile(name).rows).map(({ stamp }) => new Date(stamp).toISOString().slice(0, 16));

describe("Freezes", () => {
  it("keep 13 months, 62 days and 48 hours, and drop the oldest", () => {
    const meter = newMeter(newYear);
    meter.advance(Date.UTC(2027, 2, 1));
    expect(meter.profile("monthly").rows.length).to.equal(13);
    expect(stampsOf(meter, "monthly")[0]).to.equal("2026-03-01T00:00");
    expect(stampsOf(meter, "monthly").at(-1)).to.equal("2027-03-01T00:00");
    expect(meter.profile("daily").rows.length).to.equal(62);
    expect(stampsOf(meter, "daily").at(-1)).to.equal("2027-03-01T00:00");
    expect(meter.profile("hourly").rows.length).to.equal(48);
    expect(stampsOf(meter, "hourly")[0]).to.equal("2027-02-27T01:00");
    expect(meter.billing).to.include({ closed: 14, lastClosedAt: Date.UTC(2027, 2, 1) });
  });

  it("have the registers as they stand at the boundary", () => {
    const meter = newMeter(newYear);
    meter.advance(Date.UTC(2026, 2, 1) + 5 * hour);
    const column = meter.profile("monthly").definition.columns.indexOf("activeImport");
    expect(rowsOf(meter.profile("monthly").rows).map(({ values }) => values[column])).to.deep.equal([31 * 24_000, 59 * 24_000]);
  });

  it("come at local midnight, also on days of 23 and 25 hours", () => {
    const meter = newMeter(Date.UTC(2026, 2, 27, 23), constantLoad(), { zone: paris });
    meter.advance(Date.UTC(2026, 2, 31));
    expect(stampsOf(meter, "daily")).to.deep.equal(["2026-03-28T23:00", "2026-03-29T22:00", "2026-03-30T22:00"]);
    const column = meter.profile("daily").definition.columns.indexOf("activeImport");
    const energies = rowsOf(meter.profile("daily").rows).map(({ values }) => values[column] as number);
    expect(energies.map((energy, index) => energy - (energies[index - 1] ?? 0))).to.deep.equal([24_000, 23_000, 24_000]);
    const autumn = newMeter(Date.UTC(2026, 9, 24, 22), constantLoad(), { zone: paris });
    autumn.advance(Date.UTC(2026, 9, 26));
    expect(rowsOf(autumn.profile("hourly").rows)).to.have.length(26);
    expect(stampsOf(autumn, "daily")).to.deep.equal(["2026-10-25T23:00"]);
  });

  it("catch the latest missed month and day up when the supply returns, and no hour (rules 1 and 2)", () => {
    const load = scriptedLoad([
      [Date.UTC(2026, 0, 20, 12, 30), undefined],
      [Date.UTC(2026, 3, 10, 8, 30), kilowatt],
    ]);
    const meter = newMeter(newYear, load);
    meter.advance(Date.UTC(2026, 3, 12));
    expect(stampsOf(meter, "monthly")).to.deep.equal(["2026-04-01T00:00"]);
    const [month] = rowsOf(meter.profile("monthly").rows);
    expect(month?.status).to.equal(RowStatus.powerDown);
    const column = meter.profile("monthly").definition.columns.indexOf("activeImport");
    expect(month?.values[column], "what was measured when it went down").to.equal(19 * 24_000 + 12_500);
    expect(stampsOf(meter, "daily").slice(-3)).to.deep.equal(["2026-04-10T00:00", "2026-04-11T00:00", "2026-04-12T00:00"]);
    expect(
      rowsOf(meter.profile("daily").rows)
        .slice(-3)
        .map(({ status }) => status),
    ).to.deep.equal([0x80, 0x80, 0]);
    const hours = stampsOf(meter, "hourly");
    expect(hours).to.include("2026-04-10T09:00").and.not.include("2026-04-10T08:00");
    expect(meter.billing.closed, "the side effects once (rule 3)").to.equal(1);
  });

  it("catch up what a clock set forward leaps over, and double nothing when it is set back (rule 4)", () => {
    const meter = newMeter(newYear);
    meter.advance(Date.UTC(2026, 0, 20, 12));
    expect(meter.setClock(Date.UTC(2026, 2, 5, 12))).to.equal("accepted");
    expect(stampsOf(meter, "monthly")).to.deep.equal(["2026-03-01T00:00"]);
    expect(rowsOf(meter.profile("monthly").rows)[0]?.status).to.equal(RowStatus.clockAdjusted);
    expect(meter.setClock(Date.UTC(2026, 1, 27, 12))).to.equal("accepted");
    meter.advance(meter.now + 4 * day);
    expect(stampsOf(meter, "monthly")).to.deep.equal(["2026-03-01T00:00"]);
    expect(new Set(stampsOf(meter, "daily")).size).to.equal(meter.profile("daily").rows.length);
  });

  it("wait for a clock that is set when it was lost, and then catch up (rule 6)", () => {
    const load = scriptedLoad([
      [newYear + 10 * day + hour, undefined],
      [newYear + 10 * day + 2 * hour, kilowatt],
    ]);
    const meter = newMeter(newYear, load, { clockReserve: minute });
    meter.advance(newYear + 12 * day);
    expect(meter.clockValid).to.equal(false);
    expect(stampsOf(meter, "daily").at(-1)).to.equal("2026-01-11T00:00");
    expect(meter.setClock(newYear + 20 * day + hour)).to.equal("accepted");
    expect(stampsOf(meter, "daily").at(-1)).to.equal("2026-01-21T00:00");
  });

  it("take a billing by hand besides those by the clock, once in two minutes (rule 7)", () => {
    const meter = newMeter(newYear);
    meter.advance(newYear + 10 * day + 30 * minute);
    meter.takeEvents();
    expect(meter.closeBillingPeriod()).to.equal("accepted");
    expect(meter.takeEvents()).to.deep.equal([{ type: "billing-closed", at: newYear + 10 * day + 30 * minute, manual: true }]);
    meter.advance(meter.now + minute);
    expect(meter.closeBillingPeriod()).to.equal("too-soon");
    meter.advance(meter.now + minute);
    expect(meter.closeBillingPeriod()).to.equal("accepted");
    meter.advance(Date.UTC(2026, 1, 2));
    expect(stampsOf(meter, "monthly")).to.deep.equal(["2026-01-11T00:30", "2026-01-11T00:32", "2026-02-01T00:00"]);
  });

  it("close the maximum demand of the month: it is in the row, in the sum of maxima, and begins anew", () => {
    const load = scriptedLoad([
      [newYear + 5 * day, { ...kilowatt, activePower: 3_000_000 }],
      [newYear + 6 * day, kilowatt],
    ]);
    const meter = newMeter(newYear, load);
    meter.advance(Date.UTC(2026, 1, 1));
    const { columns } = meter.profile("monthly").definition;
    const [row] = rowsOf(meter.profile("monthly").rows);
    expect(row?.values[columns.indexOf("demand.activeImport.maximum")]).to.equal(3000);
    expect(row?.values[columns.indexOf("demand.activeImport.at")]).to.equal(newYear + 5 * day + 15 * minute);
    expect(meter.demand("activeImport")).to.include({ maximum: 0, cumulative: 3000 });
  });
});
