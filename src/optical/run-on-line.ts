import { TransportError } from "../errors.ts";
import { type LineMachine, type LineTimers, LineWorker } from "./line-worker.ts";
import type { SerialLine } from "./serial-port.ts";

/** A machine that comes to something, or to an error. */
export interface EndingMachine<T> extends LineMachine {
  readonly result: T | undefined;
  readonly error: Error | undefined;
}

/**
 * Lets a machine live on an open line until it has come to something, and all is sent that it wants sent. On failure the line is
 * closed. @throws the machine's error, TransportError where the line ends before
 */
export function runOnLine<T>(line: SerialLine, start: () => EndingMachine<T>, timers: LineTimers): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const machine = start();
    const worker = new LineWorker(line, machine, timers, () => {
      const { result, error } = machine;
      if (error !== undefined) reject(error);
      else if (result !== undefined) resolve(result);
      else return;
      worker.stop();
    });
    line.onClose((error) => {
      worker.stop();
      reject(error ?? new TransportError("closed", `${line.path} was closed`, { layer: "optical" }));
    });
    worker.proceed();
  }).catch(async (error: unknown) => {
    // What was said last may be a break that frees the meter.
    await line.close();
    throw error;
  });
}
