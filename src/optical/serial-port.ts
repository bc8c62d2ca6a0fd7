import { realpath, stat } from "node:fs/promises";
import { TransportError } from "../errors.ts";
import type { Transport } from "../transport/transport.ts";

/** A serial line: octets of 8 bits without parity; 7E1 is made of them in software, since ports change their speed only. */
export interface SerialLine extends Transport {
  readonly path: string;
  readonly baudRate: number;
  /** Sends what was written, then goes on at another speed. @throws TransportError where the port cannot */
  setBaudRate(baudRate: number): Promise<void>;
  /** Called when nothing has come for a while after something had (inter-octet time-out, IEC 62056-46 6.4.4.4.3.4). */
  onSilence(listener: () => void): void;
}

export interface SerialPortOptions {
  /** As it is called for good: "/dev/serial/by-id/...", "COM3". */
  readonly path: string;
  readonly baudRate?: number;
  /** Milliseconds without an octet that end a frame which stopped half-way. */
  readonly silence?: number;
  /** Calls back after a delay in ms; the result cancels. */
  readonly schedule: (delay: number, callback: () => void) => () => void;
}

/** Longer than the pauses that USB converters make between packets. */
const defaultSilence = 300;
/** ms that a port may take beside the time that the octets need on the line. */
const writeSlack = 5000;
const bitsPerOctet = 10;
/** ms between looks at the device: a terminal that was hung up can be read without end, and gives nothing. */
const watchInterval = 500;

/**
 * Opens a serial port for this program alone. The driver is loaded here, so that nobody else needs it.
 * @throws TransportError `open-failed`, with what to do about it
 */
export async function openSerialPort({
  path,
  baudRate = 9600,
  silence = defaultSilence,
  schedule,
}: SerialPortOptions): Promise<SerialLine> {
  const [{ SerialPort }, { InterByteTimeoutParser }] = await Promise.all([
    import("serialport"),
    import("@serialport/parser-inter-byte-timeout"),
  ]);
  const port = new SerialPort({ path, baudRate, dataBits: 8, parity: "none", stopBits: 1, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error === null ? resolve() : reject(openFailure(path, error)))));
  // The parser only tells when the line fell silent; frames are made of the octets as they come.
  const quiet = port.pipe(new InterByteTimeoutParser({ interval: silence }));
  return new SerialPortLine(port, quiet, schedule, { device: await deviceOf(path), hasSpeed: !(await isPseudoTerminal(path)) });
}

/** True for a terminal without a line behind it, which carries at whatever speed: what emulators and serial servers make. */
async function isPseudoTerminal(path: string): Promise<boolean> {
  try {
    return pseudoTerminal.test(await realpath(path));
  } catch {
    return false;
  }
}

/** As Linux and macOS name them. */
const pseudoTerminal = /^\/dev\/(pts\/\d+|ttys\d+)$/;

