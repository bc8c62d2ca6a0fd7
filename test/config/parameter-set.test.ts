import { expect } from "chai";
import { checkYaml, parseYaml } from "../../src/config/load.ts";
import { parameterSetSchema } from "../../src/config/parameter-set.ts";
import { SecretReference } from "../../src/config/secret.ts";

const stepOf = (step: string): unknown => parseYaml(`steps: [${step}]`, parameterSetSchema, "test.yaml").steps[0];

function problems(text: string): string[] {
  const result = checkYaml(text, parameterSetSchema, "test.yaml");
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

const problemsOf = (step: string): string[] => problems(`steps: [${step}]`);

describe("a parameter set as it is written", () => {
  it("sets attributes and invokes methods, in order", () => {
    const { steps, name } = parseYaml(
      "name: sample\nsteps:\n  - set: 1-0:0.8.0\n    value: 1800\n  - invoke: 0-0:13.0.0\n    method: activatePassiveCalendar\n",
      parameterSetSchema,
      "test.yaml",
    );
    expect(name).to.equal("sample");
    expect(steps).to.deep.equal([
      { kind: "set", object: "1-0:0.8.0", value: 1800, blind: false },
      { kind: "invoke", object: "0-0:13.0.0", method: "activatePassiveCalendar", value: undefined },
    ]);
  });

  it("takes numbers, texts, booleans, and lists of them to any depth an attribute has", () => {
    const values = {
      "1.5": 1.5,
      '"00"': "00",
      "long-unsigned:900": "long-unsigned:900",
      true: true,
      "[1, [x, [false]]]": [1, ["x", [false]]],
    };
    for (const [text, value] of Object.entries(values))
      expect(stepOf(`{ set: clock, value: ${text} }`)).to.have.deep.property("value", value);
    const deep = `${"[".repeat(100)}1${"]".repeat(100)}`;
    expect(problemsOf(`{ set: clock, value: ${deep} }`)).to.have.length(1);
  });

  it("takes a method by its number too, and a parameter for it", () => {
    expect(stepOf("{ invoke: clock, method: 6, value: long:5 }")).to.deep.equal({
      kind: "invoke",
      object: "clock",
      method: "6",
      value: "long:5",
    });
  });

  it("has secrets elsewhere", () => {
    const step = stepOf("{ set: association:secret, secret: env:METER_SECRET, blind: true }");
    expect(step).to.have.property("value").that.is.instanceOf(SecretReference);
    expect(step).to.have.property("blind", true);
    expect(problemsOf("{ set: association:secret, secret: text:hush }")).to.deep.equal([
      "steps[0].secret: expected a reference to a secret, env:NAME, file:PATH or keyfile:NAME, got something else",
    ]);
  });

  it("says what a step lacks or has too much", () => {
    const wrong = {
      "{ value: 1 }": "steps[0]: expected either set or invoke, with an object",
      "{ set: clock, invoke: clock, value: 1 }": "steps[0]: expected either set or invoke, with an object",
      "{ set: clock }": "steps[0]: expected either value or secret beside set",
      "{ set: clock, value: 1, secret: env:X }": "steps[0]: expected either value or secret beside set",
      "{ set: clock, value: 1, method: 2 }": "steps[0].method: does not go with set, which takes value, secret, blind",
      "{ invoke: clock, method: 1, blind: true }": "steps[0].blind: does not go with invoke, which takes method, value",
      "{ invoke: clock }": "steps[0].method: expected the name or the number of a method, got nothing",
      "{ set: clock, value: 1, blnd: true }": "steps[0].blnd: unknown key, did you mean blind?",
    };
    for (const [step, message] of Object.entries(wrong)) expect(problemsOf(step), step).to.deep.equal([message]);
    expect(problems("steps: []")).to.deep.equal(["steps: expected at least one step"]);
  });

  it("does not repeat values in errors, since they may be secrets", () => {
    const [message] = problemsOf("{ set: clock, value: { hush: hush } }");
    expect(message).to.match(/^steps\[0\]\.value: expected a number, .*, got something else$/);
  });
});
