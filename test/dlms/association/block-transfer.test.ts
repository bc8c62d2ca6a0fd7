import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { ClientEvent } from "../../../src/dlms/association/events.ts";
import type { ServiceRequest, ServiceResult } from "../../../src/dlms/association/services.ts";
import type { ConformanceName } from "../../../src/dlms/xdlms/conformance.ts";
import { plain } from "../../support/vectors.ts";
import { AssociationPair, attribute, dataOfSize, method, type PairOptions, without } from "./pair.ts";

/** Null-data: the short companion of a long element. */
const short = Uint8Array.of(0);

/** A service whose payload travels one way, and what arrives of it. */
interface Way {
  readonly name: string;
  /** Who sends the payload. */
  readonly sender: "client" | "server";
  /** Octets of the APDU besides the payload. */
  readonly overhead: number;
  readonly blocks: ConformanceName;
  readonly request: (payload: Uint8Array) => ServiceRequest;
  readonly result: (payload: Uint8Array) => ServiceResult;
  /** The payload as it arrived, from the request the server saw and the result the client got. */
  readonly arrived: (request: ServiceRequest | undefined, result: ServiceResult | undefined) => Uint8Array | undefined;
}

const succeeded = { result: "success", returned: undefined } as const;

const ways: readonly Way[] = [
  {
    name: "GET",
    sender: "server",
    overhead: 4,
    blocks: "block-transfer-with-get-or-read",
    request: () => ({ service: "get", list: false, attributes: [attribute] }),
    result: (data) => ({ service: "get", results: [{ data }] }),
    arrived: (_, result) => (result?.service === "get" ? result.results[0]?.data : undefined),
  },
  {
    name: "GET with list",
    sender: "server",
    overhead: 7,
    blocks: "block-transfer-with-get-or-read",
    request: () => ({ service: "get", list: true, attributes: [attribute, attribute] }),
    result: (data) => ({ service: "get", results: [{ data }, { data: short }] }),
    arrived: (_, result) =>
      result?.service === "get" && toHex(result.results[1]?.data ?? short) === "00" ? result.results[0]?.data : undefined,
  },
  {
    name: "SET",
    sender: "client",
    overhead: 13,
    blocks: "block-transfer-with-set-or-write",
    request: (data) => ({ service: "set", list: false, attributes: [attribute], values: [data] }),
    result: () => ({ service: "set", results: ["success"] }),
    arrived: (request) => (request?.service === "set" ? request.values[0] : undefined),
  },
  {
    name: "SET with list",
    sender: "client",
    overhead: 26,
    blocks: "block-transfer-with-set-or-write",
    request: (data) => ({ service: "set", list: true, attributes: [attribute, attribute], values: [short, data] }),
    result: () => ({ service: "set", results: ["success", "read-write-denied"] }),
    arrived: (request) => (request?.service === "set" ? request.values[1] : undefined),
  },
  {
    name: "ACTION with a parameter",
    sender: "client",
    overhead: 13,
    blocks: "block-transfer-with-action",
    request: (parameter) => ({ service: "action", list: false, methods: [{ method, parameter }] }),
    result: () => ({ service: "action", results: [succeeded] }),
    arrived: (request) => (request?.service === "action" ? request.methods[0]?.parameter : undefined),
  },
  {
    name: "ACTION with list, with parameters",
    sender: "client",
    overhead: 24,
    blocks: "block-transfer-with-action",
    request: (parameter) => ({
      service: "action",
      list: true,
      methods: [
        { method, parameter: undefined },
        { method, parameter },
      ],
    }),
    result: () => ({ service: "action", results: [succeeded, { result: "temporary-failure", returned: undefined }] }),
    arrived: (request) => (request?.service === "action" ? request.methods[1]?.parameter : undefined),
  },
  {
    name: "ACTION with a return value",
    sender: "server",
    overhead: 6,
    blocks: "block-transfer-with-action",
    request: () => ({ service: "action", list: false, methods: [{ method, parameter: undefined }] }),
    result: (data) => ({ service: "action", results: [{ result: "success", returned: { data } }] }),
    arrived: (_, result) => (result?.service === "action" ? result.results[0]?.returned?.data : undefined),
  },
  {
    name: "ACTION with list, with return values",
    sender: "server",
    overhead: 9,
    blocks: "block-transfer-with-action",
    request: () => ({
      service: "action",
      list: true,
      methods: [
        { method, parameter: undefined },
        { method, parameter: short },
      ],
    }),
    result: (data) => ({ service: "action", results: [{ result: "success", returned: { data } }, succeeded] }),
    arrived: (_, result) => (result?.service === "action" ? result.results[0]?.returned?.data : undefined),
  },
];

