import { expect } from "chai";
import fc from "fast-check";
import { duration, integer, list, section, textField } from "../../src/config/fields.ts";
import { checkYaml, loadYaml, parseYaml } from "../../src/config/load.ts";
import { ConfigError } from "../../src/errors.ts";

const schema = section({
  meters: list(
    section({ id: textField("expected a name", (text) => text), poll: duration().prefault("1m"), port: integer(1, 9).optional() }),
  ),
});

function problems(text: string): string[] {
  const result = checkYaml(text, schema, "test.yaml");
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

function thrownBy(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return error as ConfigError;
  }
  return expect.fail("nothing was thrown");
}

describe("parseYaml", () => {
  it("gives typed values with the defaults in place", () => {
    expect(parseYaml("meters: [{ id: a }, { id: b, poll: 5s }]", schema, "test.yaml")).to.deep.equal({
      meters: [
        { id: "a", poll: 60_000 },
        { id: "b", poll: 5_000 },
      ],
    });
  });

  it("freezes all of it", () => {
    const { meters } = parseYaml("meters: [{ id: a }]", schema, "test.yaml");
    expect([meters, meters[0]].every(Object.isFrozen)).to.equal(true);
  });

  it("names the place, what was expected and what was found", () => {
    expect(problems("meters:\n  - id: a\n  - id: b\n  - id: c\n    poll: 15\n")).to.deep.equal([
      "meters[2].poll: expected a duration such as 5s or 15m, got 15",
    ]);
  });

  it("says where to look", () => {
    const failure = thrownBy(() => parseYaml("meters:\n  - id: a\n    poll: never\n", schema, "test.yaml"));
    expect(failure.path).to.equal("meters[0].poll");
    expect(failure.hint).to.equal("see line 3 of test.yaml");
    expect(failure.details).to.deep.include({ file: "test.yaml", line: 3 });
  });

  it("says how many problems there are besides the first", () => {
    const failure = thrownBy(() => parseYaml("meters: [{ id: a, poll: x, port: 10 }, { id: 1 }]", schema, "test.yaml"));
    expect(failure.hint).to.equal("see line 1 of test.yaml; 2 more in this file");
    expect(failure.path).to.equal("meters[0].poll");
    expect(failure.message).to.equal('meters[0].poll: expected a duration such as 5s or 15m, got "x"');
  });

  it("refuses keys it does not know, each with the one that was meant", () => {
    expect(problems("meters: [{ id: a, pol: 5s, colour: red }]")).to.deep.equal([
      "meters[0].pol: unknown key, did you mean poll?",
      "meters[0].colour: unknown key; known are id, poll, port",
    ]);
  });

  it("names what is missing", () => {
    expect(problems("meters: [{ poll: 5s }]")).to.deep.equal(["meters[0].id: expected a name, got nothing"]);
    expect(problems("")).to.deep.equal(["meters: expected a list, got nothing"]);
  });

  it("refuses another kind of value in its own words", () => {
    expect(problems("meters: house")).to.deep.equal(['meters: expected a list, got "house"']);
    expect(problems("meters: [house]")).to.deep.equal(['meters[0]: expected a section with the keys id, poll, port, got "house"']);
    expect(problems("- a")).to.deep.equal(["expected a section with the keys meters, got a list"]);
    expect(problems("meters: [{ id: a, port: 1.5 }]")).to.deep.equal(["meters[0].port: expected a whole number from 1 to 9, got 1.5"]);
  });

  it("places a fault of the YAML by line and column", () => {
    const failure = thrownBy(() => parseYaml("meters:\n  - id: [a\n", schema, "test.yaml"));
    expect(failure.message).to.match(/\(test\.yaml, line 3, column 1\)$/);
    expect(problems("meters: []\nmeters: []\n")[0]).to.match(/unique.*line 2, column 1\)$/);
  });

  it("bounds what nested aliases expand to", () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array.from({ length: 9 }, () => `*l${level}`).join(", ")}]`,
    );
    expect(problems(["l0: &l0 [x, x]", ...levels].join("\n"))[0]).to.match(/alias/i);
  });

  it("answers any text with values or ConfigErrors", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `meters: [{ id: ${text} }]`),
        ),
        (text) => {
          const result = checkYaml(text, schema, "test.yaml");
          if (!result.ok) for (const problem of result.problems) expect(problem).to.be.instanceOf(ConfigError);
        },
      ),
    );
  });

  it("is not fooled by keys of every object", () => {
    expect(problems('{ "__proto__": { "x": 1 }, "meters": [] }')).to.have.lengthOf(1);
    expect(({} as Readonly<Record<string, unknown>>)["x"]).to.equal(undefined);
  });
});

describe("loadYaml", () => {
  it("names a file that is not there", () => {
    expect(thrownBy(() => loadYaml("no-such-file.yaml", schema)).message).to.equal("there is no file no-such-file.yaml");
  });
});
