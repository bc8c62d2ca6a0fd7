import { ByteReader } from "../bytes/byte-reader.ts";
import { securityHeaderLength, tagLength } from "../dlms/security/apdu-cipher.ts";
import { decodeSecurityControl, type SecurityControl } from "../dlms/security/security-control.ts";
import {
  type GeneralHeader,
  generalCiphering,
  generalGloDedCiphering,
  generalSigning,
  type KeyInfo,
  serviceSpecificCiphering,
} from "../dlms/xdlms/ciphering.ts";
import { type ApduKind, apduTags, tagMeaning } from "../dlms/xdlms/tags.ts";

/** The security control by name (Green Book 9.2.7.2.4.1); the suite may be one that is not defined. */
export type SecurityFlags = Omit<SecurityControl, "suite"> & { readonly suite: number };

/** A ciphered APDU that has been taken apart and not opened. */
export interface CipheredApdu {
  /** What is inside by its tag, or the general form. */
  readonly kind: ApduKind;
  readonly protection: "global" | "dedicated" | "general-glo-ciphering" | "general-ded-ciphering" | "general-ciphering";
  /** Of the sender, where the APDU gives it; may be empty. */
  readonly systemTitle: Uint8Array | undefined;
  /** Of general-ciphering. */
  readonly header?: GeneralHeader;
  /** Of general-ciphering, where the sender names the key. */
  readonly keyInfo?: KeyInfo | undefined;
  readonly control: SecurityFlags;
  readonly invocationCounter: number;
  /** SC, IC, cipher text or clear text, and the tag. */
  readonly content: Uint8Array;
  /** The whole APDU. */
  readonly octets: Uint8Array;
}

/** A general-signing APDU that has been taken apart and not verified. */
export interface SignedApdu {
  readonly kind: "general-signing";
  readonly header: GeneralHeader;
  readonly content: Uint8Array;
  readonly signature: Uint8Array;
  /** The whole APDU. */
  readonly octets: Uint8Array;
}

/** An APDU in the shell of a protection. */
export type ProtectedApdu = CipheredApdu | SignedApdu;

/** True for the tags of shells. */
export function isProtected(tag: number): boolean {
  const meaning = tagMeaning(tag);
  return meaning !== undefined && (meaning.protection !== "plain" || generalForms.has(meaning.kind));
}

const generalForms: ReadonlySet<ApduKind> = new Set<ApduKind>([
  "general-glo-ciphering",
  "general-ded-ciphering",
  "general-ciphering",
  "general-signing",
]);

/**
 * Reads a protected APDU at the start of `bytes`; whatever stands behind it is left.
 * @throws DecodeError
 */
export function readProtected(bytes: Uint8Array): ProtectedApdu {
  const reader = new ByteReader(bytes);
  const tag = reader.u8("protected APDU");
  switch (tag) {
    case apduTags["general-signing"].plain: {
      const fields = generalSigning.read(reader);
      return { kind: "general-signing", ...fields, octets: reader.slice(0, reader.offset) };
    }
    case apduTags["general-ciphering"].plain: {
      const { header, keyInfo, content } = generalCiphering.read(reader);
      const shell = { kind: "general-ciphering", protection: "general-ciphering", systemTitle: header.originatorSystemTitle } as const;
      return ciphered({ ...shell, header, keyInfo }, content, reader);
    }
    case apduTags["general-glo-ciphering"].plain:
    case apduTags["general-ded-ciphering"].plain: {
      const { systemTitle, content } = generalGloDedCiphering.read(reader);
      const kind = tag === apduTags["general-glo-ciphering"].plain ? "general-glo-ciphering" : "general-ded-ciphering";
      return ciphered({ kind, protection: kind, systemTitle }, content, reader);
    }
    default: {
      const meaning = tagMeaning(tag);
      if (meaning === undefined || meaning.protection === "plain") throw reader.error("bad-tag", "protected APDU", undefined, 0);
      const { kind, protection } = meaning;
      return ciphered({ kind, protection, systemTitle: undefined }, serviceSpecificCiphering.read(reader), reader);
    }
  }
}

type Shell = Omit<CipheredApdu, "control" | "invocationCounter" | "content" | "octets">;

function ciphered(shell: Shell, content: Uint8Array, reader: ByteReader): CipheredApdu {
  if (content.length < securityHeaderLength) throw reader.error("bad-length", "ciphered APDU", "no security header");
  const header = new ByteReader(content);
  const control = securityFlags(header.u8("security control"));
  return { ...shell, control, invocationCounter: header.u32("invocation counter"), content, octets: reader.slice(0, reader.offset) };
}

const suiteMask = 0x0f;

function securityFlags(octet: number): SecurityFlags {
  return { ...decodeSecurityControl(octet & ~suiteMask), suite: octet & suiteMask };
}

/** Where the content lies that the shell protects, within `content` of a ciphered APDU; it may be cut short. */
export function bodyOf({ control, content }: CipheredApdu): { readonly start: number; readonly end: number } {
  const end = control.authenticated ? content.length - tagLength : content.length;
  return { start: securityHeaderLength, end: Math.max(securityHeaderLength, end) };
}
