import type { LogicalName } from "../cosem-objects/logical-name.ts";
import type { MqttBridge } from "../mqtt-bridge/index.ts";
import type { ScaleHint } from "./plausibility.ts";
import type { Scaling } from "./readings.ts";

/** What is to be followed of a meter. */
export interface FollowedMeter extends Scaling {
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
  /** From a drift of `limit` ms on the clock is told of, and corrected if wanted. */
  readonly clock: { readonly correct: boolean; readonly limit: number };
}

/** What may be changed at a meter over MQTT where its entry allows it. */
export type Permission = "relay" | "token" | "clock" | "set" | "invoke";

/** What a code of an event log of a meter, by its logical device name, is called in snake_case; undefined where nobody knows. */
export type EventNames = (logicalDeviceName: string | undefined, log: LogicalName, code: number) => string | undefined;

/** What was done about a clock that is off. */
export type ClockOutcome = "corrected" | "left" | "refused";

/** Where what meters say goes. */
export interface MeterOutput
  extends Pick<MqttBridge, "announce" | "publishSnapshot" | "publishProfile" | "publishBridgeEvent" | "setAvailability" | "outboxFilled"> {
  /** Whether the broker can be reached now. */
  readonly connected: boolean;
  readonly eventNames: EventNames | undefined;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** A clock is further off than it may be. */
  clockDrift(meterId: string, driftSeconds: number, outcome: ClockOutcome): void;
  /** What a meter says fits only if one of its scalers is wrong. */
  scaleDoubtful(meterId: string, hint: ScaleHint): void;
}
