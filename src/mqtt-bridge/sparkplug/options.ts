import type { ReconnectOptions } from "../backoff.ts";
import type { BridgeTimers } from "../bridge-timers.ts";
import type { MqttBridgeOptions } from "../options.ts";
import type { BirthSequenceStore } from "./birth-sequence.ts";
import type { SparkplugCommand } from "./sparkplug-command.ts";
import type { SparkplugStatus } from "./sparkplug-status.ts";

/** Everything a Sparkplug edge node is made with; what it shares with the bridge means the same. */
export interface SparkplugOptions
  extends Pick<
    MqttBridgeOptions,
    "version" | "clientId" | "username" | "password" | "tls" | "keepalive" | "connectTimeout" | "closeTimeout" | "random" | "wallClock"
  > {
  /** Brokers, in the order in which they are tried; at least one. */
  readonly urls: readonly [string, ...string[]];
  readonly group: string;
  readonly edge: string;
  /** The host application without which nothing is published; births follow the connection when absent. */
  readonly primaryHost?: string;
  /** Milliseconds to wait for the primary host before the next broker is tried, where there is one; 30 s when absent. */
  readonly hostTimeout?: number;
  /** Where the number of the latest CONNECT is kept; in memory when absent. */
  readonly birthSequence?: BirthSequenceStore;
  /** Overtaken values kept for each meter while nobody listens; 1000 when absent. */
  readonly backlogLimit?: number;
  readonly reconnect?: Partial<ReconnectOptions>;
  /** Carries out DCMD; without it they are refused. */
  readonly onCommand?: (command: SparkplugCommand) => void;
  readonly onStatus?: (status: SparkplugStatus) => void;
  readonly timers: BridgeTimers;
}
