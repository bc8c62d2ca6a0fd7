import type { Infer, Schema } from "../axdr/schema.ts";
import { choice, enumerated, octetString, optional, sequence } from "../axdr/untagged.ts";

/*
 * The shells of ciphered and signed APDUs behind their tags (Green Book 9.5). What they carry stays octets: security
 * control, invocation counter, content and tag are the business of `security`.
 */

/** Any glo- or ded-ciphered service: one octet string of SC, IC, content and tag. */
export const serviceSpecificCiphering: Schema<Uint8Array> = { ...octetString, type: { name: "Service-Specific-Ciphering" } };

/** General-Glo-Ciphering (DB) and General-Ded-Ciphering (DC); the system title may be empty where it is known. */
export const generalGloDedCiphering = sequence("General-Glo-Ded-Ciphering", { systemTitle: octetString, content: octetString });
export type GeneralGloDedCiphering = Infer<typeof generalGloDedCiphering>;

/** What general-ciphering and general-signing begin with; any field may be empty. */
export const generalHeader = sequence("General-Header", {
  transactionId: octetString,
  originatorSystemTitle: octetString,
  recipientSystemTitle: octetString,
  dateTime: octetString,
  otherInformation: octetString,
});
export type GeneralHeader = Infer<typeof generalHeader>;

const keyId = enumerated("key-id", { "global-unicast": 0, "global-broadcast": 1 });
const kekId = enumerated("kek-id", { "master-key": 0 });

/** The key that protects an APDU: one that both know, one that comes along wrapped, or one that both compute. */
export const keyInfo = choice("Key-Info", {
  "identified-key": [0, sequence("Identified-Key", { keyId })],
  "wrapped-key": [1, sequence("Wrapped-Key", { kekId, keyCipheredData: octetString })],
  "agreed-key": [2, sequence("Agreed-Key", { keyParameters: octetString, keyCipheredData: octetString })],
});
export type KeyInfo = Infer<typeof keyInfo>;

/** The names of keys in key-info; a number for one that the standard does not know. */
export type GlobalKeyId = Infer<typeof keyId>;

const anyOptionalKeyInfo = optional(keyInfo);

/** Nothing authenticates the presence octet, so only the two values that a sender means are taken. */
const optionalKeyInfo: Schema<KeyInfo | undefined> = {
  ...anyOptionalKeyInfo,
  read: (reader) => {
    if ((reader.peek() ?? 0) > 1) throw reader.error("out-of-range", "presence of key-info");
    return anyOptionalKeyInfo.read(reader);
  },
};

/** General-Ciphering (DD). */
export const generalCiphering = sequence("General-Ciphering", {
  header: generalHeader,
  keyInfo: optionalKeyInfo,
  content: octetString,
});
export type GeneralCiphering = Infer<typeof generalCiphering>;

/** General-Signing (DF). */
export const generalSigning = sequence("General-Signing", { header: generalHeader, content: octetString, signature: octetString });
export type GeneralSigning = Infer<typeof generalSigning>;
