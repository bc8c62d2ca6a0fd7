import { ByteReader } from "../../../bytes/byte-reader.ts";
import { findClass } from "../../../cosem-objects/catalogue.ts";
import { attributeById } from "../../../cosem-objects/define.ts";
import { encodeData } from "../../../dlms/axdr/data.ts";
import type { DlmsData } from "../../../dlms/axdr/dlms-data.ts";
import { DecodeError } from "../../../errors.ts";
import type { ConformanceCase } from "../../case.ts";
import { must } from "../../verdict.ts";
import { attributesOf, forAssociations, type ListedAttribute, nameOf, surveyOf, told } from "./survey.ts";

const logicalNameAttribute = 1;

/** Refusals of what exists and may be read at other times. */
const passing: ReadonlySet<unknown> = new Set(["temporary-failure", "hardware-fault", "other-reason"]);

/** Attributes that an association lets be read, and those that it does not (ATS_AL 7). */
export const readingCases: readonly ConformanceCase[] = [
  {
    id: "COSEM_OBJECT_READ",
    title: "every attribute that is said to be readable is read, and has the type of its class and version",
    group: "objects",
    source: "ATS_AL 7.2, 7.3.2; Blue Book, class tables",
    subtests: forAssociations("all objects of the list", async (tester, association) => {
      const { read } = await surveyOf(tester, association);
      const faults = read.flatMap(({ attribute, outcome }) => {
        if ("failure" in outcome) return [`${nameOf(attribute)} ${outcome.failure.message}`];
        if (outcome.error !== undefined) return passing.has(outcome.error) ? [] : [`${nameOf(attribute)} is refused: ${outcome.error}`];
        const fault = faultOf(attribute, outcome.value);
        return fault === undefined ? [] : [`${nameOf(attribute)} ${fault}`];
      });
      must(faults.length === 0, told(faults));
    }),
  },
  {
    id: "COSEM_OBJECT_DENIED",
    title: "no attribute that is said not to be readable is read",
    group: "objects",
    source: "ATS_AL 7.2; Green Book 9.3.6",
    subtests: forAssociations("all objects of the list", async (tester, association) => {
      const { objects } = await surveyOf(tester, association);
      const denied = objects.flatMap((object) => attributesOf(object, ({ readable }) => !readable));
      const client = await tester.client(association);
      const outcomes = await client.getMany(denied);
      const faults = denied.filter((_, index) => outcomes[index]?.value !== undefined).map((attribute) => `${nameOf(attribute)} is served`);
      must(faults.length === 0, told(faults));
    }),
  },
];

/** What is wrong with a value; undefined where nothing is, or the class is not known. */
function faultOf({ classId, version, logicalName, attribute }: ListedAttribute, value: DlmsData): string | undefined {
  if (attribute === logicalNameAttribute) {
    const octets = value.type === "octet-string" && value.value.length === 6 ? [...value.value].join(".") : undefined;
    if (octets !== logicalName) return `is ${octets ?? value.type} in place of the logical name`;
  }
  const cosemClass = findClass(classId, version);
  const known = cosemClass?.version === version ? attributeById(cosemClass, attribute) : undefined;
  if (known === undefined) return undefined;
  const reader = new ByteReader(encodeData(value));
  try {
    known.definition.schema.read(reader);
    reader.expectEnd(known.name);
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return `is no ${known.name}: ${error.message}`;
    throw error;
  }
}
