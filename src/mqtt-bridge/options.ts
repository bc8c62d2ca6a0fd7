import type { ReconnectOptions } from "./backoff.ts";
import type { BridgeStatus } from "./bridge-status.ts";
import type { BridgeTimers } from "./bridge-timers.ts";
import type { OutboxStore } from "./outbox.ts";
import type { BridgeInfo } from "./payload.ts";
import type { QueueLimits } from "./publish-queue.ts";
import type { RequestDeskOptions } from "./request-desk.ts";

/** Certificates and keys as PEM text, never as paths. */
export interface MqttTlsOptions {
  /** Certificates of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Our certificate and its key, for brokers that ask for them. */
  readonly cert?: string;
  readonly key?: string;
  /** The name the broker's certificate must be made out to, when it is not the host of the URL. */
  readonly serverName?: string;
}

/** Home Assistant's MQTT discovery. */
export interface HomeAssistantOptions {
  readonly enabled: boolean;
  /** Discovery prefix; `homeassistant` when absent. */
  readonly prefix?: string;
  /** One configuration for a device (Home Assistant 2024.11 and later), or one for every entity. */
  readonly form?: "device" | "entity";
  /** Birth topic; `<prefix>/status` when absent. */
  readonly statusTopic?: string;
  /** Longest delay in ms before a birth is answered, 10 s when absent; the actual one is random. */
  readonly birthDelay?: number;
  /** Milliseconds to listen for configurations left behind by earlier runs, 5 s when absent. */
  readonly cleanUpAfter?: number;
}

/** Everything a bridge is made with. */
export interface MqttBridgeOptions {
  /** mqtt://, mqtts://, ws:// or wss://, with host and port. */
  readonly url: string;
  /** 4 is MQTT 3.1.1, the default; 5 adds content type, expiry and sequence numbers. */
  readonly version?: 4 | 5;
  /** Root of the topic tree; `dlms` when absent. */
  readonly base?: string;
  /** Unique at the broker; made up when absent. */
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: MqttTlsOptions;
  /** Seconds between signs of life; 30 when absent. */
  readonly keepalive?: number;
  /** Milliseconds for a connection to be accepted; 10 s when absent. */
  readonly connectTimeout?: number;
  /** Every meter of the configuration, announced yet or not: what Home Assistant knows of others is cleaned up. */
  readonly meterIds: readonly string[];
  readonly info: BridgeInfo;
  readonly homeAssistant?: HomeAssistantOptions;
  readonly reconnect?: Partial<ReconnectOptions>;
  readonly queue?: Partial<QueueLimits>;
  /** Where events and pushes wait for the broker; in memory when absent. */
  readonly outbox?: OutboxStore;
  /** Seconds after which an undelivered event is worthless; an hour when absent (MQTT 5). */
  readonly eventExpiry?: number;
  /** Milliseconds `close()` waits for the broker; 5 s when absent. */
  readonly closeTimeout?: number;
  /** What may be asked over MQTT; nothing when absent. */
  readonly requests?: Omit<RequestDeskOptions, "topics" | "meterOf" | "send" | "wallClock">;
  readonly timers: BridgeTimers;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
  /** Told what happens on the connection, for logs and statistics. */
  readonly onStatus?: (status: BridgeStatus) => void;
}
