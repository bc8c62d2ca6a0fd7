import { Data } from "../../cosem-objects/classes/data.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";

/** ASCII as octets. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0x7f);
}

/** A Data object with a value of any type. */
export function data(logicalName: LogicalName, value: () => DlmsData): CosemObject {
  return bind(Data, { logicalName, attributes: { value } });
}

/** A Data object with a text, as octet-string, as identifiers are. */
export function text(logicalName: LogicalName, content: string): CosemObject {
  const value: DlmsData = { type: "octet-string", value: ascii(content) };
  return data(logicalName, () => value);
}
