import { createCipheriv, createDecipheriv } from "node:crypto";
import { DecodeError, SecurityError } from "../../errors.ts";
import { keyObjectOf } from "./key-object.ts";
import type { SecretKey } from "./secret-key.ts";
import { decodeSecurityControl, encodeSecurityControl, type SecurityControl } from "./security-control.ts";
import { type SecuritySuite, securitySuites } from "./suite.ts";
import { type SystemTitle, systemTitleLength } from "./system-title.ts";

/** Octets of security control and invocation counter before the content. */
export const securityHeaderLength = 5;

/** Octets of the authentication tag behind the content, in every suite. */
export const tagLength = 12;

/** Largest invocation counter that may be used; FFFFFFFF is never valid. */
export const lastInvocationCounter = 0xfffffffe;

/** Keys and names under which APDUs are protected. */
export interface CipherOptions {
  /** Encryption key: global unicast, global broadcast, dedicated, or of one APDU. */
  readonly key: SecretKey;
  /** Undefined where an installation has none: then the security control alone is the additional data. */
  readonly authenticationKey: SecretKey | undefined;
  /** Of this side, which protects. */
  readonly systemTitle: SystemTitle;
  /** Header of general-ciphering that is authenticated with the APDU: five octet strings with their lengths. */
  readonly additionalData?: Uint8Array;
  /** The suite that is in force; any suite with keys of this length when absent. */
  readonly suite?: SecuritySuite;
  /** Take what is not authenticated, which anybody on the way can change at will; false when absent. */
  readonly acceptUnauthenticated?: boolean;
}

/** An APDU without its protection. */
export interface Unprotected {
  readonly control: SecurityControl;
  readonly invocationCounter: number;
  /** May be a view of the protected octets. */
  readonly plain: Uint8Array;
}

/** Without a fixed length, Node takes tags of four octets for valid. */
const tagOption = { authTagLength: tagLength } as const;

/** Shared by all calls, since OpenSSL copies it before the call ends. */
const initializationVector = new Uint8Array(systemTitleLength + 4);

/**
 * Protects an APDU: SC, IC, then the (enciphered) APDU and the tag (Green Book 9.2.7.2.4).
 * @param invocationCounter never used before with this key
 * @throws SecurityError `suite-mismatch`, `compressed`, `counter-exhausted`, or `policy` for no protection at all
 */
export function protect(options: CipherOptions, control: SecurityControl, invocationCounter: number, plain: Uint8Array): Uint8Array {
  permit(options, control);
  if (!(Number.isInteger(invocationCounter) && invocationCounter >= 0 && invocationCounter <= lastInvocationCounter)) {
    throw new SecurityError("counter-exhausted", `the invocation counter ${invocationCounter} cannot be used`);
  }
  const octet = encodeSecurityControl(control);
  const { authenticated, encrypted } = control;
  const end = securityHeaderLength + plain.length;
  const out = new Uint8Array(authenticated ? end + tagLength : end);
  out[0] = octet;
  writeCounter(out, 1, invocationCounter);
  if (!authenticated && !encrypted) {
    out.set(plain, securityHeaderLength);
    return out;
  }
  const iv = vectorOf(options.systemTitle, invocationCounter);
  const cipher = createCipheriv(securitySuites[control.suite].aead, keyObjectOf(options.key), iv, tagOption);
  if (authenticated) cipher.setAAD(additionalDataOf(options, octet, encrypted ? undefined : plain));
  out.set(encrypted ? cipher.update(plain) : plain, securityHeaderLength);
  if (authenticated) {
    cipher.final();
    out.set(cipher.getAuthTag(), end);
  }
  return out;
}

/**
 * Takes the protection off: the plain APDU is given out after its tag has been verified, and not otherwise.
 * @param originator system title of the side that protected
 * @throws DecodeError when `bytes` cannot be a protected APDU
 * @throws SecurityError `deciphering-failed` for a wrong tag, `suite-mismatch`, `compressed`, or `policy` for an APDU that
 * is not authenticated unless the options accept such
 */
export function unprotect(options: CipherOptions, originator: SystemTitle, bytes: Uint8Array): Unprotected {
  const { control, invocationCounter } = readSecurityHeader(bytes);
  permit(options, control);
  if (!control.authenticated) {
    if (options.acceptUnauthenticated !== true) throw new SecurityError("policy", "the APDU is not authenticated");
    return { control, invocationCounter, plain: contentOf(options, originator, control, invocationCounter, bytes, bytes.length) };
  }
  const end = endOfContent(bytes);
  const body = bytes.subarray(securityHeaderLength, end);
  const iv = vectorOf(originator, invocationCounter);
  const decipher = createDecipheriv(securitySuites[control.suite].aead, keyObjectOf(options.key), iv, tagOption);
  decipher.setAAD(additionalDataOf(options, bytes[0] as number, control.encrypted ? undefined : body));
  decipher.setAuthTag(bytes.subarray(end));
  const plain = control.encrypted ? decipher.update(body) : body;
  try {
    decipher.final();
  } catch {
    throw new SecurityError("deciphering-failed", "the tag of the APDU does not match", {
      details: { invocationCounter },
      hint: "check both keys, and the system title of the sender",
    });
  }
  return { control, invocationCounter, plain };
}

