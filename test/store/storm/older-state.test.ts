import { expect } from "chai";
import { open } from "lmdb";
import { day, defaultMeterConfig, initialState, Meter, stateCodec } from "../../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../../src/store/lmdb-meter-store.ts";
import { constantLoad } from "../../meter-model/support.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const start = Date.UTC(2026, 0, 1);

describe("A state stored before freezes that were missed were noted", () => {
  const folder = temporaryFolder();

  it("is taken as it is, and its freezes go on", async () => {
    const path = folder.path("meter");
    const meter = new Meter(defaultMeterConfig, initialState(defaultMeterConfig, start), constantLoad());
    meter.advance(start + 40 * day);
    const store = new LmdbMeterStore(path, stateCodec);
    store.save(meter.state);
    await store.close();

    const raw = open<{ readonly profiles: Record<string, Record<string, unknown>> }, string[]>({ path, noSubdir: false });
    const core = raw.get(["core"]);
    if (core === undefined) throw new TypeError("nothing was stored");
    for (const profile of Object.values(core.profiles)) {
      expect(Object.keys(profile)).to.include("missedSince");
      delete profile["missedSince"];
    }
    raw.putSync(["core"], core);
    await raw.close();

    const again = new LmdbMeterStore(path, stateCodec);
    const state = again.load();
    await again.close();
    if (state === undefined) throw new TypeError("nothing was stored");
    expect(state.profiles.monthly).to.not.have.property("missedSince");
    const older = new Meter(defaultMeterConfig, state, constantLoad());
    older.advance(start + 70 * day);
    meter.advance(start + 70 * day);
    for (const name of ["load", "hourly", "daily", "monthly"] as const) {
      expect(older.profile(name).rows.length, name).to.equal(meter.profile(name).rows.length);
    }
    expect(older.billing).to.deep.equal(meter.billing);
  });
});
