import { expect } from "chai";
import { securityCases } from "../../../src/conformance/cases/security/index.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { asClient, factoryKeys, SecuredMeter } from "../../support/secured-meter.ts";
import { runSuite, verdictsOf } from "./harness.ts";

const declared = (role: "technician" | "management", suite: 0 | 1 | 2) => ({
  name: role,
  options: () => ({ serverSap: 1, clientSap: 3, ...asClient(role, suite) }),
});

describe("Conformance suite, security", () => {
  for (const link of ["wrapper", "hdlc"] as const)
    for (const suite of [0, 1, 2] as const)
      it(`finds nothing wrong with the meter, suite ${suite} over ${link}`, async () => {
        const timers = new VirtualTimers();
        const { server } = new SecuredMeter({ suite, server: { timers } });
        const results = await runSuite(securityCases, {
          server,
          link,
          timers,
          associations: [declared("technician", suite), declared("management", suite)],
          declaration: { mayWrite: true, masterKey: factoryKeys(suite).master.exposeSecret() },
        });
        expect(verdictsOf(results).filter((verdict) => !verdict.endsWith(" passed"))).to.deep.equal([]);
      });
});
