import { isIPv4 } from "node:net";
import { toHex } from "../../bytes/hex.ts";
import { type Frozen, loadYaml } from "../../config/load.ts";
import { resolveSecret, type SecretReference } from "../../config/secret.ts";
import { type VirtualMeterConfig, virtualMeterSchema } from "../../config/virtual-meter.ts";
import { ConfigError } from "../../errors.ts";
import { packageFile } from "../package-files.ts";

type MeterSecretsConfig = Pick<Frozen<VirtualMeterConfig>, "associations" | "keys">;

/** A secret of a meter, and how it is written where it stands. */
interface MeterSecret {
  readonly path: string;
  readonly reference: SecretReference;
  readonly format: "text" | "key";
}

/** Key pairs are in PEM, symmetric keys in hex. */
const keyPairs: ReadonlySet<string> = new Set(["signing", "agreement"]);

/**
 * Secrets that everybody knows are served on loopback addresses only: those in the open of a configuration, and those of the
 * demonstration wherever they stand.
 * @param directory that relative secret files start from
 * @throws ConfigError
 */
export function refuseDemoSecrets(config: MeterSecretsConfig, directory: string, host: string, allowed: boolean): void {
  if (allowed || isLoopback(host)) return;
  const secrets = secretsOf(config);
  if (secrets.some(({ reference }) => reference.visible) || secrets.some(isDemoSecret(directory))) {
    throw new ConfigError("listen.address", `the demonstration secrets are not served on ${host}`, {
      hint: "use passwords and keys of your own as env:NAME or file:PATH, or --allow-demo-keys for a test network",
    });
  }
}

/** A name that looks like an address may be anybody's; the one that the system itself keeps is not. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

function isDemoSecret(directory: string): (secret: MeterSecret) => boolean {
  const demo = packageFile("config/virtual-meter.yaml");
  const octetsOf = ({ reference, path, format }: MeterSecret): string =>
    toHex(resolveSecret(reference, { path, format, environment: process.env, directory }).bytes);
  const known = new Set(secretsOf(loadYaml(demo, virtualMeterSchema)).map(octetsOf));
  return (secret) => known.has(octetsOf(secret));
}

function secretsOf({ associations, keys }: MeterSecretsConfig): readonly MeterSecret[] {
  const passwords = associations.flatMap(({ password: reference }, index): MeterSecret[] =>
    reference === undefined ? [] : [{ path: `associations[${index}].password`, reference, format: "text" }],
  );
  const rest = Object.entries(keys).flatMap(([name, reference]): MeterSecret[] =>
    reference === undefined ? [] : [{ path: `keys.${name}`, reference, format: keyPairs.has(name) ? "text" : "key" }],
  );
  return [...passwords, ...rest];
}
