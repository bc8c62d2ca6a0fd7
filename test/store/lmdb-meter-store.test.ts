import { mkdirSync } from "node:fs";
import { expect } from "chai";
import { open } from "lmdb";
import {
  defaultMeterConfig,
  hour,
  imageBlockSize,
  initialState,
  Meter,
  minute,
  stateCodec,
  syntheticLoad,
  utc,
} from "../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../src/store/lmdb-meter-store.ts";
import { MemoryMeterStore } from "../../src/store/memory-meter-store.ts";
import type { MeterStore } from "../../src/virtual-meter/store.ts";
import { newMeter, plain, scriptedLoad, stampsOf } from "../meter-model/support.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { storeErrorOf } from "./support.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
const load = syntheticLoad({ seed: 2, zone: utc });

function loaded(store: MeterStore): Meter {
  const state = store.load();
  if (state === undefined) throw new TypeError("nothing was stored");
  return new Meter(defaultMeterConfig, state, load);
}

describe("MeterStore", () => {
  const folder = temporaryFolder();
  const kinds: readonly (readonly [string, () => { open(): MeterStore }])[] = [
    ["LmdbMeterStore", () => ({ open: () => new LmdbMeterStore(folder.path("meter"), stateCodec) })],
    [
      "MemoryMeterStore",
      () => {
        const only = new MemoryMeterStore(stateCodec);
        return { open: () => only };
      },
    ],
  ];

  for (const [name, make] of kinds) {
    describe(name, () => {
      it("has nothing at first", async () => {
        const store = make().open();
        expect(store.load()).to.equal(undefined);
        await store.close();
      });

      it("gives back what was saved last, as it was then", async () => {
        const kind = make();
        const store = kind.open();
        const meter = newMeter(start, load);
        meter.advance(start + 50 * hour + 12_345);
        store.save(meter.state);
        const saved = plain(meter.state);
        meter.advance(start + 51 * hour);
        await store.close();
        const again = kind.open();
        expect(plain(loaded(again).state)).to.deep.equal(saved);
        await again.close();
      });

      it("follows rows as they come, are dropped and are reset, save by save", async () => {
        const kind = make();
        let store = kind.open();
        const meter = newMeter(start, load);
        for (let step = 1; step <= 30; step++) {
          meter.advance(start + step * 5 * hour);
          if (step === 20) meter.resetProfile("load");
          store.save(meter.state);
          if (step % 10 !== 0) continue;
          await store.close();
          store = kind.open();
          expect(plain(loaded(store).state)).to.deep.equal(plain(meter.state));
        }
        await store.close();
      });

      it("follows the blocks of an image as they come, come again, and are of another", async () => {
        const kind = make();
        let store = kind.open();
        const { firmware, state } = newMeter(start, load);
        const block = (fill: number) => new Uint8Array(imageBlockSize).fill(fill);
        const blocksOf = () => [...stateCodec.blocksOf(loaded(store).state)];
        firmware.initiate(Uint8Array.of(1), 3 * imageBlockSize);
        firmware.transfer(2, block(2));
        store.save(state);
        firmware.transfer(0, block(7));
        store.save(state);
        firmware.transfer(0, block(0));
        store.save(state);
        await store.close();
        store = kind.open();
        expect(blocksOf().sort((a, b) => a[0] - b[0])).to.deep.equal([
          [0, block(0)],
          [2, block(2)],
        ]);
        firmware.initiate(Uint8Array.of(2), 1);
        store.save(state);
        firmware.transfer(0, Uint8Array.of(9));
        store.save(state);
        await store.close();
        store = kind.open();
        expect(blocksOf()).to.deep.equal([[0, Uint8Array.of(9)]]);
        expect(loaded(store).firmware.image).to.deep.equal(Uint8Array.of(9));
        await store.close();
      });

      it("keeps a meter that is without supply without it", async () => {
        const kind = make();
        const store = kind.open();
        const dark = newMeter(start, scriptedLoad([[start + minute, undefined]]));
        dark.advance(start + hour);
        store.save(dark.state);
        await store.close();
        const again = kind.open();
        expect(again.load()?.supply.downSince).to.equal(start + minute);
        await again.close();
      });
    });
  }

  describe("LmdbMeterStore", () => {
    it("writes one row, not the profile, when one row is new", async () => {
      const path = folder.path("meter");
      const store = new LmdbMeterStore(path, stateCodec);
      const meter = newMeter(start, load);
      meter.advance(start + 40 * hour);
      store.save(meter.state);
      // Rows of other states, saved in between, are taken out again: the profile is the one of the state.
      store.save(initialState(defaultMeterConfig, start));
      store.save(meter.state);
      meter.advance(meter.now + 15 * minute);
      store.save(meter.state);
      await store.close();
      const database = open<unknown, (string | number)[]>({ path, noSubdir: false });
      expect(database.getKeysCount({ start: ["row", "load", 0], end: ["row", "load", 1e9] })).to.equal(161);
      await database.close();
    });

    it("keeps no more rows than the profile has", async () => {
      const path = folder.path("meter");
      const store = new LmdbMeterStore(path, stateCodec);
      const meter = newMeter(start, load);
      for (let step = 1; step <= 20; step++) {
        meter.advance(start + step * 7 * hour);
        store.save(meter.state);
      }
      await store.close();
      const database = open<unknown, (string | number)[]>({ path, noSubdir: false });
      expect(database.getKeysCount({ start: ["row", "hourly", 0], end: ["row", "hourly", 1e9] })).to.equal(48);
      await database.close();
      const again = new LmdbMeterStore(path, stateCodec);
      expect(stampsOf(loaded(again).profile("hourly").rows)).to.deep.equal(stampsOf(meter.profile("hourly").rows));
      await again.close();
    });

    it("refuses a damaged record as corrupt, whichever it is", async () => {
      const damages: [string, (string | number)[], unknown][] = [
        ["core", ["core"], { now: "yesterday" }],
        ["core-part", ["core"], 5],
        ["row", ["row", "load", 3], [1, 2]],
        ["row-text", ["row", "load", 3], "x"],
        ["row-missing", ["row", "load", 3], undefined],
        ["row-order", ["row", "load", 3], [1, 0, 0, 1, 2, 3, 4, 5]],
      ];
      for (const [name, key, value] of damages) {
        const path = folder.path(name);
        const store = new LmdbMeterStore(path, stateCodec);
        const meter = newMeter(start, load);
        meter.advance(start + 3 * hour);
        store.save(meter.state);
        await store.close();
        const database = open<unknown, (string | number)[]>({ path, noSubdir: false });
        if (value === undefined) database.removeSync(key);
        else database.putSync(key, value);
        await database.close();
        const again = new LmdbMeterStore(path, stateCodec);
        expect(storeErrorOf(() => again.load()).code, name).to.equal("store-corrupt");
        await again.close();
      }
    });

    it("refuses an impossible profile as corrupt without making room for it", async () => {
      for (const change of [{ capacity: 1e12 }, { capacity: 0 }, { next: -1 }, { next: 1e6 }, { columns: 3 }, { first: 0.5 }]) {
        const path = folder.path(`profile-${Object.entries(change).join()}`);
        const store = new LmdbMeterStore(path, stateCodec);
        store.save(newMeter(start, load).state);
        await store.close();
        const database = open<unknown, (string | number)[]>({ path, noSubdir: false });
        const core = database.get(["core"]) as { profiles: { load: { rows: object } } };
        core.profiles.load.rows = { ...core.profiles.load.rows, ...change };
        database.putSync(["core"], core);
        await database.close();
        const again = new LmdbMeterStore(path, stateCodec);
        expect(storeErrorOf(() => again.load()).code).to.equal("store-corrupt");
        await again.close();
      }
    });

    it("refuses to save after a save has failed", async () => {
      const store = new LmdbMeterStore(folder.path("meter"), stateCodec);
      const meter = newMeter(start, load);
      store.save(meter.state);
      const unwritable = Object.defineProperty({ ...meter.state }, "energy", {
        enumerable: true,
        get: () => {
          throw new TypeError("unreadable");
        },
      });
      expect(storeErrorOf(() => store.save(unwritable)).code).to.equal("store-failed");
      expect(storeErrorOf(() => store.save(meter.state)).code).to.equal("store-failed");
      expect(plain(loaded(store).state)).to.deep.equal(plain(meter.state));
      await store.close();
    });

    it("refuses to be opened twice, within a process too, and not after it was closed", async () => {
      const path = folder.path("meter");
      const store = new LmdbMeterStore(path, stateCodec);
      const error = storeErrorOf(() => new LmdbMeterStore(path, stateCodec));
      expect(error.code).to.equal("store-busy");
      expect(error.hint).to.contain("another folder");
      await store.close();
      await store.close();
      const again = new LmdbMeterStore(path, stateCodec);
      await again.close();
    });

    it("makes the folders on the way", async () => {
      mkdirSync(folder.path("a"));
      const store = new LmdbMeterStore(folder.path("a/b.c/d"), stateCodec);
      store.save(newMeter(start, load).state);
      await store.close();
    });
  });
});
