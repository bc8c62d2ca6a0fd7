import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { type ResumableRead, readResumably } from "../../src/cli/profile-resume.ts";
import { profileCsv, type RowFormatName } from "../../src/cli/profile-text.ts";
import type { RowProgress } from "../../src/cli/progress.ts";
import { parseTimeLimit } from "../../src/cli/time-limit.ts";
import { readProfile } from "../../src/client/profile-reader.ts";
import { ConfigError, DataAccessError, TransportError } from "../../src/errors.ts";
import { scaled } from "../support/scale.ts";
import { encodings } from "../support/tables.ts";
import { loadProfile, StoredProfile, type StoredProfileOptions, type StoredRow } from "./stored-profile.ts";

const quarter = 900_000;
const noScalers = { scalersOf: () => Promise.resolve([]) };
/** Two days before Central Europe turns its clocks back, and before it turns them forward. */
const autumn = Date.UTC(2026, 9, 23, 22);
const spring = Date.UTC(2026, 2, 27, 23);

const quarters = (begin: number, count: number): StoredRow[] =>
  Array.from({ length: count }, (_, row) => ({ instant: begin + row * quarter, energy: 1000 + row }));

/** Rows across a turn of the clocks: with gaps, with several of one stamp, with hundredths that nobody sees. */
const someRows: fc.Arbitrary<readonly StoredRow[]> = fc
  .record({
    begin: fc.constantFrom(autumn, spring),
    steps: fc.array(fc.oneof({ weight: 8, arbitrary: fc.constant(quarter) }, fc.constantFrom(0, 3, 60_000, 86_400_000, 5 * 86_400_000)), {
      minLength: 1,
      maxLength: 400,
    }),
  })
  .map(({ begin, steps }) => {
    let instant = begin;
    return steps.map((step, row) => {
      instant += step;
      return { instant, energy: row };
    });
  });

const someLimits = fc.constantFrom<ResumableRead["limits"]>(
  {},
  { from: "2026-10-24T13:00" },
  { from: "2026-03-29T00:00", to: "2026-10-25T23:59" },
  { from: "2026-03-28T00:00Z", to: "2026-10-26T00:00:00+02:00" },
  { to: "2026-10-25T03:30" },
  { to: "2026-10-25T02:30+01:00" },
);

