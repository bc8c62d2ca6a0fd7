import { ByteReader } from "../bytes/byte-reader.ts";
import { toHex } from "../bytes/hex.ts";
import { readBerLength } from "../dlms/acse/ber.ts";
import { decodeAare, decodeAarq, decodeAbrt, decodeRlre, decodeRlrq } from "../dlms/acse/codec.ts";
import { readLength } from "../dlms/axdr/length.ts";
import { decodeApdu, readApdu } from "../dlms/xdlms/apdu.ts";
import { apduTags, type TagMeaning, tagMeaning } from "../dlms/xdlms/tags.ts";
import { DecodeError } from "../errors.ts";
import { apduJson } from "./apdu-json.ts";
import { Conversation } from "./conversation.ts";
import type { ApduItem, Explanation, Json } from "./explanation.ts";
import { unwrap } from "./links.ts";

/**
 * Explains any octets of the field: HDLC frames with their segments joined, wrapper PDUs, bare APDUs, several of them
 * one after the other. Never throws for any octets; what is not understood is said with the layer that failed.
 */
export function explain(bytes: Uint8Array): Explanation {
  const { link, apdus: units, warnings, remaining } = unwrap(bytes);
  const conversation = new Conversation();
  const apdus: ApduItem[] = [];
  let left = remaining;
  const sloppy: string[] = [];
  for (const unit of units) left += explainUnit(unit, apdus, conversation, link.length === 0 ? undefined : sloppy);
  conversation.finish();
  return { link, apdus, readings: conversation.readings, remaining: left, warnings: [...warnings, ...sloppy, ...conversation.warnings] };
}

/**
 * Bare octets may be several APDUs; a frame carries one, and what some servers leave behind it goes to `sloppy`.
 * @returns octets of the unit that nothing was made of
 */
function explainUnit(unit: Uint8Array, apdus: ApduItem[], conversation: Conversation, sloppy: string[] | undefined): number {
  const reader = new ByteReader(unit);
  while (reader.remaining > 0) {
    const start = reader.offset;
    try {
      apdus.push(explainApdu(reader, conversation));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      apdus.push({ type: nameOfTag(unit[start]), error: error.message, layer: "xdlms", octets: toHex(unit.subarray(start)) });
      return unit.length - start;
    }
    if (sloppy !== undefined && reader.remaining > 0) {
      sloppy.push(`${reader.remaining} octets behind the ${apdus.at(-1)?.type}: ${toHex(reader.rest())}`);
    }
  }
  return 0;
}

function nameOfTag(tag: number | undefined): string {
  return (tag === undefined ? undefined : tagMeaning(tag)?.kind) ?? "unknown";
}

function explainApdu(reader: ByteReader, conversation: Conversation): ApduItem {
  const tag = reader.peek();
  const meaning = tag === undefined ? undefined : tagMeaning(tag);
  switch (meaning?.kind) {
    case "aarq":
      return withInitiate("aarq", decodeAarq(takeBer(reader)));
    case "aare":
      return withInitiate("aare", decodeAare(takeBer(reader)));
    case "rlrq":
      return withInitiate("rlrq", decodeRlrq(takeBer(reader)));
    case "rlre":
      // Its lengths are often wrong, so it takes all there is.
      return withInitiate("rlre", decodeRlre(reader.rest()));
    case "abrt":
      return withInitiate("abrt", decodeAbrt(takeBer(reader)));
  }
  if (meaning !== undefined && (meaning.protection !== "plain" || meaning.kind.startsWith("general-")))
    return explainCiphered(reader, meaning);
  const apdu = readApdu(reader);
  conversation.hear(apdu);
  return apduJson(apdu);
}

/** One BER value, whole. */
function takeBer(reader: ByteReader): Uint8Array {
  const start = reader.offset;
  reader.skip(1);
  reader.skip(readBerLength(reader, "ACSE"), "ACSE");
  return reader.slice(start, reader.offset);
}

/** Passwords and challenges are not shown; the Initiate APDU inside is, where it is plain. */
function withInitiate(
  type: string,
  fields: { readonly userInformation?: Uint8Array | undefined; readonly authenticationValue?: Uint8Array | undefined },
): ApduItem {
  const { userInformation, authenticationValue, ...rest } = fields;
  return {
    ...apduJson({ type, ...rest }),
    ...(authenticationValue === undefined ? {} : { authenticationValue: `(${authenticationValue.length} octets)` }),
    ...(userInformation === undefined ? {} : { userInformation: explainInitiate(userInformation) }),
  };
}

function explainInitiate(bytes: Uint8Array): Json {
  try {
    const meaning = tagMeaning(bytes[0] as number);
    if (meaning !== undefined && meaning.protection !== "plain") return explainCiphered(new ByteReader(bytes), meaning);
    return apduJson(decodeApdu(bytes));
  } catch (error) {
    if (error instanceof DecodeError) return { error: error.message, octets: toHex(bytes) };
    throw error;
  }
}

const securityHeaderLength = 5;

/** What a ciphered APDU says in clear: security control, invocation counter, system title. */
function explainCiphered(reader: ByteReader, { kind, protection }: TagMeaning): ApduItem {
  const tag = reader.u8("ciphered APDU");
  const general = tag === apduTags["general-glo-ciphering"].plain || tag === apduTags["general-ded-ciphering"].plain;
  if (protection === "plain" && !general) {
    const rest = reader.rest();
    return { type: kind, note: "not explained without keys", octets: toHex(rest) };
  }
  const systemTitle = general ? toHex(reader.bytes(readLength(reader, "system title"), "system title")) : undefined;
  const body = reader.sub(readLength(reader, "ciphered APDU"), "ciphered APDU");
  if (body.remaining < securityHeaderLength) throw body.error("bad-length", "ciphered APDU", "no security header");
  const control = body.u8("security control");
  return {
    type: kind,
    protection: general ? kind : protection,
    ...(systemTitle === undefined ? {} : { systemTitle }),
    securityControl: {
      suite: control & 0x0f,
      authenticated: (control & 0x10) !== 0,
      encrypted: (control & 0x20) !== 0,
      broadcast: (control & 0x40) !== 0,
      compressed: (control & 0x80) !== 0,
    },
    invocationCounter: body.u32("invocation counter"),
    note: "ciphered: needs keys",
    octets: toHex(body.rest()),
  };
}
