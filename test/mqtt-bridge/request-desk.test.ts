import { expect } from "chai";
import { DataAccessError } from "../../src/errors.ts";
import type { OutgoingMessage } from "../../src/mqtt-bridge/message.ts";
import { RequestDesk, type RequestRecord, type RequestVerb, refused } from "../../src/mqtt-bridge/request-desk.ts";
import { TopicTree } from "../../src/mqtt-bridge/topics.ts";
import { readTime, settled } from "./support.ts";

type Stored = Map<string, { readonly answer: unknown; readonly until: number }>;

function setUp(verbs: Readonly<Record<string, RequestVerb>>, stored: Stored = new Map()) {
  const sent: OutgoingMessage[] = [];
  const audited: RequestRecord[] = [];
  const desk = new RequestDesk({
    topics: new TopicTree("dlms"),
    verbs: new Map(Object.entries(verbs)),
    keys: new Map([["relay", (payload: string) => ({ verb: "meter/relay", body: { command: payload } })]]),
    meterOf: (segment) => (segment === "house" ? "house" : undefined),
    send: (message) => void sent.push(message),
    wallClock: () => readTime,
    answers: {
      answer: (command, now) => ((stored.get(command)?.until ?? 0) < now ? undefined : stored.get(command)?.answer),
      keepAnswer: async (command, answer, _now, until) => void stored.set(command, { answer, until }),
    },
    audit: (record) => void audited.push(record),
  });
  const ask = async (topic: string, payload: unknown, retained = false, response?: { topic: string; correlation?: Uint8Array }) => {
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    const taken = desk.receive(topic, new TextEncoder().encode(text), retained, response);
    await settled();
    return taken;
  };
  const answers = () => sent.map(({ topic, payload }) => [topic, JSON.parse(payload) as Record<string, unknown>] as const);
  return { desk, ask, answers, sent, audited, stored };
}

function counting() {
  const bodies: unknown[] = [];
  const verb: RequestVerb = {
    writes: () => true,
    answer: async (body) => {
      bodies.push(body);
      return { count: bodies.length };
    },
  };
  return { bodies, verb };
}

const reads = (answer: RequestVerb["answer"]): RequestVerb => ({ writes: () => false, answer });

