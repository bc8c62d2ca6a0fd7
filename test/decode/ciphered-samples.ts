import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { explainFully } from "../../src/decode/explain.ts";
import { type ApduItem, allItems } from "../../src/decode/explanation.ts";
import type { DecipheringKeys } from "../../src/decode/key-ring.ts";
import { type CipheringForm, protectApdu } from "../../src/dlms/security/ciphered-apdu.ts";
import type { SecretKey } from "../../src/dlms/security/secret-key.ts";
import { type SecurityControl, securityControl } from "../../src/dlms/security/security-control.ts";
import { authenticationKey, client, encryptionKey, server } from "../dlms/security/samples.ts";

/** The value of a register. */
export const answer = fromHex("C401C1000600012345");

/** Of general-ciphering and general-signing, from the server to the client. */
export const header = {
  transactionId: fromHex("0102030405060708"),
  originatorSystemTitle: server,
  recipientSystemTitle: client,
  dateTime: new Uint8Array(),
  otherInformation: new Uint8Array(),
};

/** Explains octets with keys, and asserts that all of them, and all that were deciphered, are in exactly one annotation. */
export function explain(bytes: Uint8Array, keys: DecipheringKeys = {}) {
  const { explanation, apdus: kept, annotations, sections } = explainFully(bytes, { annotate: true, keys });
  for (const section of [{ octets: bytes, annotations }, ...sections]) {
    const covered = section.annotations.reduce((sum, { offset, length }) => (offset === sum ? sum + length : Number.NaN), 0);
    expect(covered).to.equal(section.octets.length);
  }
  return { explanation, ...explanation, kept, annotations, sections, items: [...allItems(explanation.apdus)] };
}

/** The first item, without what is inside it. */
export function shell(bytes: Uint8Array, keys: DecipheringKeys): ApduItem {
  return explain(bytes, keys).items[0] as ApduItem;
}

/** The types of all items, each before what is inside it. */
export function typesOf(bytes: Uint8Array, keys: DecipheringKeys): readonly string[] {
  return explain(bytes, keys).items.map(({ type }) => type);
}

interface Cipher {
  readonly control: SecurityControl;
  readonly key: SecretKey;
  readonly systemTitle: Uint8Array;
}

/** An APDU ciphered by the server with the keys of the examples, unless told otherwise. */
export function cipher(
  form: CipheringForm,
  plain: Uint8Array,
  { control = securityControl(0, "both"), key = encryptionKey, systemTitle = server }: Partial<Cipher> = {},
): Uint8Array {
  return protectApdu(form, { key, authenticationKey, systemTitle }, control, 7, plain);
}
