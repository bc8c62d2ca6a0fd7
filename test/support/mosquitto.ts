import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "./free-port.ts";

/** The broker's program, on the path or where Debian puts it; undefined when it is not installed. */
export function mosquittoProgram(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, "mosquitto")).find((path) => existsSync(path));
}

export interface MosquittoOptions {
  /** Lines of configuration besides the listener's. */
  readonly config?: readonly string[];
  /** Files written next to the configuration before the start: name -> content; "%dir%" in `config` is their folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly port?: number;
  /** Keeps sessions and messages on the disk, as early as Mosquitto can. */
  readonly persistent?: boolean;
}

/** A Mosquitto, by default without persistence, on a loopback port of its own, in a folder of its own. */
export class Mosquitto {
  readonly port: number;
  readonly #folder: string;
  readonly #program: string;
  #process: ChildProcess | undefined;

  private constructor(program: string, folder: string, port: number) {
    this.#program = program;
    this.#folder = folder;
    this.port = port;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Starts one; undefined when the program is not installed. */
  static async start(options: MosquittoOptions = {}): Promise<Mosquitto | undefined> {
    const program = mosquittoProgram();
    if (program === undefined) return undefined;
    const folder = mkdtempSync(join(tmpdir(), "dlms-gateway-mosquitto-"));
    const port = options.port ?? (await freePort());
    for (const [name, content] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), content, { mode: 0o600 });
    const config = options.config ?? ["allow_anonymous true"];
    const persistence = options.persistent
      ? ["persistence true", "persistence_location %dir%/", "autosave_on_changes true", "autosave_interval 1", "max_queued_messages 0"]
      : ["persistence false"];
    const lines = ["per_listener_settings false", `listener ${port} 127.0.0.1`, ...persistence, "user root", ...config];
    writeFileSync(join(folder, "mosquitto.conf"), `${lines.join("\n").replaceAll("%dir%", folder)}\n`);
    const broker = new Mosquitto(program, folder, port);
    await broker.restart();
    return broker;
  }

  /** Ends the process, if one runs, and starts another: without persistence everything retained is gone. */
  async restart(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.#end(signal);
    const child = spawn(this.#program, ["-c", join(this.#folder, "mosquitto.conf")], { stdio: ["ignore", "ignore", "pipe"] });
    this.#process = child;
    let output = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-2000);
    });
    const deadline = performance.now() + 5000;
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`mosquitto did not start: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends the process, as an outage does. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const force = setTimeout(() => child.kill("SIGKILL"), 2000);
    await ended;
    clearTimeout(force);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
