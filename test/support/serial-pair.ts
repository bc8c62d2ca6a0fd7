import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders = (process.env["PATH"] ?? "").split(":");

/** Two pseudo-terminals joined by socat: what is written to one comes out of the other. Undefined where there is no socat. */
export class SerialPair {
  readonly a: string;
  readonly b: string;
  readonly #folder: string;
  readonly #socat: ChildProcess;

  private constructor(folder: string, program: string) {
    this.#folder = folder;
    this.a = join(folder, "a");
    this.b = join(folder, "b");
    const ends = [this.a, this.b].map((link) => `pty,raw,echo=0,link=${link}`);
    this.#socat = spawn(program, ends, { stdio: "ignore" });
  }

  static async start(): Promise<SerialPair | undefined> {
    const program = folders.map((folder) => join(folder, "socat")).find((path) => existsSync(path));
    if (program === undefined) return undefined;
    const pair = new SerialPair(mkdtempSync(join(tmpdir(), "dlms-serial-")), program);
    const deadline = performance.now() + 10_000;
    while (!existsSync(pair.a) || !existsSync(pair.b)) {
      if (performance.now() > deadline) throw new Error("socat made no pseudo-terminals");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return pair;
  }

  /** Pulls the cable: both ends are gone. */
  async unplug(): Promise<void> {
    if (this.#socat.exitCode !== null || this.#socat.signalCode !== null) return;
    const gone = once(this.#socat, "exit");
    this.#socat.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    await this.unplug();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
