import { readFileSync } from "node:fs";

/** A process, told apart from a later one with the same id where the system lets us. */
export interface Owner {
  readonly pid: number;
  /** Boot and start time; undefined where the system does not say. */
  readonly started: string | undefined;
}

/** The process we are. */
export function thisProcess(): Owner {
  return { pid: process.pid, started: startOf(process.pid) };
}

/**
 * Whether the owner still runs. What `kill -9` left behind does not, nor does a zombie, nor another process that was
 * given the same id since; in a container that is the rule, as the id is 1 every time.
 */
export function isRunning(owner: Owner): boolean {
  const started = startOf(owner.pid);
  if (started !== undefined && owner.started !== undefined) return started === owner.started;
  // Nobody in this process holds the folder, or we had not been asked.
  if (owner.pid === process.pid) return false;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // proc(5): the command, in parentheses, may contain anything; state is the field after it, start time the 20th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return fields[0] === "Z" || fields[0] === "X" ? "ended" : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
