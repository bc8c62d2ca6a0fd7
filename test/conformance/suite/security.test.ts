import { expect } from "chai";
import { securityCases } from "../../../src/conformance/cases/security/index.ts";
import type { Declaration } from "../../../src/conformance/declaration.ts";
import type { SecuritySuite } from "../../../src/dlms/security/suite.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { asReader } from "../../support/sample-meter.ts";
import { asClient, clients, factoryKeys, SecuredMeter } from "../../support/secured-meter.ts";
import { declared, runSuite, verdictsOf } from "./harness.ts";

const under = (role: "technician" | "management", suite: SecuritySuite) => ({
  name: role,
  options: () => ({ serverSap: 1, clientSap: clients[role], ...asClient(role, suite) }),
});

/** The verdicts that are not passed, each by the reason for it. */
async function notPassed(
  link: "wrapper" | "hdlc",
  roles: readonly ("technician" | "management")[],
  suite: SecuritySuite,
  declaration: Partial<Declaration> = {},
) {
  const timers = new VirtualTimers();
  const meter = new SecuredMeter({ suite, server: { timers } });
  const zone = meter.meter.zone;
  const before = [...meter.setups.values()].map(({ latest }) => latest);
  const associations = roles.map((role) => under(role, suite));
  const results = await runSuite(securityCases, { server: meter.server, link, timers, associations, declaration });
  const after = [...meter.setups.values()].map(({ latest }) => latest);
  for (const [index, ring] of after.entries()) {
    expect(ring.policy).to.equal(before[index]?.policy);
    for (const name of ["global-unicast", "authentication", "global-broadcast", "master"] as const) {
      expect(ring.keys[name]?.exposeSecret()).to.deep.equal(before[index]?.keys[name]?.exposeSecret());
    }
  }
  expect(meter.meter.zone).to.deep.equal(zone);
  return reasonsIn(results);
}

/** "ID S1: reason", by verdict and reason. */
function reasonsIn(results: Awaited<ReturnType<typeof runSuite>>): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const { id, subtests } of results)
    for (const subtest of subtests) {
      if (subtest.verdict === "passed") continue;
      const key = `${subtest.verdict}: ${subtest.reason}`;
      (found[key] ??= []).push(`${id} ${subtest.id}`);
    }
  return found;
}

/** Subtests that change a setting of the device, as those of the first association. */
const changingSettings = [
  "SYMSEC_BasicCap_1 S3",
  "SYMSEC_SecDataX_P1 S3",
  "SYMSEC_SecDataX_P1 S4",
  "SYMSEC_SecDataX_N1 S2",
  "SYMSEC_SecDataX_N1 S4",
  "SYMSEC_SecDataX_N1 S6",
  "SYMSEC_SecDataX_N1 S8",
  "SYMSEC_SecDataX_N1 S10",
  "SYMSEC_FraCount_1 S5",
];
const changingPolicies = ["SYMSEC_SecPol_1 S1", "SYMSEC_SecPol_2 S1"];
const changingKeys = [
  "SYMSEC_Key_Tx_P1 S1",
  "SYMSEC_Key_Tx_P2 S1",
  "SYMSEC_Key_Tx_P3 S1",
  ...["S1", "S2"].map((id) => `SYMSEC_Key_Tx_N1 ${id}`),
  ...["S1", "S2", "S3", "S4"].map((id) => `SYMSEC_Key_Tx_N2 ${id}`),
];

describe("Conformance suite, security", () => {
  for (const link of ["wrapper", "hdlc"] as const)
    for (const suite of [0, 1, 2] as const)
      it(`finds nothing wrong with the meter, suite ${suite} over ${link}, and leaves it as it was`, async () => {
        const masterKey = factoryKeys(suite).master.exposeSecret();
        expect(await notPassed(link, ["technician", "management"], suite, { mayWrite: true, masterKey })).to.deep.equal({
          "inconclusive: there is no attribute to change and change back": changingSettings,
        });
      });

  it("changes nothing without leave", async () => {
    expect(await notPassed("wrapper", ["management"], 0)).to.deep.equal({
      "inconclusive: changing the device is not allowed": [...changingSettings, ...changingPolicies, ...changingKeys],
    });
  });

  it("changes no keys without the master key, or with one of another suite", async () => {
    expect(await notPassed("wrapper", ["management"], 0, { mayWrite: true })).to.deep.equal({
      "inconclusive: no master key is declared": changingKeys,
    });
    expect(await notPassed("wrapper", ["management"], 0, { mayWrite: true, masterKey: new Uint8Array(32) })).to.deep.equal({
      "inconclusive: the master key has 32 octets, not 16": changingKeys,
    });
  });

  it("begins nothing where it could not put the keys back, or does not know the policy", async () => {
    const masterKey = factoryKeys(0).master.exposeSecret();
    const unknown = "inconclusive: the policy in force cannot be read";
    const found = await notPassed("wrapper", ["technician"], 0, { mayWrite: true, masterKey });
    expect(found[unknown]).to.include.members([...changingPolicies, "SYMSEC_SecDataX_N1 S9", "SYMSEC_SecPol_3 S1", "SYMSEC_SecPol_3 S2"]);
    expect(
      found["inconclusive: no declared association may invoke method 2 of the security setup (technician: object-undefined)"],
    ).to.deep.equal(changingKeys);
    const wrong = await notPassed("wrapper", ["management"], 0, { mayWrite: true, masterKey: masterKey.map((octet) => octet ^ 1) });
    expect(wrong).to.deep.equal({
      "inconclusive: no declared association may invoke method 2 of the security setup (management: other-reason)": changingKeys,
    });
  });

  it("has nothing to do where no association is under keys", async () => {
    const timers = new VirtualTimers();
    const { server } = new SecuredMeter({ server: { timers } });
    const results = await runSuite(securityCases, { server, link: "wrapper", timers, associations: [declared("reader", asReader)] });
    expect(Object.keys(reasonsIn(results))).to.deep.equal(["inapplicable: no declared association is under keys"]);
    expect(verdictsOf(results).filter((verdict) => verdict.endsWith(" passed"))).to.deep.equal([]);
  });
});
