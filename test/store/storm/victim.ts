import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** A process that writes to a store from the moment it is let go until it is killed. */
export class Victim {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exited: Promise<unknown[]>;
  readonly #lines: string[] = [];
  #rest = "";
  #waiting: { readonly count: number; readonly resolve: () => void } | undefined;

  /** Starts a program of this folder; loading takes a while, in which it touches nothing. */
  constructor(program: string, ...options: readonly string[]) {
    const file = fileURLToPath(new URL(program, import.meta.url));
    this.#process = spawn(process.execPath, ["--import", "tsx", file, ...options], { stdio: ["pipe", "pipe", "inherit"] });
    this.#exited = once(this.#process, "close");
    this.#process.stdout.setEncoding("utf8").on("data", (chunk: string) => this.#receive(chunk));
    this.#process.once("close", () => this.#waiting?.resolve());
  }

  /** Whole lines that it has said. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Lets it open the store, with a line of what it has to know. */
  go(order = ""): void {
    this.#process.stdin.write(`${order}\n`);
  }

  /** Comes back once it has said so many lines, or has ended. */
  async said(count: number): Promise<void> {
    if (this.#lines.length >= count || this.#process.exitCode !== null) return;
    await new Promise<void>((resolve) => {
      this.#waiting = { count, resolve };
    });
  }

  /** kill -9; answers what ended it, once everything it said has arrived. */
  async kill(): Promise<unknown> {
    this.#process.kill("SIGKILL");
    const [, signal] = await this.#exited;
    return signal;
  }

  #receive(chunk: string): void {
    const parts = (this.#rest + chunk).split("\n");
    this.#rest = parts.pop() ?? "";
    this.#lines.push(...parts);
    if (this.#waiting !== undefined && this.#lines.length >= this.#waiting.count) this.#waiting.resolve();
  }
}
