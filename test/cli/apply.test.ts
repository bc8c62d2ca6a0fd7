import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { type ApplySetOptions, applySet } from "../../src/cli/job/apply-set.ts";
import { ChangeLog } from "../../src/cli/job/change-log.ts";
import { ParameterSet } from "../../src/cli/job/parameter-set.ts";
import { countResults, type StepReport, stepTable } from "../../src/cli/job/step-report.ts";
import { toJson } from "../../src/cli/output.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { type DeviceView, ObjectReader, readDeviceView } from "../../src/client/object-reader.ts";
import { encodeData } from "../../src/dlms/axdr/data.ts";
import { ConfigError } from "../../src/errors.ts";
import { type InMemory, inMemory } from "../support/in-memory.ts";
import { asClient, SecuredMeter } from "../support/secured-meter.ts";

const residential = `
name: residential
steps:
  - set: 1-0:12.31.0            # sag threshold, tenths of a volt
    value: 2000
  - set: demand_measurement_period
    value: long-unsigned:1800
  - set: clock:daylight_savings_enabled
    value: true
  - set: 0.0.96.61.5.255        # friendly credit windows
    value: [["15000000", "07000000"]]
  - set: 0.0.13.0.0.255:calendarNamePassive
    value: summer
  - set: 1.0.0.8.4.255
    value: 900
  - invoke: 0-0:13.0.0
    method: activatePassiveCalendar
`;

const changedBySet = 5;
const now = Date.UTC(2026, 10, 23, 12);

