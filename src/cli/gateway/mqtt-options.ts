import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { GatewayConfig } from "../../config/gateway.ts";
import type { Frozen } from "../../config/load.ts";
import { resolveSecret } from "../../config/secret.ts";
import { ConfigError } from "../../errors.ts";
import type { MqttTlsOptions } from "../../mqtt-bridge/index.ts";
import type { GatewayHostOptions } from "./gateway-host.ts";

/** The broker of a configuration, secrets and certificates read. @throws ConfigError with the path of what is missing */
export function mqttOptions({ mqtt }: Frozen<GatewayConfig>, directory: string): GatewayHostOptions["mqtt"] {
  const secret = (reference: Parameters<typeof resolveSecret>[0], path: string): string =>
    new TextDecoder().decode(resolveSecret(reference, { path, format: "text", environment: process.env, directory }).bytes);
  const file = (name: string, path: string): string => {
    try {
      return readFileSync(resolve(directory, name), "utf8");
    } catch (cause) {
      throw new ConfigError(path, `cannot read ${name}: ${(cause as Error).message}`, { cause });
    }
  };
  const tls: MqttTlsOptions | undefined = mqtt.tls && {
    ...(mqtt.tls.ca === undefined ? {} : { ca: file(mqtt.tls.ca, "mqtt.tls.ca") }),
    ...(mqtt.tls.cert === undefined ? {} : { cert: file(mqtt.tls.cert, "mqtt.tls.cert") }),
    ...(mqtt.tls.key === undefined ? {} : { key: secret(mqtt.tls.key, "mqtt.tls.key") }),
  };
  return {
    url: mqtt.url,
    version: mqtt.version,
    base: mqtt.base,
    homeAssistant: mqtt.homeAssistant,
    ...(mqtt.username === undefined ? {} : { username: mqtt.username }),
    ...(mqtt.password === undefined ? {} : { password: secret(mqtt.password, "mqtt.password") }),
    ...(tls === undefined ? {} : { tls }),
  };
}
