import { expect } from "chai";
import { LiveBoard } from "../../src/dashboard/live-board.ts";
import type { BoardChange } from "../../src/dashboard/ports.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { boardMeter, reading, value } from "./support.ts";

describe("LiveBoard", () => {
  const board = () => {
    const timers = new VirtualTimers();
    const live = new LiveBoard(timers);
    const told: BoardChange[] = [];
    live.subscribe((change) => told.push(change));
    return { timers, live, told };
  };

  it("keeps the meters in the order of the configuration, offline until they are read", () => {
    const { live } = board();
    live.update([boardMeter("b"), boardMeter("a")]);
    expect(live.rows().map(({ id, online, reason, lastRead }) => [id, online, reason, lastRead])).to.deep.equal([
      ["b", false, null, null],
      ["a", false, null, null],
    ]);
    expect(live.meter("a")).to.deep.include({ values: [], readTime: null, quality: "stale", recentPower: [] });
    expect(live.meter("c")).to.equal(undefined);
  });

  it("makes a row of what was read", () => {
    const { live } = board();
    live.update([boardMeter("a")]);
    live.describe("a", { name: "House", manufacturer: "L+G", model: "E450", firmware: "1", serialNumber: "7", transport: "tcp" });
    const values = [
      value("active_power_import", 230, "W"),
      value("credit_balance_kwh", 12.5, "kWh"),
      value("relay_state", "connected"),
      value("alarms", ["clock_invalid"]),
    ];
    live.read("a", reading(1000, values));
    expect(live.row("a")).to.deep.equal({
      id: "a",
      name: "House",
      serialNumber: "7",
      model: "E450",
      transport: "tcp",
      online: true,
      reason: null,
      lastRead: 1000,
      driftSeconds: 2,
      alarms: ["clock_invalid"],
      power: 230,
      credit: { value: 12.5, unit: "kWh" },
      relay: "connected",
    });
    live.read("a", reading(2000, [value("credit_balance", 3, "EUR")], { currency: "EUR", driftSeconds: null }));
    expect(live.row("a")).to.deep.include({ credit: { value: 3, unit: "EUR" }, power: null, driftSeconds: 2 });
  });

  it("tells what changed together, four times a second at most", () => {
    const { timers, live, told } = board();
    live.update([boardMeter("a"), boardMeter("b")]);
    timers.advance(250);
    told.length = 0;
    for (let step = 0; step < 100; step++) {
      live.read("a", reading(step, []));
      timers.advance(10);
    }
    timers.advance(250);
    expect(told.length).to.equal(4);
    for (const change of told) expect(change).to.deep.equal({ changed: ["a"], removed: [] });
    timers.advance(10_000);
    expect(told.length).to.equal(4);
  });

  it("tells of meters that came and went; one that was back before the telling never went", () => {
    const { timers, live, told } = board();
    live.update([boardMeter("a"), boardMeter("b")]);
    timers.advance(250);
    live.update([boardMeter("b"), boardMeter("c")]);
    timers.advance(250);
    expect(told[1]).to.deep.equal({ changed: ["b", "c"], removed: ["a"] });
    live.update([boardMeter("c")]);
    live.update([boardMeter("b"), boardMeter("c")]);
    timers.advance(250);
    expect(told[2]).to.deep.equal({ changed: ["c", "b"], removed: [] });
  });

  it("takes meters one by one too", () => {
    const { timers, live, told } = board();
    live.add(boardMeter("a"));
    live.add(boardMeter("b"));
    live.read("a", reading(5, []));
    live.add(boardMeter("a"));
    expect(live.rows().map(({ id, lastRead }) => [id, lastRead])).to.deep.equal([
      ["a", 5],
      ["b", null],
    ]);
    timers.advance(250);
    live.remove("a");
    live.remove("x");
    timers.advance(250);
    expect(told).to.deep.equal([
      { changed: ["a", "b"], removed: [] },
      { changed: [], removed: ["a"] },
    ]);
    expect(live.row("a")).to.equal(undefined);
  });

  it("keeps what is known of a meter whose configuration changed", () => {
    const { live } = board();
    live.update([boardMeter("a")]);
    live.read("a", reading(5, [value("active_power_import", 1)]));
    live.update([boardMeter("a", { actions: [], pollPeriod: 60 })]);
    expect(live.meter("a")).to.deep.include({ readTime: 5, pollPeriod: 60, actions: [] });
  });

  it("says why a meter is away, and that its values are stale, until it is read again", () => {
    const { live } = board();
    live.update([boardMeter("a")]);
    live.read("a", reading(1, []));
    live.setAvailability("a", false, "timeout");
    expect(live.meter("a")).to.deep.include({ quality: "stale", readTime: 1 });
    expect(live.row("a")).to.deep.include({ online: false, reason: "timeout" });
    live.read("a", reading(2, []));
    expect(live.row("a")).to.deep.include({ online: true, reason: null });
    expect(live.meter("a")?.quality).to.equal("good");
  });

  it("keeps the power of fifteen minutes, in order, and no more points than a curve needs", () => {
    const { live } = board();
    live.update([boardMeter("a")]);
    for (let at = 0; at <= 3_600_000; at += 5000) live.read("a", reading(at, [value("active_power_import", at)]));
    const points = live.meter("a")?.recentPower ?? [];
    expect(points[0]?.[0]).to.equal(3_600_000 - 900_000 + 5000);
    expect(points.at(-1)).to.deep.equal([3_600_000, 3_600_000]);
    live.read("a", reading(1000, [value("active_power_import", 1)]));
    expect(live.meter("a")?.recentPower).to.deep.equal(points);
    for (let at = 3_600_001; at < 3_605_000; at++) live.read("a", reading(at, [value("active_power_import", at)]));
    expect(live.meter("a")?.recentPower.length).to.equal(1000);
  });

  it("begins the curve anew when another device stands in the meter's place", () => {
    const { live } = board();
    const description = { name: "a", manufacturer: null, model: null, firmware: null, transport: null };
    live.update([boardMeter("a")]);
    live.describe("a", { ...description, serialNumber: "1" });
    live.read("a", reading(1, [value("active_power_import", 1)]));
    live.describe("a", { ...description, serialNumber: "1" });
    expect(live.meter("a")?.recentPower.length).to.equal(1);
    live.describe("a", { ...description, serialNumber: "2" });
    expect(live.meter("a")?.recentPower).to.deep.equal([]);
  });

  it("hears nothing of meters that nobody configured, and tells nothing once it is closed", () => {
    const { timers, live, told } = board();
    live.read("x", reading(1, []));
    expect(live.rows()).to.deep.equal([]);
    live.update([boardMeter("a")]);
    live.close();
    timers.advance(1000);
    expect(told).to.deep.equal([]);
  });
});
