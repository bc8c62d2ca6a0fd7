import type { ProtectionLevel } from "../dlms/association/protection.ts";

/** What requests have to be protected with at least, and answers. */
export interface RequiredProtection {
  readonly request: Required<ProtectionLevel>;
  readonly response: Required<ProtectionLevel>;
}

/** Bits of an access mode of Association LN version 3 and of a security policy of Security setup version 1, in both alike. */
const bits = {
  request: { authenticated: 0x04, encrypted: 0x08, signed: 0x10 },
  response: { authenticated: 0x20, encrypted: 0x40, signed: 0x80 },
} as const;

/** Every bit that asks for protection; the other two mean something else in each place, or nothing. */
export const protectionMask = 0xfc;

/** Nothing is asked for. */
export const noProtection: RequiredProtection = protectionOfBits(0);

/** What the upper six bits of an octet ask for. */
export function protectionOfBits(octet: number): RequiredProtection {
  const level = (direction: keyof RequiredProtection) => ({
    authenticated: (octet & bits[direction].authenticated) !== 0,
    encrypted: (octet & bits[direction].encrypted) !== 0,
    signed: (octet & bits[direction].signed) !== 0,
  });
  return { request: level("request"), response: level("response") };
}

/** The bits of {@link protectionOfBits}. */
export function bitsOfProtection(required: RequiredProtection): number {
  const octet = (direction: keyof RequiredProtection) => {
    const { authenticated, encrypted, signed } = bits[direction];
    const level = required[direction];
    return (level.authenticated ? authenticated : 0) | (level.encrypted ? encrypted : 0) | (level.signed ? signed : 0);
  };
  return octet("request") | octet("response");
}

/** What both ask for together: the policy and the access mode (Green Book 9.2.2.5). */
export function bothProtections(a: RequiredProtection, b: RequiredProtection): RequiredProtection {
  return protectionOfBits(bitsOfProtection(a) | bitsOfProtection(b));
}
