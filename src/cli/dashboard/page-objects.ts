import { findClass } from "../../cosem-objects/catalogue.ts";
import type { ObjectListElement } from "../../cosem-objects/classes/association-ln.ts";
import { attributeById, methodById } from "../../cosem-objects/define.ts";
import { formatObis } from "../../cosem-objects/logical-name.ts";
import { nameOf } from "../../cosem-objects/names.ts";
import type { PageObject } from "../../dashboard/index.ts";

/** An object of the association's list with names and rights. */
export function pageObject({ classId, version, logicalName, accessRights }: ObjectListElement): PageObject {
  const cosemClass = findClass(classId, version);
  const className = cosemClass?.name ?? `class ${classId}`;
  return {
    classId,
    className,
    version,
    logicalName,
    name: nameOf(logicalName) ?? (cosemClass === undefined ? formatObis(logicalName) : className),
    attributes: accessRights.attributeAccess.map(({ attributeId, accessMode }) => ({
      id: attributeId,
      name: (cosemClass && attributeById(cosemClass, attributeId)?.name) ?? `attribute ${attributeId}`,
      access: accessOf(String(accessMode)),
    })),
    methods: accessRights.methodAccess.map(({ methodId, accessMode }) => ({
      id: methodId,
      name: (cosemClass && methodById(cosemClass, methodId)?.name) ?? `method ${methodId}`,
      access: accessMode === "no-access" || accessMode === 0 ? "-" : "x",
    })),
  };
}

/** As `dlms objects` writes rights. */
function accessOf(mode: string): string {
  return `${mode.includes("read") ? "r" : ""}${mode.includes("write") ? "w" : ""}` || "-";
}
