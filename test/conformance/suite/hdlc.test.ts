import { expect } from "chai";
import type { CaseResult, ConformanceCase } from "../../../src/conformance/case.ts";
import { hdlcCases, hdlcExtraCases } from "../../../src/conformance/cases/hdlc/index.ts";
import type { Meter } from "../../../src/meter-model/index.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { asReader, sampleMeter, sampleServer } from "../../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../../support/secured-meter.ts";
import { cutLine, faultyLine } from "./faulty-line.ts";
import { type DeviceUnderTest, declared, exceptPassed, failedOf, runSuite, verdictsOf } from "./harness.ts";
import { hdlcExtraMutants } from "./hdlc-extra-mutants.ts";
import { frameMutants } from "./hdlc-frame-mutants.ts";
import { type LawfulDevice, lawfulDevices } from "./hdlc-lawful.ts";
import { linkMutants } from "./hdlc-link-mutants.ts";

const cases = [...hdlcCases, ...hdlcExtraCases];
const mutants = [...frameMutants, ...linkMutants, ...hdlcExtraMutants];
const sample = sampleMeter(3_600_000);

const reader = declared("reader", asReader);
const publicClient = declared("public", { clientSap: 16 });

/** The forms in which the sample meter may be called besides the upper address alone. */
const forms = [
  { logical: 1, physical: 17 },
  { logical: 1, physical: 17, length: 4 },
] as const;

/** How a device, or what is declared of it, is another than the sample meter. */
type Variation = Partial<Pick<DeviceUnderTest, "link" | "between" | "associations" | "declaration">> &
  Pick<LawfulDevice, "station" | "server"> & {
    readonly meter?: Meter;
  };

/** Runs cases against the sample meter. */
function run(
  selected: readonly ConformanceCase[],
  { station, server, declaration, meter = sample, ...more }: Variation = {},
): Promise<readonly CaseResult[]> {
  const timers = new VirtualTimers();
  return runSuite(selected, {
    server: sampleServer(meter, { timers, ...server, ...(station && { hdlc: station }) }),
    link: "hdlc",
    timers,
    associations: [reader, publicClient],
    declaration: { hdlcAddressForms: forms, ...declaration },
    ...more,
  });
}

