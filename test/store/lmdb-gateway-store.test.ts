import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { LmdbGatewayStore } from "../../src/store/index.ts";

const event = (name: string) => ({ meterId: "house", leaf: "event", body: { type: name } }) as const;
const checkpoint = { at: 5, deviation: -60, rows: ["[1]"], seen: 7 };

describe("The store of a gateway", () => {
  let folder: string;
  let store: LmdbGatewayStore;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-gateway-store-"));
    store = new LmdbGatewayStore(join(folder, "state"), { limit: 3 });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  async function reopen(path = "state"): Promise<void> {
    await store.close();
    store = new LmdbGatewayStore(join(folder, path), { limit: 3 });
  }

  it("keeps a checkpoint together with what has to go out because of it", async () => {
    const key = { meterId: "house", profile: "0.0.99.98.0.255" } as const;
    expect(store.checkpoint(key)).to.equal(undefined);
    await store.advance(key, checkpoint, [event("a"), event("b")]);
    await reopen();
    expect(store.checkpoint(key)).to.deep.equal(checkpoint);
    expect(store.outbox.after(0, 9).map(({ number, body }) => [number, body["type"]])).to.deep.equal([
      [1, "a"],
      [2, "b"],
    ]);
  });

  it("never gives a number twice, whatever was removed before a restart", async () => {
    await store.outbox.append([event("a"), event("b")]);
    await store.outbox.remove([1, 2]);
    await reopen();
    expect(store.outbox.size).to.equal(0);
    await store.outbox.append([event("c")]);
    expect(store.outbox.after(0, 1)[0]?.number).to.equal(3);
  });

  it("has the oldest messages give way", async () => {
    expect(await store.outbox.append([event("a"), event("b")])).to.equal(0);
    expect(await store.outbox.append([event("c"), event("d")])).to.equal(1);
    expect(store.outbox.size).to.equal(3);
    expect(store.outbox.after(2, 1).map(({ body }) => body["type"])).to.deep.equal(["c"]);
  });

  it("begins anew with another device, and leaves the other meters alone", async () => {
    const at = (meterId: string) => ({ meterId, profile: "1.0.99.1.0.255" }) as const;
    for (const id of ["house", "house2", "barn"]) await store.advance(at(id), checkpoint);
    await store.setDevice("house", "DGW1");
    expect(store.device("house")).to.equal("DGW1");
    expect(["house", "house2", "barn"].map((id) => store.checkpoint(at(id)) === undefined)).to.deep.equal([true, false, false]);
  });

  it("keeps answers for their time", async () => {
    await store.keepAnswer("meter/relay 1", { status: "ok" }, 0, 100);
    await reopen();
    expect(store.answer("meter/relay 1", 100)).to.deep.equal({ status: "ok" });
    expect(store.answer("meter/relay 1", 101)).to.equal(undefined);
    await store.keepAnswer("meter/relay 2", { status: "ok" }, 200, 300);
    expect(store.answer("meter/relay 1", 0)).to.equal(undefined);
  });

  it("is copied while it is in use, into a folder that can be opened", async () => {
    await store.outbox.append([event("a")]);
    await store.backUp(join(folder, "copy"));
    await store.outbox.append([event("b")]);
    await reopen("copy");
    expect(store.outbox.after(0, 9).map(({ body }) => body["type"])).to.deep.equal(["a"]);
  });
});
