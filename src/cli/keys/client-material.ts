import type { ClientCounters } from "../../client/client-counters.ts";
import type { AssociationOptions } from "../../client/connect.ts";
import type { ClientAuthentication } from "../../dlms/association/client-options.ts";
import type { HlsCredentials } from "../../dlms/security/hls.ts";
import type { PrivateKey } from "../../dlms/security/private-key.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import { secureRandom } from "../../dlms/security/secure-random.ts";
import { type SecuritySuite, securitySuites } from "../../dlms/security/suite.ts";
import { parseSystemTitle, type SystemTitle } from "../../dlms/security/system-title.ts";
import { ConfigError } from "../../errors.ts";
import type { AssociationRequest, AssociationSecrets } from "../target.ts";
import { hlsNames, secretCredentials } from "./hls-credentials.ts";
import { CertificateBundle, privateKeyIn } from "./pem-files.ts";
import { protectionLevels } from "./protection-level.ts";

/** How a client proves who it is and protects what it says, with its secrets fetched. */
export interface ClientMaterial {
  readonly auth: AssociationRequest["auth"];
  readonly suite: SecuritySuite;
  readonly policy: keyof typeof protectionLevels;
  readonly systemTitle: SystemTitle | undefined;
  readonly key: SecretKey | undefined;
  readonly authenticationKey: SecretKey | undefined;
  /** Drawn for each association, or one that is good for a single one. */
  readonly dedicatedKey: "random" | SecretKey | undefined;
  readonly password: Uint8Array | undefined;
  /** What this side signs with, and the certificates that say what others sign with. */
  readonly signingKey: PrivateKey | undefined;
  readonly certificates: CertificateBundle | undefined;
}

/** Who this side is under its keys. */
export interface ClientIdentity {
  readonly systemTitle: SystemTitle;
  /** Undefined without keys. */
  readonly counters: ClientCounters | undefined;
  /** Notes that a dedicated key is used; false where it was before. */
  readonly claimDedicatedKey: (key: SecretKey) => boolean;
}

/** @throws ConfigError for keys and certificates that cannot be read */
export function clientMaterial(association: AssociationRequest, secrets: AssociationSecrets["secrets"]): ClientMaterial {
  const { auth, policy, systemTitle, ca } = association;
  if (auth === "ecdsa" && ca === undefined) {
    throw new ConfigError("--ca", "expected the certificates of the meter and its authority for auth ecdsa, got nothing", {
      hint: "for example --ca ca.pem",
    });
  }
  return {
    auth,
    policy,
    suite: association.suite as SecuritySuite,
    systemTitle: systemTitle === undefined ? undefined : parseSystemTitle(systemTitle),
    key: secrets.ek && SecretKey.from(secrets.ek),
    authenticationKey: secrets.ak && SecretKey.from(secrets.ak),
    dedicatedKey: association.dedicatedKey?.kind === "random" ? "random" : secrets.dedicatedKey && SecretKey.from(secrets.dedicatedKey),
    password: secrets.password,
    signingKey: secrets.signKey && privateKeyIn(secrets.signKey, "--sign-key"),
    certificates: ca === undefined ? undefined : CertificateBundle.read(ca, process.cwd(), "--ca"),
  };
}

/** Whether an association needs to know who this side is: the commands that do not, open no store. */
export function usesCounters({ auth, key }: ClientMaterial): boolean {
  return key !== undefined || hlsNames.has(auth);
}

/** The options of the association. @param identity none where {@link usesCounters} says so */
export function clientPasses(
  material: ClientMaterial,
  identity: ClientIdentity | undefined,
): Pick<AssociationOptions, "authentication" | "security"> {
  const { key, authenticationKey, dedicatedKey, suite, policy } = material;
  const authentication = authenticationOf(material, identity);
  if (key === undefined || identity?.counters === undefined) return { authentication };
  const { systemTitle, counters, claimDedicatedKey } = identity;
  return {
    authentication,
    security: {
      suite,
      systemTitle,
      globalKey: key,
      authenticationKey,
      dedicatedKey: dedicatedKey === "random" ? drawnKey(suite) : oneTimeKey(dedicatedKey, claimDedicatedKey),
      policy: protectionLevels[policy],
      sendCounter: counters.sendCounter,
      receiveCounter: counters.receiveCounter,
    },
  };
}

function drawnKey(suite: SecuritySuite): SecretKey {
  return SecretKey.from(secureRandom(securitySuites[suite].keyLength));
}

/** Counters of a dedicated key begin at zero with each association: a second one would repeat them (Green Book 9.2.3.3.7.3). */
function oneTimeKey(key: SecretKey | undefined, claim: ClientIdentity["claimDedicatedKey"]): SecretKey | undefined {
  if (key === undefined || claim(key)) return key;
  throw new ConfigError("--dedicated-key", "this key was used before, and is good for one association", {
    hint: "use --dedicated-key random",
  });
}

function authenticationOf(material: ClientMaterial, identity: ClientIdentity | undefined): ClientAuthentication {
  const { auth, password } = material;
  if (auth === "none") return { mechanism: "none" };
  if (auth === "lls") return { mechanism: "lls", password: password ?? new Uint8Array() };
  const credentials = credentialsOf(material, auth);
  return { mechanism: "hls", credentials, random: secureRandom, ...(identity && { systemTitle: identity.systemTitle }) };
}

function credentialsOf(material: ClientMaterial, auth: Exclude<ClientMaterial["auth"], "none" | "lls">): HlsCredentials {
  const { suite, key, authenticationKey, password, signingKey, certificates } = material;
  switch (auth) {
    case "gmac":
      if (key === undefined) break;
      return { mechanism: "hls-gmac", suite, key, authenticationKey };
    case "ecdsa":
      return {
        mechanism: "hls-ecdsa",
        signingKey,
        verificationKey: (meter) => certificates?.verificationKey(meter, Date.now()),
      };
    default:
      if (password === undefined) break;
      return secretCredentials(auth, password);
  }
  throw new ConfigError("--auth", `${auth} cannot be used without its secret`);
}
