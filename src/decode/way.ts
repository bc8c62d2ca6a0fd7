import type { Unprotected } from "../dlms/security/apdu-cipher.ts";
import type { SecretKey } from "../dlms/security/secret-key.ts";
import { securitySuites } from "../dlms/security/suite.ts";
import type { SystemTitle } from "../dlms/security/system-title.ts";
import type { KeyName } from "./opening.ts";
import type { SecurityFlags } from "./protected-apdu.ts";

/** One way in which a ciphered APDU may have been made: with this key, by this sender. */
export interface Way {
  readonly keyName: KeyName;
  /** Where it is known before the APDU has been opened. */
  readonly key?: SecretKey | undefined;
  readonly sender: SystemTitle;
  /** What is to be said when it is this way that opens the APDU. */
  readonly remark?: string;
  /** Deciphers, and verifies the tag. @throws SecurityError, DecodeError */
  readonly open: () => Unprotected;
  /** Deciphers without a look at the tag. @throws SecurityError, DecodeError */
  readonly peek: () => Unprotected;
}

/** What the suite of an APDU has against keys, by their names, in words; undefined where all fit. */
export function misfitOf({ suite }: SecurityFlags, keys: Readonly<Record<string, SecretKey | undefined>>): string | undefined {
  const keyLength = (securitySuites as Readonly<Record<number, { readonly keyLength: number }>>)[suite]?.keyLength;
  if (keyLength === undefined) return `security suite ${suite} is not defined`;
  for (const [name, key] of Object.entries(keys)) {
    if (key !== undefined && key.length !== keyLength)
      return `security suite ${suite} takes keys of ${keyLength} octets, and the ${name} has ${key.length}`;
  }
  return undefined;
}
