import { toHex } from "../bytes/hex.ts";
import { tagMeaning } from "../dlms/xdlms/tags.ts";

/** What an APDU is, by its tag: "get-request", "glo get-request", or the tag itself. */
export function apduName(apdu: Uint8Array): string {
  const meaning = apdu[0] === undefined ? undefined : tagMeaning(apdu[0]);
  if (meaning === undefined) return `unknown ${toHex(apdu.subarray(0, 1))}`;
  return meaning.protection === "plain" ? meaning.kind : `${meaning.protection} ${meaning.kind}`;
}
