import { toHex } from "../bytes/hex.ts";
import { fieldJson } from "./apdu-json.ts";
import type { ApduItem, Json } from "./explanation.ts";
import type { Opening } from "./opening.ts";
import { bodyOf, type CipheredApdu, type ProtectedApdu } from "./protected-apdu.ts";

/** A protected APDU as JSON, with what came of opening it; what it carries is the caller's to add. */
export function protectedItem(apdu: ProtectedApdu, opening: Opening): ApduItem {
  return "signature" in apdu
    ? { type: apdu.kind, header: fieldJson("header", apdu.header), ...outcomeOf(opening), signature: toHex(apdu.signature) }
    : { ...shellOf(apdu), ...outcomeOf(opening), ...octetsOf(apdu) };
}

function shellOf({ kind, protection, systemTitle, header, keyInfo, control, invocationCounter }: CipheredApdu): ApduItem {
  return {
    type: kind,
    protection,
    ...(header !== undefined ? { header: fieldJson("header", header) } : systemTitle !== undefined && { systemTitle: toHex(systemTitle) }),
    ...(keyInfo !== undefined && { keyInfo: fieldJson("keyInfo", keyInfo) }),
    securityControl: { ...control },
    invocationCounter,
  };
}

function outcomeOf({ plain, authenticated, key, note, error, hint }: Opening): Readonly<Record<string, Json>> {
  return {
    ...(plain !== undefined && { authenticated: authenticated === true }),
    ...(key !== undefined && { key }),
    ...(note !== undefined && { note }),
    ...(error !== undefined && { error, layer: "security" }),
    ...(hint !== undefined && { hint }),
  };
}

/** Cipher text may be shown, and so may a tag; clear text is shown by its fields, since some of them are keys. */
function octetsOf(apdu: CipheredApdu): Readonly<Record<string, Json>> {
  const { start, end } = bodyOf(apdu);
  const { control, content } = apdu;
  return { octets: toHex(content.subarray(control.encrypted ? start : end)) };
}
