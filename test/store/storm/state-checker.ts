import { readEnergy } from "../../../src/meter-model/energy.ts";
import {
  type CaptureBuffer,
  imageBlockSize,
  type MeterState,
  minute,
  profileDefinitions,
  ratedEnergies,
  stateCodec,
} from "../../../src/meter-model/index.ts";

/** Profiles whose rows come by a period, and that period. */
const periods: Readonly<Record<string, number>> = { load: 15 * minute, hourly: 60 * minute, daily: 1440 * minute };

/** Columns of registers that only grow. */
const registers = /^(active|reactive|apparent)(Import|Export)/;

/** Looks at the states that a meter without daylight saving or outages comes back with, one after the other. */
export class StateChecker {
  readonly #image: Uint8Array;
  /** Rows seen so far, by name and sequence, as they are stored. */
  readonly #rows = new Map<string, Map<number, string>>();
  #counters: ReadonlyMap<string, number> = new Map();

  /** @param image what blocks of the firmware image are parts of */
  constructor(image: Uint8Array) {
    this.#image = image;
  }

  /** What is wrong with a state that was opened after those before it; empty where nothing is. */
  check(state: Readonly<MeterState>): readonly string[] {
    return [
      ...this.#countersThatFell(state),
      ...ratesThatDoNotAddUp(state),
      ...stateCodec.rowsOf(state).flatMap(([name, rows]) => [...this.#rowsThatChanged(name, rows), ...rowsOutOfStep(name, rows)]),
      ...rowsBeyondTheRegisters(state),
      ...logsOutOfCount(state),
      ...this.#damagedBlocks(state),
    ];
  }

  #countersThatFell(state: Readonly<MeterState>): string[] {
    const before = this.#counters;
    this.#counters = countersOf(state);
    return [...this.#counters].flatMap(([name, value]) =>
      value < (before.get(name) ?? 0) ? [`${name} fell from ${before.get(name)} to ${value}`] : [],
    );
  }

  #rowsThatChanged(name: string, rows: CaptureBuffer): string[] {
    const known = this.#rows.get(name) ?? new Map<number, string>();
    const faults: string[] = [];
    const present = new Map<number, string>();
    for (let sequence = rows.firstSequence; sequence < rows.nextSequence; sequence++) {
      const row = stateCodec.encodeRow(rows.rowAt(sequence - rows.firstSequence)).join(" ");
      if ((known.get(sequence) ?? row) !== row) faults.push(`row ${sequence} of ${name} changed`);
      present.set(sequence, row);
    }
    const oldest = Math.max(0, rows.nextSequence - rows.capacity);
    for (const sequence of known.keys()) {
      if (sequence >= oldest && !present.has(sequence)) faults.push(`row ${sequence} of ${name} is gone`);
    }
    this.#rows.set(name, present);
    return faults;
  }

  #damagedBlocks({ firmware }: Readonly<MeterState>): string[] {
    return [...firmware.blocks].flatMap(([number, octets]) =>
      Buffer.compare(octets, this.#image.subarray(number * imageBlockSize, (number + 1) * imageBlockSize)) === 0
        ? []
        : [`block ${number} of the image is another`],
    );
  }
}

function countersOf(state: Readonly<MeterState>): ReadonlyMap<string, number> {
  const { energy, rates, billing, relay, events, operatingTime } = state;
  return new Map([
    ["the time", state.now],
    ["closed periods", billing.closed],
    ["operations of the relay", relay.operations],
    ["changes", events.changes],
    ["the operating time", operatingTime.operated],
    ...Object.entries(energy).map(([name, { whole }]) => [`the energy ${name}`, whole] as const),
    ...Object.entries(rates).flatMap(([name, register]) =>
      register.rates.map((value, index) => [`${name} of rate ${index + 1}`, value] as const),
    ),
    ...Object.entries(events.logs).map(([name, { count }]) => [`entries of the log ${name}`, count] as const),
    ...stateCodec.rowsOf(state).map(([name, { nextSequence }]) => [`rows of ${name}`, nextSequence] as const),
  ]);
}

function ratesThatDoNotAddUp({ energy, rates }: Readonly<MeterState>): string[] {
  return ratedEnergies.flatMap((name) => {
    const sum = rates[name].rates.reduce((total, value) => total + value, 0);
    const total = readEnergy(energy, name);
    return sum === total ? [] : [`the rates of ${name} add up to ${sum} of ${total}`];
  });
}

function rowsOutOfStep(name: string, rows: CaptureBuffer): string[] {
  const period = periods[name];
  if (period === undefined) return [];
  const growing = rows.columns.flatMap((column, index) => (registers.test(column) ? [index] : []));
  const faults: string[] = [];
  for (let index = 1; index < rows.length; index++) {
    const gap = rows.stampAt(index) - rows.stampAt(index - 1);
    if (gap !== period) faults.push(`row ${rows.firstSequence + index} of ${name} comes ${gap} ms after the one before`);
    if (growing.some((column) => rows.valueAt(index, column) < rows.valueAt(index - 1, column))) {
      faults.push(`a register falls in row ${rows.firstSequence + index} of ${name}`);
    }
  }
  return faults;
}

/** The newest row of a period that has ended has to be there, and no later one. */
function rowsBeyondTheRegisters({ now, profiles, energy }: Readonly<MeterState>): string[] {
  return (["load", "hourly", "daily"] as const).flatMap((name) => {
    const { rows } = profiles[name];
    const newest = rows.lastStamp ?? 0;
    const expected = now - (now % (profileDefinitions[name].period * 1000));
    const behind = rows.length > 0 && newest !== expected ? [`the newest row of ${name} is of ${newest} instead of ${expected}`] : [];
    const column = rows.columns.indexOf("activeImport");
    const ahead = rows.length > 0 && rows.valueAt(rows.length - 1, column) > readEnergy(energy, "activeImport");
    return ahead ? [...behind, `the newest row of ${name} is ahead of the register`] : behind;
  });
}

function logsOutOfCount({ events }: Readonly<MeterState>): string[] {
  return Object.entries(events.logs).flatMap(([name, { count, rows }]) =>
    rows.length === Math.min(count, rows.capacity) ? [] : [`the log ${name} has ${rows.length} rows of ${count} entries`],
  );
}
