import { expect } from "chai";
import { GatewayWorld } from "./support.ts";

const second = 1000;

describe("A meter's clock", () => {
  const off = async (seconds: number, correct: boolean, clientSap = 3) => {
    const world = new GatewayWorld({ hours: 1 });
    const site = world.meter("house", { clock: { correct, limit: 30_000 } });
    const { meter } = site;
    site.clientSap = clientSap;
    meter.setClock(world.wallClock() + seconds * second);
    await world.start();
    await world.pass(3);
    expect(world.failures).to.deep.equal([]);
    return { drifts: world.drifts, drift: Math.round((meter.clockTime - world.wallClock()) / second) };
  };

  it("is left alone within its limit", async () => {
    expect((await off(20, true)).drifts).to.deep.equal([]);
  });

  it("is told of and left alone where the configuration does not want it moved", async () => {
    const { drifts, drift } = await off(90, false);
    expect(drifts).to.deep.equal([[90, "left"]]);
    expect(drift).to.be.closeTo(90, 1);
  });

  it("is shifted where it wants", async () => {
    const { drifts, drift } = await off(90, true);
    expect(drifts).to.deep.equal([[90, "corrected"]]);
    expect(drift).to.be.closeTo(0, 1);
  });

  it("is not moved further than a shift reaches: that is for people to look at", async () => {
    const { drifts, drift } = await off(4000, true);
    expect(drifts).to.deep.equal([[4000, "left"]]);
    expect(drift).to.be.closeTo(4000, 1);
  });

  it("may not be moved by everybody: the refusal is told of, and readings go on", async () => {
    const { drifts, drift } = await off(90, true, 2);
    expect(drifts).to.deep.equal([[90, "refused"]]);
    expect(drift).to.be.closeTo(90, 1);
  });
});
