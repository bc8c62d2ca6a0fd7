import { findClass } from "../../../cosem-objects/catalogue.ts";
import { currentAssociation, type ObjectListElement } from "../../../cosem-objects/classes/association-ln.ts";
import { attributeById, methodById } from "../../../cosem-objects/define.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import type { ConformanceCase } from "../../case.ts";
import { must } from "../../verdict.ts";
import { forAssociations, surveyOf, told } from "./survey.ts";

/** The list of objects itself (Blue Book 4.4.4). */
export const listCases: readonly ConformanceCase[] = [
  {
    id: "COSEM_LOGICAL_NAME",
    title: "the list of objects has each object once, and those that every device has",
    group: "objects",
    source: "ATS_AL 7.2; Blue Book 4.4.4, 6.2",
    subtests: forAssociations("names and mandatory objects", async (tester, association) => {
      const { objects } = await surveyOf(tester, association);
      const { excluded } = tester.declaration;
      const names = objects.map(({ logicalName }) => logicalName);
      const faults = [
        ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is there twice`),
        ...mandatory.filter((name) => !names.includes(name) && !excluded.has(name)).map((name) => `${name} is missing`),
      ];
      must(faults.length === 0, told(faults));
    }),
  },
  {
    id: "COSEM_ACCESS_RIGHTS",
    title: "access rights are of attributes and methods that the class and version have",
    group: "objects",
    source: "Blue Book 4.4.4, class tables",
    subtests: forAssociations("all objects of the list", async (tester, association) => {
      const { objects } = await surveyOf(tester, association);
      const faults = objects.flatMap(faultsOf);
      must(faults.length === 0, told(faults));
    }),
  },
];

/** Current association and logical device name (Blue Book 4.1.8, 6.2.36). */
const mandatory: readonly LogicalName[] = [currentAssociation, "0.0.42.0.0.255"];

/** Negative numbers are each manufacturer's own. */
function faultsOf({ classId, version, logicalName, accessRights }: ObjectListElement): readonly string[] {
  const attributes = accessRights.attributeAccess.map(({ attributeId }) => attributeId);
  const methods = accessRights.methodAccess.map(({ methodId }) => methodId);
  const twice = (ids: readonly number[], what: string) =>
    ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${logicalName} has ${what} ${id} twice`);
  const cosemClass = findClass(classId, version);
  const known = cosemClass?.version === version ? cosemClass : undefined;
  const strange =
    known === undefined
      ? []
      : [
          ...attributes
            .filter((id) => id > 0 && attributeById(known, id) === undefined)
            .map((id) => `${logicalName} has attribute ${id}, which ${known.name} has not`),
          ...methods
            .filter((id) => id > 0 && methodById(known, id) === undefined)
            .map((id) => `${logicalName} has method ${id}, which ${known.name} has not`),
        ];
  return [...twice(attributes, "attribute"), ...twice(methods, "method"), ...strange];
}
