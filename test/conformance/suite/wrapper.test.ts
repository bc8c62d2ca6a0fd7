import { expect } from "chai";
import type { CaseResult, ConformanceCase } from "../../../src/conformance/case.ts";
import { wrapperCases } from "../../../src/conformance/cases/extra/wrapper.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { headerAt, wrapperHeaderLength, wrapperVersion } from "../../../src/wrapper/index.ts";
import { asReader, sampleMeter, sampleServer } from "../../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../../support/secured-meter.ts";
import { cutLine, faultyLine } from "./faulty-line.ts";
import { type DeviceUnderTest, declared, exceptPassed, failedOf, runSuite, verdictsOf } from "./harness.ts";
import { wrapperMutants } from "./wrapper-mutants.ts";

const meter = sampleMeter(3_600_000);
const reader = declared("reader", asReader);
const publicClient = declared("public", { clientSap: 16 });

/** Runs cases against the sample meter. */
function run(
  cases: readonly ConformanceCase[],
  more: Partial<Pick<DeviceUnderTest, "link" | "between" | "associations">> = {},
): Promise<readonly CaseResult[]> {
  const timers = new VirtualTimers();
  const server = sampleServer(meter, { timers });
  return runSuite(cases, { server, link: "wrapper", timers, associations: [reader, publicClient], ...more });
}

/** True for one wrapper PDU, whole. */
function isSound(octets: Uint8Array): boolean {
  const { version, length } = headerAt(octets, 0);
  return version === wrapperVersion && length > 0 && octets.length === wrapperHeaderLength + length;
}

describe("Conformance suite, wrapper", () => {
  it("finds nothing wrong with the meter", async () => {
    expect(exceptPassed(await run(wrapperCases))).to.deep.equal([]);
    expect(exceptPassed(await run(wrapperCases, { associations: [publicClient] }))).to.deep.equal([
      "X_WRAPPER_CHANNELS S1 inapplicable: no association between other ports is declared",
      "X_WRAPPER_CHANNELS S2 inapplicable: no association between other ports is declared",
    ]);
  });

  it("finds nothing wrong with a meter under keys", async () => {
    const timers = new VirtualTimers();
    const { server } = new SecuredMeter({ server: { timers } });
    const technician = { name: "technician", options: () => ({ serverSap: 1, clientSap: 3, ...asClient("technician", 0) }) };
    const results = await runSuite(wrapperCases, { server, link: "wrapper", timers, associations: [technician, publicClient] });
    expect(exceptPassed(results)).to.deep.equal([]);
  });

  it("finds nothing wrong with a meter that is called by short names", async () => {
    const byShortNames = declared("reader", { ...asReader, referencing: "short-name" });
    expect(exceptPassed(await run(wrapperCases, { associations: [byShortNames, publicClient] }))).to.deep.equal([]);
  });

  it("lets pass a device that keeps the connection after octets that it cannot read", async () => {
    const deaf = faultyLine(() => ({ request: (octets) => (isSound(octets) ? octets : undefined) }));
    const selected = wrapperCases.filter(({ id }) => id === "X_WRAPPER_VERSION" || id === "X_WRAPPER_LENGTH");
    expect(exceptPassed(await run(selected, { between: deaf }))).to.deep.equal([]);
  });

  it("lets pass a device that takes one association on a connection", async () => {
    const selected = wrapperCases.filter(({ id }) => id === "X_WRAPPER_CHANNELS");
    const one = faultyLine(() => ({ request: (octets) => (headerAt(octets, 0).sourceWPort === asReader.clientSap ? octets : undefined) }));
    expect(exceptPassed(await run(selected, { between: one }))).to.deep.equal([
      "X_WRAPPER_CHANNELS S2 inapplicable: the device takes one association on a connection",
    ]);
  });

  it("cuts and joins no datagrams", async () => {
    expect(exceptPassed(await run(wrapperCases, { link: "wrapper-udp" }))).to.deep.equal(
      ["SPLIT S1", "SPLIT S2", "TOGETHER S1", "TOGETHER S2"].map(
        (id) => `X_WRAPPER_${id} inapplicable: a datagram holds one wrapper PDU, whole`,
      ),
    );
  });

  it("is inapplicable over HDLC", async () => {
    const results = await run(wrapperCases, { link: "hdlc" });
    for (const { reason, verdict } of results.flatMap(({ subtests }) => subtests)) {
      expect(`${verdict}: ${reason}`).to.equal("inapplicable: the device is reached over HDLC");
    }
  });

  it("comes to the same wherever chunks are cut", async () => {
    // The longest PDUs go in fewer pieces, to save time.
    const short = wrapperCases.filter(({ id }) => id !== "X_WRAPPER_LENGTH");
    for (const [length, cases] of [
      [1, short],
      [5, short],
      [2000, wrapperCases],
    ] as const) {
      const whole = verdictsOf(await run(cases));
      expect(verdictsOf(await run(cases, { between: cutLine(length) })), `${length}`).to.deep.equal(whole);
    }
  });

  describe("finds a device that", () => {
    for (const { id, what, failed, because, fault } of wrapperMutants) {
      it(`${what} (${id})`, async () => {
        const [result] = await run(
          wrapperCases.filter((conformanceCase) => conformanceCase.id === id),
          { between: faultyLine(fault()) },
        );
        expect(failedOf(result)).to.deep.equal(failed);
        expect(result?.subtests.find(({ verdict }) => verdict === "failed")?.reason).to.equal(because);
        expect(exceptPassed(result === undefined ? [] : [result])).to.have.lengthOf(failed.length);
      });
    }
  });

  it("has every subtest found able to fail", async () => {
    const found = new Set(wrapperMutants.flatMap(({ id, failed }) => failed.map((subtest) => `${id} ${subtest}`)));
    const results = await run(wrapperCases);
    expect([...found].sort()).to.deep.equal(results.flatMap(({ id, subtests }) => subtests.map((subtest) => `${id} ${subtest.id}`)).sort());
  });
});
