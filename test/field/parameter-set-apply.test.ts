import { expect } from "chai";
import fc from "fast-check";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import { encodeData } from "../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { TransportError } from "../../src/errors.ts";
import { type ParameterStep, planParameters } from "../../src/field/parameter-set.ts";
import { type ApplyOptions, applyParameters, type StepResult } from "../../src/field/parameter-set-apply.ts";
import { scaled } from "../support/scale.ts";
import { StoredAttributes } from "./stored-attributes.ts";

const names = [1, 2, 3, 4].map((number): LogicalName => `0.0.96.70.${number}.255`);
const [first, second, third] = names as [LogicalName, LogicalName, LogicalName];
const script: LogicalName = "0.0.10.0.100.255";

const value = (number: number): DlmsData => ({ type: "long-unsigned", value: number });

const meter = (): StoredAttributes =>
  new StoredAttributes(Object.fromEntries(names.map((name) => [`${name}:2`, value(0)])), {
    ...Object.fromEntries(names.map((name) => [name, 1])),
    [script]: 9,
  });

const set = (logicalName: LogicalName, number: number, blind = false): ParameterStep => ({
  kind: "set",
  logicalName,
  attribute: 2,
  wanted: () => value(number),
  blind,
  secret: false,
});

const run: ParameterStep = { kind: "invoke", classId: 9, logicalName: script, method: 1, parameter: encodeData(value(1)) };

async function apply(device: StoredAttributes, steps: readonly ParameterStep[], options?: ApplyOptions): Promise<readonly StepResult[]> {
  const outcomes = await applyParameters(device.client, await planParameters(device.reader, steps), options);
  return outcomes.map(({ result }) => result);
}

describe("applying a parameter set", () => {
  it("writes what differs in the order of the set, and reads it back", async () => {
    const device = meter();
    expect(await apply(device, [set(third, 3), set(second, 0), set(first, 1)])).to.deep.equal(["changed", "unchanged", "changed"]);
    expect(device.done).to.deep.equal([`${third}:2`, `${first}:2`]);
    expect(device.attributes.get(`${third}:2`)).to.deep.equal(value(3));
  });

  it("leaves nothing to do for a second run, whatever the set", async () => {
    const steps = fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), number: fc.nat(2) }), { selector: ({ name }) => name });
    await fc.assert(
      fc.asyncProperty(steps, async (sets) => {
        const device = meter();
        const all = [...sets.map(({ name, number }) => set(name, number)), run];
        await apply(device, all);
        for (const { name, number } of sets) expect(device.attributes.get(`${name}:2`)).to.deep.equal(value(number));
        device.done.splice(0);
        await apply(device, all);
        expect(device.done).to.deep.equal([]);
      }),
      { numRuns: scaled(50, 2000) },
    );
  });

  it("invokes methods only when something before them has changed", async () => {
    const device = meter();
    expect(await apply(device, [run, set(first, 1), run])).to.deep.equal(["not-needed", "changed", "invoked"]);
    expect(await apply(device, [run, set(first, 1), run])).to.deep.equal(["not-needed", "unchanged", "not-needed"]);
    expect(await apply(device, [set(first, 1), run], { invoke: true })).to.deep.equal(["unchanged", "invoked"]);
  });

  it("stops at the first refusal", async () => {
    const device = meter();
    device.refused.add(`${second}:2`);
    expect(await apply(device, [set(first, 1), set(second, 2), set(third, 3), run])).to.deep.equal([
      "changed",
      "refused",
      "skipped",
      "skipped",
    ]);
    expect(device.done).to.deep.equal([`${first}:2`, `${second}:2`]);
  });

  it("goes on where that is wanted, but puts nothing in force that is not complete", async () => {
    const device = meter();
    device.refused.add(`${first}:2`);
    expect(await apply(device, [set(first, 1), set(second, 2), run], { keepGoing: true })).to.deep.equal(["refused", "changed", "skipped"]);
    expect(device.done).to.deep.equal([`${first}:2`, `${second}:2`]);
  });

  it("writes nothing where it is known beforehand that a step cannot be done", async () => {
    const device = meter();
    device.unreadable.add(`${third}:2`);
    const steps = [set(first, 1), set(third, 3)];
    expect(await apply(device, steps)).to.deep.equal(["skipped", "refused"]);
    expect(device.done).to.deep.equal([]);
    expect(await apply(device, steps, { keepGoing: true })).to.deep.equal(["changed", "refused"]);
  });

  it("says so where the meter makes something else of a value, which counts as a failure", async () => {
    const device = meter();
    device.keep = () => value(7);
    const outcomes = await applyParameters(device.client, await planParameters(device.reader, [set(first, 1), set(second, 2)]));
    expect(outcomes.map(({ result }) => result)).to.deep.equal(["not-kept", "skipped"]);
    expect(outcomes[0]?.after).to.deep.equal(value(7));
  });

  it("writes blind what cannot be read, at every run", async () => {
    const device = meter();
    device.unreadable.add(`${first}:2`);
    for (let count = 0; count < 2; count++) expect(await apply(device, [set(first, 1, true), run])).to.deep.equal(["written", "invoked"]);
    expect(device.attributes.get(`${first}:2`)).to.deep.equal(value(1));
  });

  it("tells of every step as soon as it is over, the one whose answer was lost among them", async () => {
    const device = meter();
    const plan = await planParameters(device.reader, [set(first, 1), set(second, 2), set(third, 3)]);
    const heard: string[] = [];
    // The second write is carried out, and its answer lost.
    device.left = 2;
    const error = await applyParameters(device.client, plan, {
      onOutcome: ({ result }, index) => void heard.push(`${index} ${result}`),
    }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TransportError);
    expect(heard).to.deep.equal(["0 changed", "1 unknown"]);
    expect(device.attributes.get(`${second}:2`)).to.deep.equal(value(2));
  });

  /** Applies with the cable cut after each of these numbers of answers, and goes on each time; then to the end. */
  async function applyDisturbed(
    device: StoredAttributes,
    steps: readonly ParameterStep[],
    cuts: readonly number[],
  ): Promise<ReadonlyMap<number, StepResult>> {
    const progress = new Map<number, StepResult>();
    for (const left of [...cuts, Number.POSITIVE_INFINITY]) {
      device.left = left;
      const earlier = new Map(progress);
      try {
        await applyParameters(device.client, await planParameters(device.reader, steps), {
          earlier,
          onOutcome: ({ result }, index) => void progress.set(index, result),
        });
        break;
      } catch (error) {
        expect(error).to.be.instanceOf(TransportError);
      }
    }
    return progress;
  }

  it("ends as if it had not been cut off, wherever it was, and invokes no method twice", async () => {
    const steps = [set(first, 1), set(second, 2), run, set(third, 3)];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 }), async (cuts) => {
        const device = meter();
        const progress = await applyDisturbed(device, steps, cuts);
        expect(device.done.filter((place) => place === `${script}.1`)).to.have.length(1);
        const unknown = progress.get(2) === "unknown";
        expect(progress.get(2)).to.be.oneOf(["invoked", "unknown"]);
        expect([progress.get(0), progress.get(1)]).to.deep.equal(["changed", "changed"]);
        // Whether the method was done is not known, so nothing is built on it.
        expect(progress.get(3)).to.equal(unknown ? "skipped" : "changed");
        expect(device.attributes.get(`${second}:2`)).to.deep.equal(value(2));
      }),
      { numRuns: scaled(100, 5000) },
    );
  });
});
