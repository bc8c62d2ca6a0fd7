import { expect } from "chai";
import fc from "fast-check";
import {
  day,
  hour,
  type Instant,
  type LoadModel,
  Meter,
  type MeterConfig,
  minute,
  RowStatus,
  second,
  stateCodec,
} from "../../src/meter-model/index.ts";
import { MemoryMeterStore } from "../../src/store/memory-meter-store.ts";
import { anyLoad, newMeter, paris, plain, rowsOf } from "./support.ts";

/** A day that contains the repeated hour of autumn. */
const start = Date.parse("2026-10-24T20:13:00Z");
const span = 12 * hour;
const config: Partial<MeterConfig> = { zone: paris, clockReserve: 4 * hour };

const anyCuts = fc
  .array(fc.integer({ min: 0, max: span }), { minLength: 1, maxLength: 10 })
  .map((offsets) => offsets.sort((a, b) => a - b).map((offset) => start + offset));

/** Something done to a running meter. */
type Action = (meter: Meter) => void;

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  fc.integer({ min: -900_000, max: 900_000 }).map(
    (shift): Action =>
      (meter) =>
        void meter.shiftClock(shift),
  ),
  fc.integer({ min: -day, max: day }).map(
    (shift): Action =>
      (meter) =>
        void meter.setClock(meter.clockTime + shift),
  ),
  fc.constant<Action>((meter) => void meter.captureProfile("load")),
  fc.constant<Action>((meter) => void meter.resetProfile("hourly")),
  fc.constant<Action>((meter) => void meter.nextDemandPeriod("activeImport")),
  fc.constantFrom(300, 900, 0).map(
    (period): Action =>
      (meter) =>
        void meter.setCapturePeriod("load", period),
  ),
  fc.integer({ min: 1, max: 3 * hour }).map(
    (gap): Action =>
      (meter) =>
        meter.powerUp(meter.now + gap),
  ),
);

function reloaded(meter: Meter, load: LoadModel): Meter {
  const store = new MemoryMeterStore(stateCodec);
  store.save(meter.state);
  const state = store.load();
  if (state === undefined) throw new TypeError("nothing was saved");
  return new Meter(meter.config, state, load);
}

/** A load that no guard of the meter finds anything in. */
function withinLimits(load: LoadModel): LoadModel {
  return {
    at(instant) {
      const { point, until } = load.at(instant);
      if (point === undefined) return { point, until };
      const { current, activePower } = point;
      const harmless = Math.min(current, 40_000);
      return { point: { ...point, current: harmless, neutralCurrent: harmless, activePower: Math.trunc(activePower / 3) }, until };
    },
  };
}

describe("Meter, whatever happens", function () {
  this.timeout(60_000);

  it("comes to the same in many steps as in one", () => {
    fc.assert(
      fc.property(anyLoad(start, span / second), anyCuts, fc.double({ min: -500, max: 500, noNaN: true }), (load, instants, driftPpm) => {
        const once = newMeter(start, load, { ...config, driftPpm });
        const often = newMeter(start, load, { ...config, driftPpm });
        for (const instant of instants) often.advance(instant);
        once.advance(start + span);
        often.advance(start + span);
        expect(plain(often.state)).to.deep.equal(plain(once.state));
        expect(often.takeEvents()).to.deep.equal(once.takeEvents());
        expect(often.measurement).to.deep.equal(once.measurement);
      }),
    );
  });

  it("goes on from a stored state as if it had never been stored", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 * hour }), fc.option(anyAction, { nil: undefined })), { maxLength: 8 });
    fc.assert(
      fc.property(anyLoad(start, span / second), steps, fc.constantFrom(0, 25.5, -80), (load, list, driftPpm) => {
        const meter = newMeter(start, load, { ...config, driftPpm });
        let restored = newMeter(start, load, { ...config, driftPpm });
        for (const [duration, action] of list) {
          for (const each of [meter, restored]) {
            each.advance(each.now + duration);
            action?.(each);
          }
          restored = reloaded(restored, load);
          expect(plain(restored.state)).to.deep.equal(plain(meter.state));
          expect(restored.nextDeadline).to.equal(meter.nextDeadline);
        }
      }),
    );
  });

  it("counts every milliwatt-millisecond that had supply, once", () => {
    fc.assert(
      fc.property(anyLoad(start, span / second), (unbounded) => {
        const load = withinLimits(unbounded);
        const meter = newMeter(start, load, { ...config, startCurrent: 0 });
        meter.advance(start + span);
        let imported = 0n;
        let exported = 0n;
        for (let now: Instant = start; now < start + span; ) {
          const { point, until } = load.at(now);
          const end = Math.min(until, start + span);
          const energy = BigInt(point?.activePower ?? 0) * BigInt(end - now);
          if (energy > 0n) imported += energy;
          else exported -= energy;
          now = end;
        }
        const { activeImport, activeExport } = meter.state.energy;
        expect(BigInt(activeImport.whole) * 3_600_000_000n + BigInt(activeImport.remainder)).to.equal(imported);
        expect(BigInt(activeExport.whole) * 3_600_000_000n + BigInt(activeExport.remainder)).to.equal(exported);
      }),
    );
  });

  it("writes rows in order, on the boundaries of the clock, and marks every interrupted one", () => {
    fc.assert(
      fc.property(anyLoad(start, span / second), (load) => {
        const meter = newMeter(start, load, { ...config, clockReserve: Number.POSITIVE_INFINITY });
        meter.advance(start + span);
        const returns = meter.takeEvents().flatMap((event) => (event.type === "power-up" ? [event.at] : []));
        const rows = rowsOf(meter.profile("load").rows);
        rows.forEach(({ stamp, status }, index) => {
          expect(stamp % (15 * minute)).to.equal(0);
          expect(stamp).to.be.greaterThan(rows[index - 1]?.stamp ?? 0);
          const interrupted = returns.some((at) => at > stamp - 15 * minute && at <= stamp);
          expect((status & RowStatus.powerDown) !== 0).to.equal(interrupted);
        });
        const supplied = (instant: Instant) => load.at(instant).point !== undefined || load.at(instant - 1).point !== undefined;
        let expected = 0;
        for (let stamp = Math.ceil((start + 1) / (15 * minute)) * 15 * minute; stamp <= start + span; stamp += 15 * minute) {
          if (supplied(stamp)) expected++;
        }
        expect(rows).to.have.length(expected);
      }),
    );
  });
});
