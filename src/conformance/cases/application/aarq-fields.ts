import { conformanceNames } from "../../../dlms/xdlms/conformance.ts";
import { aarqTags, berInteger, berOctets, withAcseFields } from "../../acse-fields.ts";
import type { ConformanceCase } from "../../case.ts";
import type { Opening } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable, inconclusive, must } from "../../verdict.ts";
import { mustAccept, mustReject } from "./opening.ts";

/** Protocol version, application context, titles and invocation ids of AARQ (ATS_AL 6.2). */
export const aarqFieldCases: readonly ConformanceCase[] = [
  {
    id: "APPL_OPEN_4",
    title: "protocol-version",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.2.2, ISO/IEC 8650-1",
    subtests: [
      {
        title: "version 1 written out is the default, and accepted",
        run: async (tester) => {
          mustAccept(await opened(tester, { [aarqTags.protocolVersion]: Uint8Array.of(7, 0x80) }));
        },
      },
      {
        title: "another version alone is rejected: no common ACSE version",
        run: async (tester) => {
          const opening = await opened(tester, { [aarqTags.protocolVersion]: Uint8Array.of(6, 0x40) });
          const { diagnostic } = mustReject(opening, "protocol version 2").aare;
          must(
            diagnostic.source === "acse-service-provider" && diagnostic.value === "no-common-acse-version",
            `the diagnostic is ${diagnostic.source} ${diagnostic.value} in place of acse-service-provider no-common-acse-version`,
          );
        },
      },
    ],
  },
  {
    id: "APPL_OPEN_5",
    title: "application-context-name",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.2.2.2",
    subtests: [
      {
        title: "fields that nothing uses are passed over: called titles, qualifiers and invocation ids, implementation information",
        run: async (tester) => {
          const fields = {
            [aarqTags.calledApTitle]: berOctets(1, 2, 3, 4, 5, 6, 7, 8),
            [aarqTags.calledAeQualifier]: berOctets(1, 2),
            [aarqTags.calledApInvocationId]: berInteger(1),
            [aarqTags.calledAeInvocationId]: berInteger(1),
            [aarqTags.implementationInformation]: Uint8Array.of(1, 2, 3),
          };
          mustAccept(await opened(tester, fields));
        },
      },
      {
        title: "a context that nobody knows is rejected: application-context-name-not-supported",
        run: (tester) => rejectsContext(tester, () => "oid:2.16.756.5.8.1.99"),
      },
      {
        title: "a context that this association does not have is rejected: application-context-name-not-supported",
        run: (tester) => rejectsContext(tester, (shortNames) => (shortNames ? "logical-name" : "short-name")),
      },
    ],
  },
  {
    id: "APPL_OPEN_6",
    title: "calling titles, qualifiers and invocation ids",
    group: "application",
    source: "ATS_AL 6.2; Green Book 9.4.2.2",
    subtests: [
      {
        title: "an invocation id of the calling process is passed over",
        run: async (tester) => {
          mustAccept(await opened(tester, { [aarqTags.callingApInvocationId]: berInteger(1) }));
        },
      },
      { title: "a calling-AP-title of 7 octets is rejected where it is used", run: (tester) => rejectsTitle(tester, 7) },
      { title: "a calling-AP-title of 9 octets is rejected where it is used", run: (tester) => rejectsTitle(tester, 9) },
    ],
  },
];

/** The first declared association, opened with these fields changed. */
async function opened(tester: Tester, fields: Parameters<typeof withAcseFields>[1]): Promise<Opening> {
  const prepared = await tester.prepare();
  return prepared.open({ octets: (aarq) => withAcseFields(aarq, fields) });
}

async function rejectsContext(
  tester: Tester,
  contextOf: (shortNames: boolean) => "logical-name" | "short-name" | `oid:${string}`,
): Promise<void> {
  const prepared = await tester.prepare();
  const applicationContext = contextOf(prepared.shortNames);
  const opening = await prepared.open({
    aarq: (aarq) => ({ ...aarq, applicationContext }),
    // All that either way of naming objects has, so that the context alone can be the reason.
    initiate: (request) => ({ ...request, proposedConformance: new Set(conformanceNames) }),
  });
  if (opening.type === "accepted" && !applicationContext.startsWith("oid:")) {
    inconclusive(`the device has the application context ${applicationContext} too, which nobody declared`);
  }
  const { result, diagnostic } = mustReject(opening, `the application context ${applicationContext}`).aare;
  must(result === "rejected-permanent", `the result is ${result} in place of rejected-permanent`);
  must(
    diagnostic.value === "application-context-name-not-supported",
    `the diagnostic is ${diagnostic.value} in place of application-context-name-not-supported`,
  );
  // Not only refused: the right one is taken after it.
  mustAccept(await prepared.open());
}

async function rejectsTitle(tester: Tester, length: number): Promise<void> {
  const prepared = await tester.prepare();
  if (prepared.aarqHasTitle === false) inapplicable("the declared association has no calling-AP-title");
  const title = berOctets(...Array.from({ length }, (_, index) => 0x41 + index));
  const opening = await prepared.open({ octets: (aarq) => withAcseFields(aarq, { [aarqTags.callingApTitle]: title }) });
  mustReject(opening, `a calling-AP-title of ${length} octets`);
}
