import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../src/bytes/hex.ts";
import { largestHdlcParameters } from "../../src/hdlc/index.ts";
import { HdlcPair, type HdlcPairOptions } from "../support/hdlc-pair.ts";
import { answer, concat, frame, summary } from "./frames.ts";

/** Octets that differ from place to place and hold flags, so that shifted or joined pieces show. */
function payload(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index % 11 === 0 ? 0x7e : (index * 31 + (index >> 8) + seed) & 0xff));
}

/** A small seeded generator, since faults need more draws than a property argument should hold. */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function noisyLine(seed: number, rates: { loss: number; duplicate: number; corrupt: number }): NonNullable<HdlcPairOptions["fault"]> {
  const draw = draws(seed);
  return (bytes) => {
    if (draw() < rates.loss) return [];
    const damaged = bytes.slice();
    if (draw() < rates.corrupt) {
      const at = Math.floor(draw() * damaged.length);
      damaged[at] = (damaged[at] as number) ^ (1 << Math.floor(draw() * 8));
    }
    const cuts = [0, Math.floor(draw() * bytes.length), Math.floor(draw() * bytes.length), bytes.length].sort((a, b) => a - b);
    const chunks = cuts.slice(1).map((end, index) => damaged.slice(cuts[index], end));
    return draw() < rates.duplicate ? [...chunks, ...chunks] : chunks;
  };
}

/** Puts what others say on the same line before, behind or into the middle of a transmission. */
function interleavingLine(seed: number, rate: number, line: NonNullable<HdlcPairOptions["fault"]>): NonNullable<HdlcPairOptions["fault"]> {
  const draw = draws(seed);
  const others = [
    frame(0x93, { destination: "0225" }),
    frame(0x10, { destination: "0225", information: "E6E600C001" }),
    answer(0x30, { source: "0225", information: "E6E700C4FF" }),
    answer(0x30, { destination: "05", information: "E6E700C4FF" }),
  ];
  return (bytes, direction) => {
    if (draw() >= rate) return line(bytes, direction);
    const other = others[Math.floor(draw() * others.length)] as Uint8Array;
    const at = [0, bytes.length, Math.floor(draw() * bytes.length)][Math.floor(draw() * 3)] as number;
    return line(concat(bytes.slice(0, at), other, bytes.slice(at)), direction);
  };
}

/** Sends the requests one after the other, each when the answer to the one before is there. */
function converse(pair: HdlcPair, requests: readonly Uint8Array[]): void {
  let next = 0;
  const proceed = () => {
    const request = requests[next++];
    if (request === undefined) pair.client.disconnect(pair.now);
    else pair.client.send(request, pair.now);
  };
  pair.onEvent = (event) => {
    if (event.type === "connected" || event.type === "apdu") proceed();
  };
  pair.client.connect(pair.now);
  pair.run();
}

const hex = (list: readonly Uint8Array[]) => list.map((bytes) => toHex(bytes));

const parameters = fc.record({
  maxInformationFieldLengthTransmit: fc.constantFrom(32, 33, 128, 129, 500, 2030),
  maxInformationFieldLengthReceive: fc.constantFrom(32, 61, 128, 300, 2030),
  windowSizeTransmit: fc.integer({ min: 1, max: 7 }),
  windowSizeReceive: fc.integer({ min: 1, max: 7 }),
});

const exchanges = fc.array(
  fc.record({
    request: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20_000 })),
    answer: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20_000 })),
    after: fc.constantFrom(0, 0, 50, 7000),
  }),
  { minLength: 1, maxLength: 4 },
);

function pairFor(list: readonly { request: number; answer: number; after: number }[], options: HdlcPairOptions) {
  const requests = list.map(({ request }, index) => payload(request, index));
  const answers = list.map(({ answer }, index) => payload(answer, 100 + index));
  let served = 0;
  const pair = new HdlcPair({
    ...options,
    answer: () => {
      const index = served++;
      return { apdu: answers[index] ?? payload(1, 255), after: list[index]?.after ?? 0 };
    },
  });
  return { pair, requests, answers };
}

