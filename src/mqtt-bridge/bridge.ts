import { TransportError } from "../errors.ts";
import type { BridgeStatus } from "./bridge-status.ts";
import type { OpenLink } from "./broker-link.ts";
import { BrokerConnection } from "./connection.ts";
import { Discovery } from "./discovery.ts";
import { HomeAssistantSession } from "./home-assistant-session.ts";
import type { OutgoingMessage } from "./message.ts";
import { Meters } from "./meters.ts";
import { addressOf, mqttLink } from "./mqtt-link.ts";
import type { MqttBridgeOptions } from "./options.ts";
import { MemoryOutboxStore, Outbox, type OutboxMessage, type OutboxStore } from "./outbox.ts";
import { type BridgeInfo, bridgeStatePayload, eventMessage, infoPayload, outboxPayload, profilePayload, pushMessage } from "./payload.ts";
import { PublishQueue } from "./publish-queue.ts";
import type {
  AvailabilityState,
  DeviceDescription,
  MeterEvent,
  MeterSnapshot,
  ProfileChunk,
  PushRecord,
  ReadingIdentity,
  ReadingValue,
} from "./reading.ts";
import { RequestDesk } from "./request-desk.ts";
import { RetainedTree } from "./retained-tree.ts";
import { TopicTree } from "./topics.ts";

/** Milliseconds for the closing of a connection whose messages are all delivered. */
const endTimeout = 1000;

/**
 * Publishes meters to an MQTT broker (mqtt.md). What the broker is to hold is kept here and sent again after every connection,
 * so neither a restart of the broker nor an outage loses more than events that no longer found room.
 */
export class MqttBridge {
  readonly #options: MqttBridgeOptions;
  readonly #eventExpiry: number;
  readonly #topics: TopicTree;
  readonly #tree = new RetainedTree();
  readonly #queue: PublishQueue;
  readonly #outboxStore: OutboxStore;
  readonly #outbox: Outbox;
  readonly #connection: BrokerConnection;
  readonly #homeAssistant: HomeAssistantSession | undefined;
  readonly #requests: RequestDesk | undefined;
  readonly #meters: Meters;
  #firstAttempt: { readonly resolve: () => void; readonly reject: (error: TransportError) => void } | undefined;
  #started = false;
  #closing: Promise<void> | undefined;

