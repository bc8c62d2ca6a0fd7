import { decodeApdu, encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import { type AcseFields, aarqTags, withAcseFields } from "../../acse-fields.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { describeAnswer, isSuccess } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, must } from "../../verdict.ts";
import { mustAccept, mustNotAccept } from "./opening.ts";
import { mayRefuse, readDeviceName } from "./refusals.ts";

const mechanismOf = (association: DeclaredAssociation) => association.options().authentication?.mechanism ?? "none";

/** Proving who one is (ATS_AL 6.2; Green Book 9.2.7.4). */
export const authenticationCases: readonly ConformanceCase[] = [
  {
    id: "APPL_OPEN_3",
    title: "passes 3 and 4 of high level security",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.2.7.4",
    subtests: (tester) =>
      Promise.resolve(forEach(tester, (association) => mechanismOf(association) === "hls", "high level security", highLevelSubtests)),
  },
  {
    id: "APPL_OPEN_7",
    title: "the authentication functional unit: what it needs is missing, too much, or wrong",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.2.2.3",
    subtests: (tester) =>
      Promise.resolve(forEach(tester, (association) => mechanismOf(association) !== "none", "authentication", functionalUnitSubtests)),
  },
];

/** The subtests for the first association that fits, or the one that says that there is none. */
function forEach(
  { declaration }: Tester,
  fits: (association: DeclaredAssociation) => boolean,
  what: string,
  subtestsFor: (association: DeclaredAssociation) => readonly Subtest[],
): readonly Subtest[] {
  const association = declaration.associations.find(fits);
  if (association !== undefined) return subtestsFor(association);
  return [{ title: `an association with ${what}`, run: () => Promise.resolve(inapplicable(`no association with ${what} is declared`)) }];
}

function highLevelSubtests(association: DeclaredAssociation): readonly Subtest[] {
  return [
    {
      title: `${association.name}: a service between AARE and pass 3 is not served`,
      run: async (tester) => {
        const prepared = await tester.prepare(association);
        mustAccept(await prepared.open());
        const answer = await prepared.exchangeApdu(readDeviceName);
        if (isSuccess(answer)) fail("a GET is served before the client has proved who it is");
      },
    },
    {
      title: `${association.name}: a wrong answer to the challenge is refused, and the association does not stand`,
      run: async (tester) => {
        const prepared = await tester.prepare(association);
        const { aare } = mustAccept(await prepared.open());
        const answer = await prepared.authenticate(aare, withLastOctetChanged);
        if (answer !== undefined && isSuccess(answer)) fail("a wrong answer to the challenge is accepted");
        await prepared.mustNotServe("after a wrong answer to the challenge");
      },
    },
    {
      title: `${association.name}: the right answer is accepted, and answered by the right answer of the device`,
      run: async (tester) => {
        const prepared = await tester.prepare(association);
        const { aare } = mustAccept(await prepared.open());
        const answer = await prepared.authenticate(aare);
        if (answer === undefined || answer.type === "silence" || answer.type === "closed")
          return fail(`pass 3 is answered by ${answer?.type}`);
        must(isSuccess(answer), `pass 3 is refused: ${describeAnswer(answer)}`);
        must(prepared.verifies(answer), "the answer of the device to our challenge is wrong");
        await prepared.mustServe("once authenticated");
      },
    },
  ];
}

/** Pass 3 with its secret part changed; it is at the end whichever way the services have it. */
function withLastOctetChanged(passThree: Uint8Array): Uint8Array {
  const changed = passThree.slice();
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 0x01;
  // Still an APDU: what is refused is the secret, not the syntax.
  return encodeApdu(decodeApdu(changed));
}

const { acseRequirements, mechanismName, authenticationValue } = aarqTags;

const combinations: readonly { readonly left: string; readonly without: AcseFields }[] = [
  { left: "a mechanism and a value, and no request for the functional unit", without: { [acseRequirements]: undefined } },
  { left: "the functional unit and a value, and no mechanism", without: { [mechanismName]: undefined } },
  { left: "the functional unit and a mechanism, and no value", without: { [authenticationValue]: undefined } },
  { left: "a value alone", without: { [acseRequirements]: undefined, [mechanismName]: undefined } },
  { left: "a mechanism alone", without: { [acseRequirements]: undefined, [authenticationValue]: undefined } },
  { left: "the functional unit alone", without: { [mechanismName]: undefined, [authenticationValue]: undefined } },
  {
    left: "nothing of the three",
    without: { [acseRequirements]: undefined, [mechanismName]: undefined, [authenticationValue]: undefined },
  },
];

function functionalUnitSubtests(association: DeclaredAssociation): readonly Subtest[] {
  const missing = combinations.map(
    ({ left, without }): Subtest => ({
      title: `${association.name}: with ${left}, the association is not accepted`,
      run: (tester) => refuses(tester, association, left, (aarq) => withAcseFields(aarq, without)),
    }),
  );
  return [
    ...missing,
    {
      title: `${association.name}: a mechanism that nobody knows is not accepted`,
      run: (tester) =>
        refuses(tester, association, "an unknown mechanism", (aarq) =>
          withAcseFields(aarq, { [mechanismName]: Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x63) }),
        ),
    },
    {
      title: `${association.name}: a wrong password is not accepted`,
      run: async (tester) => {
        if (mechanismOf(association) !== "lls") inapplicable("the association has no password");
        const prepared = await tester.prepare(association);
        const opening = await prepared.open({
          aarq: (aarq) => ({ ...aarq, authenticationValue: aarq.authenticationValue?.map((octet) => octet ^ 0x01) }),
        });
        mustNotAccept(opening, "a wrong password");
        mayRefuse(await prepared.exchangeOctets(readDeviceName), "a GET after a wrong password");
      },
    },
  ];
}

async function refuses(
  tester: Tester,
  association: DeclaredAssociation,
  what: string,
  octets: (aarq: Uint8Array) => Uint8Array,
): Promise<void> {
  const prepared = await tester.prepare(association);
  mustNotAccept(await prepared.open({ octets }), `an AARQ with ${what}`);
  mayRefuse(await prepared.exchangeOctets(readDeviceName), `a GET after an AARQ with ${what}`);
}
