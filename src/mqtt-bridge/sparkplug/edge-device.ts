import type { StateField, StateValue } from "../entity.ts";
import { MeterState } from "../meter-state.ts";
import type { DeviceDescription, MeterSnapshot, ReadingIdentity } from "../reading.ts";
import { type DataType, dataTypes, type MetricValue, type SparkplugMetric } from "./payload.ts";

interface Metric {
  readonly alias: number;
  readonly datatype: DataType;
  readonly unit: string | undefined;
  value: MetricValue;
  timestamp: number;
  /** No message has carried this value yet. */
  unsent: boolean;
}

/** More metrics than any meter has. */
const mostMetrics = 2000;

/** One meter as a Sparkplug device: its metrics, what of them was not sent yet, and what was overtaken unsent. */
export class EdgeDevice {
  readonly #nextAlias: () => number;
  readonly #backlogLimit: number;
  readonly #state = new MeterState();
  readonly #metrics = new Map<string, Metric>();
  /** Aliases outlive their metrics, so that no name ever gets a second one. */
  readonly #aliases = new Map<string, number>();
  #backlog: SparkplugMetric[] = [];
  #dropped = 0;
  /** A DBIRTH describes the metrics as they are now. */
  described = false;
  online = false;
  serialNumber: string | undefined;

  /** `nextAlias` gives numbers that are unique across the edge node; `backlogLimit` values are kept at most. */
  constructor(nextAlias: () => number, backlogLimit: number) {
    this.#nextAlias = nextAlias;
    this.#backlogLimit = backlogLimit;
  }

  /** Overtaken values that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes in what the meter is and, where known, everything that will be read of it. */
  describe(device: DeviceDescription, known: readonly ReadingIdentity[] | undefined, now: number): void {
    const { name, manufacturer, model, firmware, serialNumber } = device;
    if (this.serialNumber !== undefined && serialNumber !== undefined && this.serialNumber !== serialNumber) this.#state.replaced();
    this.serialNumber = serialNumber ?? this.serialNumber;
    const facts = { name, manufacturer, model, firmware, serial_number: serialNumber };
    for (const [key, value] of Object.entries(facts)) if (value !== undefined) this.#set(`Properties/${key}`, value, dataTypes.string, now);
    if (known === undefined) return;
    this.#state.describe(known);
    for (const field of this.#state.fields)
      if (!this.#metrics.has(field.key)) this.#define(field.key, typeOf(field), field.entity.unit, null, now);
  }

  /** Takes a snapshot in as the meter's present. */
  fold(snapshot: MeterSnapshot): void {
    if (this.#state.fold(snapshot) === undefined) return;
    const { readTime, quality } = snapshot;
    const values = this.#state.values(undefined);
    for (const field of this.#state.fields) {
      const value = values.get(field.key);
      if (value === undefined) {
        if (this.#metrics.has(field.key)) this.#set(field.key, null, undefined, readTime);
      } else this.#set(field.key, ...metricValue(field, value), readTime, field.entity.unit);
    }
    this.#set("quality", quality, dataTypes.string, readTime);
  }

  /** Notes a value of the past under a name of its own. */
  recall(name: string, value: MetricValue, datatype: DataType, timestamp: number, unit?: string): void {
    if (!this.#metrics.has(name)) this.#define(name, datatype, unit, null, timestamp);
    const metric = this.#metrics.get(name);
    if (metric === undefined) return;
    const fits = value === null || metric.datatype === datatype;
    this.#keep({ alias: metric.alias, timestamp, historical: true, value: fits ? value : null });
  }

  /** Notes a snapshot of the past: its readings under the keys they have in the present. */
  recallSnapshot({ readings, readTime, meterTime }: MeterSnapshot): void {
    const past = new MeterState();
    const measured = meterTime === undefined ? Number.NaN : Date.parse(meterTime);
    past.fold({ meterId: "", readings, readTime, quality: "good", source: "poll" });
    const values = past.values(undefined);
    for (const field of past.fields) {
      const value = values.get(field.key);
      if (value !== undefined)
        this.recall(field.key, ...metricValue(field, value), Number.isFinite(measured) ? measured : readTime, field.entity.unit);
    }
  }

  /** Every metric with name, alias, type and current value (`operational-behavior-data-publish-dbirth-values`). */
  birth(): SparkplugMetric[] {
    this.described = true;
    return [...this.#metrics].map(([name, metric]) => {
      metric.unsent = false;
      const { alias, datatype, unit, value, timestamp } = metric;
      return { name, alias, timestamp, datatype, value, ...(unit === undefined ? {} : { unit }) };
    });
  }

  /** What has changed since it was last sent, by alias alone. */
  changes(): SparkplugMetric[] {
    const changed = [...this.#metrics.values()].filter(({ unsent }) => unsent);
    return changed.map((metric) => {
      metric.unsent = false;
      return { alias: metric.alias, timestamp: metric.timestamp, value: metric.value };
    });
  }

  /** What was overtaken, in the order in which it was, and no longer kept. */
  takeBacklog(): SparkplugMetric[] {
    const taken = this.#backlog;
    this.#backlog = [];
    return taken;
  }

  /** The metric a command means: by its alias, else by its name. */
  nameOf({ alias, name }: SparkplugMetric): string | undefined {
    if (alias === undefined) return name !== undefined && this.#metrics.has(name) ? name : undefined;
    return [...this.#metrics].find(([, metric]) => metric.alias === alias)?.[0];
  }

  #set(name: string, value: MetricValue, datatype: DataType | undefined, timestamp: number, unit?: string): void {
    const known = this.#metrics.get(name);
    const sameType = datatype === undefined || known?.datatype === datatype;
    if (known === undefined || !sameType || (value !== null && known.unit !== unit)) {
      this.#define(name, datatype ?? dataTypes.string, unit, value, timestamp);
      return;
    }
    if (known.value === value) return;
    if (known.unsent) this.#keep({ alias: known.alias, timestamp: known.timestamp, historical: true, value: known.value });
    Object.assign(known, { value, timestamp, unsent: true });
  }

  #define(name: string, datatype: DataType, unit: string | undefined, value: MetricValue, timestamp: number): void {
    if (this.#metrics.size >= mostMetrics && !this.#metrics.has(name)) return;
    const alias = this.#aliases.get(name) ?? this.#nextAlias();
    this.#aliases.set(name, alias);
    // What was kept under the old type would be misread under the new one.
    this.#backlog = this.#backlog.filter((kept) => kept.alias !== alias);
    this.#metrics.set(name, { alias, datatype, unit, value, timestamp, unsent: true });
    this.described = false;
  }

  #keep(metric: SparkplugMetric): void {
    this.#backlog.push(metric);
    if (this.#backlog.length <= this.#backlogLimit) return;
    this.#backlog.shift();
    this.#dropped += 1;
  }
}

/** The type of a metric that has no value yet: what has a unit or is counted is a number. */
function typeOf({ entity }: StateField): DataType {
  if (entity.deviceClass === "timestamp") return dataTypes.dateTime;
  return entity.unit !== undefined || entity.stateClass !== undefined ? dataTypes.double : dataTypes.string;
}

function metricValue({ entity }: StateField, value: StateValue): [MetricValue, DataType] {
  if (typeof value === "number") return [value, dataTypes.double];
  if (typeof value === "boolean") return [value, dataTypes.boolean];
  if (typeof value !== "string") return [value.join(", "), dataTypes.string];
  const moment = entity.deviceClass === "timestamp" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(moment) ? [BigInt(moment), dataTypes.dateTime] : [value, dataTypes.string];
}
