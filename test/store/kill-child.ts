import { writeSync } from "node:fs";
import { defaultMeterConfig, initialState, Meter, minute, stateCodec, syntheticLoad, utc } from "../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../src/store/lmdb-meter-store.ts";

/** Lives and saves as fast as it can, naming each instant once it is saved, until it is killed. */
const [path = "", start = "", step = ""] = process.argv.slice(2);
const store = new LmdbMeterStore(path, stateCodec);
const state = store.load() ?? initialState(defaultMeterConfig, Number(start));
const meter = new Meter(defaultMeterConfig, state, syntheticLoad({ seed: 1, zone: utc }));
for (;;) {
  meter.advance(meter.now + Number(step) * minute);
  store.save(meter.state);
  writeSync(1, `${meter.now}\n`);
}
