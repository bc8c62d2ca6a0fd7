import type { Apdu } from "../../dlms/xdlms/apdu.ts";
import { describeApdu } from "../../dlms/xdlms/apdu.ts";
import { tagMeaning } from "../../dlms/xdlms/tags.ts";
import type { Located } from "../located.ts";
import type { Annotator } from "./annotator.ts";
import { FieldMarker, type Hole } from "./field-marker.ts";
import { markAll } from "./schema-fields.ts";

/**
 * Marks the fields of a plain xDLMS APDU.
 * @param source its octets and no others
 * @param hole the part of them that is explained for itself
 */
export function markApdu(annotator: Annotator, source: Located, apdu: Apdu, depth: number, hole?: Hole): void {
  const marker = new FieldMarker(source, annotator, hole);
  const { reader } = marker;
  const kind = tagMeaning(reader.u8("APDU"))?.kind;
  marker.mark(depth, { field: "APDU", meaning: kind ?? apdu.type });
  if (kind !== apdu.type) {
    reader.skip(1);
    marker.mark(depth, { field: "choice", meaning: apdu.type });
  }
  const description = describeApdu(apdu.type);
  if (description !== undefined) markAll(marker, description, apdu, "", depth + 1);
  else marker.markRest(depth + 1, { field: "fields" });
}
