import { TransportError } from "../errors.ts";
import { type LineTimers, LineWorker } from "./line-worker.ts";
import { openSerialPort, type SerialLine } from "./serial-port.ts";
import { SignOn, type SignOnOptions, type SignOnResult } from "./sign-on.ts";

export interface OpticalPortOptions extends SignOnOptions {
  readonly path: string;
  /** Of the sign-on; 300 unless the meter is known to begin elsewhere. */
  readonly baudRate?: number;
  readonly timers: LineTimers;
}

/** A line on which a meter has signed on, and what came of it. */
export interface SignedOn {
  readonly line: SerialLine;
  readonly result: SignOnResult;
}

/**
 * Opens a port with an optical probe and signs on to the meter below it.
 * @throws TransportError, RemoteProtocolError where it does not come to what was wanted; the port is closed then
 */
export async function openOpticalPort({ path, baudRate = 300, timers, ...options }: OpticalPortOptions): Promise<SignedOn> {
  const schedule = (delay: number, callback: () => void) => timers.schedule(delay, callback);
  const line = await openSerialPort({ path, baudRate, schedule });
  return { line, result: await signOn(line, options, timers) };
}

/** Signs on over an open line. On failure the line is closed. @throws TransportError, RemoteProtocolError */
export function signOn(line: SerialLine, options: SignOnOptions, timers: LineTimers): Promise<SignOnResult> {
  return new Promise((resolve, reject) => {
    const machine = new SignOn(options, timers.now());
    const worker = new LineWorker(line, machine, timers, () => {
      const { result, error } = machine;
      if (result === undefined && error === undefined) return;
      worker.stop();
      if (result !== undefined) resolve(result);
      else {
        reject(error);
        line.destroy();
      }
    });
    line.onClose((error) => {
      worker.stop();
      reject(error ?? new TransportError("closed", `${line.path} was closed`, { layer: "optical" }));
    });
    worker.proceed();
  });
}
