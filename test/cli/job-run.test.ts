import { expect } from "chai";
import fc from "fast-check";
import { byLine, fileOf, selectMeters } from "../../src/cli/job/job-meters.ts";
import { type JobLimits, type JobMeter, type JobPorts, type JobStepReport, runJob, worstExitCode } from "../../src/cli/job/run-job.ts";
import { ConfigError, DataAccessError, SecurityError, TransportError } from "../../src/errors.ts";
import { scaled } from "../support/scale.ts";

const tcp = (id: string, host: string, port = 4059): JobMeter => ({ id, address: { kind: "tcp", host, port } });

const ok: JobStepReport = { json: {}, text: "", verdict: "ok" };
const limits: JobLimits = { retries: 0, pause: 1000, parallel: 4 };

/** A meter as the ports below see it: it is connected to, and let go. */
class Visit implements AsyncDisposable {
  readonly #onEnd: () => void;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#onEnd();
  }
}

/** Ports to nothing; `events` is what was asked of them. */
function ports(work: JobPorts<JobMeter, Visit>["workAt"], more: Partial<JobPorts<JobMeter, Visit>> = {}) {
  const events: string[] = [];
  const own: JobPorts<JobMeter, Visit> = {
    connect: async ({ id }) => {
      events.push(`${id} connected`);
      return new Visit(() => void events.push(`${id} released`));
    },
    workAt: work,
    sleep: async (ms) => void events.push(`slept ${ms}`),
    ...more,
  };
  return { events, ports: own };
}

