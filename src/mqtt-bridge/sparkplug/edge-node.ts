import type { AvailabilityState, DeviceDescription, MeterSnapshot, ProfileChunk, ReadingIdentity, ReadingValue } from "../reading.ts";
import { isoMoment, plainText } from "../text.ts";
import { nextSequence } from "./birth-sequence.ts";
import { EdgeDevice } from "./edge-device.ts";
import { type DataType, dataTypes, encodePayload, type MetricValue, type SparkplugMetric } from "./payload.ts";
import type { MessageType, SparkplugTopics } from "./topics.ts";

/** A message for the broker. */
export interface EdgeMessage {
  readonly type: MessageType;
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** What an edge node is made with. */
export interface EdgeNodeOptions {
  readonly topics: SparkplugTopics;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
  /** Overtaken values kept for each meter while no host listens. */
  readonly backlogLimit: number;
}

/** Metrics in one message: about 16 kB. */
const metricsPerMessage = 500;
const rebirthName = "Node Control/Rebirth";
const bdSeqAlias = 1;

/** NDEATH: the number of the session it ends, and nothing else (`topics-ndeath-payload`, `payloads-ndeath-seq`). */
export function deathMessage(topics: SparkplugTopics, bdSeq: number): EdgeMessage {
  const metrics = [{ name: "bdSeq", datatype: dataTypes.int64, value: BigInt(bdSeq) }];
  return { type: "NDEATH", topic: topics.topic("NDEATH"), payload: encodePayload({ metrics }) };
}

/** True for a command that asks for all births again (`operational-behavior-data-commands-rebirth-action-1`). */
export function asksForRebirth(metrics: readonly SparkplugMetric[]): boolean {
  return metrics.some(({ name, value }) => name === rebirthName && value === true);
}

/** The sequence of births, data and deaths of an edge node. Every call answers with what is to be sent, in order; nothing before the birth. */
export class EdgeNode {
  readonly #options: EdgeNodeOptions;
  readonly #devices = new Map<string, EdgeDevice>();
  /** Meters whose DBIRTH is out. */
  readonly #born = new Set<string>();
  #lastAlias = bdSeqAlias;
  #sequence: number | undefined;
  #bdSeq: number | undefined;

  constructor(options: EdgeNodeOptions) {
    this.#options = options;
  }

  /** True between birth and death. */
  get alive(): boolean {
    return this.#bdSeq !== undefined;
  }

