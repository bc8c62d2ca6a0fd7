import type { DlmsClient } from "../client/dlms-client.ts";
import { type AttributeReading, type DeviceView, ObjectReader } from "../client/object-reader.ts";
import { Clock } from "../cosem-objects/classes/clock.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { plainValue } from "../cosem-objects/plain-value.ts";
import { type DeviceDescription, eventMessage, type ReadingValue, snakeCase, stateSources } from "../mqtt-bridge/index.ts";
import { EventFollower, type FollowedLog, type LoggedEvent } from "./event-follower.ts";
import type { GatewayStore } from "./gateway-store.ts";
import type { MeterIdentity } from "./meter-identity.ts";
import type { FollowedMeter, MeterOutput } from "./meter-options.ts";
import { type FollowedRows, ProfileFollower } from "./profile-follower.ts";
import type { ProfilePlaces } from "./profile-places.ts";
import { applyRatio, identityOf, instantOf, toReading } from "./readings.ts";

const clockSource = { logicalName: "0.0.1.0.0.255", attribute: 2 } as const satisfies Source;

interface Source {
  readonly logicalName: LogicalName;
  readonly attribute: number;
}

/** Clocks further apart than this make readings doubtful. */
const doubtfulDriftSeconds = 300;
/** The furthest a clock may be moved by a shift (Blue Book 4.5.1): more is for people to look at. */
const furthestShiftSeconds = 900;
/** Told later than this, an event or a row is history; ms. */
const historicalAfter = 600_000;

/** What an association of the gateway with a meter is used for. */
export class MeterSession {
  readonly client: DlmsClient;
  readonly reader: ObjectReader;
  readonly #meter: FollowedMeter;
  readonly #output: MeterOutput;
  readonly #store: GatewayStore;
  readonly #sources: readonly Source[];
  readonly #events: EventFollower | undefined;
  readonly #profiles: ProfileFollower;
  readonly #logicalDeviceName: string | undefined;
  #clock: { readonly drift: number } | undefined;

  private constructor(fields: {
    readonly client: DlmsClient;
    readonly reader: ObjectReader;
    readonly meter: FollowedMeter;
    readonly output: MeterOutput;
    readonly store: GatewayStore;
    readonly sources: readonly Source[];
    readonly events: EventFollower | undefined;
    readonly profiles: ProfileFollower;
    readonly logicalDeviceName: string | undefined;
  }) {
    this.client = fields.client;
    this.reader = fields.reader;
    this.#meter = fields.meter;
    this.#output = fields.output;
    this.#store = fields.store;
    this.#sources = fields.sources;
    this.#events = fields.events;
    this.#profiles = fields.profiles;
    this.#logicalDeviceName = fields.logicalDeviceName;
  }

  /** Learns who the meter is and what it has, and makes it known. */
  static async open(
    client: DlmsClient,
    view: DeviceView,
    identity: MeterIdentity,
    meter: FollowedMeter,
    output: MeterOutput,
    store: GatewayStore,
    places: ProfilePlaces,
  ): Promise<MeterSession> {
    const reader = new ObjectReader(client, view);
    const extra = meter.extra.map((logicalName) => ({ logicalName, attribute: 2 }));
    const sources = [...(stateSources as readonly Source[]), ...extra].filter(
      ({ logicalName }, index, all) => reader.find(logicalName) !== undefined && isFirst(all, index),
    );
    if (await isAnotherDevice(meter.meterId, identity, output, store)) places.forget();
    const readable = (await reader.read(sources)).filter(({ value }) => value !== undefined);
    output.announce(describe(meter, identity), readable.map(identityOf));
    const followed = { client, place: (profile: LogicalName) => places.at(profile), wallClock: output.wallClock };
    const profiles = meter.profiles.filter((logicalName) => reader.find(logicalName) !== undefined);
    const knownLog = (profile: LogicalName) => store.checkpoint({ meterId: meter.meterId, profile });
    return new MeterSession({
      client,
      reader,
      meter,
      output,
      store,
      sources,
      events: meter.events ? await EventFollower.open(client, reader, view, knownLog) : undefined,
      profiles: await ProfileFollower.open(followed, reader, profiles),
      logicalDeviceName: identity.logicalDeviceName,
    });
  }

  /** What may be followed of what was asked for. */
  get profiles(): ProfileFollower["profiles"] {
    return this.#profiles.profiles;
  }

  /** The meter's clock now, ms UTC, by what it said last. */
  get meterClock(): number {
    return this.#output.wallClock() + (this.#clock?.drift ?? 0);
  }

