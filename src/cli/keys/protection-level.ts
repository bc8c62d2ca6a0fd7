import type { ProtectionLevel } from "../../dlms/association/protection.ts";

/** What the words of `policy` mean. */
export const protectionLevels = {
  none: { authenticated: false, encrypted: false },
  auth: { authenticated: true, encrypted: false },
  encrypt: { authenticated: false, encrypted: true },
  both: { authenticated: true, encrypted: true },
} as const satisfies Readonly<Record<string, ProtectionLevel>>;
