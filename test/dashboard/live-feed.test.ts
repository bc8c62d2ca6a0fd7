import { expect } from "chai";
import type { FleetRow, LiveMeter } from "../../src/dashboard/contract.ts";
import { boardMeter, EventReader, FakeDashboard, reading, value } from "./support.ts";

const idsOf = (data: unknown) => (data as readonly FleetRow[]).map(({ id }) => id);

describe("GET /api/feed", () => {
  /** A page over two meters, nothing of which is left to be told. */
  const settled = () => {
    const page = new FakeDashboard();
    page.board.update([boardMeter("a"), boardMeter("b")]);
    page.timers.advance(250);
    return page;
  };

  it("begins with the whole fleet and the meter that is looked at, then tells what changes", async () => {
    const page = settled();
    const response = await page.get("/api/feed?meter=a");
    expect(response.headers.get("content-type")).to.equal("text/event-stream");
    const events = new EventReader(response);
    const fleet = await events.next();
    expect([fleet?.event, idsOf(fleet?.data)]).to.deep.equal(["fleet", ["a", "b"]]);
    const meter = await events.next();
    expect([meter?.event, (meter?.data as LiveMeter | undefined)?.row.id]).to.deep.equal(["meter", "a"]);

    page.board.read("b", reading(1000, [value("active_power_import", 5)]));
    page.timers.advance(250);
    const changed = await events.next();
    expect([changed?.event, idsOf(changed?.data)]).to.deep.equal(["fleet", ["b"]]);
    page.board.read("a", reading(2000, [value("active_power_import", 7)]));
    page.board.update([boardMeter("a")]);
    page.timers.advance(250);
    expect(idsOf((await events.next())?.data)).to.deep.equal(["a"]);
    expect(await events.next()).to.deep.equal({ event: "removed", data: ["b"] });
    const live = (await events.next())?.data as LiveMeter;
    expect(live.values.map(({ key, value: present }) => [key, present])).to.deep.equal([["active_power_import", 7]]);
    await events.cancel();
  });

  it("makes the octets of an event once for all pages", async () => {
    const page = settled();
    let made = 0;
    const row = page.board.row.bind(page.board);
    page.board.row = (id) => {
      made += 1;
      return row(id);
    };
    const pages = await Promise.all(Array.from({ length: 50 }, async () => new EventReader(await page.get("/api/feed"))));
    for (const events of pages) await events.next();
    page.board.read("a", reading(1, []));
    page.timers.advance(250);
    for (const events of pages) expect(idsOf((await events.next())?.data)).to.deep.equal(["a"]);
    expect(made).to.equal(1);
  });

  it("lets go of a page that leaves, and of the board with the last one", async () => {
    const page = settled();
    let listeners = 0;
    const subscribe = page.board.subscribe.bind(page.board);
    page.board.subscribe = (listener) => {
      listeners += 1;
      const end = subscribe(listener);
      return () => {
        listeners -= 1;
        end();
      };
    };
    const pages = await Promise.all(["a", "b"].map(async (id) => new EventReader(await page.get(`/api/feed?meter=${id}`))));
    expect([page.dashboard.listeners, listeners]).to.deep.equal([2, 1]);
    await pages[0]?.cancel();
    expect([page.dashboard.listeners, listeners]).to.deep.equal([1, 1]);
    await pages[1]?.cancel();
    expect([page.dashboard.listeners, listeners]).to.deep.equal([0, 0]);
  });

  it("sends a heartbeat every fifteen seconds while anybody listens", async () => {
    const page = settled();
    const events = new EventReader(await page.get("/api/feed"));
    expect(await events.raw()).to.equal("retry: 2000\n\n");
    await events.raw();
    page.timers.advance(15_000);
    expect(await events.raw()).to.equal(":\n\n");
    page.timers.advance(15_000);
    expect(await events.raw()).to.equal(":\n\n");
    await events.cancel();
    expect(page.timers.advanceToNext()).to.equal(false);
  });

  it("cuts off a page that does not read, and nobody else", async () => {
    const page = settled();
    const asleep = new EventReader(await page.get("/api/feed?meter=a"));
    const awake = new EventReader(await page.get("/api/feed"));
    const large = "x".repeat(3_000_000);
    for (let step = 0; step < 8; step++) {
      page.board.read("a", reading(step, [value("text", large)]));
      page.timers.advance(250);
      await awake.next();
    }
    expect(page.dashboard.listeners).to.equal(1);
    // Nothing is kept for it.
    expect(await asleep.next()).to.equal(undefined);
    await awake.cancel();
  });

  it("tells a fleet that is longer than what may wait", async () => {
    const page = new FakeDashboard();
    const id = (index: number) => `meter-${index}-${"x".repeat(1000)}`;
    page.board.update(Array.from({ length: 10_000 }, (_, index) => boardMeter(id(index))));
    page.timers.advance(250);
    const events = new EventReader(await page.get(`/api/feed?meter=${id(7)}`));
    page.board.read(id(7), reading(1, []));
    page.timers.advance(250);
    expect(idsOf((await events.next())?.data)).to.have.length(10_000);
    expect((await events.next())?.event).to.equal("meter");
    expect(idsOf((await events.next())?.data)).to.deep.equal([id(7)]);
    expect(page.dashboard.listeners).to.equal(1);
    await events.cancel();
  });

  it("ends every stream when the server stops", async () => {
    const page = settled();
    const events = new EventReader(await page.get("/api/feed"));
    page.dashboard.close();
    expect((await events.next())?.event).to.equal("fleet");
    expect(await events.next()).to.equal(undefined);
  });

  it("refuses more streams than a server should have", async () => {
    const page = settled();
    for (let count = 0; count < 1000; count++) await page.get("/api/feed");
    const refused = await page.get("/api/feed");
    expect(refused.status).to.equal(503);
    page.dashboard.close();
  });
});
