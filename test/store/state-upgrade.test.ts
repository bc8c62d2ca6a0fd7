import { mkdirSync } from "node:fs";
import { expect } from "chai";
import { open } from "lmdb";
import {
  day,
  defaultMeterConfig,
  hour,
  initialState,
  Meter,
  ratedEnergies,
  stateCodec,
  syntheticLoad,
  utc,
} from "../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../src/store/lmdb-meter-store.ts";
import { rowsOf } from "../meter-model/support.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** What the first version of the program stored of a meter after five hours: made by that version. */
const now = 1_767_243_723_456;
const firstVersion = {
  now,
  clock: { anchor: 1_767_225_600_000, reading: 1_767_225_600_000, valid: true, zone: utc },
  supply: { failures: 0, longFailures: 0, lastFailureDuration: 0, lastLongFailureDuration: 0 },
  energy: {
    activeImport: { whole: 643, remainder: 960_149_472 },
    activeExport: { whole: 0, remainder: 0 },
    reactiveQ1: { whole: 245, remainder: 2_339_559_456 },
    reactiveQ2: { whole: 0, remainder: 0 },
    reactiveQ3: { whole: 0, remainder: 0 },
    reactiveQ4: { whole: 0, remainder: 0 },
    apparentImport: { whole: 690, remainder: 448_587_456 },
    apparentExport: { whole: 0, remainder: 0 },
  },
  demandPeriod: 900,
  demand: {
    activeImport: {
      startedAt: 1_767_243_600_000,
      complete: true,
      energy: { whole: 6, remainder: 1_473_389_472 },
      lastAverage: 188,
      capturedAt: 1_767_243_600_000,
      lastComplete: true,
      maximum: 188,
      maximumAt: 1_767_243_600_000,
    },
    activeExport: {
      startedAt: 1_767_243_600_000,
      complete: true,
      energy: { whole: 0, remainder: 0 },
      lastAverage: 0,
      capturedAt: 1_767_243_600_000,
      lastComplete: true,
      maximum: 0,
    },
  },
  profiles: {
    load: {
      period: 900,
      pendingStatus: 0,
      rows: { columns: ["activeImport", "activeExport", "lastAverageImport", "voltage", "current"], capacity: 3, first: 17, next: 20 },
    },
    hourly: { period: 3600, pendingStatus: 0, rows: { columns: ["activeImport", "activeExport"], capacity: 2, first: 3, next: 5 } },
  },
  schedule: { daylightSaving: Number.POSITIVE_INFINITY, demand: 1_767_244_500_000, load: 1_767_244_500_000, hourly: 1_767_247_200_000 },
};
const rows = {
  load: [
    [17, [1_767_241_800_000, 0, 0, 564, 0, 94, 231_574, 410]],
    [18, [1_767_242_700_000, 0, 0, 589, 0, 100, 232_661, 874]],
    [19, [1_767_243_600_000, 0, 0, 636, 0, 188, 231_846, 887]],
  ],
  hourly: [
    [3, [1_767_240_000_000, 0, 0, 498, 0]],
    [4, [1_767_243_600_000, 0, 0, 636, 0]],
  ],
} as const;

describe("The state that the first version stored", () => {
  const folder = temporaryFolder();

  it("is taken over: nothing of it is lost, and what is new begins", async () => {
    const path = folder.path("meter");
    mkdirSync(path, { recursive: true });
    const raw = open<unknown, (string | number)[]>({ path, noSubdir: false });
    raw.transactionSync(() => {
      raw.putSync(["format"], { kind: "meter-state", version: 1 });
      raw.putSync(["core"], firstVersion);
      for (const [name, entries] of Object.entries(rows)) for (const [sequence, row] of entries) raw.putSync(["row", name, sequence], row);
    });
    await raw.close();

    const store = new LmdbMeterStore(path, stateCodec);
    const state = store.load();
    if (state === undefined) throw new TypeError("nothing was stored");
    const meter = new Meter(defaultMeterConfig, state, syntheticLoad({ seed: 1, zone: utc }));
    expect(meter.now).to.equal(now);
    expect(meter.energy("activeImport")).to.equal(643);
    expect(meter.demand("activeImport")).to.include({ lastAverage: 188, maximum: 188, maximumAt: 1_767_243_600_000, cumulative: 0 });
    expect(rowsOf(meter.profile("load").rows).map(({ stamp, values }) => [stamp, ...values])).to.deep.equal(
      rows.load.map(([, [stamp, , , ...values]]) => [stamp, ...values]),
    );
    expect(meter.profile("hourly").rows.length).to.equal(2);
    meter.advance(now + 30 * hour);
    for (const name of ratedEnergies) {
      const sum = Array.from({ length: 8 }, (_, index) => meter.ratedEnergy(name, index + 1)).reduce((a, b) => a + b, 0);
      expect(sum, name).to.equal(meter.energy(name));
    }
    expect(meter.energy("activeImport")).to.be.greaterThan(643);
    expect(meter.profile("daily").rows.length).to.equal(1);
    expect(meter.profile("load").rows.length).to.equal(3 + 120);
    store.save(meter.state);
    await store.close();
    const again = new LmdbMeterStore(path, stateCodec);
    expect(again.load()?.now).to.equal(now + 30 * hour);
    await again.close();
  });
});

describe("The state that the second version stored", () => {
  const folder = temporaryFolder();

  it("gets an account to which nothing of what was consumed before is charged", async () => {
    const path = folder.path("meter");
    const load = syntheticLoad({ seed: 1, zone: utc });
    const lived = new Meter(defaultMeterConfig, initialState(defaultMeterConfig, now), load);
    lived.advance(now + day);
    const consumed = lived.energy("activeImport");
    const before = new LmdbMeterStore(path, stateCodec);
    before.save(lived.state);
    await before.close();
    // The second version knew nothing of payment, and was the same otherwise.
    const raw = open<unknown, (string | number)[]>({ path, noSubdir: false });
    const { credit: _, ...core } = raw.get(["core"]) as Record<string, unknown>;
    raw.transactionSync(() => {
      raw.putSync(["format"], { kind: "meter-state", version: 2 });
      raw.putSync(["core"], core);
    });
    await raw.close();

    const store = new LmdbMeterStore(path, stateCodec);
    const state = store.load();
    if (state === undefined) throw new TypeError("nothing was stored");
    const meter = new Meter(defaultMeterConfig, state, load);
    expect(meter.energy("activeImport")).to.equal(consumed);
    meter.advance(now + 2 * day);
    expect(meter.energy("activeImport")).to.be.greaterThan(consumed);
    expect(meter.credit.spentThisMonth).to.equal(meter.energy("activeImport") - consumed);
    await store.close();
  });
});
