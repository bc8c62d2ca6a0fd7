import { originName } from "./home-assistant.ts";
import type { TopicTree } from "./topics.ts";

/** A discovery configuration of ours that the broker still held when we came. */
export interface ObservedConfig {
  readonly topic: string;
  readonly form: "device" | "entity";
  /** The device's id. */
  readonly device: string;
  /** Component -> platform. */
  readonly components: ReadonlyMap<string, string>;
  /** Topics of the meter it names, in our own tree. */
  readonly meterTopics: readonly string[];
}

/** Larger than any configuration of ours. */
const longestConfig = 1_048_576;

/** Filters that find configurations in both forms. */
export function observationFilters(prefix: string): string[] {
  return [`${prefix}/device/+/config`, `${prefix}/+/+/+/config`];
}

/** What the payload is, if it is a configuration written by a gateway with this topic tree; undefined for anyone else's. */
export function observedConfig(prefix: string, topics: TopicTree, topic: string, payload: Uint8Array): ObservedConfig | undefined {
  const place = placeOf(prefix, topic);
  const config = place && parseObject(payload);
  if (place === undefined || config === undefined) return undefined;
  const availability = Array.isArray(config["availability"]) ? config["availability"].map(topicOf) : [];
  if (record(config["o"])?.["name"] !== originName || !availability.includes(topics.bridge("state"))) return undefined;
  const meterTopics = [config["state_topic"], ...availability].filter(
    (candidate): candidate is string => typeof candidate === "string" && topics.isMeterTopic(candidate),
  );
  const components = place.form === "entity" ? [place.component] : Object.entries(record(config["cmps"]) ?? {}).map(platformOf);
  return { topic, form: place.form, device: place.device, components: new Map(components), meterTopics };
}

type Place =
  | { readonly form: "device"; readonly device: string }
  | { readonly form: "entity"; readonly device: string; readonly component: readonly [string, string] };

function placeOf(prefix: string, topic: string): Place | undefined {
  if (!topic.startsWith(`${prefix}/`)) return undefined;
  const [platform, device, component, ...rest] = topic.slice(prefix.length + 1).split("/");
  if (platform === undefined || device === undefined || !device.startsWith("dlms_")) return undefined;
  if (platform === "device" && component === "config" && rest.length === 0) return { form: "device", device };
  if (component === undefined || rest.length !== 1 || rest[0] !== "config") return undefined;
  return { form: "entity", device, component: [component, platform] };
}

function parseObject(payload: Uint8Array): Record<string, unknown> | undefined {
  if (payload.length === 0 || payload.length > longestConfig) return undefined;
  try {
    return record(JSON.parse(new TextDecoder().decode(payload)));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function topicOf(entry: unknown): unknown {
  return record(entry)?.["topic"];
}

function platformOf([component, config]: [string, unknown]): readonly [string, string] {
  const platform = record(config)?.["p"];
  return [component, typeof platform === "string" ? platform : "sensor"];
}