describe("running a job", () => {
  it("does the steps of a meter in order over one association", async () => {
    const done: string[] = [];
    const step = (name: string) => async (): Promise<JobStepReport> => {
      done.push(name);
      return ok;
    };
    const { events, ports: world } = ports(() => [step("first"), step("second")]);
    const [report] = await runJob([tcp("a", "host")], limits, world);
    expect(done).to.deep.equal(["first", "second"]);
    expect(events).to.deep.equal(["a connected", "a released"]);
    expect(report).to.deep.include({ meter: "a", result: "done", attempts: 1, exitCode: 0 });
    expect(report?.steps).to.have.length(2);
  });

  it("lets no failure of one meter stop the others, and answers with the worst", async () => {
    const failures: Readonly<Record<string, unknown>> = {
      refused: new DataAccessError("read-write-denied", "no"),
      config: new ConfigError("--ek", "no key"),
      lost: new TransportError("timeout", "silence"),
      wrongKey: new SecurityError("authentication-failed", "wrong"),
      bug: new RangeError("ours"),
    };
    const meters = [...Object.keys(failures), "fine"].map((id, index) => tcp(id, `host${index}`));
    const { ports: world } = ports(({ id }) => [
      async () => {
        if (failures[id] !== undefined) throw failures[id];
        return ok;
      },
    ]);
    const reports = await runJob(meters, limits, world);
    expect(reports.map(({ meter, exitCode }) => [meter, exitCode])).to.deep.equal([
      ["refused", 1],
      ["config", 2],
      ["lost", 3],
      ["wrongKey", 4],
      ["bug", 1],
      ["fine", 0],
    ]);
    expect(worstExitCode(reports)).to.equal(4);
    expect(worstExitCode(reports.slice(-1))).to.equal(0);
    expect(worstExitCode([])).to.equal(0);
  });

  it("goes on after a finding, and stops at a failure", async () => {
    const verdicts = { found: ["finding", "ok"], failed: ["ok", "failed", "ok"] } as const;
    const { ports: world } = ports(({ id }) => verdicts[id as keyof typeof verdicts].map((verdict) => async () => ({ ...ok, verdict })));
    const reports = await runJob([tcp("found", "a"), tcp("failed", "b")], limits, world);
    expect(reports.map(({ result, exitCode, steps }) => [result, exitCode, steps.length])).to.deep.equal([
      ["attention", 1, 2],
      ["failed", 1, 2],
    ]);
  });

  it("tries again where the connection was lost, and does not do again what was done", async () => {
    const done: string[] = [];
    let cuts = 2;
    const { events, ports: world } = ports(() => [
      async () => {
        done.push("first");
        return ok;
      },
      async () => {
        done.push("second");
        if (cuts-- > 0) throw new TransportError("closed", "cut");
        return ok;
      },
    ]);
    const [report] = await runJob([tcp("a", "host")], { ...limits, retries: 2 }, world);
    expect(done).to.deep.equal(["first", "second", "second", "second"]);
    expect(report).to.deep.include({ result: "done", attempts: 3, exitCode: 0 });
    expect(events).to.deep.equal([
      "a connected",
      "a released",
      "slept 1000",
      "a connected",
      "a released",
      "slept 1000",
      "a connected",
      "a released",
    ]);
  });

  it("tries so often and no more, and not at all what would fail in the same way", async () => {
    const error = { lost: new TransportError("refused", "nobody there"), denied: new DataAccessError("read-write-denied", "no") };
    const retries: string[] = [];
    const { ports: world } = ports(() => [], {
      connect: async ({ id }) => {
        throw error[id as keyof typeof error];
      },
      onRetry: ({ id }, { code }, attempt) => void retries.push(`${id} ${code} ${attempt}`),
    });
    const reports = await runJob([tcp("lost", "a"), tcp("denied", "b")], { ...limits, retries: 2 }, world);
    expect(reports.map(({ attempts, error: told }) => [attempts, told?.code])).to.deep.equal([
      [3, "refused"],
      [1, "read-write-denied"],
    ]);
    expect(retries).to.deep.equal(["lost refused 1", "lost refused 2"]);
  });

  it("has one association at a time on each line, and no more lines at once than it may, however long meters take", async () => {
    const someMeters = fc.array(fc.record({ host: fc.constantFrom("a", "b", "c", "d"), port: fc.constantFrom(1, 2), turns: fc.nat(5) }), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(someMeters, fc.integer({ min: 1, max: 5 }), async (some, parallel) => {
        const meters = some.map(({ host, port }, index) => tcp(String(index), host, port));
        const busy = new Set<string>();
        let most = 0;
        const order: string[] = [];
        const { ports: world } = ports(
          ({ id }) => [
            async () => {
              for (let turn = some[Number(id)]?.turns ?? 0; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
              return ok;
            },
          ],
          {
            connect: async (meter) => {
              const { host, port } = meter.address as { host: string; port: number };
              const line = `${host}:${port}`;
              expect(busy.has(line)).to.equal(false);
              busy.add(line);
              most = Math.max(most, busy.size);
              order.push(meter.id);
              return new Visit(() => void busy.delete(line));
            },
          },
        );
        const reports = await runJob(meters, { ...limits, parallel }, world);
        expect(reports.map(({ meter }) => meter)).to.deep.equal(meters.map(({ id }) => id));
        const lines = byLine(meters);
        expect(most).to.equal(Math.min(parallel, lines.length));
        for (const line of lines) {
          const ids = line.map(({ id }) => id);
          expect(order.filter((id) => ids.includes(id))).to.deep.equal(ids);
        }
      }),
      { numRuns: scaled(30, 1000) },
    );
  });
});

describe("the meters of a job", () => {
  const book = ["house", "feeder7-1", "feeder7-2", "feeder8-1"].map((id) => ({ id }));
  const select = (...patterns: string[]): readonly string[] => selectMeters(patterns, book).map(({ id }) => id);

  it("are named, or match a pattern, each once", () => {
    expect(select("feeder8-1", "feeder*", "house")).to.deep.equal(["feeder8-1", "feeder7-1", "feeder7-2", "house"]);
    expect(select("feeder?-1")).to.deep.equal(["feeder7-1", "feeder8-1"]);
    expect(select("*")).to.have.length(4);
    expect(selectMeters(["a.c"], [{ id: "abc" }, { id: "a.c" }]).map(({ id }) => id)).to.deep.equal(["a.c"]);
  });

  it("exist, or the job is refused", () => {
    expect(() => select("house", "hous")).to.throw(ConfigError, 'meters[1]: the address book has no meter "hous", did you mean house?');
    expect(() => select("line*")).to.throw(ConfigError, /has no meter "line\*"/);
  });

  it("share a line where they share a port, whatever they speak on it", () => {
    const meters = [
      { id: 1, address: { kind: "hdlc", host: "server", port: 4060 } },
      { id: 2, address: { kind: "serial", path: "/dev/ttyUSB0", baud: 9600 } },
      { id: 3, address: { kind: "tcp", host: "server", port: 4059 } },
      { id: 4, address: { kind: "optical", path: "/dev/ttyUSB0", baud: 300, maxBaud: 9600 } },
      { id: 5, address: { kind: "hdlc", host: "server", port: 4060 } },
      { id: 6, address: { kind: "udp", host: "server", port: 4060 } },
    ] as const;
    expect(byLine(meters).map((line) => line.map(({ id }) => id))).to.deep.equal([[1, 5, 6], [2, 4], [3]]);
  });
});

describe("the files of a job", () => {
  const at = new Date(2026, 10, 3, 4, 5, 6);

  it("are named by meter, date and time", () => {
    expect(fileOf("{date}/{meter}-{time}.csv", "house", at)).to.equal("2026-11-03/house-040506.csv");
    expect(fileOf("{meter}/{meter}{other}", "house", at)).to.equal("house/house{other}");
  });

  it("never leave their folder, and never are those of two meters", () => {
    const ids = fc.stringMatching(/^[^\s+#/]{1,12}$/u);
    fc.assert(
      fc.property(ids, ids, (one, other) => {
        const file = fileOf("{meter}.csv", one, at);
        expect(file).to.match(/^(?!\.)[A-Za-z0-9._%-]+$/);
        if (one !== other) expect(fileOf("{meter}.csv", other, at)).not.to.equal(file);
      }),
      { numRuns: scaled(500, 20_000) },
    );
    expect(fileOf("{meter}/load", "..", at)).to.equal("%2E./load");
    expect(fileOf("{meter}", "$&a\\b", at)).to.equal("%24%26a%5Cb");
  });
});