  /** Reads the present values and the events that came, publishes them, and sees to the clock. */
  async poll(): Promise<void> {
    const { meterId, ratio } = this.#meter;
    const values = await this.reader.read(this.#sources);
    const readTime = this.#output.wallClock();
    const clock = values.find(({ logicalName }) => logicalName === clockSource.logicalName);
    const meterTime = textOf(clock);
    const instant = instantOf(clock);
    this.#clock = instant === undefined ? undefined : { drift: instant - readTime };
    const drift = instant === undefined ? undefined : Math.round((instant - readTime) / 1000);
    this.#output.publishSnapshot({
      meterId,
      readings: values.filter((value) => value !== clock).flatMap((value) => applyRatio(toReading(meterId, value), ratio) ?? []),
      readTime,
      quality: drift !== undefined && Math.abs(drift) > doubtfulDriftSeconds ? "doubtful" : "good",
      source: "poll",
      ...(meterTime === undefined ? {} : { meterTime }),
      ...(drift === undefined ? {} : { clockDriftSeconds: drift }),
    });
    for (const log of (await this.#events?.follow(instant, readTime)) ?? []) await this.#keep(log);
    if (drift !== undefined) await this.#correct(drift);
  }

  /** The next rows of a profile; nothing is known of them to anybody until they are published. */
  nextRows(profile: ProfileFollower["profiles"][number]): Promise<FollowedRows> {
    return this.#profiles.next(profile, this.meterClock);
  }

  /** Events go out by the outbox: in the instant in which the log's checkpoint is stored. */
  async #keep({ log, events, checkpoint }: FollowedLog): Promise<void> {
    const { meterId } = this.#meter;
    await this.#store.advance(
      { meterId, profile: log },
      checkpoint,
      events.map((event) => eventMessage(this.#eventOf(event))),
    );
    this.#output.outboxFilled();
  }

  #eventOf({ log, code, meterTime, at, details }: LoggedEvent) {
    const { meterId } = this.#meter;
    const { wallClock, eventNames } = this.#output;
    const readable = Object.entries(details).flatMap(([name, value]) =>
      Array.isArray(value) ? [] : [[snakeCase(name), value as ReadingValue] as const],
    );
    return {
      meterId,
      type: eventNames?.(this.#logicalDeviceName, log, code) ?? "logged",
      time: wallClock(),
      ...(meterTime === undefined ? {} : { meterTime }),
      ...(this.meterClock - at > historicalAfter ? { historical: true } : {}),
      data: { ...Object.fromEntries(readable), log, ...(Number.isNaN(code) ? {} : { code }) },
    };
  }

  /** A clock is moved where the configuration wants it, and never further than a shift reaches. */
  async #correct(drift: number): Promise<void> {
    const { meterId, clock } = this.#meter;
    if (Math.abs(drift) * 1000 <= clock.limit) return;
    if (!clock.correct || Math.abs(drift) > furthestShiftSeconds) {
      this.#output.clockDrift(meterId, drift, false);
      return;
    }
    await this.client.invoke(Clock, clockSource.logicalName, "shiftTime", -drift);
    this.#clock = { drift: 0 };
    this.#output.clockDrift(meterId, drift, true);
  }
}

function describe({ meterId, transport, interval }: FollowedMeter, known: MeterIdentity): DeviceDescription {
  return {
    meterId,
    name: meterId,
    manufacturer: known.manufacturer ?? known.logicalDeviceName?.slice(0, 3) ?? "unknown",
    model: known.model ?? known.logicalDeviceName ?? "DLMS meter",
    transport,
    pollPeriod: interval / 1000,
    ...(known.firmware === undefined ? {} : { firmware: known.firmware }),
    ...(known.serialNumber === undefined ? {} : { serialNumber: known.serialNumber }),
  };
}

/** Another device in the place of the known one has recorded other rows. */
async function isAnotherDevice(meterId: string, known: MeterIdentity, output: MeterOutput, store: GatewayStore): Promise<boolean> {
  const device = known.logicalDeviceName ?? known.serialNumber;
  if (device === undefined) return false;
  const before = store.device(meterId);
  if (before === device) return false;
  await store.setDevice(meterId, device);
  if (before === undefined) output.publishBridgeEvent("meter_joined", { meter: meterId, device });
  else output.publishBridgeEvent("meter_replaced", { meter: meterId, device, previous: before });
  return true;
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
