import { expect } from "chai";
import { type MeterState, stateCodec } from "../../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../../src/store/lmdb-meter-store.ts";
import { scaled } from "../../support/scale.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { fingerprint } from "./fingerprint.ts";
import { Journal } from "./journal.ts";
import { StateChecker } from "./state-checker.ts";
import { deeds, firstState, stormImage } from "./storm-meter.ts";
import { Victim } from "./victim.ts";

const kills = scaled(25, 500);
/** Lines a process says between the kill before and its own; some are killed while they open the store. */
const linesBeforeKill = (round: number): number => (round % 6 === 5 ? 1 : 2 + ((round * 37) % 101));

async function opened(path: string): Promise<MeterState> {
  const store = new LmdbMeterStore(path, stateCodec);
  try {
    return store.load() ?? firstState();
  } finally {
    await store.close();
  }
}

describe("A meter that is killed again and again while it writes", function () {
  this.timeout(scaled(120_000, 1_800_000));
  let next: Victim | undefined;
  afterEach(() => next?.kill());
  const folder = temporaryFolder();

  it(`has everything it acknowledged, whole, after each of ${kills} kills`, async () => {
    const path = folder.path("meter");
    const checker = new StateChecker(stormImage);
    const faults: string[] = [];
    const done = new Map<string, number>();
    let found = fingerprint(firstState());
    let inTheMiddle = 0;
    // One loads while the other writes.
    next = new Victim("storm-child.ts", path, "0");
    for (let round = 0; round < kills; round++) {
      const victim: Victim = next;
      await victim.said(1);
      victim.go();
      if (round + 1 < kills) next = new Victim("storm-child.ts", path, String(round + 1));
      await victim.said(1 + linesBeforeKill(round));
      expect(await victim.kill(), `round ${round}`).to.equal("SIGKILL");
      const journal = new Journal(found);
      for (const line of victim.lines) journal.note(line);
      for (const [deed, times] of journal.done) done.set(deed, (done.get(deed) ?? 0) + times);
      const state = await opened(path);
      found = fingerprint(state);
      if (!journal.explains(found)) faults.push(`round ${round}: neither what was acknowledged nor what was being saved`);
      if (journal.begun !== undefined) inTheMiddle += 1;
      faults.push(...checker.check(state).map((fault) => `round ${round}: ${fault}`));
    }
    expect(faults).to.deep.equal([]);
    expect([...done.keys()].sort(), "all of it was done").to.deep.equal([...deeds].sort());
    expect(inTheMiddle, "kills that came between begin and acknowledgement").to.be.greaterThan(0);
  });
});
