import type { Frozen } from "../../config/load.ts";
import { resolveSecret, type SecretReference } from "../../config/secret.ts";
import type { VirtualMeterConfig } from "../../config/virtual-meter.ts";
import { unlimitedPduSize } from "../../dlms/association/negotiation.ts";
import type { AssociationSecurity } from "../../dlms/association/protection.ts";
import type { ServerAuthentication } from "../../dlms/association/server-options.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import { type SecuritySuite, securitySuites } from "../../dlms/security/suite.ts";
import { parseSystemTitle, type SystemTitle } from "../../dlms/security/system-title.ts";
import { ConfigError } from "../../errors.ts";
import { meterSystemTitle } from "../../virtual-meter/identity.ts";
import type { MeterCounters } from "../../virtual-meter/meter-counters.ts";
import type { MeterAssociation } from "../../virtual-meter/virtual-meter.ts";
import { type HlsMaterial, hlsCredentials } from "./hls-credentials.ts";
import { keyId } from "./key-id.ts";
import { protectionLevels } from "./protection-level.ts";

type MeterConfig = Frozen<VirtualMeterConfig>;
type Association = MeterConfig["associations"][number];

/**
 * The associations of the configuration with their secrets and counters.
 * @param directory that relative secret files start from
 * @throws ConfigError for a secret that cannot be had, or that does not fit its suite
 */
export function meterAssociations(config: MeterConfig, directory: string, counters: MeterCounters): readonly MeterAssociation[] {
  const source = new MeterSecrets(config, directory);
  return config.associations.map((association, index) => {
    const { role, client: clientSap, auth } = association;
    const suite = suiteOf(association);
    const secret = source.password(association, index);
    const keys = suite === undefined ? undefined : source.keys(suite, role === "pre-established");
    const material: HlsMaterial = { suite: suite ?? 0, key: keys?.key, authenticationKey: keys?.authenticationKey, secret };
    return {
      role,
      clientSap,
      authentication: authenticationOf(auth, material, source.systemTitle),
      ...(suite === undefined || keys === undefined ? {} : protection(association, suite, keys, source.systemTitle, counters)),
      ...(role === "pre-established"
        ? { preEstablished: { conformance: broadcastServices, clientMaxReceivePduSize: unlimitedPduSize } }
        : {}),
    };
  });
}

/** What a client may do without being answered (Green Book 9.4.2). */
const broadcastServices = new Set(["set", "action", "selective-access", "access", "data-notification"] as const);

/** Undefined for an association in clear. */
function suiteOf({ role, auth, suite }: Association): SecuritySuite | undefined {
  return suite ?? (auth === "gmac" || role === "pre-established" ? 0 : undefined);
}

function authenticationOf(auth: Association["auth"], material: HlsMaterial, systemTitle: SystemTitle): ServerAuthentication {
  switch (auth) {
    case "none":
      return { mechanism: "none" };
    case "lls":
      return { mechanism: "lls", password: material.secret ?? new Uint8Array() };
    case "md5":
    case "sha1":
    case "gmac":
    case "sha256": {
      const credentials = hlsCredentials(auth, material);
      if (credentials !== undefined) return { mechanism: "hls", credentials, systemTitle };
    }
  }
  throw new ConfigError("associations", `auth ${auth} cannot be served with the secrets there are`);
}

interface MeterKeys {
  readonly key: SecretKey;
  readonly authenticationKey: SecretKey;
  readonly broadcastKey: SecretKey | undefined;
}

function protection(
  { policy }: Association,
  suite: SecuritySuite,
  { key, authenticationKey, broadcastKey }: MeterKeys,
  systemTitle: SystemTitle,
  counters: MeterCounters,
): { readonly security: AssociationSecurity; readonly keyId: string } {
  const id = keyId(key);
  return {
    keyId: id,
    security: {
      suite,
      systemTitle,
      globalKey: key,
      authenticationKey,
      broadcastKey,
      policy: protectionLevels[policy],
      ...counters.of(id, broadcastKey && keyId(broadcastKey)),
    },
  };
}

/** The secrets that a meter's configuration refers to. */
class MeterSecrets {
  readonly systemTitle: SystemTitle;
  readonly #config: MeterConfig;
  readonly #directory: string;

  constructor(config: MeterConfig, directory: string) {
    this.#config = config;
    this.#directory = directory;
    this.systemTitle =
      config.systemTitle === undefined ? meterSystemTitle(config.manufacturer, config.serialNumber) : parseSystemTitle(config.systemTitle);
  }

  password({ password }: Association, index: number): Uint8Array | undefined {
    return password && this.#resolve(password, `associations[${index}].password`, "text");
  }

  keys(suite: SecuritySuite, broadcast: boolean): MeterKeys {
    return {
      key: this.#key("encryption", suite),
      authenticationKey: this.#key("authentication", suite),
      broadcastKey: broadcast ? this.#key("broadcast", suite) : undefined,
    };
  }

  #key(name: "encryption" | "authentication" | "broadcast", suite: SecuritySuite): SecretKey {
    const path = `keys.${name}`;
    const reference = this.#config.keys[name];
    if (reference === undefined) throw new ConfigError(path, "expected a secret for the associations with keys, got nothing");
    const bytes = this.#resolve(reference, path, "key");
    const { keyLength } = securitySuites[suite];
    if (bytes.length !== keyLength) throw new ConfigError(path, `expected ${keyLength} bytes for suite ${suite}, got ${bytes.length}`);
    return SecretKey.from(bytes);
  }

  #resolve(reference: SecretReference, path: string, format: "text" | "key"): Uint8Array {
    return resolveSecret(reference, { path, format, environment: process.env, directory: this.#directory }).bytes;
  }
}

/**
 * Secrets that everybody knows are served on loopback addresses only.
 * @throws ConfigError
 */
export function refuseDemoSecrets({ associations, keys }: MeterConfig, host: string, allowed: boolean): void {
  if (allowed || host === "localhost" || host === "::1" || /^127\./.test(host)) return;
  const secrets = [...associations.map(({ password }) => password), ...Object.values(keys)];
  if (!secrets.some((secret) => secret?.visible === true)) return;
  throw new ConfigError("listen.address", `the demonstration secrets are not served on ${host}`, {
    hint: "use passwords and keys of your own as env:NAME or file:PATH, or --allow-demo-keys for a test network",
  });
}
