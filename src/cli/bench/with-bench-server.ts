import { fork } from "node:child_process";
import { InvariantError } from "../../errors.ts";
import type { BenchPorts } from "./bench-server.ts";

/** Runs with the servers in a process of their own, as a meter and its reader are, and ends it afterwards. */
export async function withBenchServer<T>(run: (ports: BenchPorts) => Promise<T>): Promise<T> {
  const child = fork(process.argv[1] as string, ["bench", "--serve"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  try {
    const ports = await new Promise<BenchPorts>((resolve, reject) => {
      child.once("message", (message) => resolve(message as BenchPorts));
      child.once("exit", (code) => reject(new InvariantError(`the server of the benchmark ended with ${code}`)));
    });
    return await run(ports);
  } finally {
    child.removeAllListeners("exit");
    if (child.connected) child.disconnect();
  }
}
