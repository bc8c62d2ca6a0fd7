import type { PrivateKey } from "../dlms/security/private-key.ts";
import type { PublicKey } from "../dlms/security/public-key.ts";
import { SecretKey } from "../dlms/security/secret-key.ts";
import { type SystemTitle, sameSystemTitle } from "../dlms/security/system-title.ts";
import { DecodeError } from "../errors.ts";
import type { KeyName } from "./opening.ts";

/** What there is to open APDUs with; whatever is absent leaves closed what needs it. */
export interface DecipheringKeys {
  /** Global unicast encryption key. */
  readonly encryptionKey?: SecretKey;
  /** Without it tags are not verified. */
  readonly authenticationKey?: SecretKey;
  /** Global broadcast encryption key. */
  readonly broadcastKey?: SecretKey;
  /** Dedicated keys of Initiate requests in the input are found there. */
  readonly dedicatedKey?: SecretKey;
  /** Under which general-ciphering sends keys along. */
  readonly masterKey?: SecretKey;
  /** Of the recipient of general-ciphering with an agreed key. */
  readonly agreementKey?: PrivateKey;
  /** Of whoever signed APDUs or ephemeral keys. */
  readonly verificationKey?: PublicKey;
  /** Static key of the originator of general-ciphering. */
  readonly peerAgreementKey?: PublicKey;
  /** Of senders that the input does not name. */
  readonly systemTitles?: readonly SystemTitle[];
}

/** A key by the name it is told of. */
export interface NamedKey {
  readonly name: KeyName;
  readonly key: SecretKey;
}

/** Keys of a sort that are remembered: each costs an attempt at every APDU that fails. */
const capacity = 4;

/** The symmetric keys at hand: those given, and those that Initiate requests brought. */
export class KeyRing {
  readonly #keys: DecipheringKeys;
  /** From Initiate requests, the latest first. */
  #learnt: readonly SecretKey[] = [];

  /** Keys of general-ciphering by their sender, the latest first. */
  #fresh: readonly { readonly sender: SystemTitle; readonly key: SecretKey }[] = [];

  constructor(keys: DecipheringKeys) {
    this.#keys = keys;
  }

  /** The dedicated key of an Initiate request; octets that can be no key are passed over. */
  learnDedicated(octets: Uint8Array): void {
    try {
      const key = SecretKey.from(octets);
      this.#learnt = [key, ...this.#learnt.filter((other) => !other.equals(key))].slice(0, capacity);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  /** The key that a sender had wrapped or agreed: general-ciphering that follows may leave it unnamed. */
  remember(sender: SystemTitle, key: SecretKey): void {
    const others = this.#fresh.filter((other) => !sameSystemTitle(other.sender, sender));
    this.#fresh = [{ sender, key }, ...others].slice(0, capacity);
  }

  /** The keys that general-ciphering may mean without saying which. */
  presentOf(sender: SystemTitle): readonly NamedKey[] {
    const fresh = this.#fresh.find((known) => sameSystemTitle(known.sender, sender));
    return [...named("key used before", fresh?.key), ...this.unicast, ...this.dedicated];
  }

  get dedicated(): readonly NamedKey[] {
    const { dedicatedKey } = this.#keys;
    return [...this.#learnt, ...(dedicatedKey === undefined ? [] : [dedicatedKey])].map((key) => ({ name: "dedicated key", key }));
  }

  get unicast(): readonly NamedKey[] {
    return named("encryption key", this.#keys.encryptionKey);
  }

  get broadcast(): readonly NamedKey[] {
    return named("broadcast key", this.#keys.broadcastKey);
  }
}

function named(name: KeyName, key: SecretKey | undefined): readonly NamedKey[] {
  return key === undefined ? [] : [{ name, key }];
}
