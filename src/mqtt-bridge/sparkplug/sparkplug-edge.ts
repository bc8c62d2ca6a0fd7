import { ConfigError, DecodeError, type TransportError } from "../../errors.ts";
import { reconnectDelay } from "../backoff.ts";
import { addressOf } from "../mqtt-link.ts";
import type { AvailabilityState, DeviceDescription, MeterSnapshot, ProfileChunk, ReadingIdentity } from "../reading.ts";
import { type BirthSequenceStore, MemoryBirthSequenceStore, nextSequence } from "./birth-sequence.ts";
import { asksForRebirth, deathMessage, type EdgeMessage, EdgeNode } from "./edge-node.ts";
import { HostWatch } from "./host-state.ts";
import type { SparkplugOptions } from "./options.ts";
import { decodePayload, type SparkplugMetric } from "./payload.ts";
import { type OpenSparkplugLink, type SparkplugLink, sparkplugLink } from "./sparkplug-link.ts";
import { hostTopic, SparkplugTopics } from "./topics.ts";

interface Session {
  readonly link: SparkplugLink;
  readonly bdSeq: number;
  readonly host: HostWatch;
  subscribed: boolean;
  hostOnline: boolean;
}

/** Publishes meters as devices of one Sparkplug B 3.0 edge node, over a connection of its own, beside or without the bridge. */
export class SparkplugEdge {
  readonly #options: SparkplugOptions;
  readonly #open: OpenSparkplugLink;
  readonly #topics: SparkplugTopics;
  readonly #node: EdgeNode;
  readonly #birthSequence: BirthSequenceStore;
  #bdSeq: number | undefined;
  #session: Session | undefined;
  #broker = 0;
  #failures = 0;
  #state: "new" | "running" | "closing" | "closed" = "new";
  #cancelRetry: (() => void) | undefined;
  #cancelHostWait: (() => void) | undefined;
  #closed: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  /**
   * `open` makes the connections; the default is the network.
   * @throws ConfigError for a URL that is not MQTT's, or ids of which nothing is left
   */
  constructor(options: SparkplugOptions, open: OpenSparkplugLink = sparkplugLink(options)) {
    for (const url of options.urls) addressOf(url);
    for (const key of ["group", "edge"] as const) {
      if (options[key] === "") throw new ConfigError(`mqtt.sparkplug.${key}`, "expected a name without +, # and /");
    }
    this.#options = options;
    this.#open = open;
    this.#topics = new SparkplugTopics(options.group, options.edge);
    this.#node = new EdgeNode({ topics: this.#topics, wallClock: options.wallClock, backlogLimit: options.backlogLimit ?? 1000 });
    this.#birthSequence = options.birthSequence ?? new MemoryBirthSequenceStore();
    this.#bdSeq = this.#birthSequence.read();
  }

  /** True while births are out. */
  get alive(): boolean {
    return this.#node.alive;
  }

  /** Starts connecting, and stays connected until closed. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "running";
    this.#connect();
  }

  /** Makes a meter known, and what will be read of it. */
  announce(device: DeviceDescription, known?: readonly ReadingIdentity[]): void {
    this.#send(this.#node.announce(device, known));
  }

  /** Publishes what has changed; snapshots of a profile go out as history. */
  publishSnapshot(snapshot: MeterSnapshot): void {
    this.#send(this.#node.publishSnapshot(snapshot));
  }

  /** Publishes rows of a profile as history, each with its own time. */
  publishProfile(chunk: ProfileChunk): void {
    this.#send(this.#node.publishProfile(chunk));
  }

  /** DBIRTH for a meter that can be reached, DDEATH for one that cannot. */
  setAvailability(meterId: string, state: AvailabilityState): void {
    this.#send(this.#node.setAvailability(meterId, state));
  }

  /** Takes a meter out of service. */
  retire(meterId: string): void {
    this.#send(this.#node.retire(meterId));
  }

