import { encodeRlrq } from "../../../dlms/acse/codec.ts";
import { initiateRequestOf } from "../../../dlms/association/client-options.ts";
import type { securitySuites } from "../../../dlms/security/suite.ts";
import { type ApduOf, encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import { apduTags } from "../../../dlms/xdlms/tags.ts";
import type { ConformanceCase } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { seal, withWrongTag } from "../../sealing.ts";
import { describeOpening, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inconclusive, must } from "../../verdict.ts";
import { associateDedicated, mustBeServed } from "./counters.ts";
import {
  forSecured,
  harmlessRequest,
  mustBeRefused,
  mustComeBack,
  mustGoOn,
  securityOf,
  turnedOver,
  withoutDedicatedKey,
} from "./secured.ts";

const bothWays = { authenticated: true, encrypted: true } as const;

/** Lengths that no key of any suite has, and that of a key of another suite. */
const wrongLengths = (suite: keyof typeof securitySuites): readonly number[] => [1, 15, 17, suite === 2 ? 16 : 32];

/** The tag of a service under the global key made that of the dedicated one. */
function asDedicated(sealed: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(sealed);
  const { global, dedicated } = apduTags["get-request"];
  const general = sealed[0] === apduTags["general-glo-ciphering"].plain;
  changed[0] = general ? apduTags["general-ded-ciphering"].plain : (sealed[0] as number) + (dedicated - global);
  return changed;
}

/** Sends a release that proves nothing: it must not end the association. */
async function mustStay(
  tester: Tester,
  declared: DeclaredAssociation,
  rlrqOf: (association: TestAssociation) => Uint8Array,
  what: string,
): Promise<void> {
  const association = await tester.associate(declared);
  const reaction = await association.exchangeOctets(rlrqOf(association));
  if (reaction.type === "closed") fail(`${what} ends the connection`);
  await association.mustServe(`after ${what}`);
}

const releaseInitiate = (association: TestAssociation): Uint8Array => {
  const request: ApduOf<"initiate-request"> = { ...initiateRequestOf(association.options), dedicatedKey: undefined };
  return encodeApdu(request);
};

const sealedInitiate = (association: TestAssociation): Uint8Array =>
  seal(securityOf(association), releaseInitiate(association), { level: bothWays, form: "global" });

/** Dedicated keys, and the release of an association (ATS_AL 8.5 and 8.7). */
export const dedicatedCases: readonly ConformanceCase[] = [
  {
    id: "SYMSEC_DedKey_N1",
    title: "dedicated keys that are none",
    group: "security",
    source: "ATS_AL SYMSEC_0 8.5; Green Book 9.2.3.3.7.3, 9.4.2",
    subtests: forSecured([
      {
        title: "a dedicated key of a length that the suite does not have is refused",
        run: async (tester, declared) => {
          for (const length of wrongLengths(securityOf({ options: (await tester.prepare(declared)).options }).suite)) {
            const association = await tester.prepare(withoutDedicatedKey(declared));
            const dedicatedKey = new Uint8Array(length).fill(length);
            const opening = await association.open({ initiate: (request) => ({ ...request, dedicatedKey }) });
            must(opening.type !== "accepted", `a dedicated key of ${length} octets is taken: ${describeOpening(opening)}`);
          }
          await mustComeBack(tester, declared, "after dedicated keys of wrong lengths");
        },
      },
      {
        title: "a GET under a dedicated key is refused where the association has none",
        run: async (tester, declared) => {
          const without = withoutDedicatedKey(declared);
          const { globalKey } = securityOf({ options: (await tester.prepare(without)).options });
          // The global key, which a device without another may take, and a key of nobody.
          for (const [key, what] of [
            [globalKey, "a GET under the global key as the dedicated one"],
            [turnedOver(globalKey), "a GET under a key of nobody as the dedicated one"],
          ] as const) {
            const association = await tester.associate(without);
            const sealed = seal(securityOf(association), harmlessRequest(association), { globalKey: key });
            await mustBeRefused(association, asDedicated(sealed), what);
            await mustGoOn(tester, without, association, `after ${what}`);
          }
        },
      },
      {
        title: "a GET under the dedicated key of an association that is over is refused in the next",
        run: async (tester, declared) => {
          const first = await associateDedicated(tester, declared);
          const request = first.protect(harmlessRequest(first), bothWays, "dedicated");
          await mustBeServed(first, request, "a GET under the dedicated key");
          const later = first.protect(harmlessRequest(first), bothWays, "dedicated");
          for (const [octets, what] of [
            [request, "a GET under the dedicated key of the association before, sent again,"],
            [later, "a GET under the dedicated key of the association before"],
          ] as const) {
            await mustBeRefused(await associateDedicated(tester, declared), octets, what);
          }
        },
      },
    ]),
  },
  {
    id: "SYMSEC_REL_N1",
    title: "an association under keys is released by who has the keys, and by nobody else",
    group: "security",
    source: "ATS_AL SYMSEC_0 8.7; Green Book 9.4.3, 9.2.7.2",
    subtests: forSecured([
      {
        title: "a release without proof of who sends it does not end the association",
        run: (tester, declared) => mustStay(tester, declared, () => encodeRlrq({ reason: 0 }), "a release without an Initiate request"),
      },
      {
        title: "a release with an Initiate request in clear does not end the association",
        run: (tester, declared) =>
          mustStay(
            tester,
            declared,
            (association) => encodeRlrq({ reason: 0, userInformation: releaseInitiate(association) }),
            "a release with an Initiate request in clear",
          ),
      },
      {
        title: "a release with a wrong tag does not end the association",
        run: (tester, declared) =>
          mustStay(
            tester,
            declared,
            (association) => encodeRlrq({ reason: 0, userInformation: withWrongTag(sealedInitiate(association)) }),
            "a release with a wrong tag",
          ),
      },
      {
        title: "a release recorded in the association before does not end this one",
        run: async (tester, declared) => {
          const first = await tester.associate(declared);
          const recorded = encodeRlrq({ reason: 0, userInformation: sealedInitiate(first) });
          const reaction = await first.exchangeOctets(recorded);
          if (reaction.type === "silence") inconclusive("a release is not answered");
          await mustStay(tester, declared, () => recorded, "a release that was recorded before");
        },
      },
      {
        title: "a release with proof ends the association",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          const reaction = await association.release();
          const [rlre] = reaction.type === "apdu" ? reaction.apdu : [];
          must(reaction.type !== "apdu" || rlre === apduTags.rlre.plain, "a release is not answered by RLRE");
          if (reaction.type === "apdu") await association.mustNotServe("after a release");
        },
      },
    ]),
  },
];
