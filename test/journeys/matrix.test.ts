import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { supportedFor } from "../../src/dlms/association/negotiation.ts";
import type { ServiceRequest, ServiceResult } from "../../src/dlms/association/services.ts";
import type { ConformanceName } from "../../src/dlms/xdlms/conformance.ts";
import { attribute, dataOfSize, method } from "../dlms/association/pair.ts";
import { type LineKind, type Outcome, ServiceLine } from "../support/service-line.ts";

/*
 * Every service over every link, in every way to carry what is long, with every size of APDU: whatever the standard can
 * carry arrives unchanged, and everything else is refused in the one way there is.
 */

interface Service {
  readonly name: string;
  readonly referencing: "logical-name" | "short-name";
  /** Octets of the request, and of the answer, besides one value. */
  readonly requestOverhead: number;
  readonly answerOverhead: number;
  /** Which way the value goes. */
  readonly sends: boolean;
  readonly answers: boolean;
  /** Its own blocks; undefined where there are none. */
  readonly blocks: ConformanceName | undefined;
  readonly request: (value: Uint8Array) => ServiceRequest;
  readonly respond: (request: ServiceRequest, value: Uint8Array) => ServiceResult;
}

const variable = { variableName: 0x1008, selection: undefined };

/** Values that the server of a test took, as hex. */
let taken: string[] = [];
const take = (value: Uint8Array | undefined): void => {
  taken.push(toHex(value ?? new Uint8Array()));
};

const services: readonly Service[] = [
  {
    name: "GET",
    referencing: "logical-name",
    requestOverhead: 0,
    answerOverhead: 4,
    sends: false,
    answers: true,
    blocks: "block-transfer-with-get-or-read",
    request: () => ({ service: "get", list: false, attributes: [attribute] }),
    respond: (_, value) => ({ service: "get", results: [{ data: value }] }),
  },
  {
    name: "SET",
    referencing: "logical-name",
    requestOverhead: 13,
    answerOverhead: 0,
    sends: true,
    answers: false,
    blocks: "block-transfer-with-set-or-write",
    request: (value) => ({ service: "set", list: false, attributes: [attribute], values: [value] }),
    respond: (request) => {
      if (request.service === "set") take(request.values[0]);
      return { service: "set", results: ["success"] };
    },
  },
  {
    name: "ACTION",
    referencing: "logical-name",
    requestOverhead: 13,
    answerOverhead: 6,
    sends: true,
    answers: true,
    blocks: "block-transfer-with-action",
    request: (value) => ({ service: "action", list: false, methods: [{ method, parameter: value }] }),
    respond: (request, value) => {
      if (request.service === "action") take(request.methods[0]?.parameter);
      return { service: "action", results: [{ result: "success", returned: { data: value } }] };
    },
  },
  {
    name: "ACCESS",
    referencing: "logical-name",
    requestOverhead: 18,
    answerOverhead: 11,
    sends: true,
    answers: true,
    blocks: undefined,
    request: (value) => ({ service: "access", elements: [{ service: "action", method, parameter: value }] }),
    respond: (request, value) => {
      const [element] = request.service === "access" ? request.elements : [];
      if (element?.service === "action") take(element.parameter);
      return { service: "access", results: [{ service: "action", result: "success", returned: value }] };
    },
  },
  {
    name: "Read",
    referencing: "short-name",
    requestOverhead: 0,
    answerOverhead: 3,
    sends: false,
    answers: true,
    blocks: "block-transfer-with-get-or-read",
    request: () => ({ service: "read", variables: [variable] }),
    respond: (_, value) => ({ service: "read", results: [{ data: value }] }),
  },
  {
    name: "Write",
    referencing: "short-name",
    requestOverhead: 6,
    answerOverhead: 0,
    sends: true,
    answers: false,
    blocks: "block-transfer-with-set-or-write",
    request: (value) => ({ service: "write", variables: [variable], values: [value] }),
    respond: (request) => {
      if (request.service === "write") take(request.values[0]);
      return { service: "write", results: ["success"] };
    },
  },
];

const links: readonly LineKind[] = ["wrapper", "wrapper-udp", "hdlc"];
const blockings = ["no blocks", "service blocks", "general block transfer"] as const;
const pduSizes = [64, 128, 512, 2048, 65_499];
const windows = [1, 7];
const long = 100_000;

type Blocking = (typeof blockings)[number];

interface Cell {
  readonly service: Service;
  readonly link: LineKind;
  readonly blocking: Blocking;
  readonly pdu: number;
  readonly window: number;
}

function* cells(): Generator<Cell> {
  for (const service of services)
    for (const link of links)
      for (const blocking of blockings)
        for (const pdu of pduSizes) {
          // A window is something that HDLC and general block transfer have.
          const counted = link === "hdlc" || blocking === "general block transfer" ? windows : [1];
          for (const window of counted) yield { service, link, blocking, pdu, window };
        }
}

const nameOf = ({ service, link, blocking, pdu, window }: Cell): string =>
  `${service.name} over ${link}, ${blocking}, PDU ${pdu}, window ${window}`;

function proposed({ service, blocking }: Cell): ReadonlySet<ConformanceName> {
  const names = [...supportedFor(service.referencing)];
  return new Set(
    names.filter((name) => {
      if (name === "general-block-transfer") return blocking === "general block transfer";
      return !name.startsWith("block-transfer-with") || blocking !== "no blocks";
    }),
  );
}

