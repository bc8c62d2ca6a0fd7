import { encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import type { TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable } from "../../verdict.ts";
import { mustRefuse, readDeviceName } from "./refusals.ts";

/** A base name in the range that is kept for future use (Green Book 9.3.14, Blue Book 4.1.4). */
const nowhere = 0xffff;
const unknown = { type: "variable-name", variableName: nowhere } as const;
const nullData = Uint8Array.of(0);

/** Requests of Read, Write and others that cannot be served with short names (ATS_AL 6.4). */
export const shortNameServiceCases: readonly ConformanceCase[] = [
  {
    id: "APPL_DATA_SN_N1",
    title: "Read that cannot be served",
    group: "application",
    source: "ATS_AL 6.4; Green Book 9.3.14, 9.5",
    subtests: [
      refused("a Read of a name that does not exist", encodeApdu({ type: "read-request", specifications: [unknown] })),
      refused("a Read with an access that nobody knows", Uint8Array.of(0x05, 0x01, 0x63, 0xfa, 0x00)),
      refused("a Read that ends before its name", Uint8Array.of(0x05, 0x01, 0x02, 0xfa)),
    ],
  },
  {
    id: "APPL_DATA_SN_N2",
    title: "Write that cannot be served",
    group: "application",
    source: "ATS_AL 6.4; Green Book 9.3.15, 9.5",
    subtests: [
      refused("a Write to a name that does not exist", encodeApdu({ type: "write-request", specifications: [unknown], data: [nullData] })),
      refused("a Write without its value", Uint8Array.of(0x06, 0x01, 0x02, 0xff, 0xff, 0x01)),
    ],
  },
  {
    id: "APPL_DATA_SN_N3",
    title: "services that are not of short names",
    group: "application",
    source: "ATS_AL 6.4; Green Book 9.4.6.1",
    subtests: [refused("a GET with logical names", readDeviceName)],
  },
];

function refused(what: string, plain: Uint8Array): Subtest {
  return {
    title: `${what} is refused, and the association stays`,
    run: async (tester) => {
      const association = await withShortNames(tester);
      mustRefuse(await association.exchangeApdu(plain), what);
      await association.mustServe(`after ${what}`);
    },
  };
}

async function withShortNames(tester: Tester): Promise<TestAssociation> {
  const association = tester.declaration.associations.find((each) => each.options().referencing === "short-name");
  return association === undefined ? inapplicable("no association with short names is declared") : tester.associate(association);
}
