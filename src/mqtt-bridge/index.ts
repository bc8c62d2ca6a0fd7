export { MqttBridge } from "./bridge.ts";
export type { BridgeStatus } from "./bridge-status.ts";
export type { HomeAssistantOptions, MqttBridgeOptions, MqttTlsOptions } from "./options.ts";
export type { BridgeInfo } from "./payload.ts";
export type * from "./reading.ts";