  /** Values that were overtaken before anybody could hear them and found no room. */
  get dropped(): number {
    return [...this.#devices.values()].reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** NBIRTH and the DBIRTH of every meter that is there, then what was missed; also the answer to a rebirth. */
  birth(bdSeq: number): EdgeMessage[] {
    this.#bdSeq = bdSeq;
    this.#sequence = undefined;
    this.#born.clear();
    const timestamp = this.#options.wallClock();
    const metrics = [
      { name: "bdSeq", alias: bdSeqAlias, timestamp, datatype: dataTypes.int64, value: BigInt(bdSeq) },
      // The one metric without alias (`operational-behavior-data-commands-rebirth-name-aliases`).
      { name: rebirthName, timestamp, datatype: dataTypes.boolean, value: false },
    ];
    const node = this.#message("NBIRTH", undefined, metrics, 0);
    // All DBIRTHs ahead of any data (`payloads-dbirth-order`).
    const online = [...this.#devices].filter(([, device]) => device.online);
    const births = online.map(([meterId, device]) => this.#birthOf(meterId, device));
    return [node, ...births, ...online.flatMap(([meterId]) => this.#publish(meterId))];
  }

  /** All births again under the same number, without a death (`operational-behavior-data-commands-rebirth-action-2`). */
  rebirth(): EdgeMessage[] {
    return this.#bdSeq === undefined ? [] : this.birth(this.#bdSeq);
  }

  /** The session is over: until the next birth changes are kept. */
  die(): void {
    this.#bdSeq = undefined;
    this.#born.clear();
  }

  /** Makes a meter known; its device id is the serial number, where there is one by then. */
  announce(device: DeviceDescription, known?: readonly ReadingIdentity[]): EdgeMessage[] {
    const { meterId, serialNumber } = device;
    const present = this.#devices.get(meterId);
    const replaced = present?.serialNumber !== undefined && serialNumber !== undefined && present.serialNumber !== serialNumber;
    const before = replaced ? this.#death(meterId) : [];
    if (replaced) this.#options.topics.release(meterId);
    this.#options.topics.deviceId(meterId, serialNumber);
    this.#device(meterId).describe(device, known, this.#options.wallClock());
    return [...before, ...this.#publish(meterId)];
  }

  /** Takes readings in; those of a profile are history, with the time at which they were measured. */
  publishSnapshot(snapshot: MeterSnapshot): EdgeMessage[] {
    const device = this.#device(snapshot.meterId);
    if (snapshot.source === "profile") device.recallSnapshot(snapshot);
    else {
      device.fold(snapshot);
      device.online = true;
    }
    return this.#publish(snapshot.meterId);
  }

  /** Takes rows of a profile in as history; rows without a time are left out. */
  publishProfile({ meterId, logicalName, columns, rows }: ProfileChunk): EdgeMessage[] {
    const device = this.#device(meterId);
    for (const row of rows) {
      const time = row.findIndex((cell) => typeof cell === "string" && isoMoment(cell) !== undefined);
      if (time < 0) continue;
      const timestamp = Date.parse(String(row[time]));
      columns.forEach((column, index) => {
        if (index === time) return;
        const [value, datatype] = cellValue(row[index]);
        if (value !== null) device.recall(`Profile/${logicalName}/${plainText(column, 100)}`, value, datatype, timestamp);
      });
    }
    return this.#publish(meterId);
  }

  /** DDEATH for a meter that is lost, DBIRTH for one that is back. */
  setAvailability(meterId: string, state: AvailabilityState): EdgeMessage[] {
    const device = this.#device(meterId);
    device.online = state === "online";
    return device.online ? this.#publish(meterId) : this.#death(meterId);
  }

  /** Forgets a meter. */
  retire(meterId: string): EdgeMessage[] {
    const messages = this.#death(meterId);
    this.#devices.delete(meterId);
    this.#options.topics.release(meterId);
    return messages;
  }

  /** The metric of a meter that a command means. */
  metricOf(meterId: string, metric: SparkplugMetric): string | undefined {
    return this.#devices.get(meterId)?.nameOf(metric);
  }

  #device(meterId: string): EdgeDevice {
    const known = this.#devices.get(meterId);
    if (known !== undefined) return known;
    const device = new EdgeDevice(() => (this.#lastAlias += 1), this.#options.backlogLimit);
    this.#devices.set(meterId, device);
    return device;
  }

  /** What the host does not know of a meter yet: a birth where metrics are new, the backlog, then what changed. */
  #publish(meterId: string): EdgeMessage[] {
    const device = this.#device(meterId);
    if (!this.alive || !device.online) return [];
    const birth = !this.#born.has(meterId) || !device.described ? [this.#birthOf(meterId, device)] : [];
    const history = device.takeBacklog();
    const changes = device.changes();
    const messages = [...birth];
    for (const metrics of [history, changes]) {
      for (let start = 0; start < metrics.length; start += metricsPerMessage) {
        messages.push(this.#message("DDATA", meterId, metrics.slice(start, start + metricsPerMessage)));
      }
    }
    return messages;
  }

  #birthOf(meterId: string, device: EdgeDevice): EdgeMessage {
    this.#born.add(meterId);
    return this.#message("DBIRTH", meterId, device.birth());
  }

  #death(meterId: string): EdgeMessage[] {
    return this.#born.delete(meterId) ? [this.#message("DDEATH", meterId, [])] : [];
  }

  #message(
    type: MessageType,
    meterId: string | undefined,
    metrics: readonly SparkplugMetric[],
    seq = nextSequence(this.#sequence),
  ): EdgeMessage {
    this.#sequence = seq;
    const { topics, wallClock } = this.#options;
    const topic = topics.topic(type, meterId === undefined ? undefined : topics.deviceId(meterId));
    return { type, topic, payload: encodePayload({ timestamp: wallClock(), seq, metrics }) };
  }
}

function cellValue(cell: ReadingValue | undefined): [MetricValue, DataType] {
  if (typeof cell === "number") return [Number.isFinite(cell) ? cell : null, dataTypes.double];
  if (typeof cell === "bigint") return [Number(cell), dataTypes.double];
  if (typeof cell === "boolean") return [cell, dataTypes.boolean];
  if (typeof cell === "string") return [plainText(cell), dataTypes.string];
  return [cell === undefined ? null : plainText(cell.join(", ")), dataTypes.string];
}
