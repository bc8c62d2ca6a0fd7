import { expect } from "chai";
import fc from "fast-check";
import { type KeypadStatus, type LinkEvent, MeterEnd, UnitEnd } from "../../src/keypad/index.ts";
import { longestLine } from "../../src/keypad/messages.ts";
import { scaled } from "../support/scale.ts";
import { FakeMeter, goodToken, sampleStatus } from "./fake-meter.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const hello = '{"type":"hello","id":1,"protocol":1,"unit":"CIU-1"}\n';

/** What an end has to say, a message for each line. */
function said(end: MeterEnd | UnitEnd): readonly Record<string, unknown>[] {
  const text = end.take().map((bytes) => new TextDecoder().decode(bytes));
  return text.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What a meter that was greeted answers to lines. */
function answers(lines: string, meter = new FakeMeter()): readonly Record<string, unknown>[] {
  const end = new MeterEnd(meter, {}, 0);
  end.receive(encode(hello), 0);
  end.take();
  end.receive(encode(lines), 0);
  return said(end);
}

function greetedUnit(): UnitEnd {
  const end = new UnitEnd({ unit: "CIU-1" }, 0);
  end.take();
  end.receive(encode(`${JSON.stringify({ type: "hello", id: 1, protocol: 1, status: sampleStatus })}\n`), 0);
  return end;
}

describe("the keypad link", () => {
  describe("at the meter", () => {
    it("greets a unit with its status", () => {
      const end = new MeterEnd(new FakeMeter(), { unit: "CIU-1" }, 0);
      end.receive(encode('{"type":"hello","id":7,"protocol":1,"unit":"CIU-1","meter":"01234567897"}\n'), 0);
      expect(said(end)).to.deep.equal([{ type: "hello", id: 7, protocol: 1, status: sampleStatus }]);
      expect(end.closed).to.equal(false);
    });

    it("refuses a unit of another meter, another unit, and another protocol, and hangs up", () => {
      for (const [fields, error] of [
        ['"protocol":1,"unit":"CIU-1","meter":"99999999999"', "other-meter"],
        ['"protocol":1,"unit":"CIU-2"', "other-unit"],
        ['"protocol":2,"unit":"CIU-1"', "unsupported-protocol"],
      ]) {
        const end = new MeterEnd(new FakeMeter(), { unit: "CIU-1" }, 0);
        end.receive(encode(`{"type":"hello","id":1,${fields}}\n`), 0);
        expect(said(end)).to.deep.equal([{ type: "error", id: 1, error }]);
        expect(end.closed).to.equal(true);
      }
    });

    it("takes no request before the greeting, and does not wait for one for ever", () => {
      const meter = new FakeMeter();
      const end = new MeterEnd(meter, {}, 0);
      end.receive(encode(`{"type":"token","id":2,"digits":"${goodToken}"}\n`), 0);
      expect(said(end)).to.deep.equal([{ type: "error", id: 2, error: "not-greeted" }]);
      expect(meter.calls).to.deep.equal([]);
      expect(end.nextTimeout).to.equal(10_000);
      end.advance(10_000);
      expect(end.closed).to.equal(true);
    });

    it("answers each request with its number, and tells its status where something may have happened", () => {
      const replies = answers(
        [
          '{"type":"show","id":2,"code":"301"}',
          '{"type":"show","id":3,"code":"350"}',
          '{"type":"set","id":4,"code":"456","value":5}',
          '{"type":"act","id":5,"code":"040","confirmed":true}',
          `{"type":"token","id":6,"digits":"${goodToken}"}`,
          '{"type":"status","id":7}',
          "",
        ].join("\n"),
      );
      const after = { ...sampleStatus, credit: { value: "51.20", unit: "kWh" } };
      expect(replies).to.deep.equal([
        { type: "items", id: 2, items: [{ value: "25.6", unit: "kWh" }, { value: "6725 9421 5966 2658 1768" }] },
        { type: "error", id: 3, error: "not-available" },
        { type: "outcome", id: 4, outcome: "done" },
        { type: "status", status: sampleStatus },
        { type: "outcome", id: 5, outcome: "done" },
        { type: "status", status: sampleStatus },
        {
          type: "token",
          id: 6,
          result: "accepted",
          amount: { value: "25.6", unit: "kWh" },
          credit: { value: "51.20", unit: "kWh" },
          items: [],
          segments: false,
          lockedFor: 0,
        },
        { type: "status", status: after },
        { type: "status", id: 7, status: after },
      ]);
    });

    it("does nothing for a code of another kind, or without the second Enter", () => {
      const meter = new FakeMeter();
      const replies = answers(
        [
          '{"type":"act","id":2,"code":"040","confirmed":false}',
          '{"type":"act","id":3,"code":"007","confirmed":true}',
          '{"type":"show","id":4,"code":"040"}',
          '{"type":"set","id":5,"code":"040","value":1}',
          '{"type":"show","id":6,"code":"045"}',
          '{"type":"show","id":7,"code":"99999"}',
          "",
        ].join("\n"),
        meter,
      );
      expect(replies.map(({ id, error }) => [id, error])).to.deep.equal([
        [2, "unconfirmed"],
        ...[3, 4, 5, 6, 7].map((id) => [id, "unknown-code"]),
      ]);
      expect(meter.calls).to.deep.equal([]);
    });

    it("answers malformed lines by an error, with their number where they have one", () => {
      for (const [line, id] of [
        ["hello", undefined],
        ["", undefined],
        ["[]", undefined],
        ["null", undefined],
        ['{"type":"token","id":4,"digits":"123"}', 4],
        ['{"type":"token","id":4,"digits":12345678901234567890}', 4],
        ['{"type":"set","id":4,"code":"456","value":100}', 4],
        ['{"type":"act","id":4,"code":"040"}', 4],
        ['{"type":"show","id":4,"code":"1234567"}', 4],
        ['{"type":"__proto__","id":4}', 4],
        ['{"type":"constructor","id":4}', 4],
        ['{"type":"show","id":-1,"code":"007"}', undefined],
        ['{"type":"show","id":1e99,"code":"007"}', undefined],
        ["[".repeat(8000), undefined],
      ] as const) {
        expect(answers(`${line}\n`)).to.deep.equal([{ type: "error", error: "malformed", ...(id && { id }) }]);
      }
      const end = new MeterEnd(new FakeMeter(), {}, 0);
      end.receive(Uint8Array.of(0xc3, 0x28, 0x0a), 0);
      expect(said(end)).to.deep.equal([{ type: "error", error: "malformed" }]);
    });

    it("hangs up on a unit that talks nonsense for long", () => {
      const end = new MeterEnd(new FakeMeter(), {}, 0);
      end.receive(encode("x\n".repeat(15)), 0);
      expect(said(end)).to.have.lengthOf(10);
      expect(end.closed).to.equal(true);
      expect(end.nextTimeout).to.equal(undefined);
    });

    it("hangs up on a line that does not end, keeping little of it", () => {
      const end = new MeterEnd(new FakeMeter(), {}, 0);
      const chunk = encode("9".repeat(1024));
      let chunks = 0;
      for (; !end.closed && chunks < 1024; chunks++) end.receive(chunk, 0);
      expect(chunks).to.equal(longestLine / 1024 + 1);
      expect(said(end)).to.deep.equal([{ type: "error", error: "too-long" }]);
      const once = new MeterEnd(new FakeMeter(), {}, 0);
      once.receive(encode(`${"9".repeat(1_000_000)}\n`), 0);
      expect(said(once)).to.deep.equal([{ type: "error", error: "too-long" }]);
    });

    it("tells its status at a change within half a second, else every five seconds", () => {
      const meter = new FakeMeter();
      const end = new MeterEnd(meter, {}, 0);
      end.receive(encode(hello), 0);
      end.take();
      const told: number[] = [];
      for (let at = end.nextTimeout ?? 0; at <= 12_000; at = end.nextTimeout ?? Number.POSITIVE_INFINITY) {
        // What changes all the time is no news.
        meter.current = { ...meter.current, time: `12:00:${String(Math.floor(at / 1000)).padStart(2, "0")}`, power: at };
        if (at === 7000) meter.current = { ...meter.current, relay: "open" };
        end.advance(at);
        if (end.take().length > 0) told.push(at);
      }
      expect(told).to.deep.equal([5000, 7000, 12_000]);
    });

    it("reads a flood at ten lines a second after the first twenty, and asks nobody to wait for it", () => {
      const meter = new FakeMeter();
      const end = new MeterEnd(meter, {}, 0);
      end.receive(encode(hello), 0);
      const flood = Array.from({ length: 200 }, (_, index) => `{"type":"show","id":${index + 2},"code":"007"}\n`).join("");
      end.receive(encode(flood), 0);
      expect(meter.calls).to.have.lengthOf(19);
      expect(end.reading).to.equal(false);
      for (let at = end.nextTimeout; at !== undefined && at <= 5000; at = end.nextTimeout) end.advance(at);
      expect(meter.calls).to.have.lengthOf(19 + 50);
      for (let at = end.nextTimeout; at !== undefined && at <= 20_000; at = end.nextTimeout) end.advance(at);
      expect(meter.calls).to.have.lengthOf(200);
      expect(end.reading).to.equal(true);
    });

    it("hangs up on a unit that sends on though it is not read from", () => {
      const end = new MeterEnd(new FakeMeter(), {}, 0);
      end.receive(encode(hello), 0);
      const flood = encode('{"type":"show","id":2,"code":"007"}\n'.repeat(1000));
      for (let chunk = 0; chunk < 10; chunk++) end.receive(flood, 0);
      expect(end.closed).to.equal(true);
    });

    it("hangs up on a unit that has not said a word for half a minute", () => {
      const end = new MeterEnd(new FakeMeter(), {}, 0);
      end.receive(encode(hello), 0);
      for (let at = 500; at < 29_999; at += 500) end.advance(at);
      end.receive(encode('{"type":"status","id":2}\n'), 29_999);
      for (let at = 30_000; at < 59_999; at += 500) end.advance(at);
      expect(end.closed).to.equal(false);
      end.advance(59_999);
      expect(end.closed).to.equal(true);
    });

    it("says nothing to a unit that does not take it, and hangs up after half a minute", () => {
      const meter = new FakeMeter();
      const end = new MeterEnd(meter, {}, 0);
      end.receive(encode(hello), 0);
      end.take();
      end.stall(0);
      end.receive(encode('{"type":"show","id":2,"code":"007"}\n'), 0);
      expect([end.reading, end.nextTimeout, end.take().length, meter.calls.length]).to.deep.equal([false, 30_000, 0, 0]);
      end.resume(20_000);
      expect(said(end).map(({ type }) => type)).to.deep.equal(["items", "status"]);
      expect(end.reading).to.equal(true);
      end.stall(21_000);
      end.advance(51_000);
      expect(end.closed).to.equal(true);
    });
  });

  describe("at the unit", () => {
    it("greets with its name and, once it is paired, the number of its meter", () => {
      expect(said(new UnitEnd({ unit: "CIU-1" }, 0))).to.deep.equal([{ type: "hello", id: 1, protocol: 1, unit: "CIU-1" }]);
      expect(said(new UnitEnd({ unit: "CIU-1", meter: "01234567897" }, 0))).to.deep.equal([
        { type: "hello", id: 1, protocol: 1, unit: "CIU-1", meter: "01234567897" },
      ]);
    });

    it("has one request under way at a time", () => {
      const end = greetedUnit();
      expect(end.request({ type: "token", digits: goodToken }, 0)).to.equal(true);
      expect(end.request({ type: "token", digits: goodToken }, 0)).to.equal(false);
      expect(said(end)).to.deep.equal([{ type: "token", digits: goodToken, id: 2 }]);
      expect(end.receive(encode('{"type":"outcome","id":2,"outcome":"done"}\n'), 0)).to.deep.equal([
        { type: "answer", answer: { type: "outcome", outcome: "done" } },
      ]);
      expect(end.request({ type: "show", code: "007" }, 0)).to.equal(true);
    });

    it("says every ten seconds that it is there, whatever else is under way", () => {
      const end = greetedUnit();
      expect(end.nextTimeout).to.equal(10_000);
      end.advance(10_000);
      expect(said(end)).to.deep.equal([{ type: "status", id: 2 }]);
      end.request({ type: "show", code: "007" }, 10_000);
      expect(end.receive(encode(`${JSON.stringify({ type: "status", id: 2, status: sampleStatus })}\n`), 10_000)).to.deep.equal([
        { type: "status", status: sampleStatus },
      ]);
      expect(end.request({ type: "show", code: "007" }, 10_000), "the request is under way still").to.equal(false);
    });

    it("passes over answers to nothing and types that it does not know", () => {
      const end = greetedUnit();
      expect(end.receive(encode('{"type":"outcome","id":9,"outcome":"done"}\n{"type":"later","x":1}\n'), 0)).to.deep.equal([]);
    });

    it("gives the link up after five seconds without an answer, fifteen without a word, and at nonsense", () => {
      const unanswered = greetedUnit();
      unanswered.request({ type: "show", code: "007" }, 1000);
      expect(unanswered.nextTimeout).to.equal(6000);
      expect(unanswered.advance(6000)).to.deep.equal([{ type: "down", reason: "silent" }]);
      expect(unanswered.nextTimeout).to.equal(undefined);

      const silent = greetedUnit();
      expect(silent.advance(14_999)).to.deep.equal([]);
      expect(silent.advance(15_000)).to.deep.equal([{ type: "down", reason: "silent" }]);
      expect(silent.request({ type: "show", code: "007" }, 15_000)).to.equal(false);

      for (const [line, reason] of [
        ["GET / HTTP/1.1\n", "malformed"],
        ["x".repeat(1_000_000), "too-long"],
        ['{"type":"error","error":"too-long"}\n', "too-long"],
        ['{"type":"status","status":{}}\n', "malformed"],
      ] as const) {
        expect(greetedUnit().receive(encode(line), 0)).to.deep.equal([{ type: "down", reason }]);
      }
    });

    it("is not greeted by a meter of another version, nor by a status", () => {
      const end = new UnitEnd({ unit: "CIU-1" }, 0);
      const status = JSON.stringify(sampleStatus);
      expect(end.receive(encode(`{"type":"status","status":${status}}\n`), 0)).to.deep.equal([]);
      expect(end.receive(encode(`{"type":"hello","id":1,"protocol":2,"status":${status}}\n`), 0)).to.deep.equal([
        { type: "down", reason: "unsupported-protocol" },
      ]);
    });

    it("takes nothing from a meter that would steer a terminal", () => {
      const status: KeypadStatus = { ...sampleStatus, alarms: ["\x1b[2J\u202eevil\u0007"] };
      const end = new UnitEnd({ unit: "CIU-1" }, 0);
      const [event] = end.receive(encode(`${JSON.stringify({ type: "hello", id: 1, protocol: 1, status })}\n`), 0);
      expect(event).to.deep.equal({ type: "up", status: { ...sampleStatus, alarms: ["?[2J?evil?"] } });
    });

    it("takes no status with fields that the display has no room for", () => {
      for (const wrong of [
        { alarms: ["x".repeat(25)] },
        { alarms: Array(9).fill("x") },
        { lowLevel: 4 },
        { credit: { value: "1e9", unit: "kWh" } },
        { credit: { value: "1234567890123", unit: "kWh" } },
        { power: 1.5 },
        { time: "noon" },
      ]) {
        const end = new UnitEnd({ unit: "CIU-1" }, 0);
        const line = JSON.stringify({ type: "hello", id: 1, protocol: 1, status: { ...sampleStatus, ...wrong } });
        expect(end.receive(encode(`${line}\n`), 0)).to.deep.equal([{ type: "down", reason: "malformed" }]);
      }
    });
  });

  it("means the same wherever its octets are cut", () => {
    /** A conversation over a line that cuts as it is told. */
    const converse = (cut: (bytes: Uint8Array) => readonly Uint8Array[]): unknown => {
      const meter = new FakeMeter();
      const meterEnd = new MeterEnd(meter, {}, 0);
      const unitEnd = new UnitEnd({ unit: "CIU-1" }, 0);
      const events: LinkEvent[] = [];
      const carry = (): void => {
        for (const bytes of unitEnd.take()) for (const piece of cut(bytes)) meterEnd.receive(piece, 0);
        for (const bytes of meterEnd.take()) for (const piece of cut(bytes)) events.push(...unitEnd.receive(piece, 0));
      };
      carry();
      for (const request of [
        { type: "show", code: "301" },
        { type: "token", digits: goodToken },
        { type: "token", digits: goodToken },
        { type: "act", code: "040", confirmed: true },
      ] as const) {
        unitEnd.request(request, 0);
        carry();
      }
      return { events, calls: meter.calls };
    };
    const whole = converse((bytes) => [bytes]);
    const split = (at: number) => (bytes: Uint8Array) => [bytes.slice(0, at), bytes.slice(at)];
    for (let at = 0; at < 600; at++) expect(converse(split(at))).to.deep.equal(whole);
    expect(converse((bytes) => Array.from(bytes, (octet) => Uint8Array.of(octet)))).to.deep.equal(whole);
  });

  it("survives any octets at both ends", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(hello, '{"type":"show","id":2,"code":"007"}\n', "\n", "{", '"', "\\u0000", '{"type":"hello","id":1}\n').map(encode),
      fc.jsonValue().map((value) => encode(`${JSON.stringify(value)}\n`)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const meterEnd = new MeterEnd(new FakeMeter(), {}, 0);
        const unitEnd = new UnitEnd({ unit: "CIU-1" }, 0);
        pieces.forEach((bytes, index) => {
          meterEnd.receive(bytes, index);
          unitEnd.receive(bytes, index);
        });
        // Whatever came, what the meter says can be read.
        for (const message of said(meterEnd)) expect(message["type"]).to.be.oneOf(["hello", "items", "error"]);
      }),
      { numRuns: scaled(500, 20_000) },
    );
  });
});
