import { ByteReader } from "../bytes/byte-reader.ts";
import { toHex } from "../bytes/hex.ts";
import { readLength } from "../dlms/axdr/length.ts";
import { type ApduKind, apduTags, tagMeaning } from "../dlms/xdlms/tags.ts";
import type { Annotator } from "./annotate/annotator.ts";
import { FieldMarker } from "./annotate/field-marker.ts";
import type { ApduItem } from "./explanation.ts";
import type { Located } from "./located.ts";

/** What a ciphered APDU says in clear, and what it does not (Green Book 9.2.7.2.4.1). */
export interface CipheredApdu {
  /** What is inside by its tag, or the general form. */
  readonly kind: ApduKind;
  readonly protection: "global" | "dedicated" | "general-glo-ciphering" | "general-ded-ciphering";
  /** Of the sender, where the APDU gives it; may be empty. */
  readonly systemTitle: Uint8Array | undefined;
  /** Bits 0..3 suite, 4 authenticated, 5 encrypted, 6 broadcast key, 7 compressed. */
  readonly securityControl: number;
  readonly invocationCounter: number;
  /** Cipher text, or plain text that is only authenticated, and the tag. */
  readonly content: Uint8Array;
}

/** Takes the protection off: the plain APDU, or that the key at hand is not the one; undefined where there is no key. */
export type Decipher = (apdu: CipheredApdu) => Uint8Array | "wrong-key" | undefined;

const securityHeaderLength = 5;

/** True for the tags of APDUs with a security header. */
export function isCiphered(tag: number): boolean {
  return protectionOf(tag) !== undefined;
}

/**
 * Reads a ciphered APDU; whatever stands behind it is left.
 * @returns the APDU and the octets it took
 * @throws DecodeError
 */
export function readCiphered(bytes: Uint8Array): { readonly apdu: CipheredApdu; readonly length: number } {
  const reader = new ByteReader(bytes);
  const tag = reader.u8("ciphered APDU");
  const protection = protectionOf(tag);
  if (protection === undefined) throw reader.error("bad-tag", "ciphered APDU", undefined, 0);
  const systemTitle = protection.startsWith("general") ? reader.bytes(readLength(reader, "system title"), "system title") : undefined;
  const body = reader.sub(readLength(reader, "ciphered APDU"), "ciphered APDU");
  if (body.remaining < securityHeaderLength) throw body.error("bad-length", "ciphered APDU", "no security header");
  const apdu: CipheredApdu = {
    kind: tagMeaning(tag)?.kind as ApduKind,
    protection,
    systemTitle,
    securityControl: body.u8("security control"),
    invocationCounter: body.u32("invocation counter"),
    content: body.rest(),
  };
  return { apdu, length: reader.offset };
}

/** A ciphered APDU as JSON, with what was found out about its keys. */
export function cipheredItem(apdu: CipheredApdu, deciphered: Uint8Array | "wrong-key" | undefined): ApduItem {
  const { kind, protection, systemTitle, securityControl, invocationCounter, content } = apdu;
  return {
    type: kind,
    protection,
    ...(systemTitle === undefined ? {} : { systemTitle: toHex(systemTitle) }),
    securityControl: { suite: securityControl & 0x0f, ...flagsOf(securityControl) },
    invocationCounter,
    ...(deciphered === undefined && { note: "ciphered: needs keys" }),
    ...(deciphered === "wrong-key" && { error: "ciphered with another key: the tag does not match", layer: "security" }),
    octets: toHex(content),
  };
}

/** Marks a ciphered APDU. */
export function markCiphered(annotator: Annotator, source: Located, apdu: CipheredApdu, depth: number): void {
  const marker = new FieldMarker(source, annotator);
  const { reader } = marker;
  const { kind, protection, systemTitle, securityControl } = apdu;
  reader.skip(1);
  marker.mark(depth, { field: "APDU", meaning: protection === kind ? kind : `${protection} ${kind}` });
  if (systemTitle !== undefined) {
    reader.skip(readLength(reader, "system title"));
    marker.mark(depth + 1, { field: "systemTitle", meaning: systemTitle.length === 0 ? "empty" : toHex(systemTitle) });
  }
  const length = readLength(reader, "ciphered APDU");
  marker.mark(depth + 1, { field: "length", meaning: `${length} octets` });
  reader.skip(1);
  const flags = Object.entries(flagsOf(securityControl)).flatMap(([name, set]) => (set ? [name] : []));
  marker.mark(depth + 1, { field: "securityControl", meaning: [`suite ${securityControl & 0x0f}`, ...flags].join(", ") });
  marker.mark(depth + 1, { field: "invocationCounter", meaning: String(reader.u32()) });
  marker.markRest(depth + 1, { field: "content", meaning: (securityControl & 0x20) === 0 ? "authenticated only" : "ciphered" });
}

function flagsOf(control: number) {
  return {
    authenticated: (control & 0x10) !== 0,
    encrypted: (control & 0x20) !== 0,
    broadcast: (control & 0x40) !== 0,
    compressed: (control & 0x80) !== 0,
  };
}

function protectionOf(tag: number): CipheredApdu["protection"] | undefined {
  if (tag === apduTags["general-glo-ciphering"].plain) return "general-glo-ciphering";
  if (tag === apduTags["general-ded-ciphering"].plain) return "general-ded-ciphering";
  const protection = tagMeaning(tag)?.protection;
  return protection === "plain" ? undefined : protection;
}
