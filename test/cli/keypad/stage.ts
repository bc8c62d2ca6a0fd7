import { serveKeypad } from "../../../src/cli/keypad/keypad-link-server.ts";
import { LiveKeypad } from "../../../src/cli/keypad/live-keypad.ts";
import type { Output } from "../../../src/cli/output.ts";
import { TransportError } from "../../../src/errors.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { memoryTransportPair } from "../../../src/transport/memory.ts";
import type { Transport } from "../../../src/transport/transport.ts";
import { FakeMeter } from "../../keypad/fake-meter.ts";

/** A live unit on virtual time, whose meter can be taken away and brought back. */
export class Stage {
  readonly timers = new VirtualTimers();
  readonly keypad: LiveKeypad;
  meter = new FakeMeter();
  present = true;
  attempts: number[] = [];
  changed = (): void => {};
  #lines: Transport[] = [];

  constructor(carry: (bytes: Uint8Array) => readonly Uint8Array[] = (bytes) => [bytes]) {
    const schedule = (delay: number, callback: () => void) => this.timers.schedule(delay, callback);
    const connect = async (): Promise<Transport> => {
      this.attempts.push(this.timers.now());
      if (!this.present) throw new TransportError("refused", "nobody is there");
      const { a, b } = memoryTransportPair({ schedule, carry });
      this.#lines.push(b);
      serveKeypad(b, {}, this.meter, this.timers);
      return a;
    };
    this.keypad = new LiveKeypad({ unit: "CIU-1", connect, timers: this.timers, random: () => 1 }, () => this.changed());
  }

  /** Moves time in small steps, with room for promises between them. */
  async advance(duration: number): Promise<void> {
    for (const end = this.timers.now() + duration; this.timers.now() < end; ) {
      this.timers.advance(Math.min(10, end - this.timers.now()));
      for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    }
  }

  async opened(): Promise<this> {
    const open = this.keypad.open(1000);
    await this.advance(100);
    await open;
    return this;
  }

  press(keys: string): this {
    for (const key of keys) this.keypad.press(key === "E" ? "enter" : (key as "0"));
    return this;
  }

  /** The meter goes, with everything that was on its lines. */
  vanish(): void {
    this.present = false;
    for (const line of this.#lines.splice(0)) line.destroy();
  }

  get main(): string {
    return this.keypad.unit.view.main;
  }
}

/** An output that keeps its lines. */
export function recorder(lines: string[], options: Partial<Output> = {}): Output {
  const item = (value: unknown, text: () => string): void => void lines.push(options.json === true ? JSON.stringify(value) : text());
  return { open: true, json: false, color: false, width: undefined, result: item, item, note: () => {}, failure: () => 1, ...options };
}
