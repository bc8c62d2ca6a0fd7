import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { GbtReceiver } from "../../src/dlms/association/gbt-receiver.ts";
import { supportedConformance, supportedFor } from "../../src/dlms/association/negotiation.ts";
import { DlmsServerConnection } from "../../src/dlms/association/server-connection.ts";
import type { ServiceRequest, ServiceResult } from "../../src/dlms/association/services.ts";
import { refuseAll } from "../../src/dlms/association/services.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { growth } from "../support/damage.ts";
import { scaled } from "../support/scale.ts";
import { aarqOf, attribute, dataOfSize, initiateOf, method, without } from "./association/pair.ts";
import { aareOf, get, RawClient } from "./association/raw-client.ts";

/** APDUs of each sequence; all of them together are about 100 000. */
const count = scaled(2500, 100_000);
/** Octets that an association may hold when it has heard them all: a few transfers of the longest request, and slack. */
const bound = 4 * 1024 * 1024;

const invoke = (index: number) => ({ invokeId: index & 15, confirmed: true, highPriority: false, reserved: 0 });
const block = (blockNumber: number, raw = "0102030405") => ({ lastBlock: false, blockNumber, raw: fromHex(raw) });
const gbt = (blockNumber: number, fields: object = {}): Apdu => ({
  type: "general-block-transfer",
  lastBlock: false,
  streaming: true,
  window: 63,
  blockNumber: blockNumber & 0xffff,
  blockNumberAck: 0,
  raw: fromHex("0102030405"),
  ...fields,
});
const descriptor = attribute.attribute;
const value = fromHex("0600001234");
const blockData = dataOfSize(200);
const longBlockData = dataOfSize(2000);
const longValue = dataOfSize(5000);
/** Numbers without a pattern, the same on every run. */
const scattered = (index: number): number => Math.imul(index + 1, 0x9e3779b1) >>> 0;

/** The `index`th APDU of a sequence. */
type Sequence = (index: number) => Apdu | Uint8Array;

const withLogicalNames: Readonly<Record<string, Sequence>> = {
  "SET blocks without order": (index) => ({ type: "set-request-with-datablock", invoke: invoke(index), block: block(scattered(index)) }),
  "SET transfers that are begun and never ended": (index) => ({
    type: "set-request-with-first-datablock",
    invoke: invoke(index),
    attribute: descriptor,
    selection: undefined,
    block: { ...block(1), raw: longBlockData },
  }),
  "a SET transfer without end": (index) =>
    index === 0
      ? { type: "set-request-with-first-datablock", invoke: invoke(0), attribute: descriptor, selection: undefined, block: block(1) }
      : { type: "set-request-with-datablock", invoke: invoke(0), block: { ...block(index + 1), raw: blockData } },
  "a SET transfer of empty blocks": (index) =>
    index === 0
      ? { type: "set-request-with-first-datablock", invoke: invoke(0), attribute: descriptor, selection: undefined, block: block(1, "") }
      : { type: "set-request-with-datablock", invoke: invoke(0), block: block(index + 1, "") },
  "one SET block again and again": () => ({
    type: "set-request-with-first-datablock",
    invoke: invoke(1),
    attribute: descriptor,
    selection: undefined,
    block: block(1),
  }),
  "ACTION transfers that are begun and never ended": (index) => ({
    type: "action-request-with-first-pblock",
    invoke: invoke(index),
    method,
    block: { ...block(1), raw: longBlockData },
  }),
  "wishes for GET blocks nobody has": (index) => ({ type: "get-request-next", invoke: invoke(index), blockNumber: scattered(index) }),
  "GETs that are never read to their end": (index) => ({
    type: "get-request-normal",
    invoke: invoke(index),
    attribute: { ...descriptor, attributeId: 3 },
    selection: undefined,
  }),
  "ACCESS to a thousand elements": (index) => ({
    type: "access-request",
    invoke: { longInvokeId: index, selfDescriptive: false, breakOnError: false, confirmed: true, highPriority: false, reserved: 0 },
    dateTime: undefined,
    specifications: Array.from({ length: index % 50 === 0 ? 1000 : 3 }, () => ({
      type: "access-request-get" as const,
      attribute: descriptor,
    })),
    data: Array.from({ length: index % 50 === 0 ? 1000 : 3 }, () => fromHex("00")),
  }),
  "requests that are never answered": (index) => ({
    type: "get-request-normal",
    invoke: invoke(index),
    attribute: { ...descriptor, attributeId: 9 },
    selection: undefined,
  }),
  "responses instead of requests": () => ({ type: "get-response-normal", invoke: invoke(1), result: { data: value } }),
};