describe("dlms apply at a virtual meter", () => {
  let folder = "";
  let memory: InMemory;
  let device: SecuredMeter;
  let client: DlmsClient;
  let view: DeviceView;
  /** Requests that may have changed something, as the server counts them. */
  let changing = 0;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "dlms-apply-"));
    memory = inMemory();
    device = new SecuredMeter({ server: { observer: { afterChange: () => void (changing += 1) } } });
    client = await memory.connect(device.server, "wrapper", asClient("management", 0));
    view = await memory.settle(readDeviceView(client));
    changing = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function load(text: string, environment: Readonly<Record<string, string>> = {}): ParameterSet {
    const file = join(folder, "set.yaml");
    writeFileSync(file, text);
    return ParameterSet.load(file, environment);
  }

  function apply(set: ParameterSet, options: Partial<ApplySetOptions> = {}): Promise<readonly StepReport[]> {
    const defaults = { dryRun: false, keepGoing: false, meter: "house", log: undefined, progress: new Map() };
    return memory.settle(applySet(client, view, set, { ...defaults, ...options }));
  }

  const failure = (run: Promise<unknown>): Promise<ConfigError> =>
    run.then(
      () => expect.fail("nothing was refused"),
      (error: unknown) => {
        expect(error).to.be.instanceOf(ConfigError);
        return error as ConfigError;
      },
    );

  /** Every attribute that may be read, as octets; but for the invocation counters, which any request moves. */
  async function dump(): Promise<readonly string[]> {
    const reader = new ObjectReader(client, view);
    const readings = await memory.settle(reader.read(reader.readable().filter(({ logicalName }) => !logicalName.startsWith("0.0.43.1."))));
    expect(readings.length).to.be.greaterThan(500);
    return readings.map(
      ({ logicalName, attribute, value, error }) => `${logicalName}:${attribute} ${value === undefined ? error : toHex(encodeData(value))}`,
    );
  }

  const hexOf = (text: string): string => toHex(new TextEncoder().encode(text));
  const logLines = (file: string) =>
    readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("shows in a dry run what differs, scaled and with its unit, and changes nothing", async () => {
    const before = await dump();
    const steps = await apply(load(residential), { dryRun: true });
    expect(steps.map(({ old, new: wanted, unit, result }) => [old, wanted, unit, result])).to.deep.equal([
      [184, 200, "V", "would-change"],
      [900, 1800, "s", "would-change"],
      [false, true, undefined, "would-change"],
      [[["14000000", "08000000"]], [["15000000", "07000000"]], undefined, "would-change"],
      ["1", "summer", undefined, "would-change"],
      [900, 900, "s", "unchanged"],
      [undefined, undefined, undefined, "would-invoke"],
    ]);
    expect(changing).to.equal(0);
    expect(await dump()).to.deep.equal(before);
  });

  it("writes what differs and reads it back; a second run writes nothing", async () => {
    const set = load(residential);
    const steps = await apply(set);
    expect(countResults(steps)).to.equal("5 changed, 1 unchanged, 1 invoked");
    expect(changing).to.equal(changedBySet + 1);
    const written = await dump();
    expect(written).to.include("1.0.12.31.0.255:2 1207D0");

    const again = await apply(set);
    expect(countResults(again)).to.equal("6 unchanged, 1 not-needed");
    expect(changing).to.equal(changedBySet + 1);
    expect(await dump()).to.deep.equal(written);
  });

  it("says what was done as a table", async () => {
    const table = stepTable(await apply(load(residential)), undefined).split("\n");
    expect(table[0]).to.match(/^Object +Old +New +Unit +Result$/);
    expect(table[1]).to.match(/^Threshold voltage sag +184 +200 +V +changed$/);
    expect(table.at(-1)).to.match(/^Activity calendar, activatePassiveCalendar +invoked$/);
  });

  it("keeps a log of what was changed, a line of JSON each, to which later runs add", async () => {
    const file = join(folder, "changes.ndjson");
    const log = new ChangeLog(file, () => now);
    const set = load(residential);
    await apply(set, { log });
    const lines = logLines(file);
    expect(lines).to.have.length(changedBySet + 1);
    expect(lines[0]).to.deep.equal({
      time: "2026-11-23T12:00:00.000Z",
      meter: "house",
      device: "DGW0000012345678",
      object: "1.0.12.31.0.255",
      attribute: 2,
      old: 184,
      new: 200,
      unit: "V",
      result: "changed",
    });
    expect(lines.at(-1)).to.deep.include({ object: "0.0.13.0.0.255", method: 1, result: "invoked" });
    await apply(set, { log });
    expect(logLines(file)).to.deep.equal(lines);
    await apply(load("steps: [{ set: 1-0:12.31.0, value: 2070 }]"), { log: new ChangeLog(file, () => now) });
    expect(logLines(file).slice(0, -1)).to.deep.equal(lines);
    expect(logLines(file).at(-1)).to.deep.include({ old: 200, new: 207 });
  });

  it("does nothing without the log that was asked for", () => {
    expect(() => new ChangeLog(join(folder, "none", "changes.ndjson"), () => now)).to.throw(ConfigError, /cannot write/);
  });

  it("writes secrets, and shows neither what is there nor what was there", async () => {
    const file = join(folder, "changes.ndjson");
    const log = new ChangeLog(file, () => now);
    const secrets = ["31415926-hush", "27182818-hush"];
    // By where it comes from, and by what the class has for writing only; the optical port's passwords cannot be read.
    const named = (secret: string) =>
      load("steps: [{ set: 0.0.96.1.10.255, secret: env:S }, { set: 0.0.20.0.0.255:7, secret: env:S, blind: true }]", { S: secret });
    const written = (secret: string) =>
      load(`steps: [{ set: 0.0.20.0.0.255:passwordP2, value: "octet-string:${hexOf(secret)}", blind: true }]`);
    let said = "";
    for (const secret of secrets) {
      for (const [set, results] of [
        [named(secret), ["changed", "written"]],
        [written(secret), ["written"]],
      ] as const) {
        const dry = await apply(set, { dryRun: true });
        const steps = await apply(set, { log });
        expect(steps.map(({ result, new: wanted }) => [result, wanted])).to.deep.equal(results.map((result) => [result, "(secret)"]));
        said += [toJson(dry), toJson(steps), stepTable(dry, undefined), stepTable(steps, undefined)].join("\n");
      }
    }
    expect(await dump()).to.include(`0.0.96.1.10.255:2 090D${hexOf(secrets[1] as string)}`);
    expect(logLines(file)).to.have.length(6);
    said += readFileSync(file, "utf8");
    for (const secret of secrets) for (const form of [secret, hexOf(secret)]) expect(said.toUpperCase()).not.to.include(form.toUpperCase());
  });

  it("does not repeat a secret that does not fit", async () => {
    const set = load("steps: [{ set: 0.0.20.0.0.255:7, value: hush-hush, blind: true }]");
    const { message, hint, cause } = await failure(apply(set));
    expect([message, hint, String(cause)].join("\n")).not.to.include("hush");
    expect(message).to.match(/^steps\[0\]\.value: the secret for 0\.0\.20\.0\.0\.255:7 does not fit/);
  });

  it("stops at the first refusal unless it is to go on, and says what was refused", async () => {
    const text = (object: string) =>
      `steps: [{ set: 1-0:12.31.0, value: 2000 }, { set: ${object}, value: 1 }, { set: 1.0.0.8.0.255, value: 600 }]`;
    // A register of energy may be read, and not be written.
    const steps = await apply(load(text("1-0:1.8.0")));
    expect(steps.map(({ result }) => result)).to.deep.equal(["changed", "refused", "skipped"]);
    expect(steps[1]).to.include({ error: "read-write-denied", old: 1000, unit: "Wh" });
    const going = await apply(load(text("1-0:1.8.0")), { keepGoing: true });
    expect(going.map(({ result }) => result)).to.deep.equal(["unchanged", "refused", "changed"]);
  });

  it("refuses what does not fit the meter before anything is written, and names the place in the file", async () => {
    const wrong = {
      "{ set: 9.9.9.9.9.255, value: 1 }": /^steps\[1\]\.set: this client sees no 9\.9\.9\.9\.9\.255$/,
      "{ set: nonsense, value: 1 }": /^steps\[1\]\.set: "nonsense" is neither a logical name nor a name/,
      "{ set: clock:colour, value: 1 }": /^steps\[1\]\.set: 0\.0\.1\.0\.0\.255 has no attribute "colour"$/,
      "{ set: 9.9.9.9.9.255:colour, value: 1 }": /^steps\[1\]\.set: this client sees no/,
      "{ set: 1.0.0.8.0.255, value: 70000 }": /^steps\[1\]\.value: expected a whole number from 0 to 65535/,
      '{ set: 1.0.0.8.0.255, value: "900" }': /^steps\[1\]\.value: expected a whole number/,
      "{ set: 0.0.96.61.5.255, value: [[1, 2]] }": /^steps\[1\]\.value\[0\]\[0\]: expected a text/,
      "{ set: 1.0.0.8.0.255, value: long64:many }": /^steps\[1\]\.value: expected a whole number/,
      "{ set: clock, value: 2026-11-23T12:00:00Z }": /^steps\[1\]\.set: 0\.0\.1\.0\.0\.255 never holds still/,
      "{ set: 1-0:12.31.0:2, value: 1 }": /^steps\[1\]\.set: 1\.0\.12\.31\.0\.255:2 is set twice$/,
      "{ invoke: clock, method: wind, value: integer:0 }": /^steps\[1\]\.method: class 8 has no method "wind"$/,
      "{ invoke: clock, method: 1, value: 5 }": /^steps\[1\]\.value: /,
    };
    for (const [step, message] of Object.entries(wrong)) {
      const error = await failure(apply(load(`steps: [{ set: 1-0:12.31.0, value: 2000 }, ${step}]`), { keepGoing: true }));
      expect(error.message, step).to.match(message);
    }
    expect(changing).to.equal(0);
  });

  it("refuses digits that are none for integers of 64 bits too", () => {
    const [step] = load("steps: [{ set: 1.0.0.8.0.255, value: many }]").stepsFor(new ObjectReader(client, view));
    expect(() => step?.kind === "set" && step.wanted({ type: "long64", value: 1n })).to.throw(
      ConfigError,
      /^steps\[0\]\.value: expected a whole number from /,
    );
  });

  it("has secrets at hand before anything is connected", () => {
    expect(() => load("steps: [{ set: 0.0.40.0.2.255:7, secret: env:NOT_SET }]")).to.throw(
      ConfigError,
      /^steps\[0\]\.secret: .*NOT_SET is not set/,
    );
  });

  it("invokes after a run that was cut off only where that is asked for", async () => {
    const set = load("steps: [{ set: 0.0.13.0.0.255:6, value: winter }, { invoke: 0.0.13.0.0.255, method: 1 }]");
    await apply(load("steps: [{ set: 0.0.13.0.0.255:6, value: winter }]"));
    expect((await apply(set)).map(({ result }) => result)).to.deep.equal(["unchanged", "not-needed"]);
    expect((await apply(set, { invoke: true })).map(({ result }) => result)).to.deep.equal(["unchanged", "invoked"]);
    const name = (await dump()).find((line) => line.startsWith("0.0.13.0.0.255:2 "));
    expect(name).to.equal(`0.0.13.0.0.255:2 0906${toHex(new TextEncoder().encode("winter"))}`);
  });
});
