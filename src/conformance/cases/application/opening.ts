import { decodeRlre } from "../../../dlms/acse/codec.ts";
import { dlmsVersion, vaaNames } from "../../../dlms/xdlms/initiate.ts";
import { apduTags } from "../../../dlms/xdlms/tags.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { describeAnswer, describeOpening, type Opening, type TestAssociation } from "../../test-association.ts";
import { fail, inapplicable, must } from "../../verdict.ts";

/** Opening the associations that the device is said to have (ATS_AL 6.2). */
export const openingCases: readonly ConformanceCase[] = [
  {
    id: "APPL_OPEN_1",
    title: "each declared association is opened with the parameters declared for it",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.4",
    subtests: (tester) => Promise.resolve(tester.declaration.associations.map(opensAsDeclared)),
  },
  {
    id: "APPL_OPEN_2",
    title: "the client user is identified by calling-AE-invocation-id",
    group: "application",
    source: "ATS_AL 6.2; Blue Book 4.4.4, Association LN from version 2",
    subtests: [
      {
        title: "a user of the user list is let in",
        run: async (tester) => {
          const { association, users } = withUsers(tester.declaration.associations);
          const prepared = await tester.prepare(association);
          mustAccept(await prepared.open({ aarq: (aarq) => ({ ...aarq, callingAeInvocationId: users.known }) }));
        },
      },
      {
        title: "a user who is not on it is refused",
        run: async (tester) => {
          const { association, users } = withUsers(tester.declaration.associations);
          const prepared = await tester.prepare(association);
          mustReject(await prepared.open({ aarq: (aarq) => ({ ...aarq, callingAeInvocationId: users.unknown }) }), "an unknown user");
        },
      },
    ],
  },
];

function opensAsDeclared(association: DeclaredAssociation): Subtest {
  return {
    title: `${association.name} is opened, serves, and is released`,
    run: async (tester) => {
      const prepared = await tester.prepare(association);
      const { aare, initiate } = mustAccept(await prepared.open());
      mustAgree(prepared, { aare, initiate });
      const passFour = await prepared.authenticate(aare);
      if (passFour !== undefined) {
        if (passFour.type === "silence" || passFour.type === "closed") return fail(`pass 3 is answered by ${passFour.type}`);
        must(prepared.verifies(passFour), `the device does not prove that it knows the secret: ${describeAnswer(passFour)}`);
      }
      await prepared.mustServe("once opened");
      const released = await prepared.release();
      if (released.type !== "apdu") return;
      must(released.apdu[0] === apduTags.rlre.plain, "RLRQ is answered by another APDU than RLRE");
      decodeRlre(released.apdu);
    },
  };
}

/** What is in AARE fits what was asked for. */
function mustAgree(
  prepared: TestAssociation,
  { aare, initiate }: Pick<Opening & { readonly type: "accepted" }, "aare" | "initiate">,
): void {
  const referencing = prepared.shortNames ? "short-name" : "logical-name";
  const context = prepared.ciphered ? `${referencing}-ciphered` : referencing;
  must(aare.applicationContext === context, `the application context of AARE is ${aare.applicationContext} in place of ${context}`);
  must(
    initiate.negotiatedDlmsVersionNumber === dlmsVersion,
    `the negotiated DLMS version is ${initiate.negotiatedDlmsVersionNumber} in place of ${dlmsVersion}`,
  );
  must(initiate.vaaName === vaaNames[referencing], `vaa-name is ${hex(initiate.vaaName)} in place of ${hex(vaaNames[referencing])}`);
  const size = initiate.serverMaxReceivePduSize;
  must(size === 0 || size >= 12, `server-max-receive-pdu-size is ${size}, and 1 to 11 are reserved`);
}

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, "0");

function withUsers(associations: readonly DeclaredAssociation[]) {
  for (const association of associations) if (association.users !== undefined) return { association, users: association.users };
  return inapplicable("no association with a user list is declared");
}

/** Fails unless the association is accepted, which with high level security is not yet the end. */
export function mustAccept(opening: Opening): Opening & { readonly type: "accepted" } {
  return opening.type === "accepted" ? opening : fail(`the association is not opened: ${describeOpening(opening)}`);
}

/** Fails unless the association is refused by AARE; gives it. */
export function mustReject(opening: Opening, what: string): Opening & { readonly type: "rejected" } {
  if (opening.type === "rejected") return opening;
  return fail(opening.type === "accepted" ? `${what} is accepted` : `${what} is answered by ${describeOpening(opening)} in place of AARE`);
}

/** Fails where the association is accepted; AARE, another refusal, silence and the end of the connection are all refusals. */
export function mustNotAccept(opening: Opening, what: string): void {
  if (opening.type === "accepted") fail(`${what} is accepted`);
}
