import type { BridgeTimers } from "../mqtt-bridge/bridge-timers.ts";
import type { FleetRow, LiveMeter, LiveValue, PageAction } from "./contract.ts";
import type { BoardChange, PageSource, Unsubscribe } from "./ports.ts";

/** What is configured of a meter. */
export interface BoardMeter {
  readonly id: string;
  readonly transport: string | null;
  /** Seconds between polls. */
  readonly pollPeriod: number | null;
  readonly actions: readonly PageAction[];
  readonly keypad: boolean;
}

/** What a meter says of itself. */
export interface BoardDescription {
  readonly name: string;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly serialNumber: string | null;
  readonly transport: string | null;
}

/** Values that were read together. */
export interface BoardReading {
  readonly values: readonly LiveValue[];
  /** ISO 4217, where the credit is money. */
  readonly currency: string | undefined;
  /** Milliseconds since 1970. */
  readonly readTime: number;
  readonly meterTime: string | null;
  readonly driftSeconds: number | null;
  readonly quality: LiveMeter["quality"];
}

interface Entry {
  readonly meter: BoardMeter;
  description: BoardDescription;
  online: boolean;
  reason: string | null;
  reading: BoardReading | undefined;
  recentPower: readonly (readonly [number, number])[];
}

/** Milliseconds between two tellings of changes. */
const tellingPeriod = 250;
/** How far back the moving curve of the power goes; ms. */
const recentSpan = 900_000;
/** Points of the curve, where polls come fast. */
const mostPoints = 1000;

/** The last that is known of every meter, for pages: whoever listens is told what changed, not more often than eyes can follow. */
export class LiveBoard implements PageSource {
  readonly #timers: Pick<BridgeTimers, "schedule">;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(change: BoardChange) => void>();
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();
  #cancelTelling: (() => void) | undefined;

  constructor(timers: Pick<BridgeTimers, "schedule">) {
    this.#timers = timers;
  }

