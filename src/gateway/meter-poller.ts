import type { DlmsClient } from "../client/dlms-client.ts";
import { type AttributeReading, type DeviceView, ObjectReader, readDeviceView } from "../client/object-reader.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { plainValue } from "../cosem-objects/plain-value.ts";
import { DecodeError, DlmsError } from "../errors.ts";
import { type DeviceDescription, type MqttBridge, type ReadingValue, snakeCase, stateSources } from "../mqtt-bridge/index.ts";
import type { Timers } from "../session/timers.ts";
import { EventFollower, type LoggedEvent, type SeenEvents } from "./event-follower.ts";
import { identityOf, instantOf, toReading } from "./readings.ts";

/** The part of the bridge that a poller publishes through. */
export type PollerBridge = Pick<MqttBridge, "announce" | "publishSnapshot" | "publishEvent" | "setAvailability">;

/** What a code of an event log of a meter, by its logical device name, is called in snake_case; undefined where nobody knows. */
export type EventNames = (logicalDeviceName: string | undefined, log: LogicalName, code: number) => string | undefined;

export interface MeterPollerOptions {
  readonly meterId: string;
  /** Opens an association; the poller keeps it until something fails. */
  readonly connect: () => Promise<DlmsClient>;
  /** Milliseconds between polls. */
  readonly interval: number;
  /** Objects read besides those that have a canonical key. */
  readonly extra?: readonly LogicalName[];
  readonly bridge: PollerBridge;
  readonly transport: string;
  readonly timers: Timers;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Uniform in [0, 1): spreads retries. */
  readonly random: () => number;
  readonly eventNames?: EventNames;
  readonly onFailure?: (error: unknown) => void;
}

const clockSource = { logicalName: "0.0.1.0.0.255", attribute: 2 } as const satisfies Source;

/** Where a meter says who it is: serial number, model, manufacturer, firmware, and the name that stands in for them. */
const identitySources = {
  serialNumber: { logicalName: "0.0.96.1.0.255", attribute: 2 },
  model: { logicalName: "0.0.96.1.2.255", attribute: 2 },
  manufacturer: { logicalName: "0.0.96.1.3.255", attribute: 2 },
  firmware: { logicalName: "1.0.0.2.0.255", attribute: 2 },
  logicalDeviceName: { logicalName: "0.0.42.0.0.255", attribute: 2 },
} as const satisfies Readonly<Record<string, Source>>;

interface Source {
  readonly logicalName: LogicalName;
  readonly attribute: number;
}

interface Connection {
  readonly client: DlmsClient;
  readonly reader: ObjectReader;
  readonly sources: readonly Source[];
  readonly events: EventFollower;
  readonly logicalDeviceName: string | undefined;
}

const firstRetryDelay = 1000;
const longestRetryDelay = 60_000;
/** Clocks further apart than this make readings doubtful. */
const doubtfulDriftSeconds = 300;