const withGeneralBlocks: Readonly<Record<string, Sequence>> = {
  "general blocks of any number and window": (index) =>
    gbt(scattered(index), { window: scattered(index) & 63, blockNumberAck: scattered(index) >>> 16, streaming: (index & 1) === 0 }),
  "a general block transfer without end": (index) => gbt(index + 1, { raw: blockData }),
  "a general block transfer of empty blocks": (index) => gbt(index + 1, { raw: new Uint8Array(index === 0 ? 5 : 0) }),
  "general blocks behind a gap": (index) => gbt(2 + (index % 5000), { raw: longBlockData, window: 0 }),
  "one general block again and again": () => gbt(1, { streaming: false }),
  "acknowledgements of what was never sent": (index) => gbt(0, { raw: new Uint8Array(), blockNumberAck: scattered(index) & 0xffff }),
  "transfers of one block that holds a transfer": (index) => gbt(1, { lastBlock: true, streaming: false, raw: encodeApdu(gbt(index + 1)) }),
};

const withShortNames: Readonly<Record<string, Sequence>> = {
  "Read requests in blocks without end": (index) => ({
    type: "read-request",
    specifications: [{ type: "read-data-block-access", lastBlock: false, blockNumber: (index + 1) & 0xffff, raw: blockData }],
  }),
  "Read blocks without order": (index) => ({
    type: "read-request",
    specifications: [{ type: "read-data-block-access", lastBlock: false, blockNumber: scattered(index) & 0xffff, raw: value }],
  }),
  "wishes for Read blocks nobody has": (index) => ({
    type: "read-request",
    specifications: [{ type: "block-number-access", blockNumber: scattered(index) & 0xffff }],
  }),
  "Write requests in blocks without end": (index) => ({
    type: "write-request",
    specifications: [{ type: "write-data-block-access", lastBlock: false, blockNumber: (index + 1) & 0xffff }],
    data: [blockData],
  }),
};

/** Answers a GET of attribute 2, and one of attribute 3 at length; attribute 9 never. */
function handle(request: ServiceRequest): ServiceResult | undefined {
  if (request.service === "read") return { service: "read", results: request.variables.map(() => ({ data: value })) };
  if (request.service !== "get") return refuseAll(request, "other-reason");
  switch (request.attributes[0]?.attribute.attributeId) {
    case 2:
      return { service: "get", results: [{ data: value }] };
    case 3:
      return { service: "get", results: [{ data: longValue }] };
    default:
      return undefined;
  }
}

const clientSize = 256;

/** What the server answers to one APDU. */
function exchange(server: DlmsServerConnection, apdu: Uint8Array): Uint8Array[] {
  for (const event of server.receiveApdu(apdu)) {
    if (event.type !== "indication") continue;
    const result = handle(event.request);
    if (result !== undefined) server.respond(event.invokeId, result);
  }
  const answers: Uint8Array[] = [];
  for (let answer = server.apduToSend(); answer !== undefined; answer = server.apduToSend()) answers.push(answer.bytes);
  return answers;
}

const octetsOf = (apdu: Apdu | Uint8Array): Uint8Array => (apdu instanceof Uint8Array ? apdu : encodeApdu(apdu));

describe("DlmsServerConnection against a client that means harm", () => {
  const groups = [
    {
      sequences: withLogicalNames,
      aarq: aarqOf({}, { clientMaxReceivePduSize: clientSize }),
      good: "C001C100030100010800FF0200",
      answer: "C401C1000600001234",
    },
    {
      sequences: withGeneralBlocks,
      aarq: aarqOf({}, { clientMaxReceivePduSize: clientSize, proposedConformance: supportedConformance }),
      good: "C001C100030100010800FF0200",
      answer: "C401C1000600001234",
    },
    {
      sequences: withShortNames,
      aarq: aarqOf({
        applicationContext: "short-name",
        userInformation: initiateOf({ clientMaxReceivePduSize: clientSize, proposedConformance: supportedFor("short-name") }),
      }),
      good: "05010260F8",
      answer: "0C01000600001234",
    },
  ] as const;

  for (const { sequences, aarq, good, answer } of groups) {
    for (const [name, sequence] of Object.entries(sequences)) {
      it(`answers ${name} as defined, keeps little, and goes on`, () => {
        const server = new DlmsServerConnection({
          clientSap: 16,
          serverSap: 1,
          servesShortNames: true,
          maxRequestLength: 64 * 1024,
          authentication: { mechanism: "none" },
        });
        exchange(server, aarq);
        expect(server.state).to.equal("associated");
        const kept = retained(() => {
          for (let index = 0; index < count; index++) {
            for (const bytes of exchange(server, octetsOf(sequence(index)))) {
              expect(bytes.length).to.be.at.most(clientSize);
              decodeApdu(bytes);
            }
          }
        });
        expect(kept, "octets").to.be.lessThan(bound);
        expect(server.state).to.equal("associated");
        // What is left of the transfers may be refused first, once.
        const answers = [0, 1].map(() =>
          exchange(server, fromHex(good))
            .map((bytes) => toHex(bytes))
            .join(" "),
        );
        expect(answers[1]).to.equal(name === "requests that are never answered" ? "D80101" : answer);
        exchange(server, aarq);
        expect(exchange(server, fromHex(good)).map((bytes) => toHex(bytes))).to.deep.equal([answer]);
      }).timeout(60_000);
    }
  }
});

