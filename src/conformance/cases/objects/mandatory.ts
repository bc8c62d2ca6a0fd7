import { toHex } from "../../../bytes/hex.ts";
import { AssociationLn, currentAssociation } from "../../../cosem-objects/classes/association-ln.ts";
import { SapAssignment } from "../../../cosem-objects/classes/sap-assignment.ts";
import { applicationContexts, authenticationMechanisms, objectIdentifierOctets } from "../../../dlms/acse/object-identifiers.ts";
import type { ConformanceCase } from "../../case.ts";
import { fail, inapplicable, must } from "../../verdict.ts";
import { forAssociations } from "./survey.ts";

const deviceName = { classId: 1, logicalName: "0.0.42.0.0.255", attribute: 2 } as const;
const sapAssignment = "0.0.41.0.0.255";

/** What objects that every device has must say (ATS_AL 7.3.12). */
export const mandatoryCases: readonly ConformanceCase[] = [
  {
    id: "COSEM_DEVICE_NAME",
    title: "the logical device name",
    group: "objects",
    source: "ATS_AL 7.3.12; Blue Book 6.2.36",
    subtests: forAssociations(
      "up to 16 octets, begun by three letters of the manufacturer, and as declared",
      async (tester, association) => {
        const client = await tester.client(association);
        const [outcome] = await client.getMany([deviceName]);
        const value = outcome?.value;
        if (value === undefined) return fail(`the logical device name is refused: ${outcome?.error}`);
        if (value.type !== "octet-string" && value.type !== "visible-string") return fail(`the logical device name is ${value.type}`);
        const text = typeof value.value === "string" ? value.value : String.fromCharCode(...value.value);
        must(text.length > 3 && text.length <= 16, `the logical device name has ${text.length} octets`);
        must(/^[A-Z]{3}/.test(text), `the logical device name ${JSON.stringify(text)} does not begin with three letters`);
        const { logicalDeviceName = text } = tester.declaration;
        must(
          text === logicalDeviceName,
          `the logical device name is ${JSON.stringify(text)} in place of ${JSON.stringify(logicalDeviceName)}`,
        );
      },
    ),
  },
  {
    id: "COSEM_CURRENT_ASSOCIATION",
    title: "the current association says what was negotiated",
    group: "objects",
    source: "ATS_AL 7.3.12; Blue Book 4.4.4",
    subtests: forAssociations("partners, context, mechanism and status", async (tester, association) => {
      const client = await tester.client(association);
      const { context } = client;
      if (context.referencing === "short-name") inapplicable("the association has short names");
      const { clientSap, serverSap } = association.options();
      const get = <K extends keyof (typeof AssociationLn)["attributes"] & string>(name: K) =>
        client.get(AssociationLn, currentAssociation, name);
      const partners = await get("associatedPartnersId");
      must(
        partners.clientSap === clientSap && partners.serverSap === serverSap,
        `the partners are ${partners.clientSap} and ${partners.serverSap} in place of ${clientSap} and ${serverSap}`,
      );
      mustBe(await get("applicationContextName"), "context", applicationContexts, context.applicationContext);
      mustBe(await get("authenticationMechanismName"), "mechanism", authenticationMechanisms, context.mechanism);
      const status = await get("associationStatus");
      must(status === "associated", `the association status is ${status}`);
      const { dlmsVersionNumber } = await get("xdlmsContextInfo");
      must(dlmsVersionNumber === 6, `the DLMS version number is ${dlmsVersionNumber}`);
    }),
  },
  {
    id: "COSEM_SAP_ASSIGNMENT",
    title: "the SAP assignment lists each logical device once",
    group: "objects",
    source: "ATS_AL 7.3.12; Blue Book 4.4.5",
    subtests: forAssociations("SAPs and names", async (tester, association) => {
      const client = await tester.client(association);
      const [outcome] = await client.getMany([
        { classId: SapAssignment.classId, logicalName: sapAssignment, attribute: SapAssignment.attributes.sapAssignmentList.id },
      ]);
      if (outcome?.value === undefined) return inapplicable("the association does not show a SAP assignment");
      const list = await client.get(SapAssignment, sapAssignment, "sapAssignmentList");
      const saps = list.map(({ sap }) => sap);
      must(new Set(saps).size === saps.length, `SAPs are assigned twice: ${saps.join(", ")}`);
      const names = list.map(({ logicalDeviceName }) => toHex(logicalDeviceName));
      must(new Set(names).size === names.length, "two logical devices have one name");
      const { serverSap } = association.options();
      must(saps.includes(serverSap), `SAP ${serverSap}, at which this device answers, is not among ${saps.join(", ")}`);
    }),
  },
];

/** Object identifiers are seven octets, or a structure of numbers in old devices: only the former are compared. */
function mustBe(octets: Uint8Array, family: "context" | "mechanism", names: Readonly<Record<string, number>>, name: string): void {
  const last = names[name];
  if (last === undefined || octets.length !== 7) return;
  const expected = toHex(objectIdentifierOctets(family, last));
  must(toHex(octets) === expected, `the ${family} name is ${toHex(octets)} in place of ${expected}, ${name}`);
}