  /** Has exactly these meters from now on, in this order; what is known of those that stay is kept. */
  update(meters: readonly BoardMeter[]): void {
    const before = new Map(this.#entries);
    this.#entries.clear();
    for (const meter of meters) {
      const known = before.get(meter.id);
      before.delete(meter.id);
      this.#entries.set(meter.id, known === undefined ? newEntry(meter) : { ...known, meter });
      this.#removed.delete(meter.id);
      this.#touch(meter.id);
    }
    for (const id of before.keys()) {
      this.#changed.delete(id);
      this.#removed.add(id);
    }
    this.#tellLater();
  }

  /** Has this meter besides, at the end; one that is known stays as it is. */
  add(meter: BoardMeter): void {
    if (this.#entries.has(meter.id)) return;
    this.#entries.set(meter.id, newEntry(meter));
    this.#removed.delete(meter.id);
    this.#touch(meter.id);
    this.#tellLater();
  }

  /** Has this meter no more. */
  remove(meterId: string): void {
    if (!this.#entries.delete(meterId)) return;
    this.#changed.delete(meterId);
    this.#removed.add(meterId);
    this.#tellLater();
  }

  /** What a meter said of itself; it may be another device than before, so its curve begins anew when the serial number changes. */
  describe(meterId: string, description: BoardDescription): void {
    this.#change(meterId, (entry) => {
      const { serialNumber } = entry.description;
      if (serialNumber !== null && serialNumber !== description.serialNumber) entry.recentPower = [];
      entry.description = description;
    });
  }

  /** Values came: the meter is there. */
  read(meterId: string, reading: BoardReading): void {
    this.#change(meterId, (entry) => {
      // A push says what it says; how the clock was, the last poll knows.
      entry.reading = { ...reading, driftSeconds: reading.driftSeconds ?? entry.reading?.driftSeconds ?? null };
      entry.online = true;
      entry.reason = null;
      const power = numberOf(presentValue(reading, "active_power_import"));
      if (power !== null) entry.recentPower = withPoint(entry.recentPower, reading.readTime, power);
    });
  }

  /** Whether a meter can be reached, and the word of mqtt.md for why not. */
  setAvailability(meterId: string, online: boolean, reason: string | null): void {
    this.#change(meterId, (entry) => {
      entry.online = online;
      entry.reason = online ? null : reason;
    });
  }

  rows(): readonly FleetRow[] {
    return [...this.#entries.values()].map(rowOf);
  }

  row(meterId: string): FleetRow | undefined {
    const entry = this.#entries.get(meterId);
    return entry && rowOf(entry);
  }

  meter(meterId: string): LiveMeter | undefined {
    const entry = this.#entries.get(meterId);
    if (entry === undefined) return undefined;
    const { meter, description, reading, online, recentPower } = entry;
    return {
      row: rowOf(entry),
      manufacturer: description.manufacturer,
      firmware: description.firmware,
      values: reading?.values ?? [],
      readTime: reading?.readTime ?? null,
      meterTime: reading?.meterTime ?? null,
      quality: online && reading !== undefined ? reading.quality : "stale",
      pollPeriod: meter.pollPeriod,
      recentPower,
      actions: meter.actions,
      keypad: meter.keypad,
    };
  }

  subscribe(listener: (change: BoardChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells nothing more. */
  close(): void {
    this.#cancelTelling?.();
    this.#cancelTelling = undefined;
    this.#listeners.clear();
  }

  /** Meters that nobody configured are no affair of the page. */
  #change(meterId: string, change: (entry: Entry) => void): void {
    const entry = this.#entries.get(meterId);
    if (entry === undefined) return;
    change(entry);
    this.#touch(meterId);
    this.#tellLater();
  }

  #touch(meterId: string): void {
    this.#changed.add(meterId);
  }

  #tellLater(): void {
    this.#cancelTelling ??= this.#timers.schedule(tellingPeriod, () => this.#tell());
  }

  #tell(): void {
    this.#cancelTelling = undefined;
    const change = { changed: [...this.#changed], removed: [...this.#removed] };
    this.#changed.clear();
    this.#removed.clear();
    for (const listener of this.#listeners) listener(change);
  }
}

function newEntry(meter: BoardMeter): Entry {
  const description = { name: meter.id, manufacturer: null, model: null, firmware: null, serialNumber: null, transport: meter.transport };
  return { meter, description, online: false, reason: null, reading: undefined, recentPower: [] };
}

function rowOf({ meter, description, online, reason, reading }: Entry): FleetRow {
  const alarms = presentValue(reading, "alarms");
  const relay = presentValue(reading, "relay_state");
  return {
    id: meter.id,
    name: description.name,
    serialNumber: description.serialNumber,
    model: description.model,
    transport: description.transport ?? meter.transport,
    online,
    reason,
    lastRead: reading?.readTime ?? null,
    driftSeconds: reading?.driftSeconds ?? null,
    alarms: Array.isArray(alarms) ? (alarms as readonly string[]) : [],
    power: numberOf(presentValue(reading, "active_power_import")),
    credit: creditOf(reading),
    relay: typeof relay === "string" ? relay : null,
  };
}

function creditOf(reading: BoardReading | undefined): FleetRow["credit"] {
  const energy = numberOf(presentValue(reading, "credit_balance_kwh"));
  if (energy !== null) return { value: energy, unit: "kWh" };
  const money = numberOf(presentValue(reading, "credit_balance"));
  return money === null ? null : { value: money, unit: reading?.currency ?? "" };
}

function presentValue(reading: BoardReading | undefined, key: string): LiveValue["value"] {
  return reading?.values.find((value) => value.key === key)?.value ?? null;
}

function numberOf(value: LiveValue["value"]): number | null {
  return typeof value === "number" ? value : null;
}

/** The curve with a point more at its end, without what is too old or too much; a point of the past is none of it. */
function withPoint(points: Entry["recentPower"], time: number, power: number): Entry["recentPower"] {
  if (time <= (points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY)) return points;
  const kept = points.filter(([at]) => at > time - recentSpan).slice(-(mostPoints - 1));
  return [...kept, [time, power]];
}
