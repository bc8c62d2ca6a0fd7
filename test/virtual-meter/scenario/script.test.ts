import { expect } from "chai";
import fc from "fast-check";
import { day, hour, minute } from "../../../src/meter-model/index.ts";
import type { ScenarioEvent } from "../../../src/virtual-meter/scenario/scenario.ts";
import { Script } from "../../../src/virtual-meter/scenario/script.ts";
import { paris } from "../../meter-model/support.ts";
import { event, scenarioOf, start } from "./support.ts";

const script = (...events: ScenarioEvent[]) => new Script(scenarioOf(...events), start, paris);
const never = Number.POSITIVE_INFINITY;

describe("a script", () => {
  it("is a scene without end where nothing happens", () => {
    expect(script().at(start)).to.deep.equal({ running: [], until: never });
  });

  it("runs an event from its beginning to before its end", () => {
    const one = event({ when: { kind: "once", after: hour }, duration: minute });
    const { at } = { at: (after: number) => script(one).at(start + after) };
    expect(at(hour - 1)).to.deep.equal({ running: [], until: start + hour });
    expect(at(hour)).to.deep.equal({ running: [{ event: one, since: start + hour }], until: start + hour + minute });
    expect(at(hour + minute)).to.deep.equal({ running: [], until: never });
  });

  it("runs an event without end for ever", () => {
    const one = event({ duration: never });
    expect(script(one).at(start + 9000 * day)).to.deep.equal({ running: [{ event: one, since: start }], until: never });
  });

  it("keeps the order of the scenario whatever began first", () => {
    const first = event({ when: { kind: "once", after: hour }, duration: hour });
    const second = event({ when: { kind: "once", after: 0 }, duration: day });
    expect(
      script(first, second)
        .at(start + hour)
        .running.map(({ event: running }) => running),
    ).to.deep.equal([first, second]);
  });

  it("repeats what happens every day", () => {
    const nightly = event({ when: { kind: "daily", timeOfDay: 23 * hour }, duration: 2 * hour });
    const scenes = script(nightly);
    for (let days = 0; days < 10; days++) {
      expect(scenes.at(start + days * day + 22 * hour)).to.deep.include({ running: [], until: start + days * day + 23 * hour });
      expect(scenes.at(start + days * day + 24 * hour).until).to.equal(start + days * day + 25 * hour);
    }
  });

  it("says what is done at an instant, and nothing of it a moment before or after", () => {
    const acts = [{ type: "replace-battery" }, { type: "set-clock", error: 5 }] as const;
    const scenes = script(
      event({ when: { kind: "once", after: hour }, duration: 0, acts: [acts[0]] }),
      event({ when: { kind: "daily", timeOfDay: hour }, duration: 0, acts: [acts[1]] }),
    );
    expect(scenes.actsAt(start + hour)).to.deep.equal(acts);
    expect(scenes.actsAt(start + hour + 1)).to.deep.equal([]);
    expect(scenes.actsAt(start + hour - 1)).to.deep.equal([]);
    expect(scenes.actsAt(start + day + hour)).to.deep.equal([acts[1]]);
    expect(scenes.at(start).until).to.equal(start + hour);
  });

  it("answers the same in any order of asking, and its scenes end where the answer changes", () => {
    const span = fc.integer({ min: 0, max: 3 * day });
    const anyEvent = fc.record({ after: span, daily: fc.boolean(), duration: fc.integer({ min: 1, max: day }) });
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 6 }), fc.array(span, { minLength: 1, maxLength: 20 }), (specs, instants) => {
        const events = specs.map(({ after, daily, duration }) =>
          event({ when: daily ? { kind: "daily", timeOfDay: after % day } : { kind: "once", after }, duration }),
        );
        const asked = script(...events);
        for (const after of instants) {
          const scene = asked.at(start + after);
          const { running, until } = script(...events).at(start + after);
          expect(scene.running).to.deep.equal(running);
          expect(scene.until).to.be.above(start + after);
          expect(script(...events).at(until === never ? start + 99 * day : until - 1).running).to.deep.equal(running);
        }
      }),
      { numRuns: 60 },
    );
  });
});
