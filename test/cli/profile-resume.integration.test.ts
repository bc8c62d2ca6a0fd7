import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { CliService, cliCommand, runCli } from "../support/cli.ts";
import { scaled } from "../support/scale.ts";

const asReader = ["--client", "2", "--auth", "lls", "--password", "env:P"];
const environment = { P: "00000000" };

/** More than the objects that a client sees take, which it reads once. */
const objectList = 30_000;
const interruptions = fc.sample(fc.record({ octets: fc.integer({ min: 2000, max: 16_000 }), killed: fc.boolean() }), {
  numRuns: scaled(4, 20),
  seed: 1,
});

/** A line to the meter that calls `onLimit` once it has carried so many octets of answers, and can be cut. */
class Line {
  limit = Number.POSITIVE_INFINITY;
  onLimit: () => void = () => {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(meter: number) {
    this.#server = createServer((near) => {
      const far = connect(meter, "127.0.0.1");
      let carried = 0;
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => this.#sockets.delete(socket));
      }
      near.pipe(far);
      far.on("data", (chunk: Buffer) => {
        carried += chunk.length;
        if (carried < this.limit) near.write(chunk);
        else {
          near.write(chunk.subarray(0, chunk.length - (carried - this.limit)));
          this.limit = Number.POSITIVE_INFINITY;
          this.onLimit();
        }
      });
      far.on("close", () => near.end());
      near.on("close", () => far.destroy());
    });
  }

  listen(): Promise<number> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", () => resolve((this.#server.address() as AddressInfo).port)));
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

describe("dlms profile --resume", function () {
  this.timeout(120_000);
  let meter: CliService | undefined;
  let line: Line;
  let folder = "";
  let profile: readonly string[] = [];
  before(async () => {
    meter = await CliService.start(
      ["meter", "--tcp", "0", "--history", "P3M", "--start", "2026-11-22T12:07", "--timezone", "Europe/Berlin"],
      /listening tcp (\S+)/,
    );
    const address = /listening tcp 127\.0\.0\.1:(\d+)/.exec(meter.output)?.[1];
    line = new Line(Number(address));
    profile = ["profile", `tcp://127.0.0.1:${await line.listen()}`, "load", "--to", "2026-11-22T12:00", "--format", "csv", ...asReader];
  });
  after(async () => {
    line.close();
    await meter?.stop();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-resume-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the command; after so many octets of answers `interrupt` happens to it. */
  async function run(
    path: string,
    octets: number,
    interrupt: (child: ChildProcess) => void,
  ): Promise<{ code: number | null; stderr: string }> {
    const child = spawn(process.execPath, [...cliCommand, ...profile, "--out", path, "--resume"], {
      env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache"), ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    line.limit = octets;
    line.onLimit = () => interrupt(child);
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    line.limit = Number.POSITIVE_INFINITY;
    return { code, stderr };
  }

  it("gives the file of an undisturbed read, killed and cut off at random", async () => {
    const undisturbed = join(folder, "undisturbed.csv");
    expect((await runCli([...profile, "--out", undisturbed], environment)).code).to.equal(0);
    const path = join(folder, "load.csv");
    for (const [index, { octets, killed }] of interruptions.entries()) {
      const { code } = await run(path, index === 0 ? objectList + octets : octets, (child) => {
        if (killed) child.kill("SIGKILL");
        else line.cut();
      });
      expect(code, `interruption ${index}`).to.equal(killed ? null : 3);
    }
    expect(existsSync(`${path}.resume`)).to.equal(true);
    expect((await run(path, Number.POSITIVE_INFINITY, () => {})).code).to.equal(0);
    expect(readFileSync(path, "utf8")).to.equal(readFileSync(undisturbed, "utf8"));
    expect(existsSync(`${path}.resume`)).to.equal(false);
  });

  it("releases the association at Ctrl-C, keeps the file and says how to go on", async () => {
    const path = join(folder, "load.csv");
    const { code, stderr } = await run(path, 40_000, (child) => child.kill("SIGINT"));
    expect(stderr).to.match(/load\.csv keeps \d+ rows: run the same command again to go on\n$/);
    expect(stderr).not.to.include("error");
    expect(code).to.equal(130);
    const rows = readFileSync(path, "utf8");
    expect(rows.split("\n").length - 2).to.equal(Number(/keeps (\d+) rows/.exec(stderr)?.[1]));
    const onward = await run(path, Number.POSITIVE_INFINITY, () => {});
    expect(onward).to.deep.include({ code: 0 });
    expect(readFileSync(path, "utf8").startsWith(rows)).to.equal(true);
    const again = await run(path, Number.POSITIVE_INFINITY, () => {});
    expect(again.code).to.equal(2);
    expect(again.stderr).to.include("exists");
  });

  it("refuses what does not go together before it connects", async () => {
    const { code, stderr } = await runCli(["profile", "tcp://127.0.0.1:1", "load", "--resume", "--out", "x", "--last", "3"]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^error: --resume: /);
  });
});
