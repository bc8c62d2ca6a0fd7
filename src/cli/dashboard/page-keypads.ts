import type { KeypadKey, PageKeypad, PageKeypads, Unsubscribe } from "../../dashboard/index.ts";
import type { Timers } from "../../session/timers.ts";
import type { Transport } from "../../transport/transport.ts";
import { LiveKeypad } from "../keypad/live-keypad.ts";

/** The meters with a keypad unit: how a unit gets to each. */
export type KeypadMeters = ReadonlyMap<string, () => Promise<Transport>>;

interface Unit {
  readonly live: LiveKeypad;
  /** From its first connection on a unit comes back by itself. */
  connected: boolean;
  readonly listeners: Set<(keypad: PageKeypad) => void>;
}

/** Name of the unit at its meter. */
const unitName = "PAGE-1";
/** Milliseconds for the meter to greet a unit. */
const greetingTimeout = 10_000;
/** Milliseconds before a meter that could not be reached at all is tried again. */
const retryDelay = 5000;

/** A keypad unit beside each meter that has a link for one, the same for all pages; it is plugged in when first looked at. */
export class UnitKeypads implements PageKeypads {
  readonly #meters: KeypadMeters;
  readonly #timers: Timers;
  readonly #random: () => number;
  readonly #units = new Map<string, Unit>();
  readonly #retries = new Set<() => void>();
  #closed = false;

  /** `random` is uniform in [0, 1): it spreads attempts to come back. */
  constructor(meters: KeypadMeters, timers: Timers, random: () => number) {
    this.#meters = meters;
    this.#timers = timers;
    this.#random = random;
  }

  /** Whether a meter has a unit. */
  has(meterId: string): boolean {
    return this.#meters.has(meterId);
  }

  subscribe(meterId: string, listener: (keypad: PageKeypad) => void): Unsubscribe | undefined {
    const unit = this.#unit(meterId);
    if (unit === undefined) return undefined;
    unit.listeners.add(listener);
    listener(pictureOf(unit));
    return () => void unit.listeners.delete(listener);
  }

  press(meterId: string, key: KeypadKey): void {
    this.#unit(meterId)?.live.press(key);
  }

  /** Pulls every unit out. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#retries) cancel();
    await Promise.all([...this.#units.values()].map(({ live }) => live.close()));
  }

  #unit(meterId: string): Unit | undefined {
    const known = this.#units.get(meterId);
    const connect = this.#meters.get(meterId);
    if (known !== undefined || connect === undefined || this.#closed) return known;
    const listeners: Unit["listeners"] = new Set();
    const options = {
      unit: unitName,
      connect: async () => {
        const transport = await connect();
        unit.connected = true;
        return transport;
      },
      timers: this.#timers,
      random: this.#random,
    };
    const changed = (): void => {
      for (const listener of [...listeners]) listener(pictureOf(unit));
    };
    const unit: Unit = { live: new LiveKeypad(options, changed), connected: false, listeners };
    this.#units.set(meterId, unit);
    void this.#open(unit);
    return unit;
  }

  /** Why it does not work is on the unit's display already. */
  async #open(unit: Unit): Promise<void> {
    try {
      await unit.live.open(greetingTimeout);
    } catch {
      if (this.#closed || unit.connected) return;
      const cancel = this.#timers.schedule(retryDelay, () => {
        this.#retries.delete(cancel);
        void this.#open(unit);
      });
      this.#retries.add(cancel);
    }
  }
}

function pictureOf({ live }: Unit): PageKeypad {
  return { view: live.unit.view, linked: live.linked };
}
