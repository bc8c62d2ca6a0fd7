import { readFileSync } from "node:fs";
import { expect } from "chai";
import { z } from "zod";
import { checkYaml, parseYaml } from "../../src/config/load.ts";
import { scenarioSchema } from "../../src/config/scenario.ts";
import { day, hour, minute, second } from "../../src/meter-model/index.ts";
import type { ScenarioEvent } from "../../src/virtual-meter/scenario/scenario.ts";
import { shipped, shippedFile, shippedNames } from "../virtual-meter/scenario/support.ts";

const scenario = (events: string, rest = "") => `name: sample\n${rest}\nevents: [${events}]`;

function eventOf(text: string): ScenarioEvent | undefined {
  return parseYaml(scenario(text), scenarioSchema, "test.yaml").events[0];
}

function problems(text: string): string[] {
  const result = checkYaml(text, scenarioSchema, "test.yaml");
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

describe("a scenario as it is written", () => {
  it("needs a name and events", () => {
    expect(parseYaml(scenario(""), scenarioSchema, "test.yaml")).to.deep.equal({ name: "sample", start: "beginning", events: [] });
    expect(problems("")).to.deep.equal([
      "name: expected a name of small letters, digits and hyphens, got nothing",
      "events: expected a list, got nothing",
    ]);
  });

  it("says what the meter is like", () => {
    const text = scenario("", "start: serving\nmeter: { driftPpm: -5.8, batteryReserve: 10d }");
    expect(parseYaml(text, scenarioSchema, "test.yaml")).to.deep.include({ start: "serving", driftPpm: -5.8, batteryReserve: 10 * day });
  });

  it("counts times from the start in any units, or takes them of every day", () => {
    const times = { "0s": 0, "2h30m": 150 * minute, "1d12h": 36 * hour, "1.5h": 90 * minute, "30s500ms": 30 * second + 500 };
    for (const [text, after] of Object.entries(times)) {
      expect(eventOf(`{ at: ${text}, outage: true }`)?.when, text).to.deep.equal({ kind: "once", after });
    }
    expect(eventOf("{ daily: 18:30, for: 1h, outage: true }")?.when).to.deep.equal({ kind: "daily", timeOfDay: 18.5 * hour });
    expect(eventOf('{ daily: "00:00:05", for: 24h, outage: true }')).to.deep.include({
      when: { kind: "daily", timeOfDay: 5 * second },
      duration: day,
    });
  });

  it("takes every change of the supply, in the units of the meter", () => {
    const text =
      "{ at: 1h, for: 1h, outage: true, voltage: 207.5, frequency: 49.8, load: { watts: 3000 }, extra: { amperes: 2.5, powerFactor: 0.8, leading: true }, generation: 100, solar: 4200, reversed: true, neutral: 40, bypass: 70 }";
    expect(eventOf(text)?.supply).to.deep.equal({
      outage: true,
      voltage: 207_500,
      frequency: 49_800,
      load: { quantity: "power", amount: 3_000_000, powerFactor: 1, leading: false },
      extra: { quantity: "current", amount: 2500, powerFactor: 0.8, leading: true },
      generation: 100_000,
      solar: 4_200_000,
      reversed: true,
      neutral: 40,
      bypass: 70,
    });
  });

  it("takes what is done to the meter, for a time, for ever or at once", () => {
    expect(eventOf("{ at: 1h, for: 5m, tamper: meterCover }")).to.deep.include({ duration: 5 * minute, contacts: ["meterCover"] });
    expect(eventOf("{ at: 1h, tamper: [terminalCover, magneticField], relay: stuck }")).to.deep.include({
      duration: Number.POSITIVE_INFINITY,
      contacts: ["terminalCover", "magneticField"],
      relayStuck: true,
    });
    expect(eventOf("{ at: 1h, battery: replaced, clockError: -1h30m, press: reconnect }")).to.deep.include({
      duration: 0,
      acts: [{ type: "replace-battery" }, { type: "set-clock", error: -90 * minute }, { type: "press-reconnect" }],
    });
    expect(eventOf("{ at: 1h, clockError: -0s }")?.acts).to.deep.equal([{ type: "set-clock", error: 0 }]);
    expect(eventOf("{ daily: 06:00, clockError: 20s }")).to.deep.include({ duration: 0 });
  });

  const happenings =
    "outage, voltage, frequency, load, extra, generation, solar, reversed, neutral, bypass, tamper, relay, battery, clockError, press";
  const refused: Readonly<Record<string, readonly [event: string, problem: string]>> = {
    "a time that is none": ["{ at: 2x, outage: true }", 'events[0].at: expected a time such as 2h30m, up to 36525d, got "2x"'],
    "a time beyond all clocks": [
      "{ at: 999999999d, outage: true }",
      'events[0].at: expected a time such as 2h30m, up to 36525d, got "999999999d"',
    ],
    "a number without a unit": ["{ at: 2, outage: true }", "events[0].at: expected a time such as 2h30m, up to 36525d, got 2"],
    "a time of day that is none": [
      "{ daily: '24:00', for: 1h, outage: true }",
      'events[0].daily: expected a time of day such as 18:30, got "24:00"',
    ],
    "a duration of nothing": [
      "{ at: 1h, for: 0s, outage: true }",
      'events[0].for: expected a duration such as 45m or 1h30m, up to 36525d, got "0s"',
    ],
    "two times": ["{ at: 1h, daily: 18:00, for: 1h, outage: true }", "events[0]: expected either at or daily, got both"],
    "no time": ["{ outage: true }", "events[0]: expected either at or daily, got nothing"],
    "an event in which nothing happens": ["{ at: 1h, for: 1h }", `events[0]: expected something that happens: ${happenings}`],
    "an outage that is none": ["{ at: 1h, outage: false }", "events[0].outage: expected true, got false"],
    "something daily that does not end": [
      "{ daily: 18:00, outage: true }",
      "events[0].for: expected a duration of 24h at most for what happens every day",
    ],
    "something daily that overlaps itself": [
      "{ daily: 18:00, for: 25h, outage: true }",
      "events[0].for: expected a duration of 24h at most for what happens every day",
    ],
    "a sun that does not set": ["{ at: 1h, solar: 3000 }", "events[0].for: expected the duration of the daylight for solar, got nothing"],
    "a duration of what is done at once": [
      "{ at: 1h, for: 1h, battery: replaced }",
      "events[0].for: expected nothing, since battery is done at once",
    ],
    "what is done at once together with what lasts": [
      "{ at: 1h, for: 1h, outage: true, clockError: 1h }",
      "events[0].clockError: expected in an event without outage: it is done at once",
    ],
    "a voltage that no meter bears": ["{ at: 1h, voltage: 5000 }", "events[0].voltage: expected a number from 1 to 500, got 5000"],
    "a load of neither watts nor amperes": [
      "{ at: 1h, load: { powerFactor: 1 } }",
      "events[0].load: expected either watts or amperes, got nothing",
    ],
    "a load of both": ["{ at: 1h, extra: { watts: 1, amperes: 1 } }", "events[0].extra: expected either watts or amperes, got both"],
    "a load less than nothing": ["{ at: 1h, load: { watts: -1 } }", "events[0].load.watts: expected a number from 0 to 200000, got -1"],
    "a power factor of nothing": [
      "{ at: 1h, load: { watts: 1, powerFactor: 0 } }",
      "events[0].load.powerFactor: expected a number from 0.01 to 1, got 0",
    ],
    "tampering nobody knows": [
      "{ at: 1h, tamper: cover }",
      'events[0].tamper: expected one of meterCover, terminalCover, magneticField, or a list of them, got "cover"',
    ],
    "an error of the clock that is none": [
      "{ at: 1h, clockError: --1h }",
      'events[0].clockError: expected an error of the clock such as 5m or -2h, up to 36525d, got "--1h"',
    ],
    "an event that is none": ["storm", `events[0]: expected a section with the keys at, daily, for, ${happenings}, got "storm"`],
  };
  for (const [name, [text, problem]] of Object.entries(refused)) {
    it(`does not take ${name}`, () => expect(problems(scenario(text))).to.deep.equal([problem]));
  }

  it("names a key that is misspelt", () => {
    expect(problems(scenario("{ at: 1h, outage: true, volage: 3 }"))).to.deep.equal([
      "events[0].volage: unknown key, did you mean voltage?",
    ]);
  });

  it("says where the first problem is, and how many there are besides", () => {
    const text = "name: sample\nevents:\n  - { at: 1h, outage: true }\n  - { at: 1h, voltage: high }\n  - { at: soon, outage: true }\n";
    expect(() => parseYaml(text, scenarioSchema, "storm.yaml"))
      .to.throw('events[1].voltage: expected a number from 1 to 500, got "high"')
      .with.property("hint", "see line 4 of storm.yaml; 1 more in this file");
  });

  it("has a thousand events at most", () => {
    const many = (count: number) => scenario(Array.from({ length: count }, () => "{ at: 1h, outage: true }").join());
    expect(problems(many(1000))).to.deep.equal([]);
    expect(problems(many(1001))).to.deep.equal(["events: expected 1000 events at most"]);
  });

  it("can be told to editors", () => {
    const schema = z.toJSONSchema(scenarioSchema, { io: "input", target: "draft-2020-12" });
    expect(schema).to.deep.include({ type: "object", additionalProperties: false, required: ["name", "events"] });
  });
});

describe("docs/scenarios.md", () => {
  const text = readFileSync(new URL("../../docs/scenarios.md", import.meta.url), "utf8");

  it("names every key of an event, and every scenario that is there", () => {
    const keys = /known are (.+)$/.exec(problems(scenario("{ at: 1h, outage: true, zzzzzzzz: 1 }"))[0] ?? "")?.[1]?.split(", ") ?? [];
    expect(keys).to.include.members(["at", "press"]);
    for (const key of keys) expect(text).to.match(new RegExp(`^\\| \`${key}[\`:]`, "m"));
    for (const name of shippedNames) expect(text).to.contain(`\`${name}.yaml\``);
  });

  it("has an example that is one", () => {
    const [, yaml = ""] = /```yaml\n(.+?)```/s.exec(text) ?? [];
    expect(parseYaml(yaml, scenarioSchema, "docs/scenarios.md").events.length).to.equal(4);
  });
});

describe("the files in config/scenarios", () => {
  for (const name of shippedNames) {
    it(`${name} is valid, and named as its file`, () => expect(shipped(name).name).to.equal(name));

    it(`${name} names its schema`, () => {
      expect(readFileSync(shippedFile(name), "utf8")).to.match(/^# yaml-language-server: \$schema=\.\.\/schema\/scenario\.schema\.json\n/);
    });
  }
});
