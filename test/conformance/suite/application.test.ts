import { expect } from "chai";
import type { CaseResult } from "../../../src/conformance/case.ts";
import { applicationCases } from "../../../src/conformance/cases/application/index.ts";
import type { DeclaredAssociation } from "../../../src/conformance/declaration.ts";
import type { SecuritySuite } from "../../../src/dlms/security/suite.ts";
import { TransportError } from "../../../src/errors.ts";
import type { DlmsServer } from "../../../src/server/dlms-server.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { asReader, sampleMeter, sampleServer } from "../../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../../support/secured-meter.ts";
import { declared, runSuite } from "./harness.ts";

/** All that did not pass, as "ID S1 verdict: reason". */
const notPassed = (results: readonly CaseResult[]): readonly string[] =>
  results.flatMap(({ id, subtests }) =>
    subtests.flatMap((subtest) => (subtest.verdict === "passed" ? [] : [`${id} ${subtest.id} ${subtest.verdict}: ${subtest.reason}`])),
  );

const withoutUsers = ["S1", "S2"].map((id) => `APPL_OPEN_2 ${id} inapplicable: no association with a user list is declared`);
const withoutTitle = ["S2", "S3"].map((id) => `APPL_OPEN_6 ${id} inapplicable: the declared association has no calling-AP-title`);
const withoutShortNames = ["N1 S1", "N1 S2", "N1 S3", "N2 S1", "N2 S2", "N3 S1"].map(
  (id) => `APPL_DATA_SN_${id} inapplicable: no association with short names is declared`,
);
const contextBesides = "APPL_OPEN_5 S3 inconclusive: the device has the application context short-name too, which nobody declared";

describe("Conformance suite, application layer", () => {
  const run = async (
    server: (timers: VirtualTimers) => DlmsServer,
    link: "wrapper" | "hdlc",
    associations: readonly DeclaredAssociation[],
  ) => {
    const timers = new VirtualTimers();
    return notPassed(await runSuite(applicationCases, { server: server(timers), link, timers, associations }));
  };
  const sample = (timers: VirtualTimers) => sampleServer(sampleMeter(3_600_000), { timers });
  const secured =
    (suite: SecuritySuite): ((timers: VirtualTimers) => DlmsServer) =>
    (timers) =>
      new SecuredMeter({ suite, server: { timers } }).server;

  for (const link of ["wrapper", "hdlc"] as const) {
    it(`finds nothing wrong with the meter, without keys, over ${link}`, async () => {
      expect(await run(sample, link, [declared("reader", asReader), declared("public", { clientSap: 16 })])).to.deep.equal([
        ...withoutUsers,
        "APPL_OPEN_3 S1 inapplicable: no association with high level security is declared",
        contextBesides,
        ...withoutTitle,
        ...withoutShortNames,
      ]);
    });

    for (const suite of [0, 1, 2] as const) {
      it(`finds nothing wrong with the meter, under keys of suite ${suite}, over ${link}`, async () => {
        const technician = { name: "technician", options: () => ({ serverSap: 1, ...asClient("technician", suite), clientSap: 3 }) };
        expect(await run(secured(suite), link, [technician])).to.deep.equal([
          ...withoutUsers,
          "APPL_OPEN_7 S9 inapplicable: the association has no password",
          "APPL_OPEN_9 S1 inapplicable: every declared association is ciphered",
          "APPL_OPEN_14 S2 inapplicable: the declared association is ciphered",
          "APPL_DATA_LN_N4 S2 inapplicable: the association authenticates by ACTION",
          ...withoutShortNames,
        ]);
      });
    }
  }

  it("finds nothing wrong with the meter, with short names", async () => {
    const shortNames = declared("reader", { ...asReader, referencing: "short-name" });
    expect(await run(sample, "wrapper", [shortNames])).to.deep.equal([
      ...withoutUsers,
      "APPL_OPEN_3 S1 inapplicable: no association with high level security is declared",
      contextBesides.replace("short-name", "logical-name"),
      ...withoutTitle,
      ...["S3", "S4", "S5"].map((id) => `APPL_OPEN_14 ${id} inapplicable: blocks of GET are of associations with logical names`),
      ...["N1 S1", "N1 S2", "N1 S3", "N1 S4", "N1 S5", "N1 S6", "N1 S7", "N3 S1", "N3 S2", "N3 S3", "N3 S4", "N3 S5", "N3 S6"].map(
        (id) => `APPL_DATA_LN_${id} inapplicable: the declared association has short names`,
      ),
      ...["S1", "S2", "S3"].map((id) => `APPL_DATA_LN_N4 ${id} inapplicable: the declared association has short names`),
    ]);
  });

  it("says that nothing is known where nobody answers", async () => {
    const timers = new VirtualTimers();
    const results = await runSuite(applicationCases, {
      server: sample(timers),
      link: "wrapper",
      timers,
      associations: [declared("reader", asReader)],
      declaration: { open: () => Promise.reject(new TransportError("refused", "nobody listens there")) },
    });
    const verdicts = new Set(results.flatMap(({ subtests }) => subtests.map(({ verdict }) => verdict)));
    expect([...verdicts].sort()).to.deep.equal(["inapplicable", "inconclusive"]);
    expect(results[0]?.subtests[0]?.reason).to.equal("no connection to the device: nobody listens there");
  });
});
