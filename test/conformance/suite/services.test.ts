import { expect } from "chai";
import { serviceCases } from "../../../src/conformance/cases/extra/index.ts";
import type { DeclaredAssociation } from "../../../src/conformance/declaration.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { apduTags } from "../../../src/dlms/xdlms/tags.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { asReader, sampleMeter, sampleServer, technician } from "../../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../../support/secured-meter.ts";
import { type ApduFault, declared, runSuite, verdictsOf } from "./harness.ts";

const asTechnician = declared("technician", { ...asReader, clientSap: 3 });
const deviceName = Uint8Array.of(9, 4, 0x41, 0x42, 0x43, 0x44);

/** A device that answers some APDUs otherwise than it should. */
const answers = (change: (answer: Apdu, request: Apdu) => Apdu): ApduFault => ({
  answer: (apdu, request) => {
    if (apdu[0] === apduTags.aare.plain || apdu[0] === apduTags.rlre.plain) return apdu;
    return encodeApdu(change(decodeApdu(apdu), decodeApdu(request)));
  },
});

const served = (request: Apdu): Uint8Array => {
  const invoke =
    "invoke" in request && "invokeId" in request.invoke
      ? request.invoke
      : { invokeId: 1, confirmed: true, highPriority: true, reserved: 0 };
  if (request.type === "get-request-next") {
    return encodeApdu({ type: "get-response-with-datablock", invoke, lastBlock: true, blockNumber: 9, result: { data: deviceName } });
  }
  if (request.type === "set-request-with-datablock") {
    return encodeApdu({ type: "set-response-last-datablock", invoke, result: "success", blockNumber: request.block.blockNumber });
  }
  return encodeApdu({ type: "get-response-normal", invoke, result: { data: deviceName } });
};

/** A device that carries on with whatever of these comes, fitting or not. */
const carriesOn = (...types: readonly Apdu["type"][]): ApduFault => ({
  request: (apdu) => {
    if (apdu[0] === apduTags.aarq.plain || apdu[0] === apduTags.rlrq.plain) return { forward: apdu };
    const request = decodeApdu(apdu);
    return types.includes(request.type) ? { answer: served(request) } : { forward: apdu };
  },
});

interface Faulty {
  readonly fault: ApduFault;
  readonly fails: readonly string[];
}

/** For each case, devices that it has to find. */
const faults: Readonly<Record<string, readonly Faulty[]>> = {
  X_LONG_GET_P1: [
    {
      // One octet of a small block is lost.
      fault: answers((answer) =>
        answer.type === "get-response-with-datablock" && answer.result.data !== undefined && answer.blockNumber === 2
          ? { ...answer, result: { data: answer.result.data.slice(1) } }
          : answer,
      ),
      fails: ["S1"],
    },
    {
      fault: answers((answer) =>
        answer.type === "get-response-with-datablock"
          ? { ...answer, blockNumber: answer.blockNumber === 3 ? 4 : answer.blockNumber }
          : answer,
      ),
      fails: ["S1"],
    },
  ],
  X_LONG_GET_N1: [{ fault: carriesOn("get-request-next"), fails: ["S1", "S2", "S3"] }],
  X_LONG_SET_N1: [
    { fault: carriesOn("set-request-with-datablock"), fails: ["S1", "S2"] },
    {
      fault: answers((answer, request) =>
        request.type === "set-request-with-first-datablock"
          ? { type: "set-response-datablock", invoke: request.invoke, blockNumber: 2 }
          : answer,
      ),
      fails: ["S1"],
    },
  ],
  X_INVOKE_ID: [
    {
      fault: answers((answer) =>
        answer.type === "get-response-normal" ? { ...answer, invoke: { ...answer.invoke, invokeId: 1 } } : answer,
      ),
      fails: ["S1"],
    },
  ],
  X_GBT_P1: [
    {
      fault: answers((answer) =>
        answer.type === "general-block-transfer" ? { ...answer, blockNumberAck: 7, raw: new Uint8Array() } : answer,
      ),
      fails: ["S1", "S2"],
    },
  ],
  X_GBT_N1: [
    { fault: carriesOn("general-block-transfer"), fails: ["S1"] },
    {
      // Nothing but blocks from the first block on.
      fault: (() => {
        let inBlocks = false;
        return {
          request: (apdu: Uint8Array) => {
            if (apdu[0] === apduTags.aarq.plain) inBlocks = false;
            if (apdu[0] === apduTags["general-block-transfer"].plain) inBlocks = true;
            else if (inBlocks && apdu[0] === apduTags["get-request"].plain) return { answer: undefined };
            return { forward: apdu };
          },
        };
      })(),
      fails: ["S1", "S2"],
    },
  ],
  X_ACCESS_P1: [
    {
      fault: answers((answer) => (answer.type === "access-response" ? { ...answer, data: answer.data.slice(0, 2) } : answer)),
      fails: ["S1"],
    },
    {
      fault: answers((answer) =>
        answer.type === "access-response" ? { ...answer, results: [...answer.results].reverse().slice(1) } : answer,
      ),
      fails: ["S1"],
    },
  ],
};

describe("Conformance suite, services beyond the abstract test suites", () => {
  const run = (link: "wrapper" | "hdlc", associations: readonly DeclaredAssociation[], fault?: ApduFault, cases = serviceCases) => {
    const timers = new VirtualTimers();
    const server = sampleServer(sampleMeter(3_600_000), { timers }, [technician]);
    return runSuite(cases, { server, link, timers, associations, fault });
  };
  const passed = serviceCases.flatMap(({ id, subtests }) =>
    Array.isArray(subtests) ? subtests.map((_, index) => `${id} S${index + 1} passed`) : [],
  );

  for (const link of ["wrapper", "hdlc"] as const) {
    it(`find nothing wrong with the meter, without keys, over ${link}`, async () => {
      expect(verdictsOf(await run(link, [asTechnician]))).to.deep.equal(passed);
    });

    for (const suite of [0, 2] as const) {
      it(`find nothing wrong with the meter, under keys of suite ${suite}, over ${link}`, async () => {
        const timers = new VirtualTimers();
        const { server } = new SecuredMeter({ suite, server: { timers } });
        const associations = [{ name: "technician", options: () => ({ serverSap: 1, ...asClient("technician", suite), clientSap: 3 }) }];
        expect(verdictsOf(await runSuite(serviceCases, { server, link, timers, associations }))).to.deep.equal(passed);
      });
    }
  }

  it("do not apply to an association with short names", async () => {
    const shortNames = declared("reader", { ...asReader, referencing: "short-name" });
    const verdicts = (await run("wrapper", [shortNames])).map(({ verdict }) => verdict);
    expect(new Set(verdicts)).to.deep.equal(new Set(["inapplicable"]));
  });

  it("have a faulty device for each case", () => {
    expect(Object.keys(faults)).to.have.members(serviceCases.map(({ id }) => id));
  });

  for (const conformanceCase of serviceCases) {
    (faults[conformanceCase.id] ?? []).forEach(({ fault, fails }, index) => {
      it(`${conformanceCase.id} finds device ${index + 1}`, async () => {
        const [result] = await run("wrapper", [asTechnician], fault, [conformanceCase]);
        const failed = result?.subtests.filter(({ verdict }) => verdict === "failed") ?? [];
        expect(
          failed.map(({ id }) => id),
          JSON.stringify(result?.subtests.map(({ id, verdict, reason }) => [id, verdict, reason])),
        ).to.deep.equal(fails);
      });
    });
  }
});
