import { connect as connectMqtt, type IClientOptions, type IClientPublishOptions } from "mqtt";
import { ConfigError } from "../errors.ts";
import type { LinkListener, OpenLink } from "./broker-link.ts";
import type { OutgoingMessage } from "./message.ts";
import { connectionError } from "./mqtt-error.ts";
import type { MqttBridgeOptions } from "./options.ts";
import { bridgeStatePayload } from "./payload.ts";
import { TopicTree } from "./topics.ts";

/** Host and port, without credentials. */
export function addressOf(url: string): string {
  const { protocol, host } = URL.canParse(url) ? new URL(url) : { protocol: "", host: "" };
  const known = ["mqtt:", "mqtts:", "ws:", "wss:"].includes(protocol) && host !== "";
  if (!known) throw new ConfigError("mqtt.url", "expected a URL such as mqtt://127.0.0.1:1883 or mqtts://broker.example:8883");
  return host;
}

/** How a broker is reached. */
export type LinkOptions = Pick<
  MqttBridgeOptions,
  "url" | "version" | "clientId" | "username" | "password" | "tls" | "keepalive" | "connectTimeout" | "random"
>;

/** Connections by the `mqtt` package, each of its own: reconnecting is decided above. */
export function mqttLink(options: MqttBridgeOptions): OpenLink {
  const { version = 4, base = "dlms" } = options;
  const will = { topic: new TopicTree(base).bridge("state"), payload: Buffer.from(bridgeStatePayload("offline")) };
  return linkWith(options, {
    will: { ...will, qos: 1, retain: true, ...(version === 5 ? { properties: { contentType: "application/json" } } : {}) },
  });
}

/** The same for one who only reads and asks: nobody is to hear that a bridge is gone when such a connection is. */
export function readerLink(options: LinkOptions): OpenLink {
  return linkWith(options, {});
}

function linkWith(options: LinkOptions, will: Pick<IClientOptions, "will">): OpenLink {
  const { url, version = 4, username, password, tls = {}, random } = options;
  const address = addressOf(url);
  const clientId = options.clientId ?? `dlms-${Math.floor(random() * 2 ** 40).toString(36)}`;
  const clientOptions: IClientOptions = {
    protocolVersion: version,
    clientId,
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    keepalive: options.keepalive ?? 30,
    connectTimeout: options.connectTimeout ?? 10_000,
    ...will,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 0, receiveMaximum: 100 } } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
  return (listener) => openMqtt(url, clientOptions, address, listener);
}

function openMqtt(url: string, options: IClientOptions, address: string, listener: LinkListener): ReturnType<OpenLink> {
  const client = connectMqtt(url, options);
  let failure: unknown;
  client.on("error", (error) => {
    failure ??= error;
  });
  client.on("connect", ({ properties }) => listener.connected(properties?.receiveMaximum ?? 65_535));
  client.on("message", (topic, payload, { retain, properties }) => {
    const { responseTopic, correlationData } = properties ?? {};
    const response =
      responseTopic === undefined ? undefined : { topic: responseTopic, ...(correlationData && { correlation: correlationData }) };
    listener.message(topic, payload, retain, response);
  });
  client.once("close", () => {
    client.end(true);
    listener.closed(connectionError(failure, address));
  });
  return {
    publish: (message) =>
      client.publishAsync(message.topic, message.payload, publishOptions(message, options.protocolVersion)).then(() => {}),
    subscribe: (filters, refused) => {
      client.subscribe([...filters], { qos: 1 }, (error, granted) => {
        if (error !== null) filters.forEach(refused);
        else for (const { topic, qos } of granted ?? []) if (qos >= 128) refused(topic);
      });
    },
    unsubscribe: (filters) => void client.unsubscribe([...filters]),
    end: () => void client.end(),
    destroy: () => {
      client.end(true);
      // `end` does nothing when one is under way already.
      client.stream.destroy();
    },
  };
}

/** Properties are of MQTT 5 alone. */
function publishOptions(
  { payload, retain, sequence, expiry, correlation }: OutgoingMessage,
  version: number | undefined,
): IClientPublishOptions {
  if (version !== 5) return { qos: 1, retain };
  const properties = {
    ...(payload === "" ? {} : { contentType: "application/json", payloadFormatIndicator: true }),
    ...(expiry === undefined ? {} : { messageExpiryInterval: expiry }),
    ...(correlation === undefined ? {} : { correlationData: Buffer.from(correlation) }),
    ...(sequence === undefined ? {} : { userProperties: { "dlms-seq": String(sequence) } }),
  };
  return { qos: 1, retain, properties };
}
