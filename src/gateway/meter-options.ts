import type { LogicalName } from "../cosem-objects/logical-name.ts";
import type { MqttBridge } from "../mqtt-bridge/index.ts";
import type { TransformerRatio } from "./readings.ts";

/** What is to be followed of a meter. */
export interface FollowedMeter {
  readonly meterId: string;
  /** How it is reached, free of secrets. */
  readonly transport: string;
  /** Milliseconds between polls, about, where they follow a calendar. */
  readonly interval: number;
  /** Objects read besides those that have a canonical key. */
  readonly extra: readonly LogicalName[];
  readonly profiles: readonly LogicalName[];
  /** Whether the event logs are followed. */
  readonly events: boolean;
  readonly ratio: TransformerRatio;
  /** From a drift of `limit` ms on the clock is told of, and corrected if wanted. */
  readonly clock: { readonly correct: boolean; readonly limit: number };
}

/** What may be changed at a meter over MQTT where its entry allows it. */
export type Permission = "relay" | "token" | "clock" | "set" | "invoke";

/** What a code of an event log of a meter, by its logical device name, is called in snake_case; undefined where nobody knows. */
export type EventNames = (logicalDeviceName: string | undefined, log: LogicalName, code: number) => string | undefined;

/** Where what meters say goes. */
export interface MeterOutput
  extends Pick<MqttBridge, "announce" | "publishSnapshot" | "publishProfile" | "publishBridgeEvent" | "setAvailability" | "outboxFilled"> {
  /** Whether the broker can be reached now. */
  readonly connected: boolean;
  readonly eventNames: EventNames | undefined;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** A clock is further off than it may be, and was corrected or not. */
  clockDrift(meterId: string, driftSeconds: number, corrected: boolean): void;
}