/** What is at the end of a path; another one after the device was plugged in again, undefined while there is none. */
async function deviceOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}/${ino}`;
  } catch {
    return undefined;
  }
}

/** The part of the package's port that is used here. */
interface Port {
  readonly path: string;
  readonly baudRate: number;
  readonly isOpen: boolean;
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "close" | "error", listener: (error?: Error | null) => void): unknown;
  write(bytes: Uint8Array, callback: (error: Error | null | undefined) => void): boolean;
  drain(callback: (error: Error | null) => void): void;
  update(options: { readonly baudRate: number }, callback: (error: Error | null) => void): void;
  close(callback: (error: Error | null) => void): void;
  pause(): unknown;
  resume(): unknown;
}

interface Quiet {
  on(event: "data", listener: () => void): unknown;
}

class SerialPortLine implements SerialLine {
  readonly name: string;
  readonly path: string;
  readonly #port: Port;
  readonly #schedule: SerialPortOptions["schedule"];
  readonly #hasSpeed: boolean;
  #baudRate: number;
  #onData: ((chunk: Uint8Array) => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #onSilence: (() => void) | undefined;
  #closed = false;
  #error: Error | undefined;
  #deadline: (() => void) | undefined;
  #waiting = 0;
  #watch: (() => void) | undefined;

  constructor(
    port: Port,
    quiet: Quiet,
    schedule: SerialPortOptions["schedule"],
    { device, hasSpeed }: { readonly device: string | undefined; readonly hasSpeed: boolean },
  ) {
    this.#hasSpeed = hasSpeed;
    this.#baudRate = port.baudRate;
    this.path = port.path;
    this.name = `serial ${port.path}`;
    this.#port = port;
    this.#schedule = schedule;
    port.on("data", (chunk) => this.#onData?.(chunk));
    port.on("close", (error) => this.#finish(error ?? undefined));
    port.on("error", (error) => this.#finish(error ?? undefined));
    quiet.on("data", () => this.#onSilence?.());
    if (device !== undefined) this.#watchOver(device);
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#onData = listener;
  }

  onClose(listener: (error?: Error) => void): void {
    this.#onClose = listener;
    if (this.#closed) listener(this.#error);
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  onSilence(listener: () => void): void {
    this.#onSilence = listener;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || bytes.length === 0) return true;
    this.#waiting += bytes.length;
    this.#armDeadline();
    const room = this.#port.write(bytes, (error) => {
      this.#waiting -= bytes.length;
      if (this.#waiting === 0) this.#disarm();
      if (error) this.#finish(error);
      else if (!room) this.#onDrain?.();
    });
    return room;
  }

  async setBaudRate(baudRate: number): Promise<void> {
    if (this.#closed) throw closedError(this.path, this.#error);
    await this.#done((callback) => this.#port.drain(callback), `${this.path} does not send`);
    // The driver throws away what it holds, both ways; behind a terminal without a line that is what was said last.
    if (this.#hasSpeed && baudRate !== this.#baudRate) {
      await this.#done((callback) => this.#port.update({ baudRate }, callback), `${this.path} cannot do ${baudRate} baud`);
    }
    this.#baudRate = baudRate;
  }

  pause(): void {
    this.#port.pause();
  }

  resume(): void {
    this.#port.resume();
  }

  async close(): Promise<void> {
    if (!this.#closed) await this.#done((callback) => this.#port.drain(callback), `${this.path} does not send`).catch(() => {});
    this.destroy();
  }

  destroy(): void {
    if (this.#port.isOpen) this.#port.close(() => {});
    this.#finish(undefined);
  }

  /** What takes longer than it can is an error, not a wait. */
  #done(start: (callback: (error: Error | null) => void) => void, failed: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#schedule(this.#limit(), () => reject(stuckError(this.path)));
      start((error) => {
        cancel();
        if (error === null) resolve();
        else reject(new TransportError("link-failed", `${failed}: ${error.message}`, { cause: error, hint: "try another speed or port" }));
      });
    });
  }

  #armDeadline(): void {
    this.#disarm();
    this.#deadline = this.#schedule(this.#limit(), () => this.#lose(stuckError(this.path)));
  }

  #disarm(): void {
    this.#deadline?.();
    this.#deadline = undefined;
  }

  #watchOver(device: string): void {
    this.#watch = this.#schedule(watchInterval, () => {
      void deviceOf(this.path).then((found) => {
        if (this.#closed) return;
        if (found === device) this.#watchOver(device);
        else this.#lose(closedError(this.path, undefined));
      });
    });
  }

  #lose(error: Error): void {
    this.#finish(error);
    if (this.#port.isOpen) this.#port.close(() => {});
  }

  #limit(): number {
    return writeSlack + (this.#waiting * bitsPerOctet * 1000) / this.#baudRate;
  }

  #finish(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#disarm();
    this.#watch?.();
    this.#error = error === undefined || error instanceof TransportError ? error : closedError(this.path, error);
    this.#onClose?.(this.#error);
  }
}

function stuckError(path: string): TransportError {
  return new TransportError("timeout", `${path} takes no more octets`, { hint: "unplug the adapter and plug it in again" });
}

/** The device went away: unplugged, or its other end closed. */
function closedError(path: string, cause: Error | undefined): TransportError {
  return new TransportError("closed", `${path} is gone${cause === undefined ? "" : `: ${cause.message}`}`, {
    ...(cause !== undefined && { cause }),
    hint: "check the cable and plug the probe in again; what was read so far is kept",
  });
}

/** The package says in words what went wrong. */
function openFailure(path: string, cause: Error): TransportError {
  const hints: readonly (readonly [RegExp, string, string])[] = [
    [/no such file|file not found|cannot find/i, "no such port", "list the ports with: ls /dev/serial/by-id, and plug the probe in"],
    [
      /permission denied|access denied/i,
      "no permission",
      "add yourself to the group dialout (sudo usermod -aG dialout $USER) and log in again",
    ],
    [
      /cannot lock|busy|temporarily unavailable/i,
      "in use by another program",
      "close what else has the port open: sudo fuser -v PORT shows it",
    ],
    [/inappropriate ioctl|not a tty|invalid/i, "no serial port", "name a serial port, such as one of /dev/serial/by-id"],
    [/no such device|input\/output error|ENXIO|EIO/i, "the device is gone", "plug the probe in again"],
  ];
  const [, what, hint] = hints.find(([pattern]) => pattern.test(cause.message)) ?? [/./, cause.message, "check the port"];
  return new TransportError("open-failed", `${path}: ${what}`, { cause, hint: hint.replace("PORT", path) });
}
