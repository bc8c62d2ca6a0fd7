import { signOnBaudRate } from "./baud-rate.ts";
import type { LineTimers } from "./line-worker.ts";
import { type ProgrammingAnswer, ProgrammingSession, type ProgrammingSessionOptions } from "./programming-session.ts";
import { runOnLine } from "./run-on-line.ts";
import { openSerialPort, type SerialLine } from "./serial-port.ts";
import { SignOn, type SignOnOptions, type SignOnResult } from "./sign-on.ts";

/** Where the probe is, and what is asked of the sign-on. */
export interface OpticalPortOptions extends SignOnOptions {
  readonly path: string;
  readonly timers: LineTimers;
}

/** A line on which a meter has signed on, and what came of it. */
export interface SignedOn {
  readonly line: SerialLine;
  readonly result: SignOnResult;
}

/**
 * Opens a port with an optical probe and signs on to the meter below it.
 * @throws TransportError, RemoteProtocolError where it does not come to what was wanted, ConfigError for an address that is none;
 * the port is closed then
 */
export async function openOpticalPort({ path, timers, ...options }: OpticalPortOptions): Promise<SignedOn> {
  const { baudRate = signOnBaudRate } = options;
  const schedule = (delay: number, callback: () => void) => timers.schedule(delay, callback);
  const line = await openSerialPort({ path, baudRate, schedule });
  return { line, result: await signOn(line, options, timers) };
}

/** Signs on over an open line. On failure the line is closed. @throws TransportError, RemoteProtocolError, ConfigError */
export function signOn(line: SerialLine, options: SignOnOptions, timers: LineTimers): Promise<SignOnResult> {
  return runOnLine(line, () => new SignOn(options, timers.now()), timers);
}

/**
 * Does what is asked in programming mode, after a sign-on for it, and ends with a break. On failure the line is closed.
 * @throws SecurityError for a refused password, TransportError, RemoteProtocolError, ConfigError
 */
export function runProgramming(
  line: SerialLine,
  options: ProgrammingSessionOptions,
  timers: LineTimers,
): Promise<readonly ProgrammingAnswer[]> {
  return runOnLine(line, () => new ProgrammingSession(options, timers.now()), timers);
}