interface Outcome {
  readonly pair: AssociationPair;
  readonly events: readonly ClientEvent[];
  readonly seen: ServiceRequest | undefined;
  /** APDUs that took part, without the association. */
  readonly apdus: number;
}

function carry(way: Way, payload: Uint8Array, options: PairOptions = {}): Outcome {
  let seen: ServiceRequest | undefined;
  const pair = new AssociationPair({
    ...options,
    handle: (request) => {
      seen = request;
      return way.result(payload);
    },
  }).associate();
  const start = pair.carried.length;
  const events = pair.request(way.request(payload));
  return { pair, events, seen, apdus: pair.carried.length - start };
}

const sized = (pdu: number): PairOptions => ({ client: { maxReceivePduSize: pdu }, server: { maxReceivePduSize: pdu } });

function arrivedOf(way: Way, { events, seen }: Outcome): string | undefined {
  const [event] = events;
  const arrived = way.arrived(seen, event?.type === "response" ? event.result : undefined);
  return arrived === undefined ? undefined : toHex(arrived);
}

describe("Block transfer", () => {
  for (const way of ways) {
    describe(`of ${way.name}`, () => {
      for (const pdu of [64, 128, 512, 2048, 65_535]) {
        it(`delivers anything unchanged in APDUs of up to ${pdu} octets`, () => {
          for (const size of [1, pdu - way.overhead, pdu - way.overhead + 1, 100_000]) {
            const payload = dataOfSize(size);
            const outcome = carry(way, payload, sized(pdu));
            expect(
              outcome.events.map(({ type }) => type),
              `${size} octets`,
            ).to.deep.equal(["response"]);
            expect(arrivedOf(way, outcome) === toHex(payload), `${size} octets arrive unchanged`).to.equal(true);
            expect(outcome.pair.longest("client"), "a request").to.be.at.most(pdu);
            expect(outcome.pair.longest("server"), "a response").to.be.at.most(pdu);
            expect(outcome.apdus === 2, `${size} octets are ${outcome.apdus} APDUs`).to.equal(size <= pdu - way.overhead);
          }
        });
      }

      it("uses the whole of an APDU that is exactly long enough", () => {
        const outcome = carry(way, dataOfSize(512 - way.overhead), sized(512));
        expect(outcome.pair.longest(way.sender)).to.equal(512);
      });

      it("is refused before anything is done when it was not negotiated", () => {
        const outcome = carry(way, dataOfSize(600), {
          ...sized(512),
          server: { ...sized(512).server, supportedConformance: without(way.blocks) },
        });
        expect(outcome.apdus).to.equal(way.sender === "client" ? 0 : 2);
        const [event] = outcome.events;
        if (way.sender === "client") {
          expect(event?.type === "failed" && event.error.code).to.equal("local-protocol-error");
          expect(outcome.seen).to.equal(undefined);
        } else if (event?.type === "response" && event.result.service === "get") {
          expect(new Set(event.result.results.map(({ error }) => error))).to.deep.equal(new Set(["other-reason"]));
        } else if (event?.type === "response" && event.result.service === "action") {
          expect(event.result.results[0]).to.deep.equal({ result: "success", returned: { error: "other-reason" } });
        } else {
          expect.fail(`unexpected ${event?.type}`);
        }
      });

      it("ends at the longest payload that the receiver takes", () => {
        const limits: PairOptions =
          way.sender === "client"
            ? { server: { maxRequestLength: 3000, maxReceivePduSize: 512 } }
            : { client: { maxResponseLength: 3000, maxReceivePduSize: 512 } };
        const fitting = carry(way, dataOfSize(2900), limits);
        expect(arrivedOf(way, fitting)).to.equal(toHex(dataOfSize(2900)));
        const [event] = carry(way, dataOfSize(3100), limits).events;
        if (way.sender === "server") {
          expect(event?.type === "failed" && event.error.code).to.equal("remote-protocol-error");
        } else {
          const results = event?.type === "response" ? plain(event.result) : undefined;
          const refusal = way.name.startsWith("SET") ? "long-set-aborted" : "long-action-aborted";
          expect(JSON.stringify(results)).to.contain(refusal).and.not.contain("success");
        }
      });

      it("goes on with the next request afterwards", () => {
        const { pair } = carry(way, dataOfSize(3000), sized(128));
        pair.handle = () => ({ service: "get", results: [{ data: fromHex("1105") }] });
        const [event] = pair.request({ service: "get", list: false, attributes: [attribute] });
        expect(plain(event)).to.deep.include({ type: "response", result: { service: "get", results: [{ data: "1105" }] } });
      });
    });
  }

  it("delivers any payload in APDUs of any size that has room for it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ways), fc.integer({ min: 12, max: 300 }), fc.integer({ min: 1, max: 700 }), (way, pdu, size) => {
        // The association itself is made without regard to sizes; services are not.
        const payload = dataOfSize(size);
        const options: PairOptions =
          way.sender === "client" ? { server: { maxReceivePduSize: pdu } } : { client: { maxReceivePduSize: pdu } };
        const outcome = carry(way, payload, options);
        const [event] = outcome.events;
        if (event?.type === "response") expect(arrivedOf(way, outcome)).to.equal(toHex(payload));
        else expect(way.sender === "client" && event?.type === "failed" && event.error.code).to.equal("local-protocol-error");
        const services = outcome.pair.carried.slice(2).filter(({ from }) => from === way.sender);
        expect(Math.max(0, ...services.map(({ bytes }) => bytes.length))).to.be.at.most(pdu);
      }),
      { numRuns: 400 },
    );
  });

  it("keeps every answer within the smallest size a client can have", () => {
    const results = (count: number): Record<"get" | "set" | "action", ServiceResult> => ({
      get: { service: "get", results: Array.from({ length: count }, () => ({ error: "object-undefined" }) as const) },
      set: { service: "set", results: Array.from({ length: count }, () => "object-undefined" as const) },
      action: {
        service: "action",
        results: Array.from({ length: count }, () => ({ result: "object-undefined", returned: undefined }) as const),
      },
    });
    for (const supportedConformance of [without(), without("block-transfer-with-get-or-read", "block-transfer-with-action")]) {
      for (const count of [1, 4, 5, 40]) {
        const pair = new AssociationPair({
          client: { maxReceivePduSize: 12 },
          server: { supportedConformance },
          handle: ({ service }) => results(count)[service as "get" | "set" | "action"],
        }).associate();
        const start = pair.carried.length;
        const items = Array.from({ length: count });
        pair.request({ service: "get", list: true, attributes: items.map(() => attribute) });
        pair.request({ service: "set", list: true, attributes: items.map(() => attribute), values: items.map(() => short) });
        pair.request({ service: "action", list: true, methods: items.map(() => ({ method, parameter: undefined })) });
        expect(pair.longest("server", start), `${count} results`).to.be.at.most(12);
        expect(pair.client.nextTimeout, "nothing is left waiting").to.equal(undefined);
      }
    }
  });

  it("reports the octets received so far of a long answer", () => {
    const payload = dataOfSize(300);
    const pair = new AssociationPair({ ...sized(128), handle: () => ({ service: "get", results: [{ data: payload }] }) }).associate();
    pair.request({ service: "get", list: false, attributes: [attribute] });
    const progress = pair.clientEvents.flatMap((event) => (event.type === "progress" ? [event.receivedBytes] : []));
    expect(progress.length).to.equal(2);
    expect(progress[0]).to.be.greaterThan(0);
    expect(progress[1]).to.equal((progress[0] as number) * 2);
  });
});
