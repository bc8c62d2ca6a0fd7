import { TransportError } from "../errors.ts";
import type { ReconnectOptions } from "./backoff.ts";
import type { BridgeTimers } from "./bridge-timers.ts";
import type { BrokerLink, OpenLink } from "./broker-link.ts";
import { BrokerConnection } from "./connection.ts";
import { jsonMembers, jsonText } from "./json-members.ts";
import { addressOf, type LinkOptions, readerLink } from "./mqtt-link.ts";
import { type RequestBody, refused } from "./request-desk.ts";
import { TopicTree, topicSegment } from "./topics.ts";

/** How a tree is reached, and what is read of it. */
export interface TreeReaderOptions extends LinkOptions {
  /** Root of the topic tree; `dlms` when absent. */
  readonly base?: string;
  /** Meters to hear of; all there are when empty. */
  readonly meterIds: readonly string[];
  readonly timers: BridgeTimers;
  readonly reconnect?: Partial<ReconnectOptions>;
  /** Milliseconds for an answer; 60 s when absent: a meter may be on a slow line. */
  readonly requestTimeout?: number;
}

/** What a tree tells, each as the object in its payload. */
export interface TreeListener {
  /** The broker can be reached, or why not. */
  connection(error: TransportError | undefined): void;
  /** The broker does not let us read this. */
  refused(filter: string): void;
  meter(meterId: string, leaf: "state" | "availability", members: RequestBody | undefined): void;
  bridge(leaf: "state" | "devices", content: unknown): void;
}

interface Waiting {
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly cancel: () => void;
}

/** Verbs that change nothing. */
const verbs = ["meter/read", "meter/profile"] as const;
/** Larger than any payload of ours: an answer of 1000 rows. */
const longestPayload = 4_194_304;
const longestId = 64;

/** Reads the topic tree of a gateway elsewhere, and asks that gateway (mqtt.md 2.1). */
export class TreeReader {
  readonly #options: TreeReaderOptions;
  readonly #listener: TreeListener;
  readonly #topics: TopicTree;
  readonly #connection: BrokerConnection;
  readonly #waiting = new Map<string, Waiting>();
  /** Tells our transactions from those of others at the same broker. */
  readonly #prefix: string;
  #transactions = 0;

  /**
   * `open` makes the connections; the default is the network.
   * @throws ConfigError for a URL that is not MQTT's, a base without levels, or meters that would share a topic
   */
  constructor(options: TreeReaderOptions, listener: TreeListener, open: OpenLink = readerLink(options)) {
    const { timers, random, url, base = "dlms" } = options;
    this.#options = options;
    this.#listener = listener;
    this.#topics = new TopicTree(base);
    for (const meterId of options.meterIds) this.#topics.segment(meterId);
    this.#prefix = `page-${Math.floor(random() * 2 ** 40).toString(36)}`;
    const reconnect = { first: 1000, longest: 60_000, ...options.reconnect };
    this.#connection = new BrokerConnection(
      { open, address: addressOf(url), reconnect, timers, random },
      {
        connected: (link) => {
          this.#subscribe(link);
          listener.connection(undefined);
        },
        message: (topic, payload) => this.#receive(topic, payload),
        disconnected: (error) => {
          this.#fail(error);
          listener.connection(error);
        },
      },
    );
  }

  /** Connects, and stays connected until closed. */
  start(): void {
    this.#connection.start();
  }

  /**
   * Asks the gateway something that changes nothing.
   * @throws TransportError without a broker or an answer, ConfigError with what the gateway answered in its details
   */
  request(verb: (typeof verbs)[number], body: RequestBody, timeout = this.#options.requestTimeout ?? 60_000): Promise<unknown> {
    const { link } = this.#connection;
    if (link === undefined) return Promise.reject(new TransportError("closed", "the broker cannot be reached", { layer: "mqtt" }));
    this.#transactions += 1;
    const transaction = `${this.#prefix}-${this.#transactions}`;
    return new Promise((resolve, reject) => {
      const cancel = this.#options.timers.schedule(timeout, () => {
        this.#waiting.delete(transaction);
        reject(new TransportError("timeout", "the gateway does not answer requests", { layer: "mqtt", hint: "set mqtt.requests: true" }));
      });
      this.#waiting.set(transaction, { resolve, reject, cancel });
      const topic = `${this.#topics.base}/bridge/request/${verb}`;
      const expiry = Math.ceil(timeout / 1000);
      link.publish({ topic, payload: JSON.stringify({ ...body, transaction }), retain: false, expiry }).catch((cause: unknown) => {
        const hint = "look at the broker's access rights";
        this.#take(transaction)?.reject(
          new TransportError("refused", "the broker did not take the request", { layer: "mqtt", hint, cause }),
        );
      });
    });
  }

  /** Disconnects; requests under way fail. */
  close(): Promise<void> {
    this.#fail(new TransportError("closed", "the connection was closed", { layer: "mqtt" }));
    return new Promise((resolve) => this.#connection.stop(1000, resolve));
  }

  #subscribe(link: BrokerLink): void {
    const { base } = this.#topics;
    const { meterIds } = this.#options;
    const levels = meterIds.length === 0 ? ["+"] : meterIds.map((id) => this.#topics.segment(id));
    const filters = [
      this.#topics.bridge("state"),
      this.#topics.bridge("devices"),
      ...verbs.map((verb) => `${base}/bridge/response/${verb}`),
      ...levels.flatMap((level) => [`${base}/${level}/state`, `${base}/${level}/availability`]),
    ];
    link.subscribe(filters, (filter) => this.#listener.refused(filter));
  }

  #receive(topic: string, payload: Uint8Array): void {
    if (!topic.startsWith(`${this.#topics.base}/`)) return;
    const content = contentOf(payload);
    const [level = "", leaf = "", ...rest] = topic.slice(this.#topics.base.length + 1).split("/");
    if (level === "bridge") {
      if (leaf === "response") this.#answer(jsonMembers(content));
      else if ((leaf === "state" || leaf === "devices") && rest.length === 0) this.#listener.bridge(leaf, content);
      return;
    }
    if (rest.length > 0 || (leaf !== "state" && leaf !== "availability")) return;
    const meterId = this.#topics.meterOf(level) ?? this.#unconfigured(level);
    if (meterId !== undefined) this.#listener.meter(meterId, leaf, jsonMembers(content));
  }

  /** Without a list of meters a level is the id of its meter. */
  #unconfigured(level: string): string | undefined {
    return this.#options.meterIds.length === 0 && level.length <= longestId && topicSegment(level) === level ? level : undefined;
  }

  #answer(response: RequestBody | undefined): void {
    const transaction = response?.["transaction"];
    const waiting = typeof transaction === "string" ? this.#take(transaction) : undefined;
    if (response === undefined || waiting === undefined) return;
    if (response["status"] === "ok") {
      waiting.resolve(response["data"]);
      return;
    }
    const { code, message, hint } = jsonMembers(response["error"]) ?? {};
    waiting.reject(refused(jsonText(code) ?? "error", jsonText(message) ?? "the gateway refused", jsonText(hint)));
  }

  #take(transaction: string): Waiting | undefined {
    const waiting = this.#waiting.get(transaction);
    this.#waiting.delete(transaction);
    waiting?.cancel();
    return waiting;
  }

  #fail(error: TransportError): void {
    for (const transaction of [...this.#waiting.keys()]) this.#take(transaction)?.reject(error);
  }
}

/** JSON, or undefined: an empty payload is how a topic is given up, and others write what they like. */
function contentOf(payload: Uint8Array): unknown {
  if (payload.length === 0 || payload.length > longestPayload) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}