describe("Conformance suite, HDLC", () => {
  it("has the 22 cases of ATS_DL", () => {
    expect(hdlcCases.map(({ id }) => id)).to.deep.equal([
      ...["P1", "P2", "P3", "N1", "N2", "N3", "N4", "N5", "N7", "N8"].map((id) => `HDLC_FRAME_${id}`),
      ...["P1", "N1", "N4", "N6", "N7"].map((id) => `HDLC_ADDRESS_${id}`),
      ...["HDLC_NDM2NRM_P1", "HDLC_NDM2NRM_P2"],
      ...["P1", "N1", "N2", "N3"].map((id) => `HDLC_INFO_${id}`),
      "HDLC_NDMOP_N1",
    ]);
    expect(new Set(cases.map(({ id }) => id))).to.have.lengthOf(cases.length);
  });

  it("finds nothing wrong with the meter, whichever way it is called", async () => {
    expect(exceptPassed(await run(cases))).to.deep.equal(["HDLC_ADDRESS_N6 S1 inapplicable: an address of one octet is declared"]);
    const onlyTwo = { hdlcAddress: { logical: 1, physical: 17 }, hdlcAddressForms: [] };
    expect(exceptPassed(await run(cases, { station: { addressLengths: [2] }, declaration: onlyTwo }))).to.deep.equal([
      "HDLC_ADDRESS_P1 S1 inapplicable: no address of one octet is declared",
      "HDLC_ADDRESS_P1 S3 inapplicable: no address of four octets is declared",
      "HDLC_ADDRESS_N4 S1 inapplicable: no address of one octet is declared",
      "HDLC_ADDRESS_N4 S4 inapplicable: no address of four octets is declared",
      "HDLC_ADDRESS_N4 S5 inapplicable: no address of four octets is declared",
      "X_HDLC_ALL_STATION S6 inapplicable: no address of four octets is declared",
    ]);
    const onlyFour = { hdlcAddress: { logical: 1, physical: 17, length: 4 }, hdlcAddressForms: [] } as const;
    const results = await run(hdlcCases, { station: { addressLengths: [4] }, declaration: onlyFour });
    expect(exceptPassed(results)).to.deep.equal([
      "HDLC_ADDRESS_P1 S1 inapplicable: no address of one octet is declared",
      "HDLC_ADDRESS_P1 S2 inapplicable: no address of two octets is declared",
      "HDLC_ADDRESS_N4 S1 inapplicable: no address of one octet is declared",
      "HDLC_ADDRESS_N4 S2 inapplicable: no address of two octets is declared",
      "HDLC_ADDRESS_N4 S3 inapplicable: no address of two octets is declared",
    ]);
  });

  it("finds nothing wrong with a meter under keys", async () => {
    const timers = new VirtualTimers();
    const { server } = new SecuredMeter({ server: { timers } });
    const technician = { name: "technician", options: () => ({ serverSap: 1, clientSap: 3, ...asClient("technician", 0) }) };
    const results = await runSuite(cases, {
      server,
      link: "hdlc",
      timers,
      associations: [technician],
      declaration: { hdlcAddressForms: forms },
    });
    expect(exceptPassed(results)).to.deep.equal([
      "HDLC_ADDRESS_N6 S1 inapplicable: an address of one octet is declared",
      "X_HDLC_TWO_CLIENTS S1 inapplicable: no second client of the logical device is declared",
    ]);
  });

  it("asks a small link for no more than is declared", async () => {
    const hdlcProposal = {
      maxInformationFieldLengthTransmit: 128,
      maxInformationFieldLengthReceive: 128,
      windowSizeTransmit: 1,
      windowSizeReceive: 1,
    };
    const results = await run(cases, { station: hdlcProposal, declaration: { hdlcProposal } });
    const tooLong = [256, 512, 1024, 2030].map((_, index) => `HDLC_NDM2NRM_P1 S${index + 4}`);
    const tooWide = [2, 3, 4, 5, 6, 7].map((size) => `HDLC_NDM2NRM_P2 S${size}`);
    expect(exceptPassed(results)).to.deep.equal([
      "HDLC_ADDRESS_N6 S1 inapplicable: an address of one octet is declared",
      ...[...tooLong, "HDLC_NDM2NRM_P1 S8"].map((id) => `${id} inapplicable: the link may be asked for 128 octets at most`),
      ...[...tooWide, "HDLC_NDM2NRM_P2 S8"].map((id) => `${id} inapplicable: the link may be asked for a window of 1 at most`),
      "HDLC_INFO_P1 S3 inapplicable: the device takes no more than one frame in a row",
      "X_HDLC_ANSWER_LOST S3 inapplicable: the device sends no more than one frame in a row",
    ]);
  });

  it("waits for the inactivity time-out no longer than is declared, and not where it is not to be read", async () => {
    const selected = cases.filter(({ id }) => id === "HDLC_FRAME_P3");
    const [impatient] = await run(selected, { declaration: { patience: 150_000 } });
    expect(impatient?.subtests.map(({ verdict }) => verdict)).to.deep.equal(["inconclusive", "passed"]);
    expect(impatient?.subtests[0]?.reason).to.equal("the inactivity time-out of 120 s is beyond what the tester waits, 150 s");
    const [unknown] = await run(selected, { associations: [publicClient] });
    expect(unknown?.subtests.map(({ reason }) => reason)).to.deep.equal(Array(2).fill("inactivity_time_out cannot be read"));
  });

  it("goes by the inactivity time-out that the device says it has", async () => {
    const selected = cases.filter(({ id }) => id === "HDLC_FRAME_P3");
    const saying = (seconds: number) => {
      const meter = sampleMeter(3_600_000);
      meter.parameters.set("0.0.22.0.0.255:8", Uint8Array.of(0x12, 0x00, seconds));
      return run(selected, { meter, station: { inactivityTimeout: 60_000 } });
    };
    const off = "inapplicable: the inactivity time-out is off";
    expect(exceptPassed(await saying(0))).to.deep.equal([`HDLC_FRAME_P3 S1 ${off}`, `HDLC_FRAME_P3 S2 ${off}`]);
    expect(exceptPassed(await saying(60))).to.deep.equal([]);
    expect(failedOf((await saying(120))[0])).to.deep.equal(["S1"]);
    expect(failedOf((await saying(30))[0])).to.deep.equal(["S2"]);
  });

  it("finds nothing wrong with a meter that is called by short names", async () => {
    const results = await run(cases, { associations: [declared("reader", { ...asReader, referencing: "short-name" })] });
    expect(exceptPassed(results)).to.deep.equal([
      "HDLC_FRAME_P3 S1 inconclusive: inactivity_time_out cannot be read",
      "HDLC_FRAME_P3 S2 inconclusive: inactivity_time_out cannot be read",
      "HDLC_ADDRESS_N6 S1 inapplicable: an address of one octet is declared",
      "X_HDLC_TWO_CLIENTS S1 inapplicable: no second client of the logical device is declared",
      "X_HDLC_PAUSE S1 inapplicable: inter_octet_time_out cannot be read",
    ]);
  });

  it("is inapplicable where HDLC is not spoken", async () => {
    const results = await run(cases, { link: "wrapper" });
    for (const { reason, verdict } of results.flatMap(({ subtests }) => subtests)) {
      expect(`${verdict}: ${reason}`).to.equal("inapplicable: the device is reached without HDLC");
    }
  });

  it("comes to the same wherever chunks are cut", async () => {
    const whole = verdictsOf(await run(cases));
    for (const length of [1, 5, 200]) expect(verdictsOf(await run(cases, { between: cutLine(length) })), `${length}`).to.deep.equal(whole);
  });

  describe("lets pass a device that", () => {
    for (const { what, ids, difference, ...device } of lawfulDevices) {
      it(what, async () => {
        const selected = cases.filter(({ id }) => ids?.includes(id) ?? true);
        expect(selected).to.have.lengthOf(ids?.length ?? cases.length);
        const results = await run(selected, { ...device, ...(difference && { between: faultyLine(difference) }) });
        const known = "HDLC_ADDRESS_N6 S1 inapplicable: an address of one octet is declared";
        expect(exceptPassed(results).filter((line) => line !== known)).to.deep.equal([]);
      });
    }
  });

  describe("finds a device that", () => {
    for (const { id, what, failed, because, fault, station, declaration } of mutants) {
      it(`${what} (${id})`, async () => {
        const results = await run(
          cases.filter((conformanceCase) => conformanceCase.id === id),
          { ...(station && { station }), ...(declaration && { declaration }), ...(fault && { between: faultyLine(fault) }) },
        );
        expect(failedOf(results[0]), verdictsOf(results).join("\n")).to.deep.equal(failed);
        expect(results[0]?.subtests.find(({ verdict }) => verdict === "failed")?.reason).to.equal(because);
        const others = results[0]?.subtests.filter(({ verdict }) => verdict !== "failed");
        for (const { verdict, id: subtest } of others ?? []) expect(verdict, subtest).to.equal("passed");
      });
    }
  });

  it("has every subtest found able to fail", async () => {
    const found = new Set(mutants.flatMap(({ id, failed }) => failed.map((subtest) => `${id} ${subtest}`)));
    const results = await run(cases);
    expect([...found].sort()).to.deep.equal(results.flatMap(({ id, subtests }) => subtests.map((subtest) => `${id} ${subtest.id}`)).sort());
  });
});
