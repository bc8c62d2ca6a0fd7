import { readSync, writeSync } from "node:fs";
import { stateCodec } from "../../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../../src/store/lmdb-meter-store.ts";
import { fingerprint } from "./fingerprint.ts";
import { deeds, StormMeter } from "./storm-meter.ts";

/**
 * Waits for a line on standard input, then changes and saves a meter as fast as it can until it is killed. It names each
 * state before it is saved ("save"), and what was acknowledged afterwards ("done").
 */
const [path = "", seed = "0"] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);
say("ready");
// Nobody is there any more where the input ends.
if (readSync(0, Buffer.alloc(1)) === 0) process.exit(1);
const storm = new StormMeter(new LmdbMeterStore(path, stateCodec), (state) => say(`save ${fingerprint(state)}`));
say("open");
let random = Number(seed) + 1;
for (;;) {
  random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
  const deed = deeds[(random >>> 16) % deeds.length] ?? "capture";
  const accepted = await storm.do(deed);
  say(`done ${deed} ${accepted ? "accepted" : "refused"}`);
}
