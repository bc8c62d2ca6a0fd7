import type { GeneralKeys } from "../../dlms/association/general-protection.ts";
import type { AssociationSecurity, ProtectionLevel } from "../../dlms/association/protection.ts";
import type { HlsCredentials } from "../../dlms/security/hls.ts";
import type { InvocationCounterReceiver, InvocationCounterSender } from "../../dlms/security/invocation-counter.ts";
import { keyId } from "../../dlms/security/key-id.ts";
import type { PrivateKey } from "../../dlms/security/private-key.ts";
import type { PublicKey } from "../../dlms/security/public-key.ts";
import type { SecretKey } from "../../dlms/security/secret-key.ts";
import type { SecuritySuite } from "../../dlms/security/suite.ts";
import type { SystemTitle } from "../../dlms/security/system-title.ts";
import { SecurityError } from "../../errors.ts";
import type { MeterCounters } from "../meter-counters.ts";
import type { SecuritySetup } from "./security-setup.ts";

/**
 * What protects the associations of a security setup: always what is in effect there, so that an association that stands
 * goes on under a new key as soon as the setup does.
 */
export class AssociationKeys implements AssociationSecurity {
  readonly #setup: SecuritySetup;
  readonly #counters: MeterCounters;

  constructor(setup: SecuritySetup, counters: MeterCounters) {
    this.#setup = setup;
    this.#counters = counters;
  }

  get suite(): SecuritySuite {
    return this.#setup.suite;
  }

  get systemTitle(): SystemTitle {
    return this.#setup.serverSystemTitle;
  }

  /** @throws SecurityError `unknown-key` where the setup has none */
  get globalKey(): SecretKey {
    const key = this.#setup.effective.keys["global-unicast"];
    if (key === undefined) throw new SecurityError("unknown-key", `${this.#setup.logicalName} has no encryption key`);
    return key;
  }

  get authenticationKey(): SecretKey | undefined {
    return this.#setup.effective.keys.authentication;
  }

  get broadcastKey(): SecretKey | undefined {
    return this.#setup.effective.keys["global-broadcast"];
  }

  get policy(): ProtectionLevel {
    return this.#setup.requiredProtection.request;
  }

  get answerPolicy(): ProtectionLevel {
    return this.#setup.requiredProtection.response;
  }

  get general(): GeneralKeys | undefined {
    const { keys, keyPairs } = this.#setup.effective;
    if (this.suite === 0 && keys.master === undefined) return undefined;
    return {
      ...(keys.master && { masterKey: keys.master }),
      ...(keyPairs["key-agreement"] && { agreementKey: keyPairs["key-agreement"] }),
      ...(keyPairs["digital-signature"] && { signingKey: keyPairs["digital-signature"] }),
      peerKeys: (title) => this.#setup.peerKeys(title),
    };
  }

  get sendCounter(): InvocationCounterSender {
    return this.#ofKeys().sendCounter;
  }

  readonly receiveCounter = (originator: SystemTitle, key: "unicast" | "broadcast"): InvocationCounterReceiver =>
    this.#ofKeys().receiveCounter(originator, key);

  /** A counter that the meter takes from every client of the setup. */
  get lowestAcceptable(): number {
    return this.#counters.lowestAcceptable(keyId(this.globalKey));
  }

  #ofKeys(): Pick<AssociationSecurity, "sendCounter" | "receiveCounter"> {
    return this.#counters.of(keyId(this.globalKey), this.broadcastKey && keyId(this.broadcastKey));
  }
}

/** High level security with GMAC under the keys of a setup (mechanism 5). */
export class GmacOfSetup {
  readonly mechanism = "hls-gmac";
  readonly #keys: AssociationKeys;

  constructor(keys: AssociationKeys) {
    this.#keys = keys;
  }

  get suite(): SecuritySuite {
    return this.#keys.suite;
  }

  get key(): SecretKey {
    return this.#keys.globalKey;
  }

  get authenticationKey(): SecretKey | undefined {
    return this.#keys.authenticationKey;
  }
}

/** High level security with the key pairs and certificates of a setup (mechanism 7). */
export class EcdsaOfSetup {
  readonly mechanism = "hls-ecdsa";
  readonly #setup: SecuritySetup;

  constructor(setup: SecuritySetup) {
    this.#setup = setup;
  }

  get signingKey(): PrivateKey | undefined {
    return this.#setup.effective.keyPairs["digital-signature"];
  }

  readonly verificationKey = (peer: SystemTitle): PublicKey | undefined => this.#setup.peerKeys(peer)?.verificationKey;
}

/** The credentials of a mechanism that has no secret but the keys of its setup. */
export function credentialsOf(mechanism: "gmac" | "ecdsa", setup: SecuritySetup, keys: AssociationKeys): HlsCredentials {
  return mechanism === "gmac" ? new GmacOfSetup(keys) : new EcdsaOfSetup(setup);
}
