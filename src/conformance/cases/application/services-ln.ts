import { encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { Conformance } from "../../../dlms/xdlms/conformance.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import { type AttributeOf, logicalDeviceNameValue, type TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable, must } from "../../verdict.ts";
import { invoke, mustRefuse } from "./refusals.ts";

/** An object that no device has: value group A is free. */
const nowhere: AttributeOf = { classId: 1, logicalName: Uint8Array.of(15, 199, 250, 251, 252, 253), attributeId: 2 };
const nullData = Uint8Array.of(0);

/** Requests of GET, SET and others that cannot be served (ATS_AL 6.3). */
export const logicalNameServiceCases: readonly ConformanceCase[] = [
  {
    id: "APPL_DATA_LN_N1",
    title: "GET that cannot be served",
    group: "application",
    source: "ATS_AL 6.3; Green Book 9.3.6, 9.5",
    subtests: [
      malformed("an unknown choice of GET", Uint8Array.of(0xc0, 0x7f, 0xc1)),
      malformed("a GET that ends in the middle of its descriptor", getOf(logicalDeviceNameValue).subarray(0, 7)),
      malformed("a GET without anything behind its tag", Uint8Array.of(0xc0)),
      refused("a GET of an object that does not exist", getOf(nowhere)),
      refused("a GET of an attribute that the class does not have", getOf({ ...logicalDeviceNameValue, attributeId: 99 })),
      refused("a GET with a class that the object is not of", getOf({ ...logicalDeviceNameValue, classId: 8 })),
      foreign(
        "a Read with short names",
        encodeApdu({ type: "read-request", specifications: [{ type: "variable-name", variableName: 0xfa00 }] }),
      ),
    ],
  },
  {
    id: "APPL_DATA_LN_N3",
    title: "SET that cannot be served",
    group: "application",
    source: "ATS_AL 6.3; Green Book 9.3.7, 9.5",
    subtests: [
      malformed("an unknown choice of SET", Uint8Array.of(0xc1, 0x7f, 0xc1)),
      malformed("a SET without a value", setOf(nowhere).subarray(0, -1)),
      refused("a SET of an object that does not exist", setOf(nowhere)),
      refused("a SET of an attribute that the class does not have", setOf({ ...logicalDeviceNameValue, attributeId: 99 })),
      refused("a SET of the logical name, which is static", setOf({ ...logicalDeviceNameValue, attributeId: 1 })),
      foreign(
        "a Write with short names",
        encodeApdu({ type: "write-request", specifications: [{ type: "variable-name", variableName: 0xfa00 }], data: [nullData] }),
      ),
    ],
  },
  {
    id: "APPL_DATA_LN_N4",
    title: "services that are not there",
    group: "application",
    source: "ATS_AL 6.3; Green Book 9.4.6.1, 9.5",
    subtests: [
      notNegotiated("set", "SET where GET alone is negotiated", setOf(nowhere)),
      notNegotiated(
        "action",
        "ACTION where GET alone is negotiated",
        encodeApdu({
          type: "action-request-normal",
          invoke,
          method: { classId: 8, logicalName: nowhere.logicalName, methodId: 1 },
          parameter: undefined,
        }),
      ),
      foreign("an APDU with a tag that nobody knows", Uint8Array.of(0x3f, 0x01, 0xc1, 0x00)),
    ],
  },
];

function getOf(attribute: AttributeOf): Uint8Array {
  return encodeApdu({ type: "get-request-normal", invoke, attribute, selection: undefined });
}

function setOf(attribute: AttributeOf): Uint8Array {
  return encodeApdu({ type: "set-request-normal", invoke, attribute, selection: undefined, value: nullData });
}

/** What cannot be decoded is answered by an exception-response, or by the answer of its service with a refusal in it. */
function malformed(what: string, plain: Uint8Array): Subtest {
  return refusal(what, "a refusal", plain);
}

/** What can be decoded, and means nothing here. */
function refused(what: string, plain: Uint8Array): Subtest {
  return refusal(what, "its Data-Access-Result or an exception-response", plain);
}

function refusal(what: string, by: string, plain: Uint8Array): Subtest {
  return {
    title: `${what} is answered by ${by}, and the association stays`,
    run: async (tester) => {
      const association = await withLogicalNames(tester);
      mustRefuse(await association.exchangeApdu(plain), what);
      await association.mustServe(`after ${what}`);
    },
  };
}

/** What belongs to no service of the association may be left unanswered as well. */
function foreign(what: string, plain: Uint8Array): Subtest {
  return {
    title: `${what} is refused or left unanswered, and the association stays`,
    run: async (tester) => {
      const association = await withLogicalNames(tester);
      const answer = await association.exchangeApdu(plain);
      if (answer.type !== "silence") mustRefuse(answer, what);
      await association.mustServe(`after ${what}`);
    },
  };
}

/** The service is left out of the proposal; high level security cannot do without ACTION. */
function notNegotiated(service: "set" | "action", what: string, plain: Uint8Array): Subtest {
  return {
    title: `${what} is refused, and the association stays`,
    run: async (tester) => {
      const prepared = await tester.prepare();
      if (prepared.shortNames) inapplicable("the declared association has short names");
      const authenticatesByAction = prepared.options.authentication.mechanism === "hls";
      if (authenticatesByAction && service === "action") inapplicable("the association authenticates by ACTION");
      const proposedConformance: Conformance = new Set(authenticatesByAction ? ["get", "action"] : ["get"]);
      const { initiate } = await prepared.establish({ initiate: (request) => ({ ...request, proposedConformance }) });
      must(!initiate.negotiatedConformance.has(service), `${service} is negotiated and was not proposed`);
      mustRefuse(await prepared.exchangeApdu(plain), what);
      await prepared.mustServe(`after ${what}`);
    },
  };
}

async function withLogicalNames(tester: Tester): Promise<TestAssociation> {
  const prepared = await tester.prepare();
  if (prepared.shortNames) inapplicable("the declared association has short names");
  await prepared.establish();
  return prepared;
}