  /**
   * `open` makes the connections; the default is the network.
   * @throws ConfigError for a URL that is not MQTT's, a base without levels, or meters that would share a topic
   */
  constructor(options: MqttBridgeOptions, open: OpenLink = mqttLink(options)) {
    const { timers, random, homeAssistant, info, meterIds } = options;
    this.#options = options;
    this.#eventExpiry = options.eventExpiry ?? 3600;
    this.#topics = new TopicTree(options.base ?? "dlms");
    for (const meterId of meterIds) this.#topics.segment(meterId);
    const limits = { waiting: 1000, inFlight: 32, acknowledgeTimeout: 30_000, ...options.queue };
    this.#queue = new PublishQueue(this.#tree, limits, timers, {
      dropped: ({ topic }) => options.onStatus?.({ type: "dropped", topic }),
      refused: ({ topic }, cause) => options.onStatus?.({ type: "refused", topic, cause }),
      stalled: () => this.#connection.restart(),
    });
    this.#outboxStore = options.outbox ?? new MemoryOutboxStore();
    this.#outbox = new Outbox({
      store: this.#outboxStore,
      timers,
      deliver: (message) => this.#queue.deliver(message),
      outgoing: (message) => ({
        topic: this.#topics.meter(message.meterId, message.leaf),
        payload: outboxPayload(message),
        retain: false,
        sequence: message.number,
        expiry: this.#eventExpiry,
      }),
      failed: (error) => options.onStatus?.({ type: "outbox-failed", error }),
    });
    const reconnect = { first: 1000, longest: 60_000, ...options.reconnect };
    this.#connection = new BrokerConnection(
      { open, address: addressOf(options.url), reconnect, timers, random },
      {
        connected: (link, receiveMaximum) => {
          this.#homeAssistant?.attach(link);
          if (this.#requests !== undefined) {
            link.subscribe(this.#requests.filters, (topic) => options.onStatus?.({ type: "refused", topic }));
          }
          this.#queue.attach(link, receiveMaximum);
          this.#outbox.attach();
          options.onStatus?.({ type: "connected" });
          this.#firstAttempt?.resolve();
          this.#firstAttempt = undefined;
        },
        message: (topic, payload, retained, response) => {
          if (this.#requests?.receive(topic, payload, retained, response) !== true) this.#homeAssistant?.receive(topic, payload, retained);
        },
        disconnected: (error, retryIn) => {
          this.#homeAssistant?.detach();
          this.#outbox.detach();
          this.#queue.detach();
          options.onStatus?.({ type: "disconnected", error, retryIn });
          this.#firstAttempt?.reject(error);
          this.#firstAttempt = undefined;
        },
      },
    );
    this.#retain("state", bridgeStatePayload("online"));
    this.#retain("info", infoPayload(info));
    const onStatus = (status: BridgeStatus) => options.onStatus?.(status);
    const send = (message: OutgoingMessage) => {
      if (this.#closing === undefined) this.#queue.enqueue(message);
    };
    const common = { topics: this.#topics, tree: this.#tree, send, onStatus };
    const discovery = homeAssistant?.enabled ? new Discovery(homeAssistant, info.version, meterIds, common) : undefined;
    this.#requests =
      options.requests &&
      new RequestDesk({
        ...options.requests,
        topics: this.#topics,
        meterOf: (segment) => this.#topics.meterOf(segment),
        send,
        wallClock: options.wallClock,
      });
    this.#meters = new Meters({ ...common, discovery, wallClock: options.wallClock, eventExpiry: this.#eventExpiry });
    if (homeAssistant === undefined || discovery === undefined) return;
    const republish = () => this.#change(() => this.#tree.resend(["availability", "state"]));
    const cleanedUp = () => this.#queue.pump();
    this.#homeAssistant = new HomeAssistantSession({ homeAssistant, discovery, timers, random, republish, cleanedUp, onStatus });
  }

  /** True while the broker accepts us. */
  get connected(): boolean {
    return this.#connection.link !== undefined;
  }

  /** Messages that wait for the broker and are not retained. */
  get waiting(): number {
    return this.#queue.waiting + this.#outboxStore.size;
  }

  /**
   * Connects and stays connected until closed. Resolves with the first connection; when the first attempt fails it throws, and
   * the bridge keeps trying all the same.
   * @throws TransportError of the layer "mqtt", with what to do about it
   */
  connect(): Promise<void> {
    if (this.#started || this.#closing !== undefined) return Promise.resolve();
    this.#started = true;
    return new Promise((resolve, reject) => {
      this.#firstAttempt = { resolve, reject };
      this.#connection.start();
    });
  }

  /**
   * Makes a meter known. `known` names everything that will be read of it, with units: what Home Assistant has besides is
   * removed. Without it the configuration grows with the readings.
   * @throws ConfigError when the meter's topic belongs to another one
   */
  announce(device: DeviceDescription, known?: readonly ReadingIdentity[]): void {
    this.#change(() => this.#meters.announce(device, known));
  }

  /** Publishes readings; while the broker is away only the latest state of a meter is kept. */
  publishSnapshot(snapshot: MeterSnapshot): void {
    this.#change(() => this.#meters.publishSnapshot(snapshot));
  }

  /** Says whether a meter can be reached, and why not: "timeout", "auth", "decrypt". */
  setAvailability(meterId: string, state: AvailabilityState, reason?: string): void {
    this.#change(() => this.#meters.setAvailability(meterId, state, reason));
  }

  /** Publishes an event of a meter: when this resolves it is in the outbox, and waits there for the broker. */
  publishEvent(event: MeterEvent): Promise<void> {
    return this.#append(eventMessage(event));
  }

  /** Somebody else has put messages into the outbox: sends them. */
  outboxFilled(): void {
    this.#outbox.pump();
  }

  /** Publishes an event of the gateway itself: "meter_joined", "association_failed", "clock_drift". */
  publishBridgeEvent(type: string, data: Readonly<Record<string, ReadingValue | undefined>>): void {
    this.#change(() => this.#meters.publishBridgeEvent(type, data));
  }

  /** Publishes a push as it was received: when this resolves it is in the outbox. */
  publishPush(push: PushRecord): Promise<void> {
    return this.#append(pushMessage(push));
  }

  /** Says anew what the service is. */
  publishInfo(info: BridgeInfo): void {
    this.#change(() => this.#retain("info", infoPayload(info)));
  }

  /** Publishes statistics, retained; `health` must be free of secrets. */
  publishHealth(health: Readonly<Record<string, unknown>>): void {
    this.#change(() => this.#retain("health", JSON.stringify(health)));
  }

  /**
   * Publishes rows of a profile. Resolves when the broker has them; the caller keeps them until then.
   * @throws TransportError `closed` without a connection, `link-failed` when the broker refuses
   */
  async publishProfile(chunk: ProfileChunk): Promise<void> {
    const sequence = this.#meters.nextSequence();
    const topic = this.#topics.profile(chunk.meterId, chunk.logicalName);
    await this.#queue.deliver({ topic, payload: profilePayload(chunk, sequence), retain: false, sequence, expiry: this.#eventExpiry });
  }

  /** Removes a meter from the broker and from Home Assistant. */
  retire(meterId: string): void {
    this.#change(() => this.#meters.retire(meterId));
  }

  /**
   * Says that everything is offline, lets the broker take what waits, and disconnects; all of it within `closeTimeout` and a
   * second. Publishing afterwards does nothing.
   */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#homeAssistant?.stop();
      this.#meters.allOffline("bridge-stopped");
      this.#retain("state", bridgeStatePayload("offline"));
      const stop = () =>
        this.#connection.stop(endTimeout, async () => {
          await this.#outbox.close();
          this.#outbox.detach();
          this.#queue.detach();
          this.#firstAttempt?.reject(new TransportError("closed", "the bridge was closed before the broker answered", { layer: "mqtt" }));
          resolve();
        });
      if (!this.connected) return stop();
      let waiting = true;
      const once = () => {
        if (!waiting) return;
        waiting = false;
        cancel();
        stop();
      };
      const cancel = this.#options.timers.schedule(this.#options.closeTimeout ?? 5000, once);
      this.#queue.pump();
      this.#queue.whenIdle(once);
    });
    return this.#closing;
  }

  #change(change: () => void): void {
    if (this.#closing !== undefined) return;
    change();
    this.#queue.pump();
  }

  #retain(leaf: "state" | "info" | "health", payload: string): void {
    this.#tree.set("bridge", { topic: this.#topics.bridge(leaf), payload });
  }

  async #append(message: OutboxMessage): Promise<void> {
    if (this.#closing !== undefined) return;
    const dropped = await this.#outboxStore.append([message]);
    if (dropped > 0) this.#options.onStatus?.({ type: "outbox-full", dropped });
    this.#outbox.pump();
  }
}
