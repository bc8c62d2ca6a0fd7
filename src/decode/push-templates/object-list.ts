import { type LogicalName, logicalNameFromBytes } from "../../cosem-objects/logical-name.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { ExplainedReading } from "../explanation.ts";
import { readingOf } from "../readings.ts";

interface Definition {
  readonly logicalName: LogicalName;
  readonly attribute: number;
}

/**
 * The values of a push that begins with the definitions of what it holds: attribute 2 of its push setup (class 40), as
 * Landis+Gyr E450 and other IDIS meters send it, an element for each definition and the list itself for its own.
 * @returns undefined where the body is no such push
 */
export function readingsByObjectList(body: DlmsData): readonly ExplainedReading[] | undefined {
  if (body.type !== "structure") return undefined;
  const [list, ...values] = body.value;
  if (list?.type !== "array" || list.value.length !== body.value.length || values.length === 0) return undefined;
  const definitions = list.value.map(definitionOf);
  if (!definitions.every((definition) => definition !== undefined)) return undefined;
  return values.map((value, index) => readingOf({ ...(definitions[index + 1] as Definition) }, value));
}

/** structure { class_id long-unsigned, logical_name octet-string, attribute_index integer, data_index long-unsigned } */
function definitionOf(data: DlmsData): Definition | undefined {
  if (data.type !== "structure" || data.value.length !== 4) return undefined;
  const [classId, name, attribute, dataIndex] = data.value as readonly [DlmsData, DlmsData, DlmsData, DlmsData];
  if (classId.type !== "long-unsigned" || dataIndex.type !== "long-unsigned") return undefined;
  if (name.type !== "octet-string" || name.value.length !== 6 || attribute.type !== "integer") return undefined;
  return { logicalName: logicalNameFromBytes(name.value), attribute: attribute.value };
}
