import { expect } from "chai";
import { TransportError } from "../../../src/errors.ts";
import type { SerialLine } from "../../../src/optical/serial-port.ts";
import type { VirtualTimers } from "../../../src/session/timers.ts";

export type Direction = "reader-to-meter" | "meter-to-reader";

export interface LineModelOptions {
  readonly timers: VirtualTimers;
  /** What becomes of the `index`-th octet of a line, both ways counted together; as it is unless said. */
  readonly carry?: (octet: number, index: number, direction: Direction) => readonly number[];
  /** The probe hears itself. */
  readonly echo?: boolean;
  /** The octet at which the cable is pulled. */
  readonly unplugAt?: number;
}

const bitsPerOctet = 10;

/** A serial line in virtual time: octets take as long as they do, an end at another speed hears rubbish, and both can be unplugged. */
export class LineModel {
  readonly reader: ModelEnd;
  readonly meter: ModelEnd;
  /** Octets that were carried, both ways. */
  carried = 0;
  readonly #options: LineModelOptions;

  constructor(options: LineModelOptions) {
    this.#options = options;
    this.reader = new ModelEnd("reader", options.timers, (octet, baudRate) => this.#carry(octet, baudRate, "reader-to-meter"));
    this.meter = new ModelEnd("meter", options.timers, (octet, baudRate) => this.#carry(octet, baudRate, "meter-to-reader"));
  }

  #carry(octet: number, baudRate: number, direction: Direction): void {
    const { carry, echo = false, unplugAt } = this.#options;
    const index = this.carried++;
    if (index === unplugAt) {
      this.reader.unplug();
      this.meter.unplug();
      return;
    }
    const [from, to] = direction === "reader-to-meter" ? [this.reader, this.meter] : [this.meter, this.reader];
    if (echo && from === this.reader) from.hear(octet, baudRate);
    for (const arrived of carry?.(octet, index, direction) ?? [octet]) to.hear(arrived, baudRate);
  }
}

class ModelEnd implements SerialLine {
  readonly name: string;
  readonly path: string;
  baudRate = 300;
  readonly #timers: VirtualTimers;
  readonly #send: (octet: number, baudRate: number) => void;
  #onData: ((chunk: Uint8Array) => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #onSilence: (() => void) | undefined;
  #quiet: (() => void) | undefined;
  #freeAt = 0;
  #open = true;

  constructor(name: string, timers: VirtualTimers, send: (octet: number, baudRate: number) => void) {
    this.name = name;
    this.path = name;
    this.#timers = timers;
    this.#send = send;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#onData = listener;
  }

  onClose(listener: (error?: Error) => void): void {
    this.#onClose = listener;
  }

  onDrain(): void {}

  onSilence(listener: () => void): void {
    this.#onSilence = listener;
  }

  write(bytes: Uint8Array): boolean {
    for (const octet of Uint8Array.from(bytes)) {
      const { baudRate } = this;
      this.#freeAt = Math.max(this.#freeAt, this.#timers.now()) + (bitsPerOctet * 1000) / baudRate;
      this.#timers.schedule(this.#freeAt - this.#timers.now(), () => {
        if (this.#open) this.#send(octet, baudRate);
      });
    }
    return true;
  }

  setBaudRate(baudRate: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#open) reject(new TransportError("closed", "gone"));
      this.#timers.schedule(Math.max(0, this.#freeAt - this.#timers.now()), () => {
        this.baudRate = baudRate;
        resolve();
      });
    });
  }

  pause(): void {}
  resume(): void {}

  async close(): Promise<void> {
    if (this.#open) await this.setBaudRate(this.baudRate);
    this.destroy();
  }

  destroy(): void {
    this.#finish(undefined);
  }

  unplug(): void {
    this.#finish(new TransportError("closed", `${this.name} is gone`));
  }

  /** An octet arrives; at another speed it is another. */
  hear(octet: number, baudRate: number): void {
    if (!this.#open) return;
    this.#quiet?.();
    this.#quiet = this.#timers.schedule(100, () => this.#onSilence?.());
    this.#onData?.(Uint8Array.of(baudRate === this.baudRate ? octet : (octet * 167 + 91) & 0xff));
  }

  #finish(error: Error | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.#quiet?.();
    this.#onClose?.(error);
  }
}

/** Lets time pass from one event to the next until the promise settles; what waits for nothing, or too long, has hung. */
export async function settled<T>(timers: VirtualTimers, promise: Promise<T>, limit = 300_000): Promise<T> {
  let done = false;
  const mark = (): void => {
    done = true;
  };
  promise.then(mark, mark);
  const start = timers.now();
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (done) return promise;
    if (timers.now() - start > limit) expect.fail(`hangs: nothing settled within ${limit} ms`);
    if (!timers.advanceToNext()) expect.fail("hangs: waits for nothing");
  }
}
