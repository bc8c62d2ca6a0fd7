import { DecodeError, SecurityError } from "../../errors.ts";
import { type CipherOptions, readSecurityHeader } from "../security/apdu-cipher.ts";
import { type CipheringForm, protectApdu, readCipheredApdu, unprotectApdu } from "../security/ciphered-apdu.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../security/invocation-counter.ts";
import type { SecretKey } from "../security/secret-key.ts";
import type { SecurityControl } from "../security/security-control.ts";
import type { SecuritySuite } from "../security/suite.ts";
import { type SystemTitle, sameSystemTitle } from "../security/system-title.ts";
import type { GeneralHeader } from "../xdlms/ciphering.ts";
import { apduTags, tagMeaning } from "../xdlms/tags.ts";
import {
  type GeneralContext,
  type GeneralKeys,
  headerTo,
  isGeneralCiphering,
  isGeneralSigning,
  openGeneral,
  openSigned,
  protectWithHeader,
  signed,
} from "./general-protection.ts";
import type { NegotiatedContext } from "./negotiation.ts";

/**
 * What is done to APDUs: a tag that proves that they come from somebody with the keys, encryption so that nobody else can
 * read them, a signature that proves whom they come from.
 */
export interface ProtectionLevel {
  readonly authenticated: boolean;
  readonly encrypted: boolean;
  readonly signed?: boolean;
}

/** How an APDU is wrapped; answers take the form of the request. */
export type ProtectionForm = CipheringForm | "general-ciphering" | "signed-only";

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
  /** The form of a client's requests, where it is not that of their services. */
  readonly form?: "general-global" | "general-ciphering";
  /** What general-ciphering and general-signing take besides. */
  readonly general?: GeneralKeys | undefined;
  /** A client protects its requests so; a server takes no less. */
  readonly policy: ProtectionLevel;
  /** A server answers with no less, and a client takes no less; like requests by default. */
  readonly answerPolicy?: ProtectionLevel;
  /** Of the global unicast key of this side. */
  readonly sendCounter: InvocationCounterSender;
  /** Of the peer with this system title under the global unicast key, or the broadcast key. */
  readonly receiveCounter: (originator: SystemTitle, key: "unicast" | "broadcast") => InvocationCounterReceiver;
}

/** An APDU that came in protected: its octets, and how it was. */
export interface OpenedApdu {
  readonly plain: Uint8Array;
  readonly form: ProtectionForm;
  readonly level: ProtectionLevel;
  /** Of the general forms that have one. */
  readonly header?: GeneralHeader;
}

/** Tag, length of three octets, security header and tag, and the system title of the general forms. */
const ordinaryOverhead = 1 + 3 + 5 + 12 + 9;

/** Besides, at most: the headers of general-ciphering and general-signing, an agreed key and a signature of suite 2. */
const generalOverhead = ordinaryOverhead + 2 * 40 + 2 * 100 + 100;

/** Octets of a request that protection takes from the service inside, and of an answer at least. */
export function overheadOf({ form, policy, answerPolicy }: AssociationSecurity): number {
  return overheadUnder(form, policy.signed === true || answerPolicy?.signed === true);
}

function overheadUnder(form: ProtectionForm | undefined, isSigned: boolean): number {
  return isSigned || form === "general-ciphering" || form === "signed-only" ? generalOverhead : ordinaryOverhead;
}

/** The same of an association that stands. */
export function overheadIn({ protectionOverhead = 0 }: Pick<NegotiatedContext, "protectionOverhead">): number {
  return protectionOverhead;
}

const bothWays: ProtectionLevel = { authenticated: true, encrypted: true };

/** What two sides want together. */
export function atLeast(a: ProtectionLevel, b: ProtectionLevel): ProtectionLevel {
  return {
    authenticated: a.authenticated || b.authenticated,
    encrypted: a.encrypted || b.encrypted,
    signed: a.signed === true || b.signed === true,
  };
}