describe("The request desk", () => {
  it("answers at the topic of the verb, with the transaction it was given", async () => {
    const { ask, answers } = setUp({ "meter/read": reads(async ({ meter }) => ({ read: meter })) });
    await ask("dlms/bridge/request/meter/read", { transaction: "7", meter: "house" });
    await ask("dlms/bridge/request/meter/read", { transaction: 8, meter: "house" });
    expect(answers()).to.deep.equal([
      ["dlms/bridge/response/meter/read", { status: "ok", data: { read: "house" }, transaction: "7" }],
      ["dlms/bridge/response/meter/read", { status: "ok", data: { read: "house" }, transaction: 8 }],
    ]);
  });

  it("answers where MQTT 5 wants it as well, under its correlation data", async () => {
    const { ask, sent } = setUp({ ping: reads(async () => "pong") });
    const correlation = Uint8Array.of(1, 2);
    await ask("dlms/bridge/request/ping", {}, false, { topic: "me/answers", correlation });
    await ask("dlms/bridge/request/ping", {}, false, { topic: "me/#" });
    expect(sent.map(({ topic }) => topic)).to.deep.equal(["dlms/bridge/response/ping", "me/answers", "dlms/bridge/response/ping"]);
    expect(sent[1]).to.deep.include({ correlation, payload: '{"status":"ok","data":"pong"}', retain: false });
  });

  it("says no with a code, a message and what to do", async () => {
    const { ask, answers } = setUp({
      one: reads(async () => {
        throw refused("not-allowed", "you may not", "ask the owner");
      }),
      two: reads(async () => {
        throw new DataAccessError("read-write-denied", "the meter refuses");
      }),
      three: reads(async () => {
        throw new TypeError("a secret of the program");
      }),
    });
    for (const verb of ["one", "two", "three", "four"]) await ask(`dlms/bridge/request/${verb}`, {});
    expect(answers().map(([, { error }]) => error)).to.deep.equal([
      { code: "not-allowed", message: "you may not", hint: "ask the owner" },
      { code: "read-write-denied", message: "the meter refuses" },
      { code: "internal", message: "the gateway failed" },
      { code: "unknown-verb", message: "there is no four", hint: "known are one, two, three" },
    ]);
  });

  it("refuses what it cannot read, and goes on", async () => {
    const { ask, answers, desk } = setUp({ ping: reads(async () => "pong") });
    for (const payload of [
      "{",
      "[1]",
      '"x"',
      { transaction: {} },
      { transaction: "x".repeat(129) },
      { expires: "soon" },
      "x".repeat(70_000),
    ])
      await ask("dlms/bridge/request/ping", payload);
    desk.receive("dlms/bridge/request/ping", Uint8Array.of(0xff, 0xfe), false);
    await settled();
    expect(answers().map(([, { status }]) => status)).to.deep.equal(Array.from({ length: 8 }, () => "error"));
    await ask("dlms/bridge/request/ping", "");
    expect(answers().at(-1)?.[1]).to.include({ status: "ok" });
  });

  it("does not write a topic after what somebody made up", async () => {
    const { ask, sent } = setUp({});
    for (const verb of ["../state", "a/+/b", "#", "a//b", "A"]) await ask(`dlms/bridge/request/${verb}`, {});
    expect(new Set(sent.map(({ topic }) => topic))).to.deep.equal(new Set(["dlms/bridge/response/unknown"]));
  });

  it("does nothing for a retained request, nor for other topics", async () => {
    const { verb, bodies } = counting();
    const { ask, sent } = setUp({ "meter/relay": verb });
    expect(await ask("dlms/bridge/request/meter/relay", { transaction: "1" }, true)).to.equal(true);
    expect(await ask("dlms/house/state", {})).to.equal(false);
    expect(await ask("dlms/barn/relay/set", "connect")).to.equal(false);
    expect([bodies, sent]).to.deep.equal([[], []]);
  });

  it("changes something once for a transaction, also when asked again at the same time or after a restart", async () => {
    const { verb, bodies } = counting();
    const first = setUp({ "meter/relay": verb });
    const request = { transaction: "t1", meter: "house", command: "connect" };
    void first.ask("dlms/bridge/request/meter/relay", request);
    await first.ask("dlms/bridge/request/meter/relay", request);
    const second = setUp({ "meter/relay": verb }, first.stored);
    await second.ask("dlms/bridge/request/meter/relay", request);
    expect(bodies).to.deep.equal([request]);
    const ok = { status: "ok", data: { count: 1 }, transaction: "t1" };
    expect([...first.answers(), ...second.answers()].map(([, answer]) => answer)).to.deep.equal([ok, ok, ok]);
    expect(first.audited.map(({ status }) => status)).to.deep.equal(["ok", "repeated"]);
    await second.ask("dlms/bridge/request/meter/relay", { ...request, transaction: "t2" });
    expect(bodies).to.have.lengthOf(2);
  });

  it("does not begin again what was interrupted by the end of the process", async () => {
    const { verb, bodies } = counting();
    const never: RequestVerb = { writes: () => true, answer: () => new Promise(() => {}) };
    const killed = setUp({ "token/apply": never });
    await killed.ask("dlms/bridge/request/token/apply", { transaction: "t1" });
    const next = setUp({ "token/apply": verb }, killed.stored);
    await next.ask("dlms/bridge/request/token/apply", { transaction: "t1" });
    expect(bodies).to.deep.equal([]);
    expect(next.answers()[0]?.[1]).to.deep.include({ status: "error", transaction: "t1" });
    expect(next.answers()[0]?.[1]["error"]).to.include({ code: "interrupted" });
  });

  it("changes nothing without a transaction, nor behind the time a request is good for", async () => {
    const { verb, bodies } = counting();
    const { ask, answers } = setUp({ "meter/relay": verb });
    await ask("dlms/bridge/request/meter/relay", { meter: "house" });
    await ask("dlms/bridge/request/meter/relay", { transaction: "1", expires: "2026-11-22T19:57:31.203Z" });
    await ask("dlms/bridge/request/meter/relay", { transaction: "1", expires: "2026-11-22T19:57:31.205Z" });
    expect(answers().map(([, { error }]) => (error as { code: string } | undefined)?.code)).to.deep.equal([
      "transaction-required",
      "expired",
      undefined,
    ]);
    expect(bodies).to.have.lengthOf(1);
  });

  it("takes the short form of a button", async () => {
    const { verb, bodies } = counting();
    const { ask, answers, audited } = setUp({ "meter/relay": verb });
    await ask("dlms/house/relay/set", "connect");
    expect(bodies).to.deep.equal([{ command: "connect", meter: "house" }]);
    expect(answers()[0]?.[0]).to.equal("dlms/bridge/response/meter/relay");
    expect(audited).to.deep.equal([{ verb: "meter/relay", meter: "house", transaction: undefined, status: "ok", code: undefined }]);
  });

  it("turns away more than it can do at once", async () => {
    const { ask, answers } = setUp({ slow: reads(() => new Promise(() => {})) });
    for (let count = 0; count < 66; count++) await ask("dlms/bridge/request/slow", { transaction: count });
    expect(answers().map(([, { transaction, error }]) => [transaction, (error as { code: string }).code])).to.deep.equal([
      [64, "busy"],
      [65, "busy"],
    ]);
  });
});