/**
 * Deciphers without looking at the tag, for meters of which only the encryption key is known. The result proves nothing:
 * anybody may have made or changed it.
 * @throws DecodeError when `bytes` cannot be a protected APDU
 * @throws SecurityError `suite-mismatch` or `compressed`
 */
export function decipherUnverified(
  options: CipherOptions,
  originator: SystemTitle,
  bytes: Uint8Array,
): Unprotected & { readonly authenticated: false } {
  const { control, invocationCounter } = readSecurityHeader(bytes);
  permit(options, control);
  const end = control.authenticated ? endOfContent(bytes) : bytes.length;
  const plain = contentOf(options, originator, control, invocationCounter, bytes, end);
  return { control, invocationCounter, plain, authenticated: false };
}

/**
 * Security control and invocation counter of a protected APDU, for choosing the key and refusing replays before any work.
 * @throws DecodeError `truncated`, or `out-of-range` for a suite that is not defined
 */
export function readSecurityHeader(bytes: Uint8Array): Omit<Unprotected, "plain"> {
  if (bytes.length < securityHeaderLength) throw new DecodeError("truncated", "security header", bytes.length);
  const [octet = 0, a = 0, b = 0, c = 0, d = 0] = bytes;
  return { control: decodeSecurityControl(octet), invocationCounter: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0 };
}

/** What neither side may do, whatever the content. */
function permit({ key, authenticationKey, suite, additionalData }: CipherOptions, control: SecurityControl): void {
  const { keyLength } = securitySuites[control.suite];
  const fits = key.length === keyLength && (authenticationKey === undefined || authenticationKey.length === keyLength);
  if (!fits || (suite !== undefined && suite !== control.suite)) {
    throw new SecurityError("suite-mismatch", `the APDU is of security suite ${control.suite}, which is not in force`);
  }
  if (control.compressed) throw new SecurityError("compressed", "compressed APDUs are not supported");
  // A layer without protection exists inside general-ciphering only (Green Book 9.2.7.2.4).
  if (!control.authenticated && !control.encrypted && additionalData === undefined) {
    throw new SecurityError("policy", "a ciphered APDU without any protection");
  }
}

function endOfContent(bytes: Uint8Array): number {
  const end = bytes.length - tagLength;
  if (end < securityHeaderLength) throw new DecodeError("truncated", "authentication tag", bytes.length);
  return end;
}

/** The content without verification. GCM enciphers as a stream, so what was deciphered is complete before the tag. */
function contentOf(
  options: CipherOptions,
  originator: SystemTitle,
  control: SecurityControl,
  invocationCounter: number,
  bytes: Uint8Array,
  end: number,
): Uint8Array {
  const body = bytes.subarray(securityHeaderLength, end);
  if (!control.encrypted) return body;
  const iv = vectorOf(originator, invocationCounter);
  return createDecipheriv(securitySuites[control.suite].aead, keyObjectOf(options.key), iv, tagOption).update(body);
}

/** The initialization vector: system title of the originator, then the counter (Green Book 9.2.7.2.4). */
function vectorOf(originator: SystemTitle, invocationCounter: number): Uint8Array {
  if (originator.length !== systemTitleLength) throw new DecodeError("bad-length", "system title", 0);
  initializationVector.set(originator);
  writeCounter(initializationVector, systemTitleLength, invocationCounter);
  return initializationVector;
}

function writeCounter(bytes: Uint8Array, at: number, counter: number): void {
  bytes[at] = counter >>> 24;
  bytes[at + 1] = counter >>> 16;
  bytes[at + 2] = counter >>> 8;
  bytes[at + 3] = counter;
}

/** SC and the authentication key, with which all additional data begins; SC is put in for each APDU. */
const prefixes = new WeakMap<SecretKey, Uint8Array>();

/** SC, AK, the header of general-ciphering, and the APDU where it is not enciphered (Green Book 9.2.7.2.4). */
function additionalDataOf(options: CipherOptions, control: number, clear: Uint8Array | undefined): Uint8Array {
  const prefix = prefixOf(options.authenticationKey);
  prefix[0] = control;
  const header = options.additionalData;
  if (header === undefined && clear === undefined) return prefix;
  const headerLength = header?.length ?? 0;
  const data = new Uint8Array(prefix.length + headerLength + (clear?.length ?? 0));
  data.set(prefix);
  if (header !== undefined) data.set(header, prefix.length);
  if (clear !== undefined) data.set(clear, prefix.length + headerLength);
  return data;
}

const prefixWithoutKey = new Uint8Array(1);

function prefixOf(key: SecretKey | undefined): Uint8Array {
  if (key === undefined) return prefixWithoutKey;
  let prefix = prefixes.get(key);
  if (prefix === undefined) {
    prefix = Uint8Array.of(0, ...key.exposeSecret());
    prefixes.set(key, prefix);
  }
  return prefix;
}
