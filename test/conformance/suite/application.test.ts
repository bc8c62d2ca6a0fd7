import { expect } from "chai";
import { idleCases } from "../../../src/conformance/cases/application/idle.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { asReader, sampleMeter, sampleServer } from "../../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../../support/secured-meter.ts";
import { declared, runSuite, verdictsOf } from "./harness.ts";

describe("Conformance suite, application layer", () => {
  it("finds nothing wrong with the meter", async () => {
    const timers = new VirtualTimers();
    const server = sampleServer(sampleMeter(3_600_000), { timers });
    for (const link of ["wrapper", "hdlc"] as const) {
      const results = await runSuite(idleCases, { server, link, timers, associations: [declared("reader", asReader)] });
      expect(verdictsOf(results)).to.deep.equal(["APPL_IDLE_N1 S1 passed"]);
    }
    const { server: secured } = new SecuredMeter({ server: { timers } });
    const results = await runSuite(idleCases, {
      server: secured,
      link: "wrapper",
      timers,
      associations: [{ name: "technician", options: () => ({ serverSap: 1, clientSap: 3, ...asClient("technician", 0) }) }],
    });
    expect(verdictsOf(results)).to.deep.equal(["APPL_IDLE_N1 S1 passed"]);
  });
});
