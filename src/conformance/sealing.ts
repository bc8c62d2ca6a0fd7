import { ByteWriter } from "../bytes/byte-writer.ts";
import type { AssociationSecurity, ProtectionLevel } from "../dlms/association/protection.ts";
import { readSecurityHeader } from "../dlms/security/apdu-cipher.ts";
import { protectApdu, readCipheredApdu } from "../dlms/security/ciphered-apdu.ts";
import { generalGloDedCiphering, serviceSpecificCiphering } from "../dlms/xdlms/ciphering.ts";
import { inconclusive } from "./verdict.ts";

/** What is done otherwise than a well-behaved client would when it ciphers a request. */
export interface SealChanges extends Partial<Pick<AssociationSecurity, "suite" | "systemTitle" | "globalKey" | "authenticationKey">> {
  /** From the sending counter by default; a value that was never used before. */
  readonly counter?: number;
  readonly level?: ProtectionLevel;
  readonly form?: "global" | "general-global";
}

const bothWays: ProtectionLevel = { authenticated: true, encrypted: true };

/**
 * A request under the global key, ciphered as declared but for the changes, and always with a tag: without one a counter
 * proves nothing.
 * @throws VerdictError inconclusive where requests take what is not made here
 */
export function seal(security: AssociationSecurity, plain: Uint8Array, changes: SealChanges = {}): Uint8Array {
  if (security.policy.signed === true) inconclusive("requests that have to be signed are not made here");
  if (security.form === "general-ciphering") inconclusive("requests in general-ciphering are not made here");
  const { authenticated: tagged, encrypted: secret } = security.policy;
  const declared = tagged || secret ? { authenticated: true, encrypted: secret } : bothWays;
  const {
    level = declared,
    counter = security.sendCounter.take(),
    form = security.form === undefined ? "global" : "general-global",
  } = changes;
  const { suite, systemTitle, globalKey, authenticationKey } = { ...security, ...changes };
  const { authenticated, encrypted } = level;
  return protectApdu(
    form,
    { key: globalKey, authenticationKey, systemTitle },
    { suite, authenticated, encrypted, broadcast: false, compressed: false },
    counter,
    plain,
  );
}

/** A ciphered APDU whose security header, content and tag are changed, its shell made to fit. */
export function resealed(sealed: Uint8Array, change: (content: Uint8Array) => Uint8Array, systemTitle?: Uint8Array): Uint8Array {
  const { content, systemTitle: title } = readCipheredApdu(sealed);
  const writer = new ByteWriter();
  writer.u8(sealed[0] as number);
  if (title === undefined) serviceSpecificCiphering.write(writer, change(content));
  else generalGloDedCiphering.write(writer, { systemTitle: systemTitle ?? title, content: change(content) });
  return writer.finish();
}

/** The same octets with the last one, which is of the tag, changed. */
export function withWrongTag(sealed: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(sealed);
  changed[changed.length - 1] = (changed.at(-1) as number) ^ 0x01;
  return changed;
}

const counterAt = 1;

/** The same with another invocation counter; whatever tag it had is wrong for it. */
export function withCounter(sealed: Uint8Array, counter: number): Uint8Array {
  return resealed(sealed, (content) => {
    const changed = Uint8Array.from(content);
    new DataView(changed.buffer).setUint32(counterAt, counter);
    return changed;
  });
}

/** The invocation counter of an APDU ciphered in one of the forms of a global or dedicated key. @throws DecodeError */
export function counterOf(sealed: Uint8Array): number {
  return readSecurityHeader(readCipheredApdu(sealed).content).invocationCounter;
}

/** How an APDU is protected, by its own account. @throws DecodeError */
export function levelOf(sealed: Uint8Array): ProtectionLevel {
  return readSecurityHeader(readCipheredApdu(sealed).content).control;
}
