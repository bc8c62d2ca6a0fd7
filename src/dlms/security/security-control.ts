import { DecodeError } from "../../errors.ts";
import { type SecuritySuite, securitySuites } from "./suite.ts";

/** The security control octet: which protection an APDU has (Green Book 9.2.7.2.4.1). */
export interface SecurityControl {
  readonly suite: SecuritySuite;
  readonly authenticated: boolean;
  readonly encrypted: boolean;
  /** The key is the global broadcast key, not the global unicast key. */
  readonly broadcast: boolean;
  readonly compressed: boolean;
}

const bits = { authenticated: 0x10, encrypted: 0x20, broadcast: 0x40, compressed: 0x80 } as const;

const byOctet: readonly (SecurityControl | undefined)[] = Array.from({ length: 256 }, (_, octet) => {
  const suite = octet & 0x0f;
  if (!(suite in securitySuites)) return undefined;
  return Object.freeze({
    suite: suite as SecuritySuite,
    authenticated: (octet & bits.authenticated) !== 0,
    encrypted: (octet & bits.encrypted) !== 0,
    broadcast: (octet & bits.broadcast) !== 0,
    compressed: (octet & bits.compressed) !== 0,
  });
});

/**
 * The meaning of a security control octet.
 * @throws DecodeError `out-of-range` for a suite that is not defined
 */
export function decodeSecurityControl(octet: number, offset = 0): SecurityControl {
  const control = byOctet[octet];
  if (control === undefined) {
    throw new DecodeError("out-of-range", "security control", offset, `security control: no suite ${octet & 0x0f}, at offset ${offset}`);
  }
  return control;
}

/** The octet of a security control. */
export function encodeSecurityControl(control: SecurityControl): number {
  return (
    control.suite |
    (control.authenticated ? bits.authenticated : 0) |
    (control.encrypted ? bits.encrypted : 0) |
    (control.broadcast ? bits.broadcast : 0) |
    (control.compressed ? bits.compressed : 0)
  );
}

/** A security control of suite `suite` with unicast key and without compression. */
export function securityControl(suite: SecuritySuite, protection: "authenticated" | "encrypted" | "both"): SecurityControl {
  return {
    suite,
    authenticated: protection !== "encrypted",
    encrypted: protection !== "authenticated",
    broadcast: false,
    compressed: false,
  };
}
