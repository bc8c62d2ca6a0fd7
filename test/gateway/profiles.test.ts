import { expect } from "chai";
import { GatewayWorld } from "./support.ts";

const hourly = "1.0.99.1.1.255";
const load = "1.0.99.1.0.255";
const day = 24 * 60;

/** "2026-01-05T01:00:00+00:00" and so on, so many steps of `minutes`, the first at `minutes`. */
function expected(count: number, minutes: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(2026, 0, 5) + (index + from) * minutes * 60_000).toISOString().replace(".000Z", "+00:00"),
  );
}

describe("Profiles on their way to subscribers", function () {
  // Days pass in virtual time, which takes as long as the machine has other things to do.
  this.timeout(60_000);

  it("are told from the oldest row on, once, and then as rows come", async () => {
    const world = new GatewayWorld({ hours: 30 });
    world.meter("house", { profiles: [hourly] });
    await world.start();
    await world.pass(2);
    expect(world.stamps("house", hourly)).to.deep.equal(expected(30, 60));
    await world.pass(3 * 60);
    expect(world.stamps("house", hourly)).to.deep.equal(expected(33, 60));
    expect(world.failures).to.deep.equal([]);
  });

  it("come in pieces of a size that a slow line carries, old rows flagged as history", async () => {
    const world = new GatewayWorld({ hours: 5 * 24 });
    world.meter("house", { profiles: [load] });
    await world.start();
    await world.pass(2);
    const messages = world.profile("house", load);
    expect(world.stamps("house", load)).to.deep.equal(expected(5 * 96, 15));
    expect(messages.length).to.be.within(5, 8);
    expect(messages.map(({ final }) => final)).to.deep.equal(messages.map((_, index) => index === messages.length - 1));
    expect(messages.slice(0, -1).every(({ historical }) => historical === true)).to.equal(true);
    expect(messages.at(-1)).not.to.have.property("historical");
  });

  it("arrive in order and whole after a meter was away for three days", async () => {
    const world = new GatewayWorld({ hours: 24 });
    const house = world.meter("house", { profiles: [hourly, load] });
    await world.start();
    await world.pass(day + 10);
    house.online = false;
    await world.pass(3 * day);
    expect(world.stamps("house", hourly)).to.deep.equal(expected(48, 60));
    expect(world.broker.last("dlms/house/availability")).to.include({ state: "offline", reason: "unreachable" });
    const before = world.profile("house", load).length;
    house.online = true;
    await world.pass(5);
    // The meter keeps 48 hours of the one and three months of the other.
    expect(world.stamps("house", hourly)).to.deep.equal([...expected(48, 60), ...expected(48, 60, 73)]);
    expect(world.stamps("house", load)).to.deep.equal(expected(5 * 96, 15));
    expect(
      world
        .profile("house", load)
        .slice(before, -1)
        .every(({ historical }) => historical === true),
    ).to.equal(true);
  });

  it("arrive in order and whole after the broker was away for a day", async () => {
    const world = new GatewayWorld({ hours: 24 });
    world.meter("house", { profiles: [hourly] });
    await world.start();
    await world.pass(90);
    world.broker.drop();
    await world.pass(day);
    expect(world.stamps("house", hourly)).to.have.lengthOf(25);
    world.broker.accept();
    await world.pass(2);
    expect(world.stamps("house", hourly)).to.deep.equal(expected(49, 60));
    const historical = world.profile("house", hourly).slice(-2);
    expect(historical.map((message) => message.historical)).to.deep.equal([true, undefined]);
  });

  it("are told again where the broker died right behind its acknowledgement", async () => {
    const world = new GatewayWorld({ hours: 24 });
    world.meter("house", { profiles: [hourly] });
    await world.start();
    await world.pass(0.003);
    expect(world.stamps("house", hourly)).to.have.lengthOf(24);
    world.broker.drop();
    await world.pass(1);
    world.broker.accept();
    await world.pass(1);
    expect(world.stamps("house", hourly)).to.deep.equal([...expected(24, 60), ...expected(24, 60)]);
  });

  it("are told again from there on where the broker died amid what it was told of the past", async () => {
    const world = new GatewayWorld({ hours: 5 * 24 });
    world.meter("house", { profiles: [load] });
    await world.start();
    while (world.profile("house", load).length < 3) await world.pass(0);
    const before = world.broker.published.length;
    world.broker.drop();
    await world.pass(1);
    world.broker.accept();
    await world.pass(1);
    world.broker.published.splice(0, before);
    expect(world.stamps("house", load)).to.deep.equal(expected(5 * 96, 15));
  });

  it("are told again where broker and gateway died together right behind the acknowledgement", async () => {
    const world = new GatewayWorld({ hours: 24 });
    world.meter("house", { profiles: [hourly] });
    await world.start();
    await world.pass(0.003);
    expect(world.stamps("house", hourly)).to.have.lengthOf(24);
    const next = new GatewayWorld({ hours: 24, store: world.store });
    next.meter("house", { profiles: [hourly] });
    await next.start();
    await next.pass(1);
    expect(next.stamps("house", hourly)).to.deep.equal(expected(24, 60));
  });

  it("go on where they were left by a gateway that ended in good order", async () => {
    const world = new GatewayWorld({ hours: 24 });
    world.meter("house", { profiles: [hourly] });
    await world.start();
    await world.pass(0.003);
    const stopped = world.fleet.stop();
    await world.pass(1);
    await stopped;
    const next = new GatewayWorld({ hours: 25, store: world.store });
    next.meter("house", { profiles: [hourly] });
    await next.start();
    await next.pass(1);
    expect(next.stamps("house", hourly)).to.deep.equal(expected(1, 60, 25));
  });

  it("go on where they were left by a gateway that was killed", async () => {
    const world = new GatewayWorld({ hours: 24 });
    world.meter("house", { profiles: [hourly] });
    await world.start();
    await world.pass(1);
    const next = new GatewayWorld({ hours: 30, store: world.store });
    next.meter("house", { profiles: [hourly] });
    await next.start();
    await next.pass(1);
    expect(next.stamps("house", hourly)).to.deep.equal(expected(6, 60, 25));
  });

  it("begin anew with another meter in the same place", async () => {
    const world = new GatewayWorld({ hours: 24 });
    world.meter("house", { profiles: [hourly] });
    await world.start();
    await world.pass(1);
    await world.store.setDevice("house", "XYZ another one");
    const next = new GatewayWorld({ hours: 24, store: world.store });
    next.meter("house", { profiles: [hourly] });
    await next.start();
    await next.pass(1);
    expect(next.stamps("house", hourly)).to.deep.equal(expected(24, 60));
    expect(next.broker.last("dlms/bridge/event")).to.deep.equal({
      type: "meter_replaced",
      data: { meter: "house", device: "DGW0000012345678", previous: "XYZ another one" },
    });
  });

  it("are one meter's affair: another one that is away does not hold them up", async () => {
    const world = new GatewayWorld({ hours: 24 });
    world.meter("house", { profiles: [hourly] });
    world.meter("barn", { profiles: [hourly] }).online = false;
    await world.start();
    await world.pass(10);
    expect(world.stamps("house", hourly)).to.have.lengthOf(24);
    expect(world.stamps("barn", hourly)).to.deep.equal([]);
  });

  it("go through one association, and leave none behind", async () => {
    const world = new GatewayWorld({ hours: 24 });
    const house = world.meter("house", { profiles: [hourly, load] });
    await world.start();
    await world.pass(30);
    expect([house.connections, house.open]).to.deep.equal([1, 1]);
    const stopped = world.fleet.stop();
    await world.pass(1);
    await stopped;
    expect(house.open).to.equal(0);
  });

  it("are multiplied by the ratio of the transformers", async () => {
    const plain = new GatewayWorld({ hours: 2 });
    plain.meter("house", { profiles: [hourly] });
    const behind = new GatewayWorld({ hours: 2 });
    behind.meter("house", { profiles: [hourly], ratio: { current: 20, voltage: 10 } });
    for (const world of [plain, behind]) {
      await world.start();
      await world.pass(2);
    }
    const column = plain.profile("house", hourly)[0]?.columns.indexOf("Active energy import (+A) [Wh]") ?? -1;
    const cell = (world: GatewayWorld) => world.profile("house", hourly)[0]?.rows[1]?.[column];
    expect(cell(plain)).to.equal(2000);
    expect(cell(behind)).to.equal(400_000);
    expect(behind.broker.last("dlms/house/state")).to.include({ active_energy_import_total: 403.2, voltage_l1: 2300 });
    expect(plain.broker.last("dlms/house/state")).to.include({ active_energy_import_total: 2.016, voltage_l1: 230 });
  });
});
