import { readLength } from "../../dlms/axdr/length.ts";
import { generalCiphering, generalHeader } from "../../dlms/xdlms/ciphering.ts";
import type { Located } from "../located.ts";
import { bodyOf, type CipheredApdu, type ProtectedApdu, type SignedApdu } from "../protected-apdu.ts";
import type { Annotator } from "./annotator.ts";
import { FieldMarker, type Hole } from "./field-marker.ts";
import { meaningOf } from "./meaning.ts";
import { markFields } from "./schema-fields.ts";

/**
 * Marks the shell of a protected APDU.
 * @param source its octets and no others
 * @param hole what it carries, where that can be read as it is and is explained for itself
 */
export function markProtected(annotator: Annotator, source: Located, apdu: ProtectedApdu, depth: number, hole?: Hole): void {
  const marker = new FieldMarker(source, annotator, hole);
  marker.reader.skip(1);
  if ("signature" in apdu) markSigned(marker, apdu, depth);
  else markCiphered(marker, apdu, depth);
}

function markSigned(marker: FieldMarker, { kind, header, signature }: SignedApdu, depth: number): void {
  marker.mark(depth, { field: "APDU", meaning: kind });
  markFields(marker, generalHeader.type, header, "", depth + 1);
  marker.reader.skip(markLength(marker, "content length", depth));
  marker.mark(depth + 1, { field: "content" });
  markLength(marker, "signature length", depth);
  marker.markRest(depth + 1, { field: "signature", meaning: meaningOf(signature) });
}

function markCiphered(marker: FieldMarker, apdu: CipheredApdu, depth: number): void {
  const { reader } = marker;
  const { kind, protection, systemTitle, header, keyInfo, control, invocationCounter, content } = apdu;
  marker.mark(depth, { field: "APDU", meaning: protection === kind ? kind : `${protection} ${kind}` });
  if (header !== undefined) {
    markFields(marker, generalHeader.type, header, "", depth + 1);
    const keyInfoType = generalCiphering.type.fields?.["keyInfo"];
    if (keyInfoType !== undefined) markFields(marker, keyInfoType, keyInfo, "keyInfo", depth + 1);
  } else if (systemTitle !== undefined) {
    reader.skip(readLength(reader, "system title"));
    marker.mark(depth + 1, { field: "systemTitle", meaning: meaningOf(systemTitle) });
  }
  markLength(marker, "length", depth);
  const start = reader.offset;
  reader.skip(1);
  marker.mark(depth + 1, { field: "securityControl", meaning: meaningOf(control) });
  reader.skip(4);
  marker.mark(depth + 1, { field: "invocationCounter", meaning: String(invocationCounter) });
  reader.skip(bodyOf(apdu).end + start - reader.offset);
  const field = control.encrypted ? "ciphertext" : "content";
  marker.mark(depth + 1, { field, meaning: control.encrypted ? undefined : "in clear", secret: !control.encrypted });
  reader.skip(start + content.length - reader.offset);
  marker.mark(depth + 1, { field: "tag" });
}

function markLength(marker: FieldMarker, field: string, depth: number): number {
  const length = readLength(marker.reader, field);
  marker.mark(depth + 1, { field, meaning: `${length} octets` });
  return length;
}
