import { expect } from "chai";
import type { AssociationOptions } from "../../../src/client/connect.ts";
import { aarqTags, withAcseFields } from "../../../src/conformance/acse-fields.ts";
import { applicationCases } from "../../../src/conformance/cases/application/index.ts";
import type { DeclaredAssociation } from "../../../src/conformance/declaration.ts";
import type { Aare, Aarq } from "../../../src/dlms/acse/apdus.ts";
import { decodeAare, decodeAarq, encodeAare, encodeAarq, encodeRlre } from "../../../src/dlms/acse/codec.ts";
import { SecretBytes } from "../../../src/dlms/security/secret-bytes.ts";
import { type ApduOf, decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { conformanceNames } from "../../../src/dlms/xdlms/conformance.ts";
import { apduTags } from "../../../src/dlms/xdlms/tags.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { clientTitle } from "../../dlms/association/secure-pair.ts";
import { asReader, readerPassword, sampleMeter, sampleServer } from "../../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../../support/secured-meter.ts";
import { type ApduFault, declared, runSuite } from "./harness.ts";

type Initiate = ApduOf<"initiate-request">;
type Accepted = ApduOf<"initiate-response">;

const isAarq = (apdu: Uint8Array): boolean => apdu[0] === apduTags.aarq.plain;
const invoke = { invokeId: 1, confirmed: true, highPriority: true, reserved: 0 } as const;
const octets = Uint8Array.of(9, 4, 0x41, 0x42, 0x43, 0x44);

/** A device that takes another AARQ than the one it was sent. */
const takesAarq = (change: (aarq: Uint8Array) => Uint8Array): ApduFault => ({
  request: (apdu) => ({ forward: isAarq(apdu) ? change(apdu) : apdu }),
});

const withInitiate = (change: (initiate: Initiate) => Initiate) =>
  takesAarq((bytes) => {
    const aarq: Aarq = decodeAarq(bytes);
    const initiate = decodeApdu(aarq.userInformation ?? new Uint8Array()) as Initiate;
    return encodeAarq({ ...aarq, userInformation: encodeApdu(change(initiate)) });
  });

/** A device whose AARE has another Initiate response in it, where it accepts. */
const answersInitiate = (change: (accepted: Accepted, request: Initiate) => Accepted): ApduFault => ({
  answer: (apdu, request) => {
    if (apdu[0] !== apduTags.aare.plain || !isAarq(request)) return apdu;
    const aare: Aare = decodeAare(apdu);
    if (aare.result !== "accepted") return apdu;
    const asked = decodeApdu(decodeAarq(request).userInformation ?? new Uint8Array()) as Initiate;
    const accepted = decodeApdu(aare.userInformation ?? new Uint8Array()) as Accepted;
    return encodeAare({ ...aare, userInformation: encodeApdu(change(accepted, asked)) });
  },
});

/** A device that does whatever it is asked for, with an association or without. */
const servesAll: ApduFault = {
  request: (apdu) => {
    switch (apdu[0]) {
      case apduTags["get-request"].plain:
        return { answer: encodeApdu({ type: "get-response-normal", invoke, result: { data: octets } }) };
      case apduTags["set-request"].plain:
        return { answer: encodeApdu({ type: "set-response-normal", invoke, result: "success" }) };
      case apduTags["action-request"].plain:
        return { answer: encodeApdu({ type: "action-response-normal", invoke, result: "success", returned: { data: octets } }) };
      case apduTags["read-request"].plain:
        return { answer: encodeApdu({ type: "read-response", results: [{ type: "data", data: octets }] }) };
      case apduTags["write-request"].plain:
        return { answer: encodeApdu({ type: "write-response", results: [{ type: "success" }] }) };
      default:
        return { forward: apdu };
    }
  },
};

const reader = declared("reader", asReader);
const challenged: AssociationOptions & { readonly clientSap: number } = {
  clientSap: 3,
  authentication: {
    mechanism: "hls",
    credentials: { mechanism: "hls-md5", secret: SecretBytes.from(readerPassword) },
    random: (length) => new Uint8Array(length).fill(0x55),
  },
};

interface Faulty {
  readonly fault?: ApduFault;
  readonly associations?: readonly DeclaredAssociation[];
  readonly secured?: boolean;
  /** Subtests that must fail, and no others. */
  readonly fails: readonly string[];
}

const goodFields: Aarq = {
  applicationContext: "logical-name",
  authenticationRequired: true,
  mechanism: "lls",
  authenticationValue: readerPassword,
};

/** For each case, devices that it has to find. */
const faults: Readonly<Record<string, readonly Faulty[]>> = {
  APPL_IDLE_N1: [{ fault: servesAll, fails: ["S1"] }],
  APPL_OPEN_1: [
    { fault: answersInitiate((accepted) => ({ ...accepted, vaaName: 8 })), fails: ["S1"] },
    { fault: answersInitiate((accepted) => ({ ...accepted, negotiatedDlmsVersionNumber: 5 })), fails: ["S1"] },
    { fault: answersInitiate((accepted) => ({ ...accepted, serverMaxReceivePduSize: 11 })), fails: ["S1"] },
    { fault: { request: (apdu) => (isAarq(apdu) ? { answer: undefined } : { forward: apdu }) }, fails: ["S1"] },
    { fault: { ...servesAll, request: (apdu) => (isAarq(apdu) ? { forward: apdu } : { answer: undefined }) }, fails: ["S1"] },
    { associations: [declared("nobody", { clientSap: 77 })], fails: ["S1"] },
  ],
  // The meter takes every user: it has no list of them.
  APPL_OPEN_2: [{ associations: [{ ...reader, users: { known: 1, unknown: 2 } }], fails: ["S2"] }],
  APPL_OPEN_3: [{ fault: servesAll, associations: [declared("technician", challenged)], fails: ["S1", "S2", "S3"] }],
  APPL_OPEN_4: [{ fault: takesAarq((aarq) => withAcseFields(aarq, { [aarqTags.protocolVersion]: undefined })), fails: ["S2"] }],
  APPL_OPEN_5: [
    { fault: takesAarq((aarq) => encodeAarq({ ...decodeAarq(aarq), applicationContext: "logical-name" })), fails: ["S2"] },
    {
      fault: {
        request: (apdu) =>
          isAarq(apdu) && decodeAarq(apdu).applicationContext !== "logical-name"
            ? {
                answer: encodeAare({
                  applicationContext: "logical-name",
                  result: "rejected-permanent",
                  diagnostic: { source: "acse-service-user", value: "no-reason-given" },
                  authenticationRequired: false,
                }),
              }
            : { forward: apdu },
      },
      fails: ["S2", "S3"],
    },
    {
      fault: { request: (apdu) => (isAarq(apdu) && apdu.includes(aarqTags.calledAeQualifier) ? { answer: undefined } : { forward: apdu }) },
      fails: ["S1"],
    },
  ],
  APPL_OPEN_6: [
    {
      fault: takesAarq((aarq) => encodeAarq({ ...decodeAarq(aarq), callingApTitle: clientTitle })),
      secured: true,
      fails: ["S2", "S3"],
    },
  ],
  APPL_OPEN_7: [
    {
      fault: takesAarq((aarq) => encodeAarq({ ...decodeAarq(aarq), ...goodFields })),
      fails: ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9"],
    },
  ],
  APPL_OPEN_9: [
    {
      fault: {
        request: (apdu) => {
          const initiate = isAarq(apdu) ? (decodeApdu(decodeAarq(apdu).userInformation ?? new Uint8Array()) as Initiate) : undefined;
          return initiate?.dedicatedKey === undefined ? { forward: apdu } : { answer: undefined };
        },
      },
      fails: ["S1"],
    },
  ],
  APPL_OPEN_11: [{ fault: answersInitiate((accepted) => ({ ...accepted, negotiatedQualityOfService: 7 })), fails: ["S1"] }],
  APPL_OPEN_12: [
    { fault: withInitiate((initiate) => ({ ...initiate, proposedDlmsVersionNumber: 6 })), fails: ["S1"] },
    {
      fault: answersInitiate((accepted, asked) => ({ ...accepted, negotiatedDlmsVersionNumber: asked.proposedDlmsVersionNumber })),
      fails: ["S2"],
    },
  ],
  APPL_OPEN_13: [
    { fault: withInitiate((initiate) => ({ ...initiate, proposedConformance: new Set(conformanceNames) })), fails: ["S1", "S3"] },
    {
      fault: answersInitiate((accepted, { proposedConformance }) => ({
        ...accepted,
        negotiatedConformance: proposedConformance.size > 2 ? new Set(["get", "set"]) : new Set(["get"]),
      })),
      fails: ["S2", "S3"],
    },
  ],
  APPL_OPEN_14: [
    { fault: withInitiate((initiate) => ({ ...initiate, clientMaxReceivePduSize: 0xffff })), fails: ["S1", "S3", "S4"] },
    {
      fault: withInitiate((initiate) =>
        initiate.clientMaxReceivePduSize === 0 || initiate.clientMaxReceivePduSize === 12
          ? { ...initiate, clientMaxReceivePduSize: 11 }
          : initiate,
      ),
      fails: ["S2", "S5"],
    },
  ],
  APPL_DATA_LN_N1: [
    { fault: servesAll, fails: ["S1", "S2", "S3", "S4", "S5", "S6", "S7"] },
    {
      fault: {
        request: (apdu) => (apdu[0] === apduTags["get-request"].plain && apdu.length < 9 ? { answer: undefined } : { forward: apdu }),
      },
      fails: ["S1", "S2", "S3"],
    },
  ],
  APPL_DATA_LN_N3: [{ fault: servesAll, fails: ["S1", "S2", "S3", "S4", "S5", "S6"] }],
  APPL_DATA_LN_N4: [
    { fault: servesAll, fails: ["S1", "S2"] },
    {
      fault: {
        request: (apdu) =>
          apdu[0] === 0x3f ? { answer: encodeApdu({ type: "get-response-normal", invoke, result: { data: octets } }) } : { forward: apdu },
      },
      fails: ["S3"],
    },
  ],
  APPL_DATA_SN_N1: [
    { fault: servesAll, associations: [declared("reader", { ...asReader, referencing: "short-name" })], fails: ["S1", "S2", "S3"] },
  ],
  APPL_DATA_SN_N2: [
    { fault: servesAll, associations: [declared("reader", { ...asReader, referencing: "short-name" })], fails: ["S1", "S2"] },
  ],
  APPL_DATA_SN_N3: [{ fault: servesAll, associations: [declared("reader", { ...asReader, referencing: "short-name" })], fails: ["S1"] }],
  APPL_REL_P1: [
    {
      fault: { request: (apdu) => (apdu[0] === apduTags.rlrq.plain ? { answer: encodeRlre({ reason: 0 }) } : { forward: apdu }) },
      fails: ["S1"],
    },
    { fault: { request: (apdu) => (apdu[0] === apduTags.rlrq.plain ? { answer: undefined } : { forward: apdu }) }, fails: ["S1"] },
    { fault: servesAll, fails: ["S1", "S2"] },
  ],
};

describe("Conformance suite, application layer, with faulty devices", () => {
  it("has a faulty device for each case", () => {
    expect(Object.keys(faults)).to.have.members(applicationCases.map(({ id }) => id));
  });

  for (const conformanceCase of applicationCases) {
    (faults[conformanceCase.id] ?? []).forEach(({ fault, associations = [reader], secured = false, fails }, index) => {
      it(`${conformanceCase.id} finds device ${index + 1}`, async () => {
        const timers = new VirtualTimers();
        const server = secured
          ? new SecuredMeter({ server: { timers } }).server
          : sampleServer(sampleMeter(3_600_000), { timers }, [
              {
                role: "technician",
                clientSap: 3,
                authentication: { mechanism: "hls", credentials: { mechanism: "hls-md5", secret: SecretBytes.from(readerPassword) } },
              },
            ]);
        const technician = { name: "technician", options: () => ({ serverSap: 1, ...asClient("technician", 0), clientSap: 3 }) };
        const [result] = await runSuite([conformanceCase], {
          server,
          link: "wrapper",
          timers,
          associations: secured ? [technician] : associations,
          fault,
        });
        const failed = result?.subtests.filter(({ verdict }) => verdict === "failed") ?? [];
        expect(
          failed.map(({ id }) => id),
          JSON.stringify(result?.subtests.map(({ id, verdict, reason }) => [id, verdict, reason])),
        ).to.deep.equal(fails);
      });
    });
  }
});
