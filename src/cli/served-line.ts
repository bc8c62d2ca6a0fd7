import type { TransportError } from "../errors.ts";
import { openSerialPort, type SerialLine } from "../optical/serial-port.ts";
import { realTimers } from "../session/timers.ts";

/** A serial port, and how fast it is. */
export interface SerialSettings {
  readonly path: string;
  readonly baudRate: number;
}

/** ms between attempts to open a port that is gone. */
const retryDelay = 1000;

/** The meter's end of a serial line, served for as long as it wants: a port that was unplugged is opened again when it is back. */
export class ServedLine {
  readonly #settings: SerialSettings;
  readonly #serve: (line: SerialLine) => void;
  readonly #onLoss: ((error: TransportError | undefined) => void) | undefined;
  #line: SerialLine | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;

  private constructor(settings: SerialSettings, serve: (line: SerialLine) => void, onLoss?: (error: TransportError | undefined) => void) {
    this.#settings = settings;
    this.#serve = serve;
    this.#onLoss = onLoss;
  }

  /**
   * Opens the port and serves each line that it gives, the first one at once.
   * @throws TransportError `open-failed`, where the first attempt fails
   */
  static async open(
    settings: SerialSettings,
    serve: (line: SerialLine) => void,
    onLoss?: (error: TransportError | undefined) => void,
  ): Promise<ServedLine> {
    const served = new ServedLine(settings, serve, onLoss);
    await served.#open();
    return served;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#line?.close();
  }

  async #open(): Promise<void> {
    const line = await openSerialPort({ ...this.#settings, schedule: (delay, callback) => realTimers.schedule(delay, callback) });
    if (this.#stopped) {
      line.destroy();
      return;
    }
    this.#line = line;
    this.#serve(lossReporting(line, (error) => this.#lost(error)));
  }

  #lost(error: Error | undefined): void {
    this.#line = undefined;
    if (this.#stopped) return;
    this.#onLoss?.(error as TransportError | undefined);
    this.#retry();
  }

  #retry(): void {
    this.#cancel = realTimers.schedule(retryDelay, () => {
      this.#open().catch(() => this.#retry());
    });
  }
}

/** The same line, whose end is told to a second listener too. */
function lossReporting(line: SerialLine, lost: (error: Error | undefined) => void): SerialLine {
  let told: ((error?: Error) => void) | undefined;
  line.onClose((error) => {
    lost(error);
    told?.(error);
  });
  return {
    name: line.name,
    path: line.path,
    get baudRate() {
      return line.baudRate;
    },
    setBaudRate: (baudRate) => line.setBaudRate(baudRate),
    onData: (listener) => line.onData(listener),
    onDrain: (listener) => line.onDrain(listener),
    onSilence: (listener) => line.onSilence(listener),
    onClose: (listener) => {
      told = listener;
    },
    write: (bytes) => line.write(bytes),
    pause: () => line.pause(),
    resume: () => line.resume(),
    close: () => line.close(),
    destroy: () => line.destroy(),
  };
}