describe("profile --resume", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-resume-"));
    path = join(folder, "load.csv");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const wanted = (limits: ResumableRead["limits"] = {}, format: RowFormatName = "csv", file = path): ResumableRead => ({
    logicalName: loadProfile,
    limits,
    format,
    path: file,
  });
  const content = (file = path) => readFileSync(file, "utf8");
  const failure = (meter: StoredProfile, read: ResumableRead): Promise<unknown> =>
    readResumably(meter.client, noScalers, read).then(
      () => undefined,
      (error: unknown) => error,
    );
  /** What one undisturbed GET of the range gives. */
  const atOnce = async (meter: StoredProfile, { from, to }: ResumableRead["limits"]): Promise<string> => {
    const range = { from: parseTimeLimit("--from", from ?? "1970-01-01"), to: parseTimeLimit("--to", to ?? "2099-12-31") };
    return `${profileCsv(await readProfile(meter.client, noScalers, loadProfile, { kind: "range", ...range }))}\n`;
  };

  /** Reads with the cable cut again and again, as crashes leave the files, until it is done; how often it was cut. */
  async function readDisturbed(
    meter: StoredProfile,
    read: ResumableRead,
    cuts: readonly number[],
    crash: (cut: number) => void,
  ): Promise<number> {
    for (const [index, cut] of cuts.entries()) {
      meter.left = cut;
      const error = await failure(meter, read);
      if (error === undefined) return index;
      expect(error).to.be.instanceOf(TransportError);
      crash(cut);
    }
    meter.left = Number.POSITIVE_INFINITY;
    await readResumably(meter.client, noScalers, read);
    return cuts.length;
  }

  for (const encoding of encodings) {
    it(`gives the file of an undisturbed read, wherever it is cut and whatever the clocks do, ${encoding}`, async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(someRows, someLimits, fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 20 }), async (rows, limits, cuts) => {
          for (const file of [path, `${path}.resume`]) rmSync(file, { force: true });
          const meter = new StoredProfile(rows, { encoding });
          const undisturbed = await atOnce(meter, limits);
          await readDisturbed(meter, wanted(limits), cuts, () => {
            // What a kill in the middle of a write leaves behind.
            if (existsSync(path)) appendFileSync(path, "2026-10-25T02:1");
          });
          expect(content()).to.equal(undisturbed);
          expect(existsSync(`${path}.resume`)).to.equal(false);
        }),
        { numRuns: scaled(40, 1000) },
      );
    });
  }

  it("gives the same where the meter's times have no deviation", async () => {
    const meter = new StoredProfile(quarters(autumn, 500), { stampsWithDeviation: false });
    const limits = { from: "2026-10-24T00:00", to: "2026-10-27T00:00" };
    const undisturbed = await atOnce(meter, limits);
    await readDisturbed(meter, wanted(limits), [3, 4, 5, 6, 7, 8], () => {});
    expect(content()).to.equal(undisturbed);
    expect(undisturbed.match(/2026-10-25T02:15:00/g)).to.have.length(2);
  });

  it("keeps every row once where the clock was set back, however it is cut", async () => {
    const rows = [...quarters(autumn, 300), ...quarters(autumn + 100 * quarter, 150).map((row) => ({ ...row, energy: row.energy + 5000 }))];
    const meter = new StoredProfile(rows, { unordered: true });
    await readResumably(meter.client, noScalers, wanted());
    const other = join(folder, "other.csv");
    await readDisturbed(meter, wanted({}, "csv", other), Array(20).fill(5), () => {});
    expect(content(other)).to.equal(content());
    const energies = content()
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",")[1]));
    expect(energies.sort((a, b) => a - b)).to.deep.equal(rows.map((row) => row.energy).sort((a, b) => a - b));
  });

  it("goes back to the last sidecar where a crash came between the rows and their sidecar", async () => {
    const meter = new StoredProfile(quarters(autumn, 960));
    const undisturbed = await atOnce(meter, {});
    let reports = 0;
    const crash = new TransportError("closed", "crashed");
    const read = (at: number) =>
      readResumably(meter.client, noScalers, wanted(), () => {
        reports += 1;
        if (reports === at) copyFileSync(`${path}.resume`, `${path}.kept`);
        if (reports === at + 1) throw crash;
      }).catch((error: unknown) => expect(error).to.equal(crash));
    await read(4);
    const length = content().length;
    copyFileSync(`${path}.kept`, `${path}.resume`);
    await readResumably(meter.client, noScalers, wanted());
    expect(content()).to.equal(undisturbed);
    expect(length).to.be.lessThan(undisturbed.length);
  });

  it("reads about a day of quarter hours at once, and no row twice", async () => {
    const meter = new StoredProfile(quarters(autumn, 960));
    const seen: RowProgress[] = [];
    await readResumably(meter.client, noScalers, wanted(), (progress) => seen.push(progress));
    expect(seen.map(({ rows }) => rows)).to.deep.equal([0, 52, 148, 244, 340, 436, 532, 628, 724, 820, 916, 960]);
    expect(seen.at(-1)).to.deep.equal({ rows: 960, done: 11, total: 11 });
    expect(meter.ranges).to.equal(12);
  });

  it("reads months of days at once, and minutes by a few hours", async () => {
    const days = new StoredProfile(quarters(autumn, 62).map(({ energy }, row) => ({ instant: autumn + row * 86_400_000, energy })));
    const minutes = new StoredProfile(quarters(autumn, 1440).map(({ energy }, row) => ({ instant: autumn + row * 60_000, energy })));
    await readResumably(days.client, noScalers, wanted());
    await readResumably(minutes.client, noScalers, wanted({}, "csv", join(folder, "minutes.csv")));
    expect([days.ranges, minutes.ranges]).to.deep.equal([2, 8]);
  });

  it("leaves out what is captured while it reads, where no end was asked for", async () => {
    const meter = new StoredProfile(quarters(autumn, 500));
    const undisturbed = await atOnce(meter, {});
    await readDisturbed(meter, wanted(), [6, 6, 6], () => {
      meter.rows = [...meter.rows.slice(0), ...quarters((meter.rows.at(-1)?.instant ?? 0) + quarter, 10)];
    });
    expect(content()).to.equal(undisturbed);
  });

  it("tells where the meter has overwritten what was to be read next", async () => {
    const meter = new StoredProfile(quarters(autumn, 960));
    const { lackingBefore: none } = await readResumably(meter.client, noScalers, wanted({}, "csv", join(folder, "whole.csv")));
    expect(none).to.equal(undefined);
    meter.left = 10;
    expect(await failure(meter, wanted())).to.be.instanceOf(TransportError);
    meter.left = Number.POSITIVE_INFINITY;
    meter.rows = meter.rows.slice(700);
    const { rows, lackingBefore } = await readResumably(meter.client, noScalers, wanted());
    expect(lackingBefore).to.equal("2026-10-31T06:00:00+01:00");
    expect(rows).to.be.within(260, 960 - 100);
  });

  it("writes JSON lines behind one that describes the columns", async () => {
    const meter = new StoredProfile(quarters(autumn, 300));
    await readDisturbed(meter, wanted({}, "json"), [5, 5, 5], () => {});
    const [head, ...rows] = content()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(head).to.deep.include({ logicalName: loadProfile, capturePeriod: 900 });
    expect(head.columns.map(({ logicalName }: { logicalName: string }) => logicalName)).to.deep.equal(["0.0.1.0.0.255", "1.0.1.8.0.255"]);
    expect(rows).to.have.length(300);
    expect(rows[299]).to.deep.equal(["2026-10-27T01:45:00+01:00", 1299]);
  });

  it("writes the titles alone of an empty profile", async () => {
    await readResumably(new StoredProfile([]).client, noScalers, wanted());
    expect(content()).to.equal("Clock,Active energy import (+A)\n");
  });

  it("reads a meter that gives no rows by number where both limits are given, and says so where not", async () => {
    const meter = new StoredProfile(quarters(autumn, 300), { entries: false });
    expect(await failure(meter, wanted()))
      .to.be.instanceOf(ConfigError)
      .with.property("hint", "give --from and --to");
    const limits = { from: "2026-10-24T00:00", to: "2026-10-26T12:00" };
    await readResumably(meter.client, noScalers, wanted(limits));
    expect(content()).to.equal(await atOnce(meter, limits));
  });

  describe("refuses to go on", () => {
    const interrupted = async (options: StoredProfileOptions = {}): Promise<StoredProfile> => {
      const meter = new StoredProfile(quarters(autumn, 300), options);
      meter.left = 7;
      expect(await failure(meter, wanted())).to.be.instanceOf(TransportError);
      return new StoredProfile(meter.rows, options);
    };
    const refused = async (meter: StoredProfile, read: ResumableRead, message: RegExp): Promise<void> => {
      const before = content();
      expect(await failure(meter, read))
        .to.be.instanceOf(ConfigError)
        .with.property("message")
        .that.matches(message);
      expect(content()).to.equal(before);
    };

    it("with another meter", async () => {
      const { rows } = await interrupted();
      await refused(new StoredProfile(rows, { serialNumber: "87654321" }), wanted(), /another meter: - 12345678, and this is - 87654321/);
    });

    it("with other columns", async () => {
      const { rows } = await interrupted();
      const columns = [
        { classId: 8, logicalName: "0.0.1.0.0.255" as const, attribute: 2, dataIndex: 0 },
        { classId: 3, logicalName: "1.0.2.8.0.255" as const, attribute: 2, dataIndex: 0 },
      ];
      await refused(new StoredProfile(rows, { columns }), wanted(), /another columns/);
    });

    it("with another range or format", async () => {
      const meter = await interrupted();
      await refused(meter, wanted({ from: "2026-10-24T00:00" }), /another range/);
      await refused(meter, wanted({}, "json"), /another format/);
    });

    it("with a file that was changed, or is gone", async () => {
      const meter = await interrupted();
      const whole = content();
      writeFileSync(path, whole.replace("1001", "1002"));
      await refused(meter, wanted(), /has been changed/);
      writeFileSync(path, whole.slice(0, -1));
      await refused(meter, wanted(), /has been changed/);
      rmSync(path);
      expect(await failure(meter, wanted())).to.be.instanceOf(ConfigError);
    });

    it("with a sidecar that makes no sense", async () => {
      const meter = await interrupted();
      const sidecar = content(`${path}.resume`);
      for (const other of [
        "",
        "{}",
        sidecar.slice(0, -10),
        sidecar.replace('"format":1', '"format":2'),
        sidecar.replace('"cuts":[', '"cuts":["x",'),
      ]) {
        writeFileSync(`${path}.resume`, other);
        await refused(meter, wanted(), /makes no sense/);
      }
    });

    it("over a file that nobody was interrupted at", async () => {
      writeFileSync(path, "precious\n");
      await refused(new StoredProfile(quarters(autumn, 3)), wanted(), /exists/);
    });
  });

  it("needs limits of one kind, and a clock", async () => {
    const meter = new StoredProfile(quarters(autumn, 3));
    expect(await failure(meter, wanted({ from: "2026-10-24T00:00Z", to: "2026-10-25T00:00" }))).to.be.instanceOf(ConfigError);
    const noDeviation = new StoredProfile(meter.rows, { stampsWithDeviation: false });
    expect(await failure(noDeviation, wanted({ from: "2026-10-24T00:00Z" }))).to.be.instanceOf(ConfigError);
    const columns = [{ classId: 3, logicalName: "1.0.1.8.0.255" as const, attribute: 2, dataIndex: 0 }];
    const clockless = await failure(new StoredProfile(meter.rows, { columns }), wanted());
    expect(clockless).to.be.instanceOf(ConfigError);
    expect(clockless).not.to.be.instanceOf(DataAccessError);
    expect(existsSync(path)).to.equal(false);
  });
});
