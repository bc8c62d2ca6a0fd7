import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** How `dlms` is started: as it was built where the runner has just built it, which saves the compiler at every start; else the sources. */
export const cliCommand: readonly string[] =
  process.env["DLMS_TEST_BUILT"] === "1" ? [at("dist/cli/main.js")] : ["--import", "tsx", at("src/cli/main.ts")];

/** A cache of its own, so that runs do not learn from what ran on the machine before. */
const cache = mkdtempSync(join(tmpdir(), "dlms-cache-"));
process.once("exit", () => rmSync(cache, { recursive: true, force: true }));

function spawnCli(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [...cliCommand, ...args], {
    env: { ...process.env, XDG_CACHE_HOME: cache, XDG_STATE_HOME: cache, NO_COLOR: "1", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `dlms` to its end. */
export function runCli(args: readonly string[], environment: Readonly<Record<string, string>> = {}, stdin = ""): Promise<CliResult> {
  const child = spawnCli(args, environment);
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin?.end(stdin);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs `dlms` for a reader that goes away before anything is written. */
export function runCliUnread(args: readonly string[]): Promise<CliResult> {
  const child = spawnCli(args, {});
  let stderr = "";
  child.stdout?.destroy();
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin?.end();
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code, stdout: "", stderr }));
  });
}

/** A `dlms` that serves until it is stopped. */
export class CliService {
  readonly #child: ChildProcess;
  #output = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
  }

  /** Starts it and waits until its output holds `ready`; an early end is an error with what it said. */
  static async start(args: readonly string[], ready: RegExp, environment: Readonly<Record<string, string>> = {}): Promise<CliService> {
    const service = new CliService(spawnCli(args, environment));
    const child = service.#child;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (ready.test(service.#output)) resolve();
      };
      child.stdout?.on("data", look);
      child.stderr?.on("data", look);
      child.once("exit", (code) => reject(new Error(`dlms ${args.join(" ")} ended with ${code}: ${service.#output}`)));
    });
    return service;
  }

  /** What it has written so far, both streams. */
  get output(): string {
    return this.#output;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ctrl-C; answers with the exit code. */
  stop(signal: NodeJS.Signals = "SIGINT"): Promise<number | null> {
    if (this.#child.exitCode !== null) return Promise.resolve(this.#child.exitCode);
    return new Promise((resolve) => {
      this.#child.removeAllListeners("exit");
      this.#child.once("exit", (code) => resolve(code));
      this.#child.kill(signal);
    });
  }
}
