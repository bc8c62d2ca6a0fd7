import type { Frozen } from "../../config/load.ts";
import { resolveSecret, type SecretReference } from "../../config/secret.ts";
import type { VirtualMeterConfig } from "../../config/virtual-meter.ts";
import { bitsOfProtection } from "../../cosem-objects/required-protection.ts";
import { unlimitedPduSize } from "../../dlms/association/negotiation.ts";
import type { ServerAuthentication } from "../../dlms/association/server-options.ts";
import type { Certificate } from "../../dlms/security/certificate.ts";
import type { PrivateKey } from "../../dlms/security/private-key.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import { secureRandom } from "../../dlms/security/secure-random.ts";
import { type SecuritySuite, securitySuites } from "../../dlms/security/suite.ts";
import { parseSystemTitle, type SystemTitle } from "../../dlms/security/system-title.ts";
import { ConfigError } from "../../errors.ts";
import { meterSystemTitle } from "../../virtual-meter/identity.ts";
import type { MeterCounters } from "../../virtual-meter/meter-counters.ts";
import { securitySetupName } from "../../virtual-meter/roles.ts";
import { AssociationKeys, credentialsOf } from "../../virtual-meter/security/association-keys.ts";
import type { KeyRing } from "../../virtual-meter/security/key-ring.ts";
import type { KeyStore } from "../../virtual-meter/security/key-store.ts";
import { SecuritySetup } from "../../virtual-meter/security/security-setup.ts";
import type { MeterAssociation } from "../../virtual-meter/virtual-meter.ts";
import { secretCredentials } from "./hls-credentials.ts";
import { CertificateBundle, privateKeyIn } from "./pem-files.ts";
import { protectionLevels } from "./protection-level.ts";

type MeterConfig = Frozen<VirtualMeterConfig>;
type Association = MeterConfig["associations"][number];

/**
 * The associations of the configuration with their secrets and counters.
 * @param directory that relative secret files start from
 * @throws ConfigError for a secret that cannot be had, or that does not fit its suite
 */
export function meterAssociations(
  config: MeterConfig,
  directory: string,
  counters: MeterCounters,
  store: KeyStore,
): readonly MeterAssociation[] {
  const source = new MeterSecrets(config, directory);
  return config.associations.map((association, index): MeterAssociation => {
    const { role, client: clientSap, auth } = association;
    const suite = suiteOf(association);
    const secret = source.password(association, index);
    const setup = suite === undefined ? undefined : source.setup(association, suite, store);
    const security = setup && new AssociationKeys(setup, counters);
    return {
      role,
      clientSap,
      authentication: authenticationOf(auth, secret, setup, security, source.systemTitle),
      ...(setup && security && { setup, security }),
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

function authenticationOf(
  auth: Association["auth"],
  secret: Uint8Array | undefined,
  setup: SecuritySetup | undefined,
  security: AssociationKeys | undefined,
  systemTitle: SystemTitle,
): ServerAuthentication {
  switch (auth) {
    case "none":
      return { mechanism: "none" };
    case "lls":
      return { mechanism: "lls", password: secret ?? new Uint8Array() };
    case "gmac":
    case "ecdsa":
      if (setup === undefined || security === undefined) break;
      return { mechanism: "hls", credentials: credentialsOf(auth, setup, security), systemTitle };
    case "md5":
    case "sha1":
    case "sha256":
    case "manufacturer":
      if (secret === undefined) break;
      return { mechanism: "hls", credentials: secretCredentials(auth, secret), systemTitle };
  }
  throw new ConfigError("associations", `auth ${auth} cannot be served with the secrets there are`);
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

  /** The security setup of a role, with the keys of the configuration until others are transferred. */
  setup({ role, policy }: Association, suite: SecuritySuite, store: KeyStore): SecuritySetup {
    const level = { signed: false, ...protectionLevels[policy] };
    const { keyPairs, certificates, trustAnchors } = this.#certified(suite);
    return new SecuritySetup({
      logicalName: securitySetupName(role),
      version: 1,
      suite,
      serverSystemTitle: this.systemTitle,
      store,
      random: secureRandom,
      trustAnchors,
      initial: {
        policy: bitsOfProtection({ request: level, response: level }),
        keyPairs,
        certificates,
        keys: {
          "global-unicast": this.#key("encryption", suite),
          authentication: this.#key("authentication", suite),
          ...(role === "pre-established" && { "global-broadcast": this.#key("broadcast", suite) }),
          ...(this.#config.keys.master && { master: this.#key("master", suite) }),
        },
      },
    });
  }

  #key(name: "encryption" | "authentication" | "broadcast" | "master", suite: SecuritySuite): SecretKey {
    const path = `keys.${name}`;
    const reference = this.#config.keys[name];
    if (reference === undefined) throw new ConfigError(path, "expected a secret for the associations with keys, got nothing");
    const bytes = this.#resolve(reference, path, "key");
    const { keyLength } = securitySuites[suite];
    if (bytes.length !== keyLength) throw new ConfigError(path, `expected ${keyLength} bytes for suite ${suite}, got ${bytes.length}`);
    return SecretKey.from(bytes);
  }

  /** Key pairs and certificates, of the suites that have any. */
  #certified(suite: SecuritySuite): Pick<KeyRing, "keyPairs" | "certificates"> & { readonly trustAnchors: readonly Certificate[] } {
    const { keys, certificates } = this.#config;
    if (suite === 0) return { keyPairs: {}, certificates: [], trustAnchors: [] };
    const { curve } = securitySuites[suite];
    const pairOf = (name: "signing" | "agreement"): PrivateKey | undefined => {
      const path = `keys.${name}`;
      const reference = keys[name];
      const key = reference && privateKeyIn(this.#resolve(reference, path, "text"), path);
      if (key !== undefined && key.curve !== curve)
        throw new ConfigError(path, `expected a key of ${curve} for suite ${suite}, got ${key.curve}`);
      return key;
    };
    const [signing, agreement] = [pairOf("signing"), pairOf("agreement")];
    const bundles = certificates.map((file, index) => CertificateBundle.read(file, this.#directory, `certificates[${index}]`));
    return {
      keyPairs: { ...(signing && { "digital-signature": signing }), ...(agreement && { "key-agreement": agreement }) },
      certificates: bundles.flatMap(({ others }) => others),
      trustAnchors: bundles.flatMap(({ anchors }) => anchors),
    };
  }

  #resolve(reference: SecretReference, path: string, format: "text" | "key"): Uint8Array {
    return resolveSecret(reference, { path, format, environment: process.env, directory: this.#directory }).bytes;
  }
}
