import { expect } from "chai";
import { type MeterState, stateCodec } from "../../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../../src/store/lmdb-meter-store.ts";
import { scaled } from "../../support/scale.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { Till } from "./till.ts";
import { firstTokenState } from "./token-meter.ts";
import { Victim } from "./victim.ts";

const kills = scaled(50, 1000);
/** Lines a process says between the kill before and its own; some are killed while they open the store. */
const linesBeforeKill = (round: number): number => (round % 10 === 9 ? 1 : 2 + ((round * 37) % 83));

async function found(path: string): Promise<MeterState> {
  const store = new LmdbMeterStore(path, stateCodec);
  try {
    return store.load() ?? firstTokenState();
  } finally {
    await store.close();
  }
}

describe("A payment meter that is killed while tokens are entered", function () {
  this.timeout(scaled(180_000, 3_600_000));
  let next: Victim | undefined;
  afterEach(() => next?.kill());
  const folder = temporaryFolder();

  it(`has credited every accepted token once, and none without its identifier, after each of ${kills} kills`, async () => {
    const path = folder.path("meter");
    const till = new Till();
    // One loads while the other writes.
    next = new Victim("token-child.ts", path);
    for (let round = 0; round < kills; round++) {
      const victim: Victim = next;
      await victim.said(1);
      victim.go(String(till.next));
      if (round + 1 < kills) next = new Victim("token-child.ts", path);
      await victim.said(1 + linesBeforeKill(round));
      expect(await victim.kill(), `round ${round}`).to.equal("SIGKILL");
      for (const line of victim.lines) till.note(line);
      till.check(await found(path));
      expect(till.faults, `round ${round}`).to.deep.equal([]);
    }
    expect(till.interrupted.saved + till.interrupted.lost, "kills between entry and answer").to.be.greaterThan(0);
    expect(till.refused, "tokens entered again").to.be.greaterThan(kills / 2);
    expect(till.next).to.be.greaterThan(5 * kills);
  });
});