describe("HdlcConnection and HdlcStation", () => {
  it("deliver any payload with any parameters over a sound line, cut anywhere", () => {
    fc.assert(
      fc.property(exchanges, parameters, parameters, fc.integer(), (list, client, station, seed) => {
        const fault = noisyLine(seed, { loss: 0, duplicate: 0, corrupt: 0 });
        const { pair, requests, answers } = pairFor(list, { client, station, fault });
        converse(pair, requests);
        expect(hex(pair.requests)).to.deep.equal(hex(requests));
        expect(hex(pair.answers)).to.deep.equal(hex(answers));
        expect(pair.events.at(-1)).to.deep.equal({ type: "disconnected", reason: "local" });
      }),
      { numRuns: 60 },
    );
  }).timeout(20_000);

  it("deliver everything once and unchanged over a line that loses, repeats and damages, or end the link", () => {
    const rates = fc.record({
      loss: fc.constantFrom(0, 0.02, 0.2, 0.5),
      duplicate: fc.constantFrom(0, 0.1, 0.5),
      corrupt: fc.constantFrom(0, 0.05, 0.3),
    });
    fc.assert(
      fc.property(exchanges, parameters, parameters, rates, fc.integer(), (list, client, station, rate, seed) => {
        const { pair, requests, answers } = pairFor(list, {
          client: { ...client, retries: 8 },
          station,
          fault: noisyLine(seed, rate),
        });
        converse(pair, requests);
        expect(hex(pair.requests)).to.deep.equal(hex(requests.slice(0, pair.requests.length)));
        expect(hex(pair.answers)).to.deep.equal(hex(answers.slice(0, pair.answers.length)));
        const last = pair.events.at(-1);
        expect(last?.type).to.equal("disconnected");
        if (last?.type === "disconnected" && last.reason === "local") expect(pair.answers.length).to.equal(answers.length);
        expect(pair.client.state).to.equal("disconnected");
        expect(pair.client.nextTimeout).to.equal(undefined);
      }),
      { numRuns: 150 },
    );
  }).timeout(60_000);

  it("deliver everything once and unchanged, or end the link, where each fault hits one transmission in five either way", () => {
    const field = fc.integer({ min: 32, max: 2030 });
    const window = fc.integer({ min: 1, max: 7 });
    const any = fc.record({
      maxInformationFieldLengthTransmit: field,
      maxInformationFieldLengthReceive: field,
      windowSizeTransmit: window,
      windowSizeReceive: window,
    });
    let arrived = 0;
    let ended = 0;
    fc.assert(
      fc.property(exchanges, any, any, fc.integer(), (list, client, station, seed) => {
        const noisy = noisyLine(seed, { loss: 0.2, duplicate: 0.2, corrupt: 0.2 });
        const fault = interleavingLine(seed + 1, 0.2, noisy);
        const { pair, requests, answers } = pairFor(list, { client: { ...client, retries: 20 }, station, fault });
        converse(pair, requests);
        expect(hex(pair.requests)).to.deep.equal(hex(requests.slice(0, pair.requests.length)));
        expect(hex(pair.answers)).to.deep.equal(hex(answers.slice(0, pair.answers.length)));
        const last = pair.events.at(-1);
        expect(last?.type).to.equal("disconnected");
        expect(pair.client.nextTimeout, "nothing is waited for").to.equal(undefined);
        expect(pair.now, "virtual time").to.be.below(24 * 3_600_000);
        if (pair.answers.length === answers.length) arrived++;
        else ended++;
      }),
      { numRuns: 100 },
    );
    expect(arrived, `${ended} links ended`).to.be.above(ended);
  }).timeout(60_000);

  it("get through a line that loses one transmission in ten", () => {
    const { pair, requests, answers } = pairFor([{ request: 5000, answer: 20_000, after: 0 }], {
      client: { windowSizeTransmit: 4, windowSizeReceive: 4, retries: 10 },
      fault: noisyLine(7, { loss: 0.1, duplicate: 0, corrupt: 0 }),
    });
    converse(pair, requests);
    expect(hex(pair.answers)).to.deep.equal(hex(answers));
  });

  it("use windows of 7 and fields of 2030 octets to the full", () => {
    const { pair, requests } = pairFor([{ request: 20, answer: 2030 * 14 - 3, after: 0 }], { client: largestHdlcParameters });
    converse(pair, requests);
    const turns = pair.sent.map(({ direction, bytes }) => `${direction} ${summary(bytes).map((line) => line.split(" ")[0])}`);
    expect(turns).to.deep.equal([
      "up 93",
      "down 73",
      "up 10",
      "down 20+,22+,24+,26+,28+,2A+,3C+",
      "up F1",
      "down 2E+,20+,22+,24+,26+,28+,3A",
      // A full window may not have been all, so the client asks, and its user closes the link in the same breath.
      "up D1,53",
      "down 31,73",
    ]);
  });

  it("spend one frame each way on a short exchange", () => {
    const { pair, requests } = pairFor(
      [
        { request: 20, answer: 20, after: 0 },
        { request: 20, answer: 20, after: 0 },
      ],
      { client: largestHdlcParameters },
    );
    converse(pair, requests);
    expect(pair.sent.map(({ bytes }) => summary(bytes).map((line) => line.split(" ")[0])[0])).to.deep.equal([
      "93",
      "73",
      "10",
      "30",
      "32",
      "52",
      "53",
      "73",
    ]);
  });

  it("wait for an answer that takes longer than the response time-out, asking now and then", () => {
    const { pair, requests, answers } = pairFor([{ request: 20, answer: 300, after: 60_000 }], { client: { pollInterval: 1000 } });
    converse(pair, requests);
    expect(hex(pair.requests)).to.deep.equal(hex(requests));
    expect(hex(pair.answers)).to.deep.equal(hex(answers));
    expect(pair.now).to.be.within(60_000, 62_100);
  });

  it("end the link when nobody answers", () => {
    const pair = new HdlcPair({ fault: (bytes, direction) => (direction === "up" ? [] : [bytes]) });
    pair.client.connect(0);
    pair.run();
    expect(pair.events).to.deep.equal([{ type: "disconnected", reason: "timeout" }]);
    expect(pair.sent.length).to.equal(4);
    expect(pair.now).to.equal(20_000);
  });

  it("begin again at zero after reconnecting (pitfall 5)", () => {
    const { pair, requests } = pairFor(
      [
        { request: 10, answer: 10, after: 0 },
        { request: 10, answer: 10, after: 0 },
        { request: 10, answer: 10, after: 0 },
      ],
      {},
    );
    converse(pair, requests.slice(0, 2));
    converse(pair, requests.slice(2));
    expect(hex(pair.requests)).to.deep.equal(hex(requests));
    expect(summary(pair.sent.at(-4)?.bytes)[0]?.slice(0, 2)).to.equal("10");
  });
});
