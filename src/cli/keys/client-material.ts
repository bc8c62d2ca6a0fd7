import type { ClientCounters } from "../../client/client-counters.ts";
import type { AssociationOptions } from "../../client/connect.ts";
import type { ClientAuthentication } from "../../dlms/association/client-options.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import { secureRandom } from "../../dlms/security/secure-random.ts";
import { type SecuritySuite, securitySuites } from "../../dlms/security/suite.ts";
import { parseSystemTitle, type SystemTitle } from "../../dlms/security/system-title.ts";
import { ConfigError } from "../../errors.ts";
import type { AssociationRequest, AssociationSecrets } from "../target.ts";
import { hlsCredentials, hlsMechanisms } from "./hls-credentials.ts";
import { protectionLevels } from "./protection-level.ts";

/** How a client proves who it is and protects what it says, with its secrets fetched. */
export interface ClientMaterial {
  readonly auth: "none" | "lls" | keyof typeof hlsMechanisms;
  readonly suite: SecuritySuite;
  readonly policy: keyof typeof protectionLevels;
  readonly systemTitle: SystemTitle | undefined;
  readonly key: SecretKey | undefined;
  readonly authenticationKey: SecretKey | undefined;
  /** Drawn for each association, or one that is good for a single one. */
  readonly dedicatedKey: "random" | SecretKey | undefined;
  readonly password: Uint8Array | undefined;
}

/** Who this side is under its keys. */
export interface ClientIdentity {
  readonly systemTitle: SystemTitle;
  /** Undefined without keys. */
  readonly counters: ClientCounters | undefined;
  /** Notes that a dedicated key is used; false where it was before. */
  readonly claimDedicatedKey: (key: SecretKey) => boolean;
}

/** @throws ConfigError for a mechanism that this version does not speak */
export function clientMaterial(association: AssociationRequest, secrets: AssociationSecrets["secrets"]): ClientMaterial {
  const { auth, policy, systemTitle } = association;
  if (auth === "manufacturer" || auth === "ecdsa") {
    throw new ConfigError("--auth", `${auth} is not served yet`, { hint: "use none, lls, md5, sha1, gmac or sha256" });
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
  };
}

/** Whether an association needs to know who this side is: the commands that do not, open no store. */
export function usesCounters({ auth, key }: ClientMaterial): boolean {
  return key !== undefined || isHls(auth);
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
  if (!isHls(auth)) return auth === "none" ? { mechanism: "none" } : { mechanism: "lls", password: password ?? new Uint8Array() };
  const credentials = hlsCredentials(auth, { ...material, secret: password });
  if (credentials === undefined) throw new ConfigError("--auth", `${auth} cannot be used without its secret`);
  return { mechanism: "hls", credentials, random: secureRandom, ...(identity && { systemTitle: identity.systemTitle }) };
}

function isHls(auth: ClientMaterial["auth"]): auth is keyof typeof hlsMechanisms {
  return Object.hasOwn(hlsMechanisms, auth);
}