/** Reads one meter at its interval over one association and publishes what it says; says so when it says nothing. */
export class MeterPoller {
  readonly #options: MeterPollerOptions;
  /** Of the event logs; what was logged while nobody looked is told as well. */
  readonly #seen: SeenEvents = new Map();
  #view: DeviceView | undefined;
  #connection: Connection | undefined;
  #failures = 0;
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: MeterPollerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#poll();
  }

  /** Ends after the poll under way and releases the association. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#connection?.client.close();
    await this.#running;
    await this.#disconnect();
  }

  async #poll(): Promise<void> {
    const { bridge, meterId, interval, timers, onFailure } = this.#options;
    const started = timers.now();
    try {
      this.#connection ??= await this.#connect();
      if (!this.#stopped) await this.#read(this.#connection);
      this.#failures = 0;
      this.#schedule(Math.max(0, started + interval - timers.now()));
    } catch (error) {
      await this.#disconnect();
      if (this.#stopped) return;
      onFailure?.(error);
      bridge.setAvailability(meterId, "offline", reasonOf(error));
      this.#failures += 1;
      this.#schedule(this.#retryDelay());
    }
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.timers.schedule(delay, () => {
      this.#running = this.#poll();
    });
  }

  /** Doubles with every failure, up to a minute, and never less than the interval would be; half of it by chance. */
  #retryDelay(): number {
    const { interval, random } = this.#options;
    const delay = Math.min(firstRetryDelay * 2 ** Math.min(this.#failures - 1, 10), longestRetryDelay);
    return Math.min(delay, Math.max(interval, firstRetryDelay)) * (0.5 + random() / 2);
  }

  async #connect(): Promise<Connection> {
    const client = await this.#options.connect();
    try {
      this.#view ??= await readDeviceView(client);
      const reader = new ObjectReader(client, this.#view);
      const extra = (this.#options.extra ?? []).map((logicalName) => ({ logicalName, attribute: 2 }));
      const sources = [...(stateSources as readonly Source[]), ...extra].filter(
        ({ logicalName }, index, all) => reader.find(logicalName) !== undefined && isFirst(all, index),
      );
      const logicalDeviceName = await this.#announce(reader, sources);
      const events = await EventFollower.open(client, reader, this.#view, this.#seen);
      return { client, reader, sources, events, logicalDeviceName };
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async #announce(reader: ObjectReader, sources: readonly Source[]): Promise<string | undefined> {
    const { meterId, transport, interval, bridge } = this.#options;
    const names = Object.keys(identitySources) as (keyof typeof identitySources)[];
    const values = await reader.read(names.map((name) => identitySources[name]));
    const known = Object.fromEntries(names.map((name, index) => [name, textOf(values[index])])) as Partial<
      Record<(typeof names)[number], string>
    >;
    const device: DeviceDescription = {
      meterId,
      name: meterId,
      manufacturer: known.manufacturer ?? known.logicalDeviceName?.slice(0, 3) ?? "unknown",
      model: known.model ?? known.logicalDeviceName ?? "DLMS meter",
      transport,
      pollPeriod: interval / 1000,
      ...(known.firmware === undefined ? {} : { firmware: known.firmware }),
      ...(known.serialNumber === undefined ? {} : { serialNumber: known.serialNumber }),
    };
    bridge.announce(device, (await reader.read(sources)).filter(({ value }) => value !== undefined).map(identityOf));
    return known.logicalDeviceName;
  }

  async #read({ reader, sources, events, logicalDeviceName }: Connection): Promise<void> {
    const { meterId, bridge, wallClock } = this.#options;
    const values = await reader.read(sources);
    const readTime = wallClock();
    const clock = values.find(({ logicalName }) => logicalName === clockSource.logicalName);
    const meterTime = textOf(clock);
    const instant = instantOf(clock);
    const drift = instant === undefined ? undefined : Math.round((instant - readTime) / 1000);
    bridge.publishSnapshot({
      meterId,
      readings: values.filter((value) => value !== clock).flatMap((value) => toReading(meterId, value) ?? []),
      readTime,
      quality: drift !== undefined && Math.abs(drift) > doubtfulDriftSeconds ? "doubtful" : "good",
      source: "poll",
      ...(meterTime === undefined ? {} : { meterTime }),
      ...(drift === undefined ? {} : { clockDriftSeconds: drift }),
    });
    for (const event of await events.follow(instant)) this.#publish(event, logicalDeviceName);
  }

  #publish({ log, code, meterTime, details }: LoggedEvent, logicalDeviceName: string | undefined): void {
    const { meterId, bridge, wallClock, eventNames } = this.#options;
    const readable = Object.entries(details).flatMap(([name, value]) =>
      Array.isArray(value) ? [] : [[snakeCase(name), value as ReadingValue] as const],
    );
    bridge.publishEvent({
      meterId,
      type: eventNames?.(logicalDeviceName, log, code) ?? "logged",
      time: wallClock(),
      ...(meterTime === undefined ? {} : { meterTime }),
      data: { ...Object.fromEntries(readable), log, ...(Number.isNaN(code) ? {} : { code }) },
    });
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.client.close();
  }
}

function textOf(reading: AttributeReading | undefined): string | undefined {
  if (reading?.value === undefined) return undefined;
  const value = plainValue(reading.value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isFirst(sources: readonly Source[], index: number): boolean {
  const { logicalName, attribute } = sources[index] as Source;
  return sources.findIndex((other) => other.logicalName === logicalName && other.attribute === attribute) === index;
}

/** A word for subscribers. */
function reasonOf(error: unknown): string {
  if (error instanceof DecodeError) return "decode";
  if (!(error instanceof DlmsError)) return "error";
  switch (error.code) {
    case "timeout":
      return "timeout";
    case "association-rejected":
      return "auth";
    case "refused":
    case "open-failed":
    case "closed":
    case "link-failed":
      return "unreachable";
    default:
      return error.code;
  }
}
