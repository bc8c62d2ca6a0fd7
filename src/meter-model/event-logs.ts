import { CaptureBuffer, type CaptureRows } from "./capture-buffer.ts";
import {
  type EventLogName,
  eventDefinition,
  eventLogCapacities,
  eventLogNames,
  logClearedCode,
  type MeterEventName,
} from "./event-catalogue.ts";
import { type EventSource, eventColumns, eventValue } from "./event-columns.ts";
import type { MeterClock } from "./meter-clock.ts";
import { RowStatus } from "./profiles.ts";
import { type Instant, minute, second } from "./units.ts";

/** Registers of alarms and errors, as 32 bits each. */
export interface AlarmState {
  /** Alarm registers 1 to 3: bits stay until a client clears them. */
  registers: number[];
  /** Bits that are let through into registers. */
  filters: number[];
  /** Bits raised since they were last reported. */
  descriptors: number[];
  errors: number;
}

export interface EventLogState {
  /** Entries ever written. */
  count: number;
  /** 0 before the first. */
  lastCode: number;
  rows: CaptureBuffer;
}

/** The part of the meter's state that is its record of events. */
export interface EventState {
  logs: Record<EventLogName, EventLogState>;
  /** Duration of each long power failure (s), stamped with its end. */
  failures: { rows: CaptureBuffer };
  alarms: AlarmState;
  /** Changes of the configuration, and the clock time of the last. */
  changes: number;
  lastChangeAt: Instant | undefined;
}

const allBits = 0xffff_ffff;
const failureCapacity = 100;

export function newEvents(): EventState {
  const log = (name: EventLogName): EventLogState => ({
    count: 0,
    lastCode: 0,
    rows: new CaptureBuffer(["code", ...eventColumns[name]], eventLogCapacities[name], 0, "arrival"),
  });
  return {
    logs: Object.fromEntries(eventLogNames.map((name) => [name, log(name)])) as Record<EventLogName, EventLogState>,
    failures: { rows: new CaptureBuffer(["duration"], failureCapacity, 0, "arrival") },
    alarms: { registers: [0, 0, 0], filters: [allBits, allBits, allBits], descriptors: [0, 0, 0], errors: 0 },
    changes: 0,
    lastChangeAt: undefined,
  };
}

/** The record of what happened: logs in order of occurrence, counters, alarms. Reading changes nothing. */
export class EventLogs {
  readonly #state: EventState;
  readonly #clock: MeterClock;
  readonly #source: () => Pick<EventSource, "controlState" | "cause" | "imported" | "credit">;

  /** @param source what the rest of the meter is when an event is written */
  constructor(state: EventState, clock: MeterClock, source: () => Pick<EventSource, "controlState" | "cause" | "imported" | "credit">) {
    this.#state = state;
    this.#clock = clock;
    this.#source = source;
  }

  /** Entries of a log, live. */
  rows(log: EventLogName): CaptureRows {
    return this.#state.logs[log].rows;
  }

  /** Long power failures, live. */
  get failures(): CaptureRows {
    return this.#state.failures.rows;
  }

  /** Entries ever written to a log. */
  count(log: EventLogName): number {
    return this.#state.logs[log].count;
  }

  /** Code of the newest entry; 0 before the first. */
  lastCode(log: EventLogName): number {
    return this.#state.logs[log].lastCode;
  }

  get alarms(): Readonly<AlarmState> {
    return this.#state.alarms;
  }

  /** Changes of the configuration, and when the last was. */
  get changes(): { readonly count: number; readonly lastAt: Instant | undefined } {
    return { count: this.#state.changes, lastAt: this.#state.lastChangeAt };
  }

  /** Writes an event stamped with clock time `at`, and raises its alarms. */
  record(name: MeterEventName, at: Instant): void {
    const { log, code, alarms = [] } = eventDefinition(name);
    this.#append(log, code, at);
    for (const { register, bit } of alarms) this.#raise(register - 1, 2 ** bit);
  }

  /** Writes a long power failure that ended at clock time `at`. */
  recordFailure(duration: number, at: Instant): void {
    this.#write(this.#state.failures.rows, at, [Math.floor(duration / second)]);
  }

  /** Notes that a client has changed the configuration: in its own log by `name`, and in the standard log. */
  recordChange(name: MeterEventName | undefined, at: Instant): void {
    this.#state.changes += 1;
    this.#state.lastChangeAt = at;
    if (name !== undefined) this.record(name, at);
    this.record("parametersChanged", at);
  }

  /** Empties a log, of which the log itself then tells. */
  clear(log: EventLogName, at: Instant): void {
    this.#state.logs[log].rows.clear();
    this.#append(log, logClearedCode, at);
  }

  clearFailures(): void {
    this.#state.failures.rows.clear();
  }

  /** Keeps the bits of an alarm register (0 to 2) that `value` has; none is set. */
  keepAlarms(register: number, value: number, at: Instant): void {
    const { registers } = this.#state.alarms;
    registers[register] = and(registers[register] ?? 0, value);
    this.record("alarmRegisterCleared", at);
  }

  /** Keeps the bits of a descriptor (0 to 2) that `value` has. */
  keepDescriptor(register: number, value: number): void {
    const { descriptors } = this.#state.alarms;
    descriptors[register] = and(descriptors[register] ?? 0, value);
  }

  setFilter(register: number, value: number): void {
    this.#state.alarms.filters[register] = value;
  }

  /** Keeps the errors that `value` has. */
  keepErrors(value: number, at: Instant): void {
    this.#state.alarms.errors = and(this.#state.alarms.errors, value);
    this.record("errorRegisterCleared", at);
  }

  #append(name: EventLogName, code: number, at: Instant): void {
    const log = this.#state.logs[name];
    log.count += 1;
    log.lastCode = code;
    const columns = eventColumns[name];
    if (columns.length === 0) this.#write(log.rows, at, [code]);
    else {
      const source: EventSource = { ...this.#source(), count: log.count, changes: this.#state.changes };
      this.#write(log.rows, at, [code, ...columns.map((column) => eventValue(source, column))]);
    }
  }

  #write(rows: CaptureBuffer, stamp: Instant, values: readonly number[]): void {
    const { local, valid } = this.#clock;
    const status = (local.dstActive(stamp) ? RowStatus.daylightSaving : 0) | (valid ? 0 : RowStatus.clockInvalid);
    rows.append({ stamp, offsetMinutes: local.offsetAt(stamp) / minute, status, values });
  }

  #raise(index: number, bit: number): void {
    const { registers, filters, descriptors } = this.#state.alarms;
    if (and(filters[index] ?? 0, bit) === 0) return;
    if (and(registers[index] ?? 0, bit) === 0) descriptors[index] = or(descriptors[index] ?? 0, bit);
    registers[index] = or(registers[index] ?? 0, bit);
  }
}

const and = (a: number, b: number): number => (a & b) >>> 0;
const or = (a: number, b: number): number => (a | b) >>> 0;
