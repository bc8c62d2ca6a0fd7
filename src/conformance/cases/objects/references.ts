import { toHex } from "../../../bytes/hex.ts";
import type { AttributeOutcome, DlmsClient } from "../../../client/dlms-client.ts";
import { AssociationLn, currentAssociation } from "../../../cosem-objects/classes/association-ln.ts";
import { Clock } from "../../../cosem-objects/classes/clock.ts";
import { encodeData } from "../../../dlms/axdr/data.ts";
import type { ConformanceCase } from "../../case.ts";
import { inapplicable, must } from "../../verdict.ts";
import { forAssociations, type ListedAttribute, nameOf, surveyOf, told } from "./survey.ts";

const mainAttribute = 2;

/** Several attributes in one request (ATS_AL 7.3.11). */
export const referenceCases: readonly ConformanceCase[] = [
  {
    id: "COSEM_MULTIPLE_REFERENCES",
    title: "attributes read together are those read one by one",
    group: "objects",
    source: "ATS_AL 7.3.11; Green Book 9.3.6",
    subtests: async (tester) => {
      const lists = [
        {
          title: "ten values",
          choose: (all: readonly ListedAttribute[]) => all.filter(({ attribute }) => attribute === mainAttribute).slice(0, 10),
        },
        { title: "a short value and a long one", choose: (all: readonly ListedAttribute[]) => shortAndLong(all) },
        { title: "the first four attributes of one object", choose: firstFour },
      ];
      const subtests = await Promise.all(
        lists.map(({ title, choose }) =>
          forAssociations(title, async (each, association) => {
            const { read } = await surveyOf(each, association);
            const all = read
              .filter(({ attribute, outcome }) => attribute.classId !== Clock.classId && "value" in outcome && outcome.value !== undefined)
              .map(({ attribute }) => attribute);
            const chosen = choose(all);
            const client = await each.client(association);
            if (!client.context.conformance.has("multiple-references")) inapplicable("multiple references are not negotiated");
            if (chosen.length < 2) inapplicable("there are not enough attributes to read");
            const before = await oneByOne(client, chosen);
            const together = await client.getMany(chosen);
            const after = await oneByOne(client, chosen);
            must(together.length === chosen.length, `${chosen.length} attributes are asked for, and ${together.length} come`);
            const faults = chosen.flatMap((attribute, index) => {
              const now = textOf(together[index]);
              const moves = textOf(before[index]) !== textOf(after[index]);
              return moves || now === textOf(before[index]) ? [] : [`${nameOf(attribute)} is another value in a list`];
            });
            must(faults.length === 0, told(faults));
          })(tester),
        ),
      );
      return subtests.flat();
    },
  },
];

/** The list of objects is the longest value that there is, and every client may read it. */
function shortAndLong(all: readonly ListedAttribute[]): readonly ListedAttribute[] {
  const long: ListedAttribute = { classId: AssociationLn.classId, version: 1, logicalName: currentAssociation, attribute: 2 };
  return [...all.filter(({ attribute }) => attribute === mainAttribute).slice(0, 1), long];
}

function firstFour(all: readonly ListedAttribute[]): readonly ListedAttribute[] {
  const object = all.find(({ logicalName }) => all.filter((each) => each.logicalName === logicalName).length >= 4);
  return all.filter(({ logicalName }) => logicalName === object?.logicalName).slice(0, 4);
}

async function oneByOne(client: DlmsClient, attributes: readonly ListedAttribute[]): Promise<readonly AttributeOutcome[]> {
  const outcomes: AttributeOutcome[] = [];
  for (const attribute of attributes) outcomes.push(...(await client.getMany([attribute])));
  return outcomes;
}

function textOf(outcome: AttributeOutcome | undefined): string {
  if (outcome?.value === undefined) return `refused: ${outcome?.error}`;
  return toHex(encodeData(outcome.value));
}
