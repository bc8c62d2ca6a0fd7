import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Many clients that send an octet now and then and never a whole APDU, in a process of their own. */
export interface Dribblers extends AsyncDisposable {
  readonly process: ChildProcess;
}

/** Resolves when all are connected and have begun. */
export async function dribble(port: number, count: number): Promise<Dribblers> {
  const script = fileURLToPath(new URL("./dribblers-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, String(port), String(count)], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return {
    process: child,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