/** True where a protection is no less than what is wanted. */
export function suffices(given: ProtectionLevel, wanted: ProtectionLevel): boolean {
  return (
    (given.authenticated || !wanted.authenticated) &&
    (given.encrypted || !wanted.encrypted) &&
    (given.signed === true || wanted.signed !== true)
  );
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

  get answerPolicy(): ProtectionLevel {
    return this.#security.answerPolicy ?? this.#security.policy;
  }

  /** The form a client's requests take: dedicated once there is such a key. */
  get preferredForm(): ProtectionForm {
    return this.#security.form ?? (this.#dedicated === undefined ? "global" : "dedicated");
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
   * A protected APDU. Services that have no tag of their own take the general form of the same key; what is signed is
   * signed first (Green Book 9.2.7.2.5).
   * @param header of the request that is answered, where it had one
   * @throws SecurityError `counter-exhausted`, `policy`, `unknown-key`
   */
  protect(plain: Uint8Array, form: ProtectionForm, level: ProtectionLevel, header?: GeneralHeader): Uint8Array {
    const sending = level.signed === true || form === "general-ciphering" || form === "signed-only" ? this.#headerFor(header) : undefined;
    const content = level.signed === true && sending !== undefined ? signed(this.#general, sending, plain) : plain;
    if (form === "signed-only" && !level.authenticated && !level.encrypted) return content;
    const { suite, sendCounter, general, globalKey } = this.#security;
    const { authenticated, encrypted } = level;
    const control: SecurityControl = { suite, authenticated, encrypted, broadcast: false, compressed: false };
    if (form === "general-ciphering" && sending !== undefined) {
      const key = header === undefined ? general?.originatorKey?.(this.#knownPeer()) : undefined;
      return protectWithHeader(this.#general, sending, key, control, sendCounter.take(), content);
    }
    const ciphering = formFor(content, form === "general-ciphering" || form === "signed-only" ? "general-global" : form);
    const dedicated = isDedicated(ciphering) ? this.#dedicated : undefined;
    return protectApdu(ciphering, this.#options(dedicated?.key ?? globalKey), control, (dedicated?.send ?? sendCounter).take(), content);
  }

  /**
   * An answer, protected like its request and no less than the policy and what it is about need, which may be more than
   * the request had (Green Book notes 7.9).
   * @param request undefined for one in clear
   * @throws as {@link protect}
   */
  answer(plain: Uint8Array, request: OpenedApdu | undefined, needed: ProtectionLevel): Uint8Array {
    const level = this.#answerLevel(request, needed);
    if (request === undefined && suffices(nothing, level)) return plain;
    return this.protect(plain, request?.form ?? this.preferredForm, level, request?.header);
  }

  /** Octets that {@link answer} takes at most from the service inside. */
  answerOverhead(request: OpenedApdu | undefined, needed: ProtectionLevel): number {
    const level = this.#answerLevel(request, needed);
    if (request === undefined && suffices(nothing, level)) return 0;
    return overheadUnder(request?.form ?? this.preferredForm, level.signed === true);
  }

  #answerLevel(request: OpenedApdu | undefined, needed: ProtectionLevel): ProtectionLevel {
    return atLeast(request?.level ?? nothing, atLeast(this.answerPolicy, needed));
  }

  /**
   * Opens a protected APDU, down to the service in it.
   * @param confirmed false for one that nobody answers: it alone may be under the broadcast key
   * @throws DecodeError for octets that are none, SecurityError for a wrong tag, suite, key or signature, and `replayed`
   */
  open(bytes: Uint8Array, confirmed: boolean): OpenedApdu {
    const opened = isGeneralSigning(bytes)
      ? unciphered(bytes)
      : isGeneralCiphering(bytes)
        ? this.#openGeneral(bytes, confirmed)
        : this.#openCiphered(bytes, confirmed);
    if (!isGeneralSigning(opened.plain)) return opened;
    const { header, content } = openSigned(this.#general, opened.plain);
    const peer = this.#peer;
    if (peer !== undefined && !sameSystemTitle(peer, header.originatorSystemTitle)) {
      throw new SecurityError("policy", "the APDU was signed by another device than the association's");
    }
    return { plain: content, form: opened.form, level: { ...opened.level, signed: true }, header: opened.header ?? header };
  }

  #openCiphered(bytes: Uint8Array, confirmed: boolean): OpenedApdu {
    const apdu = readCipheredApdu(bytes);
    const { control } = readSecurityHeader(apdu.content);
    if (isDedicated(apdu.form) && (this.#dedicated === undefined || control.broadcast)) {
      throw new SecurityError("unknown-key", "there is no dedicated key in this association");
    }
    const key = isDedicated(apdu.form) ? this.#dedicated?.key : control.broadcast ? this.#security.broadcastKey : this.#security.globalKey;
    if (key === undefined) throw new SecurityError("unknown-key", "there is no broadcast key");
    const { plain, invocationCounter } = unprotectApdu({ ...this.#options(key), acceptUnauthenticated: true }, this.#peer, apdu);
    const originator = (apdu.systemTitle ?? this.#peer) as SystemTitle;
    const counter = isDedicated(apdu.form) ? this.#dedicated?.receive : undefined;
    this.#noteCounter(counter, originator, control, control.broadcast, invocationCounter, confirmed);
    return { plain, form: apdu.form, level: control };
  }

  /**
   * A key that comes along or is agreed on is fresh, and its counter would prove nothing; so whatever the key, the counter
   * is that of the originator's global key, and no APDU is taken twice.
   */
  #openGeneral(bytes: Uint8Array, confirmed: boolean): OpenedApdu {
    const { plain, control, invocationCounter, header, broadcast } = openGeneral(this.#general, bytes);
    const originator = header.originatorSystemTitle;
    if (this.#peer !== undefined && !sameSystemTitle(this.#peer, originator)) {
      throw new SecurityError("policy", "the APDU comes from another device than the association's");
    }
    this.#noteCounter(undefined, originator, control, broadcast, invocationCounter, confirmed);
    return { plain, form: "general-ciphering", level: control, header };
  }

  #noteCounter(
    dedicated: InvocationCounterReceiver | undefined,
    originator: SystemTitle,
    control: SecurityControl,
    broadcast: boolean,
    invocationCounter: number,
    confirmed: boolean,
  ): void {
    if (broadcast && confirmed) throw new SecurityError("policy", "the broadcast key is for what nobody answers");
    const counter = dedicated ?? this.#security.receiveCounter(originator, broadcast ? "broadcast" : "unicast");
    // Without a tag nobody has vouched for the counter: noting it would let anybody lock the right client out.
    if (control.authenticated) accept(counter, invocationCounter);
    else counter.check(invocationCounter);
  }

  /** The header of an answer is that of the request turned round; a request has a transaction id of its own. */
  #headerFor(request: GeneralHeader | undefined): GeneralHeader {
    const { systemTitle, sendCounter } = this.#security;
    if (request !== undefined) return headerTo(systemTitle, request.originatorSystemTitle, request.transactionId);
    const transactionId = new Uint8Array(8);
    new DataView(transactionId.buffer).setUint32(4, sendCounter.next);
    return headerTo(systemTitle, this.#knownPeer(), transactionId);
  }

  get #general(): GeneralContext {
    const { suite, systemTitle, globalKey, broadcastKey, authenticationKey, general = {} } = this.#security;
    return { suite, systemTitle, globalKey, broadcastKey, authenticationKey, keys: general };
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

/** True for an APDU that is ciphered or signed, in whatever form. */
export function isCiphered(bytes: Uint8Array): boolean {
  const meaning = tagMeaning(bytes[0] ?? -1);
  return meaning !== undefined && (meaning.protection !== "plain" || generalForms.has(meaning.kind));
}

const generalForms: ReadonlySet<string> = new Set([
  "general-glo-ciphering",
  "general-ded-ciphering",
  "general-ciphering",
  "general-signing",
]);

const isDedicated = (form: CipheringForm): boolean => form === "dedicated" || form === "general-dedicated";

/** An APDU that is signed and nothing else. */
function unciphered(bytes: Uint8Array): OpenedApdu {
  return { plain: bytes, form: "signed-only", level: { authenticated: false, encrypted: false } };
}

/** ACCESS, notifications and exceptions have no tags of their own. */
function formFor(plain: Uint8Array, form: CipheringForm): CipheringForm {
  const kind = tagMeaning(plain[0] ?? -1)?.kind;
  const tags: Readonly<Partial<Record<"plain" | CipheringForm, number>>> = kind === undefined ? {} : apduTags[kind];
  if (form === "global" && tags.global === undefined) return "general-global";
  return form === "dedicated" && tags.dedicated === undefined ? "general-dedicated" : form;
}

const nothing: ProtectionLevel = { authenticated: false, encrypted: false };

/** A client's request as it goes out: in the form and with the protection that the association has, which may be none. */
export function protectRequest(protection: ApduProtection | undefined, apdu: Uint8Array): Uint8Array {
  return protection === undefined || suffices(nothing, protection.policy)
    ? apdu
    : protection.protect(apdu, protection.preferredForm, protection.policy);
}

/**
 * What a server sent, with its protection off; the same octets where it has none.
 * @throws as {@link ApduProtection.open}; SecurityError `policy` for less protection than the association has, since the
 * security control says itself how an APDU is protected, and anybody on the way could take the tag off
 */
export function openAnswer(protection: ApduProtection | undefined, bytes: Uint8Array): Uint8Array {
  if (protection === undefined || !isCiphered(bytes)) return bytes;
  const { plain, level } = openOrRefuse(protection, bytes);
  if (!suffices(level, protection.answerPolicy)) throw new SecurityError("policy", "the answer is protected less than the association");
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

/** @throws SecurityError `policy` where answers have to be protected: anybody could have sent it */
export function refuseInClear(protection: ApduProtection | undefined): void {
  if (protection !== undefined && !suffices(nothing, protection.answerPolicy))
    throw new SecurityError("policy", "an APDU in clear in a ciphered association");
}
