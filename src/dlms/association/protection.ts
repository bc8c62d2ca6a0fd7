import { DecodeError, SecurityError } from "../../errors.ts";
import { type CipherOptions, readSecurityHeader } from "../security/apdu-cipher.ts";
import { type CipheringForm, protectApdu, readCipheredApdu, unprotectApdu } from "../security/ciphered-apdu.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../security/invocation-counter.ts";
import type { SecretKey } from "../security/secret-key.ts";
import type { SecurityControl } from "../security/security-control.ts";
import type { SecuritySuite } from "../security/suite.ts";
import type { SystemTitle } from "../security/system-title.ts";
import { apduTags, tagMeaning } from "../xdlms/tags.ts";
import { isCipheredContext, type NegotiatedContext } from "./negotiation.ts";

/** What is done to APDUs: a tag that proves where they come from, and that nobody else can read them. */
export interface ProtectionLevel {
  readonly authenticated: boolean;
  readonly encrypted: boolean;
}

/** Keys, counters and rules of an association, at either end (Green Book 9.2.7). */
export interface AssociationSecurity {
  readonly suite: SecuritySuite;
  /** Of this side. */
  readonly systemTitle: SystemTitle;
  /** Global unicast encryption key. */
  readonly globalKey: SecretKey;
  /** Undefined where an installation has none (Green Book notes 7.1). */
  readonly authenticationKey: SecretKey | undefined;
  /** Global broadcast encryption key: a server opens unconfirmed APDUs with it. */
  readonly broadcastKey?: SecretKey | undefined;
  /** A client sends it with its Initiate request, and from then on everything is under it. */
  readonly dedicatedKey?: SecretKey | undefined;
  /** A client protects its requests so; a server takes no less, and answers with no less. */
  readonly policy: ProtectionLevel;
  /** Of the global unicast key of this side. */
  readonly sendCounter: InvocationCounterSender;
  /** Of the peer with this system title under the global unicast key, or the broadcast key. */
  readonly receiveCounter: (originator: SystemTitle, key: "unicast" | "broadcast") => InvocationCounterReceiver;
}

/** An APDU that came in protected: its octets, and how it was. */
export interface OpenedApdu {
  readonly plain: Uint8Array;
  readonly form: CipheringForm;
  readonly control: SecurityControl;
}

/** Tag, length of three octets, security header and tag, and the system title of the general forms. */
export const protectionOverhead = 1 + 3 + 5 + 12 + 9;

/** Octets of an APDU that its protection takes from the service inside. */
export function overheadIn({ applicationContext }: Pick<NegotiatedContext, "applicationContext">): number {
  return isCipheredContext(applicationContext) ? protectionOverhead : 0;
}

const bothWays: ProtectionLevel = { authenticated: true, encrypted: true };

/** What two sides want together. */
export function atLeast(a: ProtectionLevel, b: ProtectionLevel): ProtectionLevel {
  return { authenticated: a.authenticated || b.authenticated, encrypted: a.encrypted || b.encrypted };
}

/** True where a protection is no less than what is wanted. */
export function suffices(given: ProtectionLevel, wanted: ProtectionLevel): boolean {
  return (given.authenticated || !wanted.authenticated) && (given.encrypted || !wanted.encrypted);
}

/**
 * Protects what one end of an association sends and opens what it receives. A counter is looked at when the tag has proved
 * who chose it, and noted before anything is carried out.
 */
export class ApduProtection {
  readonly #security: AssociationSecurity;
  #peer: SystemTitle | undefined;
  #dedicated: { readonly key: SecretKey; readonly send: InvocationCounterSender; readonly receive: InvocationCounterReceiver } | undefined;

  constructor(security: AssociationSecurity) {
    this.#security = security;
  }

  get policy(): ProtectionLevel {
    return this.#security.policy;
  }

  /** The form a client's requests take: dedicated once there is such a key. */
  get preferredForm(): CipheringForm {
    return this.#dedicated === undefined ? "global" : "dedicated";
  }

  /** Forgets an earlier association, and takes the system title of the peer, once it is known. */
  start(peer: SystemTitle | undefined): void {
    this.#peer = peer?.slice();
    this.#dedicated = undefined;
  }

  /** From here on the peer must be this one. */
  set peer(peer: SystemTitle) {
    this.#peer = peer.slice();
  }

  /** Uses a dedicated key: it lives as long as the association, and so do its counters. */
  useDedicatedKey(key: SecretKey): void {
    this.#dedicated = { key, send: new InvocationCounterSender(), receive: new InvocationCounterReceiver() };
  }

  /** An Initiate APDU is under the global key, authenticated and encrypted (Green Book 9.2.7.2.4). */
  protectInitiate(plain: Uint8Array): Uint8Array {
    return this.protect(plain, "global", bothWays);
  }

  /** A value of the sending counter, for the token of HLS with GMAC. */
  takeCounter(): number {
    return this.#security.sendCounter.take();
  }

  /** The receiving counter of the global key, for the peer's token of HLS with GMAC. */
  get receiveCounter(): InvocationCounterReceiver {
    return this.#security.receiveCounter(this.#knownPeer(), "unicast");
  }

