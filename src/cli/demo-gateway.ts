import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../bytes/hex.ts";
import { gatewaySchema } from "../config/gateway.ts";
import { parseYaml } from "../config/load.ts";
import { resolveSecret, type SecretReference } from "../config/secret.ts";
import { InvariantError } from "../errors.ts";
import type { TraceSink } from "../transport/trace.ts";
import type { HostedMeter } from "./gateway/hosted-meter.ts";
import { hostedMeters } from "./gateway/hosted-meters.ts";
import type { MeterHostConfig } from "./meter-host.ts";
import { packageFile } from "./package-files.ts";

/** What the gateway of the demonstration is told of its meter. */
export interface DemoMeter {
  readonly id: string;
  readonly host: string;
  /** Of the wrapper. */
  readonly port: number;
  readonly keys: Pick<MeterHostConfig["keys"], "encryption" | "authentication">;
  /** Folder for keys and invocation counters; whoever makes it removes it. */
  readonly state: string;
  readonly trace: TraceSink;
}

const file = "the demonstration";

/** The meter of the demonstration as a configuration would have it: ciphered, and everything allowed that the page has buttons for. */
export function demoMeter({ id, host, port, keys, state, trace }: DemoMeter): HostedMeter {
  const config = parseYaml(
    JSON.stringify({
      state,
      mqtt: { url: "mqtt://127.0.0.1" },
      meters: [
        {
          id,
          target: `tcp://${host}:${port}?client=3&auth=gmac&suite=0`,
          ek: kept(keys.encryption, "ek", state),
          ak: kept(keys.authentication, "ak", state),
          poll: "5s",
          events: true,
          allow: ["relay", "token", "clock"],
        },
      ],
    }),
    gatewaySchema,
    file,
  );
  const { meters, faults } = hostedMeters(config, {}, state, () => trace);
  const [meter] = meters;
  if (meter === undefined) throw new InvariantError(`${file} has no meter: ${faults[0]?.error.message}`);
  return meter;
}

/** Puts a key where configurations take them from; gives the reference. */
function kept(secret: SecretReference | undefined, name: string, folder: string): string {
  const places = { path: name, format: "key", environment: process.env, directory: packageFile("config") } as const;
  if (secret === undefined) throw new InvariantError(`${file} has no key ${name}`);
  writeFileSync(join(folder, name), toHex(resolveSecret(secret, places).bytes), { mode: 0o600 });
  return `file:${name}`;
}
