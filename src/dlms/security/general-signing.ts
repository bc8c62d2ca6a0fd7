import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { SecurityError } from "../../errors.ts";
import { octetString } from "../axdr/untagged.ts";
import { type GeneralHeader, generalHeader, generalSigning } from "../xdlms/ciphering.ts";
import { apduTags } from "../xdlms/tags.ts";
import { checkRecipient } from "./general-recipient.ts";
import type { PrivateKey } from "./private-key.ts";
import type { PublicKey } from "./public-key.ts";
import { sign, verifySignature } from "./signature.ts";
import type { SystemTitle } from "./system-title.ts";

/** What a recipient has to check general-signing APDUs with. */
export interface SignatureChecks {
  /** Of the recipient. */
  readonly systemTitle: SystemTitle;
  /** The verification key of an originator, from its certificate. */
  readonly verificationKeyOf: (originator: SystemTitle) => PublicKey | undefined;
}

/** A general-signing APDU whose signature is right; views of the source. */
export interface VerifiedGeneralSigning {
  readonly header: GeneralHeader;
  readonly content: Uint8Array;
}

const scratch = new ByteWriter(4096);

/**
 * A whole general-signing APDU. The signature covers header and content with their lengths, and not the tag (Green Book
 * 9.2.7.2.5); an APDU that is ciphered as well is signed first.
 */
export function signGeneral(header: GeneralHeader, signingKey: PrivateKey, content: Uint8Array): Uint8Array {
  scratch.truncate(0);
  scratch.u8(apduTags["general-signing"].plain);
  generalHeader.write(scratch, header);
  octetString.write(scratch, content);
  octetString.write(scratch, sign(signingKey, scratch.view().subarray(1)));
  return scratch.finish();
}

/**
 * Verifies a whole general-signing APDU and gives out its content.
 * @throws DecodeError when `bytes` cannot be such an APDU
 * @throws SecurityError `policy` for another recipient, `unknown-key`, `signature-invalid`
 */
export function verifyGeneral({ systemTitle, verificationKeyOf }: SignatureChecks, bytes: Uint8Array): VerifiedGeneralSigning {
  const reader = new ByteReader(bytes);
  if (reader.u8("general-signing") !== apduTags["general-signing"].plain) throw reader.error("bad-tag", "general-signing", undefined, 0);
  const { header, content, signature } = generalSigning.read(reader);
  reader.expectEnd("general-signing");
  checkRecipient(header, systemTitle);
  const key = verificationKeyOf(header.originatorSystemTitle);
  if (key === undefined) throw new SecurityError("unknown-key", "there is no verification key of the originator");
  if (!verifySignature(key, signedPart(bytes), signature)) {
    throw new SecurityError("signature-invalid", "the signature of the APDU does not verify");
  }
  return { header, content };
}

/** From behind the tag to before the signature, as it came. */
function signedPart(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes, 1);
  generalHeader.read(reader);
  octetString.read(reader);
  return reader.slice(1, reader.offset);
}