function lineOf(cell: Cell, value: Uint8Array, lose?: () => boolean): ServiceLine {
  const { service, link, pdu, window } = cell;
  return new ServiceLine({
    link,
    hdlcWindow: window,
    hdlcInformation: pdu < 128 ? 32 : 128,
    client: {
      referencing: service.referencing,
      proposedConformance: proposed(cell),
      maxReceivePduSize: pdu,
      gbtWindow: window,
      ...(lose === undefined ? {} : { retries: 20, responseTimeout: link === "hdlc" ? 30_000 : 200 }),
    },
    server: { maxReceivePduSize: pdu, gbtWindow: window, maxRequestLength: 2 * long },
    handle: (request) => service.respond(request, value),
    ...(lose === undefined ? {} : { lose }),
  });
}

/** The value that came back, as hex; undefined where there is none. */
function answered(outcome: Outcome): string | undefined {
  if (outcome.type !== "response") return undefined;
  const [result] = outcome.result.results;
  if (result === undefined || typeof result !== "object") return undefined;
  if ("returned" in result) {
    const { returned } = result;
    const data = returned instanceof Uint8Array ? returned : returned?.data;
    return data && toHex(data);
  }
  return "data" in result && result.data !== undefined ? toHex(result.data) : undefined;
}

/** How a value is refused that is too long to be sent, or to be answered. */
function expectRefusal({ service, pdu }: Cell, size: number, outcome: Outcome): void {
  if (service.sends && size + service.requestOverhead > pdu) {
    expect(outcome.type === "failed" && outcome.error.code).to.equal("local-protocol-error");
    expect(taken, "nothing was carried out").to.deep.equal([]);
    return;
  }
  const [result] = outcome.type === "response" ? outcome.result.results : [];
  switch (service.name) {
    case "GET":
    case "Read":
      expect(result).to.deep.equal({ error: "other-reason" });
      return;
    case "ACTION":
      expect(result).to.deep.equal({ result: "success", returned: { error: "other-reason" } });
      return;
    case "ACCESS":
      expect(result).to.deep.equal({ service: "action", result: "success", returned: undefined });
      return;
    default:
      expect.fail(`${service.name} has nothing to refuse`);
  }
}

function run(cell: Cell, size: number): void {
  const { service, blocking, pdu } = cell;
  taken = [];
  const value = dataOfSize(size);
  const line = lineOf(cell, value);
  expect(line.associate(), "associated").to.equal(true);
  const outcome = line.request(service.request(value));
  const fits = Math.max(service.sends ? size + service.requestOverhead : 0, service.answers ? size + service.answerOverhead : 0) <= pdu;
  const carried = fits || blocking === "general block transfer" || (blocking === "service blocks" && service.blocks !== undefined);
  expect(line.longest.sent, "octets sent at once").to.be.at.most(pdu);
  expect(line.longest.received, "octets received at once").to.be.at.most(pdu);
  if (!carried) {
    expectRefusal(cell, size, outcome);
    return;
  }
  expect(outcome.type, outcome.type === "failed" ? outcome.error.message : "").to.equal("response");
  if (service.sends) expect(taken).to.deep.equal([toHex(value)]);
  if (service.answers) expect(answered(outcome)).to.equal(toHex(value));
}

/** Numbers from 0 to 1 that repeat from run to run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("The matrix of services, links, blocks and sizes", function () {
  this.timeout(20_000);

  for (const cell of cells()) {
    it(`carries or refuses as it should: ${nameOf(cell)}`, () => {
      const overhead = Math.max(
        cell.service.sends ? cell.service.requestOverhead : 0,
        cell.service.answers ? cell.service.answerOverhead : 0,
      );
      for (const size of [10, cell.pdu - overhead, cell.pdu - overhead + 1, long]) run(cell, size);
    });
  }
});

describe("The matrix with a fifth of the frames or datagrams lost", function () {
  this.timeout(20_000);
  let seed = 0;

  for (const cell of cells()) {
    seed += 1;
    const random = seeded(seed);
    it(`carries unchanged, or ends in a defined error: ${nameOf(cell)}`, () => {
      for (const size of [10, 3000]) {
        taken = [];
        const value = dataOfSize(size);
        let armed = false;
        const line = lineOf(cell, value, () => armed && random() < 0.2);
        expect(line.associate(), "associated").to.equal(true);
        armed = true;
        const outcome = line.request(cell.service.request(value));
        // Whatever became of it, a value that was taken is the one that was sent, and was taken once.
        if (cell.service.sends) expect([[], [toHex(value)]]).to.deep.include(taken);
        const back = answered(outcome);
        if (cell.service.answers && back !== undefined) expect(back).to.equal(toHex(value));
        if (outcome.type === "failed" || outcome.type === "aborted") {
          expect(outcome.error.code).to.be.oneOf(["local-protocol-error", "timeout", "remote-protocol-error", "exception-response"]);
        }
        // A link that repeats what is lost, and blocks that are asked for again, leave nothing to chance.
        const asked =
          cell.blocking === "general block transfer" || (cell.blocking === "service blocks" && cell.service.blocks !== undefined);
        const recovers = asked && (cell.link === "hdlc" || cell.service.name === "GET");
        if (recovers) expect(outcome.type).to.equal("response");
      }
    });
  }
});