  /** Has NDEATH sent and disconnects, within `closeTimeout` (5 s when absent). */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#cancelRetry?.();
      this.#cancelHostWait?.();
      this.#state = "closing";
      const session = this.#session;
      const done = () => {
        this.#state = "closed";
        this.#session = undefined;
        this.#node.die();
        resolve();
      };
      if (session === undefined) {
        done();
        return;
      }
      const cancel = this.#options.timers.schedule(this.#options.closeTimeout ?? 5000, () => {
        session.link.destroy();
        this.#closed?.();
      });
      this.#closed = () => {
        this.#closed = undefined;
        cancel();
        done();
      };
      this.#leave(session);
    });
    return this.#closing;
  }

  /** The number is stored ahead of the CONNECT that uses it, so that no crash repeats it. */
  #connect(): void {
    const bdSeq = nextSequence(this.#bdSeq);
    this.#bdSeq = bdSeq;
    const opened = () => {
      if (this.#state === "running") this.#openSession(bdSeq);
    };
    this.#birthSequence.write(bdSeq).then(opened, (cause: unknown) => {
      this.#options.onStatus?.({ type: "store-failed", cause });
      opened();
    });
  }

  #openSession(bdSeq: number): void {
    const { urls, primaryHost } = this.#options;
    const link = this.#open(urls[this.#broker % urls.length] ?? urls[0], deathMessage(this.#topics, bdSeq), {
      connected: () => this.#connected(session),
      message: (topic, payload) => {
        if (this.#session === session) this.#receive(session, topic, payload);
      },
      closed: (error) => this.#lost(session, error),
    });
    const session: Session = { link, bdSeq, host: new HostWatch(), subscribed: false, hostOnline: primaryHost === undefined };
    this.#session = session;
  }

  #connected(session: Session): void {
    if (this.#session !== session) return;
    const { primaryHost, onStatus, urls, timers, hostTimeout } = this.#options;
    onStatus?.({ type: "connected" });
    const filters = [this.#topics.topic("NCMD"), this.#topics.topic("DCMD", "+")];
    session.link.subscribe(primaryHost === undefined ? filters : [...filters, hostTopic(primaryHost)]).then((refused) => {
      if (this.#session !== session) return;
      for (const topic of refused) onStatus?.({ type: "refused", topic });
      session.subscribed = true;
      this.#bear(session);
    });
    if (primaryHost === undefined || urls.length < 2) return;
    this.#cancelHostWait = timers.schedule(hostTimeout ?? 30_000, () => {
      if (this.#session === session && !session.hostOnline) this.#leave(session);
    });
  }

  #bear(session: Session): void {
    if (!session.subscribed || !session.hostOnline || this.#node.alive || this.#state !== "running") return;
    this.#failures = 0;
    this.#send(this.#node.birth(session.bdSeq));
    this.#options.onStatus?.({ type: "born", bdSeq: session.bdSeq });
  }

  #receive(session: Session, topic: string, payload: Uint8Array): void {
    const { primaryHost, onStatus } = this.#options;
    if (primaryHost !== undefined && topic === hostTopic(primaryHost)) {
      this.#hostSays(session, payload);
      return;
    }
    try {
      const { metrics } = decodePayload(payload);
      if (topic === this.#topics.topic("NCMD")) {
        if (!asksForRebirth(metrics) || !this.#node.alive) return;
        this.#send(this.#node.rebirth());
        onStatus?.({ type: "born", bdSeq: session.bdSeq });
      } else this.#command(topic, metrics);
    } catch (cause) {
      if (!(cause instanceof DecodeError)) throw cause;
      onStatus?.({ type: "refused", topic, cause });
    }
  }

  #command(topic: string, metrics: readonly SparkplugMetric[]): void {
    const { onCommand, onStatus } = this.#options;
    const prefix = this.#topics.topic("DCMD", "");
    const meterId = topic.startsWith(prefix) ? this.#topics.meterOf(topic.slice(prefix.length)) : undefined;
    for (const metric of metrics) {
      const name = meterId === undefined ? undefined : this.#node.metricOf(meterId, metric);
      if (onCommand === undefined || meterId === undefined || name === undefined) onStatus?.({ type: "refused", topic });
      else onCommand({ meterId, metric: name, value: metric.value });
    }
  }

  #hostSays(session: Session, payload: Uint8Array): void {
    const state = session.host.receive(payload);
    if (state === undefined) return;
    session.hostOnline = state.online;
    if (state.online) this.#bear(session);
    if (state.online || !this.#node.alive) return;
    // `operational-behavior-edge-node-termination-host-offline`: NDEATH and away, to wait on the next connection.
    this.#options.onStatus?.({ type: "host-offline" });
    this.#leave(session);
  }

  /** NDEATH is the last word of a session: neither data nor births may follow it. */
  #leave(session: Session): void {
    session.subscribed = false;
    this.#node.die();
    session.link.end();
  }

  #lost(session: Session, error: TransportError | undefined): void {
    if (this.#session !== session) return;
    this.#cancelHostWait?.();
    this.#session = undefined;
    this.#node.die();
    if (this.#state !== "running") {
      this.#closed?.();
      return;
    }
    const { timers, random, reconnect, onStatus, urls } = this.#options;
    const retryIn = reconnectDelay(this.#failures, random, { first: 1000, longest: 60_000, ...reconnect });
    this.#failures += 1;
    this.#broker = (this.#broker + 1) % urls.length;
    this.#cancelRetry = timers.schedule(retryIn, () => this.#connect());
    onStatus?.({ type: "disconnected", error, retryIn });
  }

  #send(messages: readonly EdgeMessage[]): void {
    for (const message of messages) this.#session?.link.publish(message);
  }
}
