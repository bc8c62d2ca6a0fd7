import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { DecodeError, LocalProtocolError, SecurityError } from "../../errors.ts";
import { generalGloDedCiphering, serviceSpecificCiphering } from "../xdlms/ciphering.ts";
import { type ApduKind, apduTags, tagMeaning } from "../xdlms/tags.ts";
import { type CipherOptions, protect, type Unprotected, unprotect } from "./apdu-cipher.ts";
import type { SecurityControl } from "./security-control.ts";
import { type SystemTitle, sameSystemTitle } from "./system-title.ts";

/** How a ciphered APDU is wrapped: with a tag of its service, or in a shell for any. Answers take the form of the request. */
export type CipheringForm = "global" | "dedicated" | "general-global" | "general-dedicated";

const shellTags = {
  "general-global": apduTags["general-glo-ciphering"].plain,
  "general-dedicated": apduTags["general-ded-ciphering"].plain,
} as const;

const shells = new Map((Object.keys(shellTags) as (keyof typeof shellTags)[]).map((form) => [shellTags[form] as number, form]));

/** A ciphered APDU that has been taken apart, and not deciphered. */
export interface CipheredApdu {
  readonly form: CipheringForm;
  /** The service its tag names; undefined in the general forms. */
  readonly kind: ApduKind | undefined;
  /** Of the sender, where the APDU gives one. */
  readonly systemTitle: SystemTitle | undefined;
  /** SC, IC, content and tag, as a view of the source. */
  readonly content: Uint8Array;
}

const scratch = new ByteWriter(4096);

/**
 * A whole ciphered APDU, shell and all (Green Book 9.5).
 * @throws LocalProtocolError for an APDU without a form of this kind (ACCESS has general ones only); as `protect` otherwise
 */
export function protectApdu(
  form: CipheringForm,
  options: CipherOptions,
  control: SecurityControl,
  invocationCounter: number,
  plain: Uint8Array,
): Uint8Array {
  const tag = tagOf(form, plain[0]);
  const content = protect(options, control, invocationCounter, plain);
  scratch.truncate(0);
  scratch.u8(tag);
  if (form === "global" || form === "dedicated") serviceSpecificCiphering.write(scratch, content);
  else generalGloDedCiphering.write(scratch, { systemTitle: options.systemTitle, content });
  return scratch.finish();
}

/**
 * Takes the shell off, so that the keys can be chosen by form, title and security control.
 * @throws DecodeError `bad-tag` for an APDU that is not ciphered in one of these forms
 */
export function readCipheredApdu(bytes: Uint8Array): CipheredApdu {
  const reader = new ByteReader(bytes);
  const tag = reader.u8("ciphered APDU");
  const general = shells.get(tag);
  const meaning = tagMeaning(tag);
  let apdu: CipheredApdu;
  if (general !== undefined) {
    const { systemTitle, content } = generalGloDedCiphering.read(reader);
    apdu = { form: general, kind: undefined, systemTitle: systemTitle.length === 0 ? undefined : systemTitle, content };
  } else if (meaning !== undefined && meaning.protection !== "plain") {
    apdu = { form: meaning.protection, kind: meaning.kind, systemTitle: undefined, content: serviceSpecificCiphering.read(reader) };
  } else {
    throw reader.error("bad-tag", "ciphered APDU", undefined, 0);
  }
  reader.expectEnd("ciphered APDU");
  return apdu;
}

/**
 * Takes the protection off.
 * @param originator the sender's system title where an association has told it; undefined for whomever the APDU names
 * @throws DecodeError `bad-tag` when what comes out is not the service that the tag promised, which the cipher does not
 * authenticate; as `unprotect` otherwise
 * @throws SecurityError `policy` for another originator than the association's, `unknown-key` where nobody names one; as
 * `unprotect` otherwise
 */
export function unprotectApdu(options: CipherOptions, originator: SystemTitle | undefined, apdu: CipheredApdu): Unprotected {
  const result = unprotect(options, originatorOf(apdu, originator), apdu.content);
  const inner = tagMeaning(result.plain[0] ?? -1);
  if (inner === undefined || inner.protection !== "plain" || (apdu.kind !== undefined && apdu.kind !== inner.kind)) {
    throw new DecodeError("bad-tag", "deciphered APDU", 0);
  }
  return result;
}

function originatorOf({ systemTitle }: CipheredApdu, expected: SystemTitle | undefined): SystemTitle {
  const originator = systemTitle ?? expected;
  if (originator === undefined) throw new SecurityError("unknown-key", "the system title of the sender is not known");
  if (expected !== undefined && originator !== expected && !sameSystemTitle(originator, expected)) {
    throw new SecurityError("policy", "the APDU comes from another device than the association");
  }
  return originator;
}

function tagOf(form: CipheringForm, plainTag: number | undefined): number {
  if (form === "general-global" || form === "general-dedicated") return shellTags[form];
  const kind = tagMeaning(plainTag ?? -1)?.kind;
  const tags: Readonly<Partial<Record<"plain" | CipheringForm, number>>> = kind === undefined ? {} : apduTags[kind];
  const tag = tags[form];
  if (tag === undefined) throw new LocalProtocolError(`there is no ${form} ciphering of ${kind ?? "this APDU"}`);
  return tag;
}
