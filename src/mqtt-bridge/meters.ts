import type { BridgeStatus } from "./bridge-status.ts";
import type { Discovery } from "./discovery.ts";
import { expiryOf } from "./home-assistant.ts";
import type { OutgoingMessage } from "./message.ts";
import { MeterState } from "./meter-state.ts";
import { availabilityPayload, bridgeEventPayload, devicesPayload, statePayload } from "./payload.ts";
import type { AvailabilityState, DeviceDescription, MeterSnapshot, ReadingIdentity, ReadingValue } from "./reading.ts";
import type { RetainedTree } from "./retained-tree.ts";
import type { TopicTree } from "./topics.ts";

interface Meter {
  readonly state: MeterState;
  device?: DeviceDescription;
  availability?: { readonly state: AvailabilityState; readonly reason: string | undefined };
}

/** What the meters publish through. */
export interface MetersOutput {
  readonly topics: TopicTree;
  readonly tree: RetainedTree;
  /** Undefined when Home Assistant is not served. */
  readonly discovery: Discovery | undefined;
  /** Sends a message that is not retained. */
  readonly send: (message: OutgoingMessage) => void;
  readonly wallClock: () => number;
  /** Seconds an event is worth delivering late. */
  readonly eventExpiry: number;
  readonly onStatus: (status: BridgeStatus) => void;
}

/** Turns what happens to meters into what the broker is to hold and to hear. Everything here is about the records; nothing waits. */
export class Meters {
  readonly #output: MetersOutput;
  readonly #meters = new Map<string, Meter>();
  #sequence = 0;

  constructor(output: MetersOutput) {
    this.#output = output;
    this.#publishDevices();
  }

  /** Strictly increasing while the process lives. */
  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Makes a meter known, or known better; until it is first read it counts as offline, whatever an earlier run left behind. */
  announce(device: DeviceDescription, known: readonly ReadingIdentity[] | undefined): void {
    const meter = this.#meter(device.meterId);
    const before = meter.device?.serialNumber;
    if (before !== undefined && device.serialNumber !== undefined && before !== device.serialNumber) meter.state.replaced();
    meter.device = device;
    if (known !== undefined) meter.state.describe(known);
    this.#publishDevices();
    if (known !== undefined || meter.state.hasValues) this.#output.discovery?.announce(device, meter.state.fields, known !== undefined);
    if (meter.availability === undefined) this.setAvailability(device.meterId, "offline", "starting");
  }

  /** Publishes the last good values with those of the snapshot taken in; what was read from a meter shows that it is online. */
  publishSnapshot(snapshot: MeterSnapshot): void {
    const { meterId } = snapshot;
    const meter = this.#meter(meterId);
    const folded = meter.state.fold(snapshot);
    if (folded === undefined) return;
    if (folded.newKeys && meter.device !== undefined) this.#output.discovery?.announce(meter.device, meter.state.fields, false);
    const sequence = this.nextSequence();
    const payload = statePayload(meter.state.values(expiryOf(meter.device?.pollPeriod)), snapshot, sequence);
    this.#output.tree.set("state", { topic: this.#output.topics.meter(meterId, "state"), payload, sequence });
    if (snapshot.source !== "profile") this.setAvailability(meterId, "online", undefined);
    for (const key of folded.heldBack) this.#output.onStatus({ type: "held-back", meterId, key });
    for (const reset of folded.resets) this.publishBridgeEvent("register_reset", { meter: meterId, ...reset });
  }

  setAvailability(meterId: string, state: AvailabilityState, reason: string | undefined): void {
    const meter = this.#meter(meterId);
    if (meter.availability?.state === state && meter.availability.reason === reason) return;
    meter.availability = { state, reason };
    const payload = availabilityPayload(state, reason, this.#output.wallClock());
    this.#output.tree.set("availability", { topic: this.#output.topics.meter(meterId, "availability"), payload });
  }

  publishBridgeEvent(type: string, data: Readonly<Record<string, ReadingValue | undefined>>): void {
    const { send, topics, eventExpiry } = this.#output;
    const payload = bridgeEventPayload(type, data);
    send({ topic: topics.bridge("event"), payload, retain: false, sequence: this.nextSequence(), expiry: eventExpiry });
  }

  /** Removes everything the broker holds about a meter. */
  retire(meterId: string): void {
    if (!this.#meters.delete(meterId)) return;
    const { discovery, tree, topics } = this.#output;
    discovery?.forget(meterId);
    tree.remove("availability", topics.meter(meterId, "availability"));
    tree.remove("state", topics.meter(meterId, "state"));
    topics.release(meterId);
    this.#publishDevices();
  }

  /** Says of every meter that it cannot be reached any more. */
  allOffline(reason: string): void {
    for (const meterId of this.#meters.keys()) this.setAvailability(meterId, "offline", reason);
  }

  #meter(meterId: string): Meter {
    const known = this.#meters.get(meterId);
    if (known !== undefined) return known;
    this.#output.topics.segment(meterId);
    const meter: Meter = { state: new MeterState() };
    this.#meters.set(meterId, meter);
    return meter;
  }

  #publishDevices(): void {
    const devices = [...this.#meters.values()].flatMap(({ device }) => (device === undefined ? [] : [device]));
    this.#output.tree.set("bridge", { topic: this.#output.topics.bridge("devices"), payload: devicesPayload(devices) });
  }
}
