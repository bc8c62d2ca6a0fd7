import type { BridgeStatus } from "./bridge-status.ts";
import type { StateField } from "./entity.ts";
import { type ComponentPlatform, configTopic, configurations, type DiscoveryContext, deviceId } from "./home-assistant.ts";
import type { OutgoingMessage } from "./message.ts";
import { type ObservedConfig, observedConfig } from "./observed-config.ts";
import type { HomeAssistantOptions } from "./options.ts";
import type { DeviceDescription } from "./reading.ts";
import type { RetainedTree } from "./retained-tree.ts";
import type { TopicTree } from "./topics.ts";

interface Announced {
  readonly device: DeviceDescription;
  readonly fields: readonly StateField[];
  /** True when `fields` are all there will be, so that components besides them are of the past. */
  readonly complete: boolean;
}

/** How the discovery hands on what it does. */
export interface DiscoveryOutput {
  readonly topics: TopicTree;
  readonly tree: RetainedTree;
  /** Sends once, ahead of the tree. */
  readonly send: (message: OutgoingMessage) => void;
  readonly onStatus: (status: BridgeStatus) => void;
}

/** Keeps Home Assistant's picture of the meters right: announces, removes, and cleans up after earlier runs. */
export class Discovery {
  readonly #context: DiscoveryContext;
  readonly #output: DiscoveryOutput;
  /** Device id -> what was announced; undefined for meters that are configured and still silent. */
  readonly #devices = new Map<string, Announced | undefined>();
  readonly #observed = new Map<string, ObservedConfig>();
  #observing = true;

  /** `version` is that of the gateway; `meterIds` are all meters of the configuration. */
  constructor(options: HomeAssistantOptions, version: string, meterIds: readonly string[], output: DiscoveryOutput) {
    const { prefix = "homeassistant", form = "device" } = options;
    this.#context = { prefix, form, version, topics: output.topics };
    this.#output = output;
    for (const meterId of meterIds) this.#devices.set(deviceId(output.topics, meterId), undefined);
  }

  /** Publishes the configuration of a meter; with `complete`, components that are not among the fields are removed. */
  announce(device: DeviceDescription, fields: readonly StateField[], complete: boolean): void {
    const id = deviceId(this.#context.topics, device.meterId);
    const before = this.#devices.get(id);
    const announced = { device, fields, complete: complete || before?.complete === true };
    this.#devices.set(id, announced);
    if (before !== undefined) this.#removeComponents(id, announced, componentsOf(before));
    this.#publish(announced, false);
    if (!this.#observing) this.#settle(id);
  }

  /** Removes a meter with all its entities. */
  forget(meterId: string): void {
    const id = deviceId(this.#context.topics, meterId);
    const before = this.#devices.get(id);
    this.#devices.delete(id);
    if (before === undefined) return;
    for (const topic of configurations(this.#context, before.device, before.fields).keys()) this.#output.tree.remove("discovery", topic);
  }

  /** Takes note of a retained configuration the broker held already. */
  observe(topic: string, payload: Uint8Array): void {
    const { prefix, topics } = this.#context;
    const config = this.#observing ? observedConfig(prefix, topics, topic, payload) : undefined;
    if (config !== undefined) this.#observed.set(topic, config);
  }

  /** Everything the broker held has been seen: removes what nobody stands behind. */
  finishObserving(): void {
    this.#observing = false;
    for (const device of new Set([...this.#observed.values()].map((config) => config.device))) this.#settle(device);
  }

  /** Puts the configuration into the tree: always when the broker may hold something else by now, otherwise only when it changed. */
  #publish({ device, fields }: Announced, always: boolean): void {
    const { tree } = this.#output;
    for (const [topic, payload] of configurations(this.#context, device, fields)) {
      if (always || tree.get(topic) !== payload) tree.set("discovery", { topic, payload });
    }
  }

  /** Settles what was observed of a device; one that is configured but silent has to wait until it is announced. */
  #settle(device: string): void {
    const announced = this.#devices.get(device);
    if (announced === undefined && this.#devices.has(device)) return;
    for (const config of [...this.#observed.values()].filter((candidate) => candidate.device === device)) {
      this.#observed.delete(config.topic);
      if (announced === undefined) this.#removeOrphan(config);
      else if (config.form !== this.#context.form) this.#migrate(config, announced);
      else if (announced.complete) this.#removeComponents(device, announced, config.components);
    }
  }

  #removeOrphan({ topic, meterTopics }: ObservedConfig): void {
    const { tree, onStatus } = this.#output;
    tree.remove("discovery", topic);
    for (const meterTopic of meterTopics) tree.remove(meterTopic.endsWith("/state") ? "state" : "availability", meterTopic);
    onStatus({ type: "orphan-removed", topic });
  }

  /** Moves entities to the other form without Home Assistant forgetting their history. */
  #migrate({ topic }: ObservedConfig, announced: Announced): void {
    this.#output.send({ topic, payload: JSON.stringify({ migrate_discovery: true }), retain: true });
    this.#publish(announced, true);
    this.#output.tree.remove("discovery", topic);
  }

  /** A component goes in two steps: reduced to its platform, then left out. In the entity form its topic is emptied. */
  #removeComponents(device: string, announced: Announced, before: ReadonlyMap<string, string>): void {
    const kept = new Set(announced.fields.map(({ entity }) => entity.component));
    const removed: ComponentPlatform[] = [...before].filter(([component]) => !kept.has(component));
    if (removed.length === 0) return;
    if (this.#context.form === "entity") {
      for (const component of removed) this.#output.tree.remove("discovery", configTopic(this.#context, device, component));
      return;
    }
    for (const [topic, payload] of configurations(this.#context, announced.device, announced.fields, removed)) {
      this.#output.send({ topic, payload, retain: true });
    }
    this.#publish(announced, true);
  }
}

function componentsOf({ fields }: Announced): ReadonlyMap<string, string> {
  return new Map(fields.map(({ entity }) => [entity.component, entity.platform]));
}