describe("DlmsClientConnection against a server that means harm", () => {
  const withServiceBlocks: Readonly<Record<string, Sequence>> = {
    "GET blocks without order": (index) => ({
      type: "get-response-with-datablock",
      invoke: invoke(1),
      lastBlock: false,
      blockNumber: scattered(index),
      result: { data: value },
    }),
    "GET blocks without end": (index) => ({
      type: "get-response-with-datablock",
      invoke: { ...invoke(1), highPriority: true },
      lastBlock: false,
      blockNumber: index + 1,
      result: { data: longBlockData },
    }),
    "GET blocks without content": (index) => ({
      type: "get-response-with-datablock",
      invoke: { ...invoke(1), highPriority: true },
      lastBlock: false,
      blockNumber: index + 1,
      result: { data: new Uint8Array() },
    }),
    "answers to others": (index) => ({ type: "get-response-normal", invoke: invoke(2 + (index % 14)), result: { data: value } }),
    "wishes for blocks of a request that has none": (index) => ({
      type: "set-response-datablock",
      invoke: invoke(index),
      blockNumber: index,
    }),
    "notifications that want to be confirmed": (index) => ({
      type: "data-notification",
      invoke: { longInvokeId: index, selfDescriptive: false, breakOnError: false, confirmed: true, highPriority: false, reserved: 0 },
      dateTime: undefined,
      body: value,
    }),
    exceptions: () => ({ type: "exception-response", stateError: "service-not-allowed", serviceError: "other-reason" }),
    acceptances: () => aareOf(),
    "ACCESS answers of a thousand results": (index) => ({
      type: "access-response",
      invoke: { longInvokeId: index, selfDescriptive: false, breakOnError: false, confirmed: true, highPriority: false, reserved: 0 },
      dateTime: undefined,
      specifications: undefined,
      data: Array.from({ length: index % 50 === 0 ? 1000 : 3 }, () => value),
      results: Array.from({ length: index % 50 === 0 ? 1000 : 3 }, () => ({
        type: "access-response-get" as const,
        result: "success" as const,
      })),
    }),
  };

  for (const [sequences, negotiatedConformance] of [
    [withServiceBlocks, without()],
    [withGeneralBlocks, supportedConformance],
  ] as const) {
    const userInformation = encodeApdu({
      type: "initiate-response",
      negotiatedQualityOfService: undefined,
      negotiatedDlmsVersionNumber: 6,
      negotiatedConformance,
      serverMaxReceivePduSize: 256,
      vaaName: 7,
    });
    for (const [name, sequence] of Object.entries(sequences)) {
      it(`survives ${name}, keeps little, and goes on`, () => {
        const client = new RawClient({ maxResponseLength: 64 * 1024, proposedConformance: supportedConformance });
        client.associate({ userInformation });
        expect(client.client.state).to.equal("associated");
        const kept = retained(() => {
          client.request(get);
          for (let index = 0; index < count; index++) {
            for (const { type } of client.receive(octetsOf(sequence(index)))) {
              expect(type).to.be.oneOf(["response", "failed", "progress", "notification"]);
            }
            client.sent();
          }
          while (client.client.nextTimeout !== undefined) client.expire();
          client.sent();
        });
        expect(kept, "octets").to.be.lessThan(bound);
        expect(client.client.state).to.equal("associated");
        client.request(get);
        const [asked = ""] = client.sent();
        const [event] = client.receive(fromHex(`C401${asked.slice(4, 6)}000600001234`));
        expect(event).to.have.property("type", "response");
      }).timeout(60_000);
    }
  }
});

describe("GbtReceiver", () => {
  it("keeps the octets of the blocks, and nothing for each block", () => {
    const receiver = new GbtReceiver(bound, 1);
    const kept = retained(() => {
      for (let blockNumber = 1; blockNumber < 0x10000; blockNumber++) {
        const raw = new Uint8Array(blockNumber % 2);
        receiver.accept({ lastBlock: false, streaming: true, window: 1, blockNumber, blockNumberAck: 0, raw });
      }
    });
    expect(receiver.length).to.equal(0x8000);
    expect(kept, "octets").to.be.lessThan(0x40000);
  });
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Octets that are still in use after `action`, without garbage. */
function retained(action: () => void): number {
  collectGarbage();
  return growth(() => {
    action();
    // What the first collection finds free of buffers is given back by the second.
    collectGarbage();
    collectGarbage();
  });
}
