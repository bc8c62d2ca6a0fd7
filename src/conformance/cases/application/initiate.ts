import type { Conformance, ConformanceName } from "../../../dlms/xdlms/conformance.ts";
import { conformanceNames } from "../../../dlms/xdlms/conformance.ts";
import type { ConformanceCase } from "../../case.ts";
import type { Opening } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable, must } from "../../verdict.ts";
import { mustAccept, mustNotAccept } from "./opening.ts";
import { pduSizeSubtests } from "./pdu-size.ts";

type Initiate = NonNullable<NonNullable<Parameters<Awaited<ReturnType<Tester["prepare"]>>["open"]>[0]>["initiate"]>;

/** What the two sides agree on with xDLMS-Initiate (ATS_AL 6.2; Green Book 9.4.6.1). */
export const initiateCases: readonly ConformanceCase[] = [
  {
    id: "APPL_OPEN_9",
    title: "dedicated-key in a context without ciphering",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.6.1",
    subtests: [
      {
        title: "the association is opened as without it, or refused by AARE",
        run: async (tester) => {
          const association = tester.declaration.associations.find((each) => each.options().security === undefined);
          if (association === undefined) return inapplicable("every declared association is ciphered");
          const prepared = await tester.prepare(association);
          const opening = await prepared.open({ initiate: (request) => ({ ...request, dedicatedKey: new Uint8Array(16) }) });
          if (opening.type === "rejected") return;
          const { aare } = mustAccept(opening);
          await prepared.authenticate(aare);
          await prepared.mustServe("opened with a dedicated key that it has no use for");
        },
      },
    ],
  },
  {
    id: "APPL_OPEN_11",
    title: "proposed-quality-of-service",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.6.1",
    subtests: [
      {
        title: "the association is opened; the quality is given back as proposed, or left out",
        run: async (tester) => {
          const { initiate } = mustAccept(await initiated(tester, (request) => ({ ...request, proposedQualityOfService: 1 })));
          const quality = initiate.negotiatedQualityOfService;
          must(quality === undefined || quality === 1 || quality === 0, `negotiated-quality-of-service is ${quality} where 1 was proposed`);
        },
      },
    ],
  },
  {
    id: "APPL_OPEN_12",
    title: "proposed-dlms-version-number",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.6.1",
    subtests: [
      {
        title: "version 5 is refused: dlms-version-too-low",
        run: async (tester) => {
          const opening = await initiated(tester, (request) => ({ ...request, proposedDlmsVersionNumber: 5 }));
          mustRefuseWith(opening, "dlms-version-too-low", "DLMS version 5");
        },
      },
      {
        title: "version 7 is brought down to 6, or refused",
        run: async (tester) => {
          const opening = await initiated(tester, (request) => ({ ...request, proposedDlmsVersionNumber: 7 }));
          if (opening.type !== "accepted") return;
          const version = opening.initiate.negotiatedDlmsVersionNumber;
          must(version === 6, `the negotiated version is ${version}`);
        },
      },
    ],
  },
  {
    id: "APPL_OPEN_13",
    title: "proposed-conformance",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.6.1",
    subtests: [
      {
        title: "with nothing proposed the association is refused: incompatible-conformance",
        run: async (tester) => {
          const opening = await initiated(tester, proposing(new Set()));
          mustRefuseWith(opening, "incompatible-conformance", "an empty conformance block");
        },
      },
      {
        title: "with everything proposed, what is negotiated is proposed again and negotiated unchanged",
        run: async (tester) => {
          const first = mustAccept(await initiated(tester, proposing(new Set(conformanceNames)))).initiate.negotiatedConformance;
          const second = mustAccept(await initiated(tester, proposing(first))).initiate.negotiatedConformance;
          must(sameNames(first, second), `proposed are ${list(first)}, negotiated ${list(second)}`);
        },
      },
      {
        title: "each bit proposed alone is all that is negotiated, or the association is refused",
        run: async (tester) => {
          const all = mustAccept(await initiated(tester, proposing(new Set(conformanceNames)))).initiate.negotiatedConformance;
          for (const name of conformanceNames) {
            const opening = await initiated(tester, proposing(new Set([name])));
            const alone = services.has(name) && all.has(name);
            if (opening.type !== "accepted") {
              must(!alone, `${name} alone is refused, and with everything it is negotiated`);
              continue;
            }
            const { negotiatedConformance } = opening.initiate;
            must(
              [...negotiatedConformance].every((each) => each === name),
              `proposed is ${name}, negotiated ${list(negotiatedConformance)}`,
            );
          }
        },
      },
    ],
  },
  {
    id: "APPL_OPEN_14",
    title: "client-max-receive-pdu-size",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.6.1",
    subtests: [
      {
        title: "11 octets are refused: pdu-size-too-short",
        run: async (tester) => {
          const opening = await initiated(tester, (request) => ({ ...request, clientMaxReceivePduSize: 11 }));
          mustRefuseWith(opening, "pdu-size-too-short", "a client that takes 11 octets");
        },
      },
      {
        title: "12 octets are accepted, where no protection takes some of them",
        run: async (tester) => {
          if (tester.association.options().security !== undefined) inapplicable("the declared association is ciphered");
          mustAccept(await initiated(tester, (request) => ({ ...request, clientMaxReceivePduSize: 12 })));
        },
      },
      ...pduSizeSubtests,
    ],
  },
];

/** Services with which alone an association can do something. */
const services: ReadonlySet<ConformanceName> = new Set(["get", "set", "action", "access", "read", "write"]);

/** The first declared association, opened with an Initiate request changed. */
async function initiated(tester: Tester, initiate: Initiate): Promise<Opening> {
  const prepared = await tester.prepare();
  return prepared.open({ initiate });
}

function proposing(proposedConformance: Conformance): Initiate {
  return (request) => ({ ...request, proposedConformance });
}

/** Refused, and where the reason is in clear, for this reason. */
function mustRefuseWith(opening: Opening, reason: string, what: string): void {
  mustNotAccept(opening, what);
  if (opening.type !== "rejected" || opening.error === undefined) return;
  const { errorClass, value } = opening.error;
  must(errorClass === "initiate" && value === reason, `${what} is refused for ${errorClass} ${value} in place of initiate ${reason}`);
}

const list = (names: Conformance): string => (names.size === 0 ? "none" : [...names].join(", "));

const sameNames = (a: Conformance, b: Conformance): boolean => a.size === b.size && [...a].every((name) => b.has(name));