  /**
   * A protected APDU. Services that have no tag of their own take the general form of the same key.
   * @throws SecurityError `counter-exhausted`, `policy`
   */
  protect(plain: Uint8Array, form: CipheringForm, level: ProtectionLevel): Uint8Array {
    const { suite, sendCounter } = this.#security;
    const dedicated = form === "dedicated" || form === "general-dedicated" ? this.#dedicated : undefined;
    const control: SecurityControl = { suite, ...level, broadcast: false, compressed: false };
    const options = this.#options(dedicated?.key ?? this.#security.globalKey);
    return protectApdu(formFor(plain, form), options, control, (dedicated?.send ?? sendCounter).take(), plain);
  }

  /**
   * Opens a protected APDU.
   * @param confirmed false for one that nobody answers: it alone may be under the broadcast key
   * @throws DecodeError for octets that are none, SecurityError for a wrong tag, suite or key, and `replayed`
   */
  open(bytes: Uint8Array, confirmed: boolean): OpenedApdu {
    const apdu = readCipheredApdu(bytes);
    const { control } = readSecurityHeader(apdu.content);
    const dedicated = apdu.form === "dedicated" || apdu.form === "general-dedicated";
    if (dedicated && (this.#dedicated === undefined || control.broadcast)) {
      throw new SecurityError("unknown-key", "there is no dedicated key in this association");
    }
    if (control.broadcast && confirmed) throw new SecurityError("policy", "the broadcast key is for what nobody answers");
    const key = dedicated ? this.#dedicated?.key : control.broadcast ? this.#security.broadcastKey : this.#security.globalKey;
    if (key === undefined) throw new SecurityError("unknown-key", "there is no broadcast key");
    const peer = this.#peer;
    const { plain, invocationCounter } = unprotectApdu({ ...this.#options(key), acceptUnauthenticated: true }, peer, apdu);
    const originator = apdu.systemTitle ?? peer;
    const counter =
      dedicated && this.#dedicated !== undefined
        ? this.#dedicated.receive
        : this.#security.receiveCounter(originator as SystemTitle, control.broadcast ? "broadcast" : "unicast");
    // Without a tag nobody has vouched for the counter: noting it would let anybody lock the right client out.
    if (control.authenticated) accept(counter, invocationCounter);
    else counter.check(invocationCounter);
    return { plain, form: apdu.form, control };
  }

  #options(key: SecretKey): CipherOptions {
    const { suite, authenticationKey, systemTitle } = this.#security;
    return { key, authenticationKey, systemTitle, suite };
  }

  #knownPeer(): SystemTitle {
    if (this.#peer === undefined) throw new SecurityError("unknown-key", "the system title of the peer is not known");
    return this.#peer;
  }
}

/** Notes a counter durably before what it came with is carried out. */
export function accept(counter: InvocationCounterReceiver, invocationCounter: number): void {
  if (counter.accept(invocationCounter) !== undefined) {
    throw new SecurityError("policy", "the invocation counter cannot be stored at once");
  }
}

/** True for an APDU that is ciphered, in whatever form. */
export function isCiphered(bytes: Uint8Array): boolean {
  const meaning = tagMeaning(bytes[0] ?? -1);
  return meaning !== undefined && (meaning.protection !== "plain" || generalForms.has(meaning.kind));
}

const generalForms: ReadonlySet<string> = new Set(["general-glo-ciphering", "general-ded-ciphering"]);

/** ACCESS, notifications and exceptions have no tags of their own. */
function formFor(plain: Uint8Array, form: CipheringForm): CipheringForm {
  const kind = tagMeaning(plain[0] ?? -1)?.kind;
  const tags: Readonly<Partial<Record<"plain" | CipheringForm, number>>> = kind === undefined ? {} : apduTags[kind];
  if (form === "global" && tags.global === undefined) return "general-global";
  return form === "dedicated" && tags.dedicated === undefined ? "general-dedicated" : form;
}

/** A client's request as it goes out: in the form and with the protection that the association has. */
export function protectRequest(protection: ApduProtection | undefined, apdu: Uint8Array): Uint8Array {
  return protection === undefined ? apdu : protection.protect(apdu, protection.preferredForm, protection.policy);
}

/**
 * What a server sent, with its protection off; the same octets where it has none.
 * @throws as {@link ApduProtection.open}; SecurityError `policy` for less protection than the association has, since the
 * security control says itself how an APDU is protected, and anybody on the way could take the tag off
 */
export function openAnswer(protection: ApduProtection | undefined, bytes: Uint8Array): Uint8Array {
  if (protection === undefined || !isCiphered(bytes)) return bytes;
  const { plain, control } = openOrRefuse(protection, bytes);
  if (!suffices(control, protection.policy)) throw new SecurityError("policy", "the answer is protected less than the association");
  return plain;
}

/** What makes no sense when it is opened is no more the server's than what fails its tag. */
function openOrRefuse(protection: ApduProtection, bytes: Uint8Array): OpenedApdu {
  try {
    return protection.open(bytes, true);
  } catch (error) {
    if (error instanceof DecodeError) throw new SecurityError("deciphering-failed", error.message, { cause: error });
    throw error;
  }
}

/** @throws SecurityError `policy` in an association that has keys: anybody could have sent it */
export function refuseInClear(protection: ApduProtection | undefined): void {
  if (protection !== undefined) throw new SecurityError("policy", "an APDU in clear in a ciphered association");
}
