import { mkdirSync } from "node:fs";
import { expect } from "chai";
import { open } from "lmdb";
import { type MeterState, stateCodec } from "../../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../../src/store/lmdb-meter-store.ts";
import { scaled } from "../../support/scale.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { fingerprint } from "./fingerprint.ts";
import { StateChecker } from "./state-checker.ts";
import { deeds, StormMeter, stormImage } from "./storm-meter.ts";
import { Victim } from "./victim.ts";

const copies = scaled(6, 60);
/** Lines the writer says between two copies. */
const pause = 25;

/** Copies a store that another process writes to, as `mdb_copy` does: one read transaction sees one state of it. */
async function copyStore(from: string, to: string): Promise<void> {
  mkdirSync(to);
  const database = open({ path: from, noSubdir: false, readOnly: true });
  await database.backup(to, false);
  await database.close();
}

function loaded(store: LmdbMeterStore): MeterState {
  const state = store.load();
  if (state === undefined) throw new TypeError("nothing was stored");
  return state;
}

describe("A copy of a store that is written to meanwhile", function () {
  this.timeout(scaled(60_000, 300_000));
  let writer: Victim | undefined;
  afterEach(() => writer?.kill());
  const folder = temporaryFolder();

  it(`is a state that was acknowledged, or saved since the copy began, each of ${copies} times, and a meter goes on from it`, async () => {
    const path = folder.path("meter");
    writer = new Victim("storm-child.ts", path, "11");
    await writer.said(1);
    writer.go();
    const taken: { readonly path: string; readonly from: number; readonly to: number }[] = [];
    for (let copy = 0; copy < copies; copy++) {
      await writer.said(writer.lines.length + pause);
      const target = folder.path(`copy-${copy}`);
      const from = writer.lines.length;
      await copyStore(path, target);
      // What was saved before the copy ended has been named, but may not have arrived.
      await writer.said(writer.lines.length + pause);
      taken.push({ path: target, from, to: writer.lines.length });
    }
    expect(await writer.kill()).to.equal("SIGKILL");

    const { lines } = writer;
    const checker = new StateChecker(stormImage);
    for (const { path: copy, from, to } of taken) {
      const store = new LmdbMeterStore(copy, stateCodec);
      const state = loaded(store);
      const acknowledged = lines.slice(0, from).findLastIndex((line) => line.startsWith("done"));
      const named = lines.lastIndexOf(`save ${fingerprint(state)}`);
      const saved = lines.slice(0, acknowledged).findLastIndex((line) => line.startsWith("save"));
      expect(named, "the state in the copy").to.be.within(saved, to);
      expect(checker.check(state)).to.deep.equal([]);
      const restored = new StormMeter(store, () => undefined);
      for (const deed of deeds) expect(await restored.do(deed), deed).to.equal(true);
      await store.close();
      const again = new LmdbMeterStore(copy, stateCodec);
      expect(fingerprint(loaded(again))).to.equal(fingerprint(restored.meter.state));
      await again.close();
    }
  });
});
