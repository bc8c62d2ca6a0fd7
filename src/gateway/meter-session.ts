import type { DlmsClient } from "../client/dlms-client.ts";
import { type AttributeReading, type DeviceView, ObjectReader } from "../client/object-reader.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { plainValue } from "../cosem-objects/plain-value.ts";
import { type DeviceDescription, eventMessage, type ReadingValue, snakeCase, stateSources } from "../mqtt-bridge/index.ts";
import type { ClockKeeper } from "./clock-keeper.ts";
import { EventFollower, type FollowedLog, type LoggedEvent } from "./event-follower.ts";
import type { GatewayStore } from "./gateway-store.ts";
import type { MeterIdentity } from "./meter-identity.ts";
import type { FollowedMeter, MeterOutput } from "./meter-options.ts";
import type { Plausibility } from "./plausibility.ts";
import { type FollowedRows, ProfileFollower } from "./profile-follower.ts";
import type { ProfilePlaces } from "./profile-places.ts";
import { identityOf, instantOf, scaled, toReading } from "./readings.ts";

const clockSource = { logicalName: "0.0.1.0.0.255", attribute: 2 } as const satisfies Source;

interface Source {
  readonly logicalName: LogicalName;
  readonly attribute: number;
}

/** Told later than this, an event or a row is history; ms. */
const historicalAfter = 600_000;

export interface MeterSessionOptions {
  readonly client: DlmsClient;
  readonly view: DeviceView;
  readonly identity: MeterIdentity;
  readonly meter: FollowedMeter;
  readonly output: MeterOutput;
  readonly store: GatewayStore;
  readonly places: ProfilePlaces;
  readonly plausibility: Plausibility;
  readonly clock: ClockKeeper;
}

/** What was found out about a meter when the session began. */
interface MeterKnowledge {
  readonly sources: readonly Source[];
  readonly events: EventFollower | undefined;
  readonly profiles: ProfileFollower;
}

/** What an association of the gateway with a meter is used for. */
export class MeterSession {
  readonly client: DlmsClient;
  readonly reader: ObjectReader;
  readonly #options: MeterSessionOptions;
  readonly #sources: readonly Source[];
  readonly #events: EventFollower | undefined;
  readonly #profiles: ProfileFollower;
  #clock: { readonly drift: number } | undefined;

  private constructor(options: MeterSessionOptions, reader: ObjectReader, known: MeterKnowledge) {
    this.client = options.client;
    this.reader = reader;
    this.#options = options;
    this.#sources = known.sources;
    this.#events = known.events;
    this.#profiles = known.profiles;
  }

  /** Learns who the meter is and what it has, and makes it known. */
  static async open(options: MeterSessionOptions): Promise<MeterSession> {
    const { client, view, identity, meter, output, store, places } = options;
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
    return new MeterSession(options, reader, {
      sources,
      events: meter.events ? await EventFollower.open(client, reader, view, knownLog) : undefined,
      profiles: await ProfileFollower.open(followed, reader, profiles),
    });
  }

  /** What may be followed of what was asked for. */
  get profiles(): ProfileFollower["profiles"] {
    return this.#profiles.profiles;
  }

  /** The meter's clock now, ms UTC, by what it said last. */
  get meterClock(): number {
    return this.#options.output.wallClock() + (this.#clock?.drift ?? 0);
  }

  /** Reads the present values and the events that came, publishes them, and sees to the clock. */
  async poll(): Promise<void> {
    const { meter, output, plausibility } = this.#options;
    const { meterId } = meter;
    const values = await this.reader.read(this.#sources);
    const readTime = output.wallClock();
    const clock = values.find(({ logicalName }) => logicalName === clockSource.logicalName);
    const meterTime = textOf(clock);
    const instant = instantOf(clock);
    this.#clock = instant === undefined ? undefined : { drift: instant - readTime };
    const drift = instant === undefined ? undefined : Math.round((instant - readTime) / 1000);
    const readings = values.filter((value) => value !== clock).flatMap((value) => scaled(toReading(meterId, value), meter) ?? []);
    output.publishSnapshot({
      meterId,
      readings,
      readTime,
      quality: plausibility.quality(instant, readTime),
      source: "poll",
      ...(meterTime === undefined ? {} : { meterTime }),
      ...(drift === undefined ? {} : { clockDriftSeconds: drift }),
    });
    for (const hint of plausibility.hints(readings, readTime, meter.ratio.voltage !== 1)) output.scaleDoubtful(meterId, hint);
    for (const log of (await this.#events?.follow(instant, readTime)) ?? []) await this.#keep(log);
    if (drift !== undefined && (await this.#options.clock.see(drift, this.client))) this.#clock = { drift: 0 };
  }

  /** The next rows of a profile; nothing is known of them to anybody until they are published. */
  nextRows(profile: ProfileFollower["profiles"][number]): Promise<FollowedRows> {
    return this.#profiles.next(profile, this.meterClock);
  }

  /** Events go out by the outbox: in the instant in which the log's checkpoint is stored. */
  async #keep({ log, events, checkpoint }: FollowedLog): Promise<void> {
    const { meter, output, store } = this.#options;
    await store.advance(
      { meterId: meter.meterId, profile: log },
      checkpoint,
      events.map((event) => eventMessage(this.#eventOf(event))),
    );
    output.outboxFilled();
  }

  #eventOf({ log, code, meterTime, at, details }: LoggedEvent) {
    const { meter, identity, output } = this.#options;
    const { wallClock, eventNames } = output;
    const readable = Object.entries(details).flatMap(([name, value]) =>
      Array.isArray(value) ? [] : [[snakeCase(name), value as ReadingValue] as const],
    );
    return {
      meterId: meter.meterId,
      type: eventNames?.(identity.logicalDeviceName, log, code) ?? "logged",
      time: wallClock(),
      ...(meterTime === undefined ? {} : { meterTime }),
      ...(this.meterClock - at > historicalAfter ? { historical: true } : {}),
      data: { ...Object.fromEntries(readable), log, ...(Number.isNaN(code) ? {} : { code }) },
    };
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
