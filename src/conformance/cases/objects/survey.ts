import type { AttributeOutcome, DlmsClient } from "../../../client/dlms-client.ts";
import { readDeviceView } from "../../../client/object-reader.ts";
import type { ObjectListElement } from "../../../cosem-objects/classes/association-ln.ts";
import { ProfileGeneric } from "../../../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { DecodeError, TransportError } from "../../../errors.ts";
import type { Subtest } from "../../case.ts";
import type { Declaration, DeclaredAssociation } from "../../declaration.ts";
import type { Tester } from "../../tester.ts";

/** An attribute of an object in the list of an association. */
export interface ListedAttribute {
  readonly classId: number;
  readonly version: number;
  readonly logicalName: LogicalName;
  readonly attribute: number;
}

/** A value, a refusal, or how reading it failed. */
export type SurveyedOutcome = AttributeOutcome | { readonly failure: DecodeError | TransportError };

/** What an association shows, and what came of reading what it lets be read. */
export interface Survey {
  /** The objects that are not excluded. */
  readonly objects: readonly ObjectListElement[];
  /** Of all attributes that are said to be readable, buffers of profiles left out, which can be long. */
  readonly read: readonly { readonly attribute: ListedAttribute; readonly outcome: SurveyedOutcome }[];
}

/** Reading all of a device takes minutes on a slow line, so it is done once for each association. */
const surveys = new WeakMap<Declaration, Map<DeclaredAssociation, Promise<Survey>>>();

/** The survey of an association, made when it is first asked for. @throws VerdictError inconclusive where it does not come about */
export function surveyOf(tester: Tester, association: DeclaredAssociation): Promise<Survey> {
  const known = surveys.get(tester.declaration) ?? new Map<DeclaredAssociation, Promise<Survey>>();
  surveys.set(tester.declaration, known);
  const survey = known.get(association) ?? makeSurvey(tester, association);
  known.set(association, survey);
  return survey;
}

async function makeSurvey(tester: Tester, association: DeclaredAssociation): Promise<Survey> {
  const { excluded } = tester.declaration;
  let client = await tester.client(association);
  const view = await readDeviceView(client);
  const objects = view.objects.filter(({ logicalName }) => !excluded.has(logicalName));
  const wanted = objects.flatMap((object) => attributesOf(object, ({ readable, long }) => readable && !long));
  const read: Survey["read"][number][] = [];
  const again = async (): Promise<void> => {
    client = await tester.client(association);
  };
  for (let from = 0; from < wanted.length; from += chunk) {
    const part = wanted.slice(from, from + chunk);
    const outcomes = await readTogether(client, part);
    if (outcomes !== undefined) {
      read.push(...part.map((attribute, index) => ({ attribute, outcome: outcomes[index] as AttributeOutcome })));
      continue;
    }
    await again();
    for (const attribute of part) {
      const outcome = await readAlone(client, attribute);
      read.push({ attribute, outcome });
      if ("failure" in outcome) await again();
    }
  }
  return { objects, read };
}

const chunk = 32;

/** Undefined where something in the answer cannot be understood, or ends the association: then it is found one by one. */
async function readTogether(client: DlmsClient, attributes: readonly ListedAttribute[]): Promise<readonly AttributeOutcome[] | undefined> {
  try {
    return await client.getMany(attributes);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof TransportError) return undefined;
    throw error;
  }
}

async function readAlone(client: DlmsClient, attribute: ListedAttribute): Promise<SurveyedOutcome> {
  try {
    const [outcome] = await client.getMany([attribute]);
    return outcome as AttributeOutcome;
  } catch (error) {
    if (error instanceof DecodeError || error instanceof TransportError) return { failure: error };
    throw error;
  }
}

/** What the list says of an attribute. */
export interface AttributeRight {
  readonly readable: boolean;
  readonly writable: boolean;
  /** A buffer, or anything else that is read by parts. */
  readonly long: boolean;
}

/** The attributes of an object in the list that fit. */
export function attributesOf(
  { classId, version, logicalName, accessRights }: ObjectListElement,
  fits: (right: AttributeRight) => boolean,
): readonly ListedAttribute[] {
  return accessRights.attributeAccess.flatMap(({ attributeId, accessMode, accessSelectors }) => {
    const mode = String(accessMode);
    const right = {
      readable: mode.includes("read"),
      writable: mode.includes("write"),
      long: accessSelectors !== undefined || (classId === ProfileGeneric.classId && attributeId === ProfileGeneric.attributes.buffer.id),
    };
    return fits(right) ? [{ classId, version, logicalName, attribute: attributeId }] : [];
  });
}

/** A subtest for each declared association. */
export function forAssociations(
  title: string,
  run: (tester: Tester, association: DeclaredAssociation) => Promise<void>,
): (tester: Tester) => Promise<readonly Subtest[]> {
  return async ({ declaration }) =>
    declaration.associations.map((association) => ({
      title: `${association.name}: ${title}`,
      run: (tester: Tester) => run(tester, association),
    }));
}

/** "0.0.1.0.0.255:2", as the command line has it. */
export const nameOf = ({ logicalName, attribute }: Pick<ListedAttribute, "logicalName" | "attribute">): string =>
  `${logicalName}:${attribute}`;

/** What was found wrong, shortened where it is much. */
export function told(faults: readonly string[]): string {
  const first = faults.slice(0, mostTold).join("; ");
  return faults.length > mostTold ? `${first}; and ${faults.length - mostTold} more` : first;
}

const mostTold = 5;
