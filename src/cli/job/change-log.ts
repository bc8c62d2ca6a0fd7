import { appendFileSync } from "node:fs";
import { ConfigError } from "../../errors.ts";
import { toJson } from "../output.ts";
import type { StepReport } from "./step-report.ts";

/** Which meter a change was made at. */
export interface LoggedMeter {
  /** As it was named on the command line or in the address book. */
  readonly meter: string;
  /** Its logical device name, which tells meters apart that are read through the same probe. */
  readonly device: string | undefined;
}

/** Results that leave a meter as it was, and nobody was refused anything. */
const silent: ReadonlySet<string> = new Set(["unchanged", "not-needed", "skipped"]);

/** The lasting record of what was changed at meters: a file with a JSON document a line, only ever added to. */
export class ChangeLog {
  readonly #file: string;
  readonly #now: () => number;

  /** @throws ConfigError for a file that cannot be written, so that nothing is changed without a record */
  constructor(file: string, now: () => number) {
    this.#file = file;
    this.#now = now;
    this.#append("");
  }

  /** Adds what became of a step, unless nothing did. It is on the disk when this returns. */
  add({ meter, device }: LoggedMeter, { logicalName, attribute, method, old, new: wanted, kept, unit, result, error }: StepReport): void {
    if (silent.has(result)) return;
    const time = new Date(this.#now()).toISOString();
    const entry = { time, meter, device, object: logicalName, attribute, method, old, new: wanted, kept, unit, result, error };
    this.#append(`${toJson(entry)}\n`);
  }

  #append(text: string): void {
    try {
      appendFileSync(this.#file, text, { flush: true });
    } catch (cause) {
      throw new ConfigError("log", `cannot write ${this.#file}: ${(cause as Error).message}`, { cause });
    }
  }
}
