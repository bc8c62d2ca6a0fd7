import { connect as connectMqtt, type IClientOptions } from "mqtt";
import type { TransportError } from "../../errors.ts";
import { connectionError } from "../mqtt-error.ts";
import { addressOf } from "../mqtt-link.ts";
import type { EdgeMessage } from "./edge-node.ts";
import type { SparkplugOptions } from "./options.ts";

/** What one connection reports. */
export interface SparkplugLinkListener {
  connected(): void;
  message(topic: string, payload: Uint8Array): void;
  /** Called once, also when the connection never came about; nothing is called after it. */
  closed(error: TransportError | undefined): void;
}

/** One connection of an edge node, from CONNECT to the end. */
export interface SparkplugLink {
  /** Resolves with the filters that the broker refused (QoS 1). */
  subscribe(filters: readonly string[]): Promise<readonly string[]>;
  /** QoS 0, not retained, in order (`payloads-*-qos`, `payloads-*-retain`). */
  publish(message: EdgeMessage): void;
  /** Leaves in order, so that hosts hear NDEATH (`operational-behavior-edge-node-intentional-disconnect-ndeath`). */
  end(): void;
  /** Closes at once, without a word: the broker sends the will. */
  destroy(): void;
}

/** Starts connecting to `url` with NDEATH as the will; reports to `listener`, never before this function has returned. */
export type OpenSparkplugLink = (url: string, will: EdgeMessage, listener: SparkplugLinkListener) => SparkplugLink;

/** MQTT 5, 3.14.2.1: Disconnect with Will Message. */
const disconnectWithWill = 0x04;

/** Connections by the `mqtt` package, each of its own. */
export function sparkplugLink(options: SparkplugOptions): OpenSparkplugLink {
  const { version = 4, username, password, tls = {}, random } = options;
  const clientId = options.clientId ?? `dlms-sparkplug-${Math.floor(random() * 2 ** 40).toString(36)}`;
  const common: IClientOptions = {
    protocolVersion: version,
    clientId,
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    keepalive: options.keepalive ?? 30,
    connectTimeout: options.connectTimeout ?? 10_000,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 0 } } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
  return (url, will, listener) => open(url, common, will, listener);
}

function open(url: string, common: IClientOptions, will: EdgeMessage, listener: SparkplugLinkListener): SparkplugLink {
  const address = addressOf(url);
  const death = Buffer.from(will.payload);
  const client = connectMqtt(url, { ...common, will: { topic: will.topic, payload: death, qos: 1, retain: false } });
  let failure: unknown;
  client.on("error", (error) => {
    failure ??= error;
  });
  client.on("connect", () => listener.connected());
  client.on("message", (topic, payload) => listener.message(topic, payload));
  client.once("close", () => {
    client.end(true);
    listener.closed(connectionError(failure, address));
  });
  return {
    subscribe: (filters) =>
      new Promise((resolve) => {
        client.subscribe([...filters], { qos: 1 }, (error, granted) => {
          const refused = (granted ?? []).filter(({ qos }) => qos >= 128).map(({ topic }) => topic);
          resolve(error === null ? refused : filters);
        });
      }),
    publish: ({ topic, payload }) => void client.publish(topic, Buffer.from(payload), { qos: 0, retain: false }),
    end: () => {
      if (common.protocolVersion === 5) client.end({ reasonCode: disconnectWithWill });
      else client.publish(will.topic, death, { qos: 1, retain: false }, () => client.end());
    },
    destroy: () => {
      client.end(true);
      // `end` does nothing when one is under way already.
      client.stream.destroy();
    },
  };
}
