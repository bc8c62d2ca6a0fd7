import { expect } from "chai";
import { type CaptureBuffer, type MeterState, minute, stateCodec } from "../../../src/meter-model/index.ts";
import { MemoryMeterStore } from "../../../src/store/memory-meter-store.ts";
import { fingerprint } from "./fingerprint.ts";
import { Journal } from "./journal.ts";
import { StateChecker } from "./state-checker.ts";
import { deeds, StormMeter, stormImage } from "./storm-meter.ts";

/** A meter of the storm after a few rounds of everything, and its state as a store gives it back. */
async function afterRounds(rounds: number): Promise<{ readonly storm: StormMeter; readonly stored: () => MeterState }> {
  const store = new MemoryMeterStore(stateCodec);
  const storm = new StormMeter(store, () => undefined);
  for (let round = 0; round < rounds; round++) for (const deed of deeds) expect(await storm.do(deed), deed).to.equal(true);
  const stored = (): MeterState => {
    const state = store.load();
    if (state === undefined) throw new TypeError("nothing was saved");
    return state;
  };
  return { storm, stored };
}

/** The newest row of a buffer once more, so many minutes later. */
function repeatLast(rows: CaptureBuffer, minutes: number): void {
  const row = rows.rowAt(rows.length - 1);
  rows.append({ ...row, stamp: row.stamp + minutes * minute });
}

describe("The checker of the storm", () => {
  it("finds nothing in states as they follow each other", async () => {
    const checker = new StateChecker(stormImage);
    const { storm, stored } = await afterRounds(10);
    expect(checker.check(stored())).to.deep.equal([]);
    for (const deed of deeds) await storm.do(deed);
    expect(checker.check(stored())).to.deep.equal([]);
  });

  it("finds a state that is older than the one before", async () => {
    const checker = new StateChecker(stormImage);
    const { storm, stored } = await afterRounds(5);
    const older = stored();
    for (const deed of deeds) await storm.do(deed);
    checker.check(stored());
    expect(checker.check(older).join("\n")).to.contain("the time fell").and.contain("entries of the log standard fell");
  });

  const damages: Readonly<Record<string, readonly [(state: MeterState) => void, string]>> = {
    "a rate that lost a watt-hour": [({ rates }) => rates.activeImport.rates.splice(0, 1, -1), "add up to"],
    "a row that is missing": [({ profiles }) => repeatLast(profiles.load.rows, 30), "ms after the one before"],
    "a row too many": [({ profiles }) => repeatLast(profiles.load.rows, 15), "the newest row of load"],
    "rows that are gone": [({ profiles }) => profiles.load.rows.clear(), "is gone"],
    "an entry of a log that was counted only": [({ events }) => void (events.logs.standard.count += 1), "the log standard has"],
    "a block of another image": [({ firmware }) => void firmware.blocks.set(0, new Uint8Array(512)), "block 0"],
  };
  for (const [name, [damage, fault]] of Object.entries(damages)) {
    it(`finds ${name}`, async () => {
      const checker = new StateChecker(stormImage);
      const { stored } = await afterRounds(12);
      expect(checker.check(stored())).to.deep.equal([]);
      const state = stored();
      damage(state);
      expect(checker.check(state).join("\n")).to.contain(fault);
    });
  }
});

describe("The fingerprint of a state", () => {
  it("is the same for what a store gives back, and another after any deed", async () => {
    const { storm, stored } = await afterRounds(3);
    for (const deed of deeds) {
      const before = fingerprint(storm.meter.state);
      expect(fingerprint(stored())).to.equal(before);
      await storm.do(deed);
      expect(fingerprint(storm.meter.state), deed).to.not.equal(before);
    }
  });
});

describe("The journal of the storm", () => {
  it("takes what was acknowledged and what was being saved for possible, and nothing older or newer", () => {
    const journal = new Journal("found");
    for (const line of ["open", "save one", "done set accepted", "save two", "done relay refused", "save three"]) journal.note(line);
    expect(["found", "one", "two", "three", "four"].filter((state) => journal.explains(state))).to.deep.equal(["two", "three"]);
    expect([...journal.done]).to.deep.equal([["set", 1]]);
  });
});
