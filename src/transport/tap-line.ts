import type { Transport } from "./transport.ts";

/**
 * Taps for `count` stations that share one line, as several meters on one RS-485 bus do: each hears whatever comes, and
 * what one writes goes to the line. The line is closed once the last tap is, and pauses while any tap does.
 */
export function tapLine(line: Transport, count: number): readonly Transport[] {
  const shared = new TappedLine(line);
  return Array.from({ length: count }, () => shared.tap());
}

class TappedLine {
  readonly line: Transport;
  readonly #taps = new Set<Tap>();
  readonly #paused = new Set<Tap>();

  constructor(line: Transport) {
    this.line = line;
    line.onData((chunk) => this.#each((tap) => tap.receive(chunk)));
    line.onDrain(() => this.#each((tap) => tap.drain()));
    line.onClose((error) => this.#each((tap) => tap.finish(error)));
  }

  tap(): Tap {
    const tap = new Tap(this);
    this.#taps.add(tap);
    return tap;
  }

  pause(tap: Tap): void {
    this.#paused.add(tap);
    this.line.pause();
  }

  resume(tap: Tap): void {
    if (this.#paused.delete(tap) && this.#paused.size === 0) this.line.resume();
  }

  /** True when that was the last tap. */
  remove(tap: Tap): boolean {
    this.#taps.delete(tap);
    this.resume(tap);
    return this.#taps.size === 0;
  }

  #each(visit: (tap: Tap) => void): void {
    for (const tap of [...this.#taps]) visit(tap);
  }
}

class Tap implements Transport {
  readonly name: string;
  readonly #shared: TappedLine;
  #onData: ((chunk: Uint8Array) => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #closed = false;

  constructor(shared: TappedLine) {
    this.#shared = shared;
    this.name = shared.line.name;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#onData = listener;
  }

  onClose(listener: (error?: Error) => void): void {
    this.#onClose = listener;
    if (this.#closed) listener();
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  write(bytes: Uint8Array): boolean {
    return this.#closed || this.#shared.line.write(bytes);
  }

  pause(): void {
    this.#shared.pause(this);
  }

  resume(): void {
    this.#shared.resume(this);
  }

  close(): Promise<void> {
    const last = this.#leave();
    return last ? this.#shared.line.close() : Promise.resolve();
  }

  destroy(): void {
    if (this.#leave()) this.#shared.line.destroy();
  }

  receive(chunk: Uint8Array): void {
    this.#onData?.(chunk);
  }

  drain(): void {
    this.#onDrain?.();
  }

  finish(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#shared.remove(this);
    this.#onClose?.(error);
  }

  #leave(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    const last = this.#shared.remove(this);
    this.#onClose?.();
    return last;
  }
}
